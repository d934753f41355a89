-- +goose Up
CREATE TABLE domains (
    id         TEXT PRIMARY KEY,
    group_id   TEXT NOT NULL REFERENCES groups (id),
    project_id TEXT NOT NULL,
    domain     TEXT NOT NULL UNIQUE
);
