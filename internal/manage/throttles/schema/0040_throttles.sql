-- +goose Up
-- A limit of 0 is none; api_limit always is one.
CREATE TABLE throttles (
    id            TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL,
    name          TEXT NOT NULL,
    api_limit     BIGINT NOT NULL,
    user_limit    BIGINT NOT NULL,
    app_limit     BIGINT NOT NULL,
    ip_limit      BIGINT NOT NULL,
    time_interval BIGINT NOT NULL,
    time_unit     TEXT NOT NULL, -- SECOND, MINUTE, HOUR, DAY
    type          INTEGER NOT NULL, -- 1 exclusive, 2 shared
    remark        TEXT NOT NULL,
    create_time   BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
CREATE INDEX throttles_project ON throttles (project_id, create_time);
CREATE INDEX throttles_newest ON throttles (create_time DESC, id);

-- Limits of single apps and tenants. app_id repeats instance_id where that is
-- an app, so that no special outlives its app, whoever deletes it.
CREATE TABLE throttle_specials (
    id            TEXT PRIMARY KEY,
    throttle_id   TEXT NOT NULL REFERENCES throttles (id),
    instance_type TEXT NOT NULL, -- APP, USER
    instance_id   TEXT NOT NULL,
    app_id        TEXT REFERENCES apps (id) ON DELETE CASCADE,
    call_limits   BIGINT NOT NULL,
    apply_time    BIGINT NOT NULL,
    UNIQUE (throttle_id, instance_type, instance_id)
);
CREATE INDEX throttle_specials_app ON throttle_specials (app_id);
