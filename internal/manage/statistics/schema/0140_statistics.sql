-- +goose Up
-- Sums of one API in one minute, whose start is in seconds since the epoch.
-- Latencies are microseconds: the whole, the backend's part over the calls that
-- asked one, and the rest, which is the gateway's own.
CREATE TABLE api_statistics (
    api_id        TEXT NOT NULL,
    minute        BIGINT NOT NULL,
    calls         BIGINT NOT NULL,
    calls_2xx     BIGINT NOT NULL,
    calls_4xx     BIGINT NOT NULL,
    calls_5xx     BIGINT NOT NULL,
    latency       BIGINT NOT NULL,
    latency_max   BIGINT NOT NULL,
    asked         BIGINT NOT NULL,
    backend       BIGINT NOT NULL,
    backend_max   BIGINT NOT NULL,
    inner_sum     BIGINT NOT NULL,
    inner_max     BIGINT NOT NULL,
    bytes_in      BIGINT NOT NULL,
    bytes_out     BIGINT NOT NULL,
    register_time BIGINT NOT NULL,
    PRIMARY KEY (api_id, minute)
);
CREATE INDEX api_statistics_minute ON api_statistics (minute);

-- The same for all APIs of a group together: a group of a thousand APIs is asked
-- for an hour in sixty rows.
CREATE TABLE group_statistics (
    group_id      TEXT NOT NULL,
    minute        BIGINT NOT NULL,
    calls         BIGINT NOT NULL,
    calls_2xx     BIGINT NOT NULL,
    calls_4xx     BIGINT NOT NULL,
    calls_5xx     BIGINT NOT NULL,
    latency       BIGINT NOT NULL,
    latency_max   BIGINT NOT NULL,
    asked         BIGINT NOT NULL,
    backend       BIGINT NOT NULL,
    backend_max   BIGINT NOT NULL,
    inner_sum     BIGINT NOT NULL,
    inner_max     BIGINT NOT NULL,
    bytes_in      BIGINT NOT NULL,
    bytes_out     BIGINT NOT NULL,
    register_time BIGINT NOT NULL,
    PRIMARY KEY (group_id, minute)
);
CREATE INDEX group_statistics_minute ON group_statistics (minute);
