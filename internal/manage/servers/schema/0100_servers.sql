-- +goose Up
-- Ids are the clients' and unique in a project. host is the one of the
-- addresses that gateways call; addresses is JSON as it is answered.
CREATE TABLE servers (
    id          TEXT NOT NULL,
    project_id  TEXT NOT NULL,
    name        TEXT NOT NULL,
    status      TEXT NOT NULL,
    host        TEXT NOT NULL,
    access_ipv4 TEXT NOT NULL,
    access_ipv6 TEXT NOT NULL,
    addresses   TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    PRIMARY KEY (project_id, id)
);
CREATE INDEX servers_newest ON servers (project_id, create_time DESC, id);
