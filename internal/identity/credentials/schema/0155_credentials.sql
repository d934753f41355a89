-- +goose Up
CREATE TABLE identity_credentials (
    id          TEXT   NOT NULL PRIMARY KEY, -- of an EC2 key: SHA-256 of its access key in hex
    user_id     TEXT   NOT NULL REFERENCES identity_users (id),
    project_id  TEXT   REFERENCES identity_projects (id), -- NULL: of none
    type        TEXT   NOT NULL,
    roles       TEXT   NOT NULL, -- of an EC2 key: ids of roles, with a blank between them
    blob        TEXT   NOT NULL, -- sealed, base64
    create_time BIGINT NOT NULL
);
CREATE INDEX identity_credentials_owner ON identity_credentials (user_id);
CREATE INDEX identity_credentials_project ON identity_credentials (project_id);

-- +goose Down
DROP TABLE identity_credentials;
