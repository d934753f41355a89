-- +goose Up
-- function is the function's URN without a version: what an authorizer names
-- cannot be deleted. identities is a JSON list of names and locations.
CREATE TABLE authorizers (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL,
    name        TEXT NOT NULL,
    type        TEXT NOT NULL,
    uri         TEXT NOT NULL,
    function    TEXT NOT NULL,
    version     TEXT NOT NULL,
    ttl         INTEGER NOT NULL,
    user_data   TEXT NOT NULL,
    identities  TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
CREATE INDEX authorizers_project ON authorizers (project_id, create_time);
CREATE INDEX authorizers_function ON authorizers (function);
