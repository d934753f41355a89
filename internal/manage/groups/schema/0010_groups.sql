-- +goose Up
-- sl_domain is the first label only. call_limits, time_interval and time_unit
-- are NULL while the group has no limit of its own.
CREATE TABLE groups (
    id             TEXT PRIMARY KEY,
    project_id     TEXT NOT NULL,
    name           TEXT NOT NULL,
    remark         TEXT NOT NULL,
    status         INTEGER NOT NULL,
    sl_domain      TEXT NOT NULL UNIQUE,
    on_sell_status INTEGER NOT NULL,
    is_default     INTEGER NOT NULL,
    call_limits    INTEGER,
    time_interval  INTEGER,
    time_unit      TEXT,
    register_time  BIGINT NOT NULL,
    update_time    BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
CREATE INDEX groups_newest ON groups (register_time DESC, id);
