-- +goose Up
CREATE TABLE identity_access_keys (
    access        TEXT    NOT NULL PRIMARY KEY,
    user_id       TEXT    NOT NULL REFERENCES identity_users (id),
    secret        TEXT    NOT NULL, -- sealed, base64
    active        INTEGER NOT NULL,
    description   TEXT    NOT NULL,
    create_time   BIGINT  NOT NULL,
    last_use_time BIGINT  NOT NULL -- 0: never
);
CREATE INDEX identity_access_keys_owner ON identity_access_keys (user_id);

-- +goose Down
DROP TABLE identity_access_keys;
