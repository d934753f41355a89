-- +goose Up
CREATE TABLE identity_app_credentials (
    id           TEXT    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL REFERENCES identity_users (id),
    project_id   TEXT    NOT NULL REFERENCES identity_projects (id),
    name         TEXT    NOT NULL,
    description  TEXT    NOT NULL,
    secret       TEXT    NOT NULL, -- PHC string
    roles        TEXT    NOT NULL, -- ids of roles, with a blank between them
    unrestricted INTEGER NOT NULL,
    expires_at   BIGINT  NOT NULL, -- 0: never
    create_time  BIGINT  NOT NULL,
    UNIQUE (user_id, name)
);
CREATE INDEX identity_app_credentials_project ON identity_app_credentials (project_id);

-- +goose Down
DROP TABLE identity_app_credentials;
