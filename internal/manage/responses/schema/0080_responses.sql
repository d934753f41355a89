-- +goose Up
CREATE TABLE group_responses (
    id         TEXT PRIMARY KEY,
    group_id   TEXT NOT NULL REFERENCES groups (id),
    project_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    UNIQUE (group_id, name)
);
