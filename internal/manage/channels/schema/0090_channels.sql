-- +goose Up
CREATE TABLE channels (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    UNIQUE (project_id, name)
);
