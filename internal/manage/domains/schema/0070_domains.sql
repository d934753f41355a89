-- +goose Up
-- domain is the canonical form, which is unique in the installation; url_domain
-- is the spelling of whoever bound it. cname_status is what DNS said at
-- check_time.
CREATE TABLE domains (
    id           TEXT PRIMARY KEY,
    group_id     TEXT NOT NULL REFERENCES groups (id),
    project_id   TEXT NOT NULL,
    domain       TEXT NOT NULL UNIQUE,
    url_domain   TEXT NOT NULL,
    cname_status INTEGER NOT NULL,
    check_time   BIGINT NOT NULL,
    create_time  BIGINT NOT NULL
);
CREATE INDEX domains_group ON domains (group_id, create_time);

-- chain is PEM, the leaf first. private_key is sealed, in Base64; the id that it
-- is bound to is the certificate's.
CREATE TABLE certificates (
    id          TEXT PRIMARY KEY,
    domain_id   TEXT NOT NULL UNIQUE REFERENCES domains (id),
    name        TEXT NOT NULL,
    chain       TEXT NOT NULL,
    private_key TEXT NOT NULL,
    update_time BIGINT NOT NULL
);
