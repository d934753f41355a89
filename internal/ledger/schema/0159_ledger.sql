-- +goose Up
-- Types of volumes: each has quota items of its own.
CREATE TABLE quota_volume_types (
    name        TEXT   NOT NULL PRIMARY KEY,
    name_key    TEXT   NOT NULL UNIQUE, -- name in lower case
    create_time BIGINT NOT NULL
);

-- Products whose items exist only while they are enabled; no row: not enabled.
CREATE TABLE quota_products (
    name    TEXT    NOT NULL PRIMARY KEY,
    enabled INTEGER NOT NULL
);

-- What other services claimed. No foreign keys: what was taken stays taken when
-- the service's user is deleted, and a project with live reservations cannot be.
CREATE TABLE quota_reservations (
    id          TEXT   NOT NULL PRIMARY KEY,
    user_id     TEXT   NOT NULL, -- of the service
    request_id  TEXT   NOT NULL,
    project_id  TEXT   NOT NULL,
    document    TEXT   NOT NULL, -- JSON: what never changes and is not searched for
    state       TEXT   NOT NULL, -- 'reserved', 'committed', 'released' or 'expired'
    expire_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    UNIQUE (request_id, user_id)
);
CREATE INDEX quota_reservations_open ON quota_reservations (expire_time) WHERE state = 'reserved';
CREATE INDEX quota_reservations_ended ON quota_reservations (update_time) WHERE state IN ('released', 'expired');
CREATE INDEX quota_reservations_project ON quota_reservations (project_id, id);

-- +goose Down
DROP TABLE quota_reservations;
DROP TABLE quota_products;
DROP TABLE quota_volume_types;
