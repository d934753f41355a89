-- +goose Up
-- urn is without the version. Names are unique in a package of a project, which
-- the URN says as well. id is for the audit trail, which URNs are too long for.
CREATE TABLE functions (
    urn         TEXT PRIMARY KEY,
    id          TEXT NOT NULL,
    project_id  TEXT NOT NULL,
    package     TEXT NOT NULL,
    name        TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    UNIQUE (project_id, package, name)
);
CREATE INDEX functions_project ON functions (project_id, create_time, urn);

-- Modules are kept once, whoever uploaded them; starts is the memory in MB that
-- an instance begins with.
CREATE TABLE function_modules (
    digest TEXT PRIMARY KEY, -- SHA-512 in hex
    module BYTEA NOT NULL,
    size   INTEGER NOT NULL,
    starts INTEGER NOT NULL
);

-- The version "latest" is always there and is the one that changes. digest is
-- empty for functions without a module.
CREATE TABLE function_versions (
    urn                 TEXT NOT NULL REFERENCES functions (urn),
    version             TEXT NOT NULL,
    runtime             TEXT NOT NULL,
    handler             TEXT NOT NULL,
    timeout             INTEGER NOT NULL,
    memory_size         INTEGER NOT NULL,
    digest              TEXT NOT NULL,
    target              TEXT NOT NULL,
    description         TEXT NOT NULL,
    version_description TEXT NOT NULL,
    user_data           TEXT NOT NULL,
    last_modified       BIGINT NOT NULL,
    PRIMARY KEY (urn, version)
);
CREATE INDEX function_versions_digest ON function_versions (digest);
