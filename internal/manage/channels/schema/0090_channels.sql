-- +goose Up
-- Every channel has one health check: the columns from check_id on. check_port
-- 0 stands for the port of the channel.
CREATE TABLE channels (
    id            TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL,
    name          TEXT NOT NULL,
    member_type   TEXT NOT NULL, -- instance, ip
    port          INTEGER NOT NULL,
    balance       INTEGER NOT NULL,
    create_time   BIGINT NOT NULL,
    check_id      TEXT NOT NULL,
    protocol      TEXT NOT NULL, -- tcp, http, https
    path          TEXT NOT NULL,
    check_port    INTEGER NOT NULL,
    normal        INTEGER NOT NULL,
    abnormal      INTEGER NOT NULL,
    time_out      INTEGER NOT NULL,
    time_interval INTEGER NOT NULL,
    http_code     TEXT NOT NULL,
    UNIQUE (project_id, name)
);
CREATE INDEX channels_newest ON channels (create_time DESC, id);
CREATE INDEX channels_project_newest ON channels (project_id, create_time DESC, id);

-- A member has an instance_id or a host; the other one is empty. The address of
-- an instance stands in servers only, so that it cannot be out of date here.
CREATE TABLE channel_members (
    id          TEXT PRIMARY KEY,
    channel_id  TEXT NOT NULL REFERENCES channels (id),
    instance_id TEXT NOT NULL,
    host        TEXT NOT NULL,
    name        TEXT NOT NULL,
    weight      INTEGER NOT NULL,
    create_time BIGINT NOT NULL,
    UNIQUE (channel_id, instance_id, host)
);
CREATE INDEX channel_members_instance ON channel_members (instance_id);
