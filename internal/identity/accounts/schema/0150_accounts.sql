-- +goose Up
ALTER TABLE identity_projects ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'; -- JSON list of texts

ALTER TABLE identity_users ADD COLUMN firstname TEXT NOT NULL DEFAULT '';
ALTER TABLE identity_users ADD COLUMN lastname TEXT NOT NULL DEFAULT '';
ALTER TABLE identity_users ADD COLUMN locale TEXT NOT NULL DEFAULT '';
ALTER TABLE identity_users ADD COLUMN options TEXT NOT NULL DEFAULT '{}'; -- JSON object
ALTER TABLE identity_users ADD COLUMN password_time BIGINT NOT NULL DEFAULT 0; -- when it was set; 0: before this was kept
ALTER TABLE identity_users ADD COLUMN password_weak INTEGER NOT NULL DEFAULT 0; -- 1: does not meet the rules (an administrator set it)
ALTER TABLE identity_users ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0; -- 1: before anything else
ALTER TABLE identity_users ADD COLUMN update_time BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identity_users ADD COLUMN login_time BIGINT NOT NULL DEFAULT 0; -- last log-in with a password

-- Passwords that a user had, the present one included.
CREATE TABLE identity_password_history (
    user_id     TEXT   NOT NULL REFERENCES identity_users (id),
    create_time BIGINT NOT NULL,
    password    TEXT   NOT NULL, -- PHC string
    PRIMARY KEY (user_id, create_time)
);

-- Wrong passwords in a row.
CREATE TABLE identity_login_failures (
    user_id      TEXT   NOT NULL PRIMARY KEY REFERENCES identity_users (id),
    failures     BIGINT NOT NULL,
    first_time   BIGINT NOT NULL,
    locked_until BIGINT NOT NULL -- 0: not locked
);

CREATE TABLE identity_groups (
    id          TEXT   NOT NULL PRIMARY KEY,
    domain_id   TEXT   NOT NULL REFERENCES identity_domains (id),
    name        TEXT   NOT NULL,
    description TEXT   NOT NULL,
    create_time BIGINT NOT NULL,
    UNIQUE (domain_id, name)
);

CREATE TABLE identity_memberships (
    user_id  TEXT NOT NULL REFERENCES identity_users (id),
    group_id TEXT NOT NULL REFERENCES identity_groups (id),
    PRIMARY KEY (user_id, group_id)
);
CREATE INDEX identity_memberships_group ON identity_memberships (group_id);

-- A group holds a role on a project or on a domain, and so do its members.
CREATE TABLE identity_group_assignments (
    group_id  TEXT NOT NULL REFERENCES identity_groups (id),
    role_id   TEXT NOT NULL REFERENCES identity_roles (id),
    scope     TEXT NOT NULL, -- 'project' or 'domain'
    target_id TEXT NOT NULL,
    PRIMARY KEY (group_id, scope, target_id, role_id)
);
CREATE INDEX identity_group_assignments_target ON identity_group_assignments (target_id);
CREATE INDEX identity_assignments_target ON identity_assignments (target_id);

-- What a user holds, by itself or as a member.
CREATE VIEW identity_holdings AS
SELECT user_id, role_id, scope, target_id FROM identity_assignments
UNION
SELECT m.user_id, a.role_id, a.scope, a.target_id
FROM identity_memberships m JOIN identity_group_assignments a ON a.group_id = m.group_id;

-- +goose Down
DROP VIEW identity_holdings;
DROP INDEX identity_assignments_target;
DROP TABLE identity_group_assignments;
DROP TABLE identity_memberships;
DROP TABLE identity_groups;
DROP TABLE identity_login_failures;
DROP TABLE identity_password_history;
ALTER TABLE identity_users DROP COLUMN login_time;
ALTER TABLE identity_users DROP COLUMN update_time;
ALTER TABLE identity_users DROP COLUMN must_change;
ALTER TABLE identity_users DROP COLUMN password_weak;
ALTER TABLE identity_users DROP COLUMN password_time;
ALTER TABLE identity_users DROP COLUMN options;
ALTER TABLE identity_users DROP COLUMN locale;
ALTER TABLE identity_users DROP COLUMN lastname;
ALTER TABLE identity_users DROP COLUMN firstname;
ALTER TABLE identity_projects DROP COLUMN tags;
