-- +goose Up
-- What is published right now, one row per definition record. Gateways hold a
-- copy; this is the truth that they are compared with.
CREATE TABLE records (
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    revision BIGINT NOT NULL UNIQUE,
    hash     TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);

-- The revision that was given last; one row.
CREATE TABLE revisions (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    last BIGINT NOT NULL
);
INSERT INTO revisions (one, last) VALUES (1, 0);
