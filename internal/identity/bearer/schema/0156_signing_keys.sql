-- +goose Up
-- Keys that sign the tokens of the third dialect. A retired one signs nothing
-- more, so its private half is gone; its public half stays for the tokens that
-- it has signed.
CREATE TABLE identity_signing_keys (
    kid         TEXT   NOT NULL PRIMARY KEY, -- thumbprint (RFC 7638)
    public      TEXT   NOT NULL, -- PKIX, base64
    private     TEXT   NOT NULL, -- PKCS #8, sealed, base64; '' when retired
    create_time BIGINT NOT NULL,
    retire_time BIGINT NOT NULL  -- 0: active
);
CREATE UNIQUE INDEX identity_signing_keys_active ON identity_signing_keys (retire_time) WHERE retire_time = 0;

-- +goose Down
DROP TABLE identity_signing_keys;
