-- +goose Up
-- Named access tokens. The token itself is not kept: it is shown once.
CREATE TABLE identity_access_tokens (
    id          TEXT   NOT NULL PRIMARY KEY, -- the jti of the token
    user_id     TEXT   NOT NULL REFERENCES identity_users (id),
    name        TEXT   NOT NULL,
    kid         TEXT   NOT NULL, -- the key that signed it stays as long as this row counts
    create_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL, -- 0: never
    expire_time BIGINT NOT NULL  -- 0: never
);
CREATE INDEX identity_access_tokens_owner ON identity_access_tokens (user_id);
CREATE INDEX identity_access_tokens_kid ON identity_access_tokens (kid);

-- +goose Down
DROP TABLE identity_access_tokens;
