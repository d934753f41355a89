-- +goose Up
CREATE TABLE acls (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL,
    name        TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    UNIQUE (project_id, name)
);
