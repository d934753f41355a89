-- +goose Up
CREATE TABLE purchases (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    group_id   TEXT NOT NULL REFERENCES groups (id),
    app_id     TEXT NOT NULL REFERENCES apps (id)
);
