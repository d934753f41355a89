-- +goose Up
-- A row ends tokens that were issued up to void_before, or tells caches that
-- something changed. seq grows with every change of the table: it is how a node
-- finds what is new. The row with the highest seq is never deleted, so numbers
-- are not used twice.
CREATE TABLE identity_revocations (
    kind        TEXT   NOT NULL, -- 'token', 'user', 'project', 'change'
    id          TEXT   NOT NULL,
    user_id     TEXT   NOT NULL, -- owner of a 'token', else ''
    void_before BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL, -- no token that the row concerns lives longer
    seq         BIGINT NOT NULL UNIQUE,
    PRIMARY KEY (kind, id)
);
CREATE INDEX identity_revocations_owner ON identity_revocations (user_id, expires_at);

-- +goose Down
DROP TABLE identity_revocations;
