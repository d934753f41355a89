-- +goose Up
CREATE TABLE identity_services (
    id          TEXT    NOT NULL PRIMARY KEY,
    type        TEXT    NOT NULL, -- what clients look it up by; not unique
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    enabled     INTEGER NOT NULL,
    create_time BIGINT  NOT NULL
);

CREATE TABLE identity_endpoints (
    id          TEXT    NOT NULL PRIMARY KEY,
    service_id  TEXT    NOT NULL REFERENCES identity_services (id),
    interface   TEXT    NOT NULL, -- 'public', 'internal' or 'admin'
    region_id   TEXT    NOT NULL, -- '' for none; one may be the region of the installation, which is no row
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    url         TEXT    NOT NULL, -- with $(name)s where a token's scope goes
    enabled     INTEGER NOT NULL,
    create_time BIGINT  NOT NULL
);
CREATE INDEX identity_endpoints_service ON identity_endpoints (service_id);
CREATE INDEX identity_endpoints_region ON identity_endpoints (region_id);

-- +goose Down
DROP TABLE identity_endpoints;
DROP TABLE identity_services;
