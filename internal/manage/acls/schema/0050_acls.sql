-- +goose Up
-- acl_value is what the client wrote, without blanks around entries; what
-- gateways get is made of it when it is published.
CREATE TABLE acls (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL,
    name        TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    acl_type    TEXT NOT NULL,
    acl_value   TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
CREATE INDEX acls_project ON acls (project_id, create_time DESC, id);
CREATE INDEX acls_newest ON acls (create_time DESC, id);
