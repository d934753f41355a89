-- +goose Up
-- What APIs name: nothing that an API names may be deleted. env_id is empty for
-- the draft, else the environment whose published version names it.
CREATE TABLE api_uses (
    api_id TEXT NOT NULL REFERENCES apis (id),
    env_id TEXT NOT NULL,
    kind   TEXT NOT NULL, -- authorizer, channel, function, response
    ref    TEXT NOT NULL, -- id, or the function's URN
    PRIMARY KEY (api_id, env_id, kind, ref)
);
CREATE INDEX api_uses_ref ON api_uses (kind, ref);
