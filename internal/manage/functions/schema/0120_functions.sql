-- +goose Up
CREATE TABLE functions (
    urn        TEXT PRIMARY KEY, -- without the version
    project_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    UNIQUE (project_id, name)
);
