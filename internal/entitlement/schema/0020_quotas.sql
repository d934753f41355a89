-- +goose Up
-- What an administrator allows one project in place of the configured number.
CREATE TABLE project_quotas (
    project_id  TEXT NOT NULL,
    item        TEXT NOT NULL,
    quota       INTEGER NOT NULL,
    update_time BIGINT NOT NULL,
    PRIMARY KEY (project_id, item)
);
