-- +goose Up
CREATE TABLE servers (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name       TEXT NOT NULL
);
