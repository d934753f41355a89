-- +goose Up
-- RELEASE has no row.
CREATE TABLE envs (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL,
    name        TEXT NOT NULL,
    remark      TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    UNIQUE (project_id, name)
);

-- No foreign keys: env_id may be that of RELEASE, and groups and environments
-- take their variables with them.
CREATE TABLE env_variables (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    group_id   TEXT NOT NULL,
    env_id     TEXT NOT NULL,
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    UNIQUE (group_id, env_id, name)
);
CREATE INDEX env_variables_env ON env_variables (env_id);
