-- +goose Up
-- sign_secret is a sealed value in Base64; the id it is bound to is the key's.
CREATE TABLE sign_keys (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL,
    name        TEXT NOT NULL,
    sign_key    TEXT NOT NULL,
    sign_secret TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
CREATE INDEX sign_keys_project ON sign_keys (project_id, create_time DESC, id);
CREATE INDEX sign_keys_newest ON sign_keys (create_time DESC, id);
