-- +goose Up
CREATE TABLE authorizers (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    type       TEXT NOT NULL,
    UNIQUE (project_id, name)
);
