-- +goose Up
-- app_secret and app_codes.code are sealed values in Base64; the id they are
-- bound to is the app's. code_hash finds an AppCode without opening all.
CREATE TABLE apps (
    id            TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL,
    name          TEXT NOT NULL,
    remark        TEXT NOT NULL,
    status        INTEGER NOT NULL,
    app_key       TEXT NOT NULL UNIQUE,
    app_secret    TEXT NOT NULL,
    creator       TEXT NOT NULL,
    app_type      TEXT NOT NULL,
    register_time BIGINT NOT NULL,
    update_time   BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
CREATE INDEX apps_project ON apps (project_id, register_time);

CREATE TABLE app_codes (
    id          TEXT PRIMARY KEY,
    app_id      TEXT NOT NULL REFERENCES apps (id),
    code        TEXT NOT NULL,
    code_hash   TEXT NOT NULL UNIQUE,
    create_time BIGINT NOT NULL
);
CREATE INDEX app_codes_app ON app_codes (app_id, create_time);
