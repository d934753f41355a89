-- +goose Up
CREATE TABLE identity_domains (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    name_key    TEXT    NOT NULL UNIQUE, -- name in lower case
    description TEXT    NOT NULL,
    enabled     INTEGER NOT NULL,
    create_time BIGINT  NOT NULL
);

CREATE TABLE identity_projects (
    id          TEXT    NOT NULL PRIMARY KEY,
    domain_id   TEXT    NOT NULL REFERENCES identity_domains (id),
    parent_id   TEXT    NOT NULL, -- the domain's id at the top
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    enabled     INTEGER NOT NULL,
    create_time BIGINT  NOT NULL,
    UNIQUE (domain_id, name)
);

CREATE TABLE identity_users (
    id                 TEXT    NOT NULL PRIMARY KEY,
    domain_id          TEXT    NOT NULL REFERENCES identity_domains (id),
    name               TEXT    NOT NULL,
    email              TEXT    NOT NULL,
    description        TEXT    NOT NULL,
    enabled            INTEGER NOT NULL,
    password           TEXT    NOT NULL, -- PHC string
    default_project_id TEXT    NOT NULL, -- '' when there is none
    create_time        BIGINT  NOT NULL,
    UNIQUE (domain_id, name)
);

CREATE TABLE identity_roles (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL
);

-- A user holds a role on a project or on a domain.
CREATE TABLE identity_assignments (
    user_id   TEXT NOT NULL REFERENCES identity_users (id),
    role_id   TEXT NOT NULL REFERENCES identity_roles (id),
    scope     TEXT NOT NULL, -- 'project' or 'domain'
    target_id TEXT NOT NULL,
    PRIMARY KEY (user_id, scope, target_id, role_id)
);

-- +goose Down
DROP TABLE identity_assignments;
DROP TABLE identity_roles;
DROP TABLE identity_users;
DROP TABLE identity_projects;
DROP TABLE identity_domains;
