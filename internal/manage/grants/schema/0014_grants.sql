-- +goose Up
-- project_id is the project that granted: the one the API belongs to.
CREATE TABLE grants (
    id         TEXT PRIMARY KEY,
    app_id     TEXT NOT NULL REFERENCES apps (id),
    api_id     TEXT NOT NULL REFERENCES apis (id),
    env_id     TEXT NOT NULL,
    project_id TEXT NOT NULL,
    auth_role  TEXT NOT NULL,
    auth_time  BIGINT NOT NULL,
    UNIQUE (app_id, api_id, env_id)
);
CREATE INDEX grants_api ON grants (api_id, env_id);
CREATE INDEX grants_project ON grants (project_id, auth_time);
