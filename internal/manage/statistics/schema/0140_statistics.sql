-- +goose Up
CREATE TABLE api_statistics (
    api_id TEXT NOT NULL,
    minute BIGINT NOT NULL,
    PRIMARY KEY (api_id, minute)
);
