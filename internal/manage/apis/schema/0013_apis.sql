-- +goose Up
-- Drafts. document is the normalised draft.Document as JSON; the columns beside
-- it repeat what lists filter by and what must be unique.
CREATE TABLE apis (
    id            TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL,
    group_id      TEXT NOT NULL REFERENCES groups (id),
    name          TEXT NOT NULL,
    type          INTEGER NOT NULL,
    version       TEXT NOT NULL,
    req_protocol  TEXT NOT NULL,
    req_method    TEXT NOT NULL,
    req_uri       TEXT NOT NULL,
    uri_shape     TEXT NOT NULL,
    match_mode    TEXT NOT NULL,
    auth_type     TEXT NOT NULL,
    backend_type  TEXT NOT NULL,
    remark        TEXT NOT NULL,
    cors          INTEGER NOT NULL,
    response_id   TEXT NOT NULL,
    document      TEXT NOT NULL,
    register_time BIGINT NOT NULL,
    update_time   BIGINT NOT NULL,
    UNIQUE (group_id, name),
    UNIQUE (group_id, req_method, uri_shape, match_mode)
);
CREATE INDEX apis_project ON apis (project_id, register_time);

CREATE TABLE api_tags (
    api_id TEXT NOT NULL REFERENCES apis (id),
    tag    TEXT NOT NULL,
    PRIMARY KEY (api_id, tag)
);
CREATE INDEX api_tags_tag ON api_tags (tag);

-- Releases: a version is a frozen draft with the variables it was compiled
-- with; a publication says which version an environment serves.
CREATE TABLE api_versions (
    version_id   TEXT PRIMARY KEY,
    version_no   TEXT NOT NULL,
    publish_id   TEXT NOT NULL,
    api_id       TEXT NOT NULL REFERENCES apis (id),
    env_id       TEXT NOT NULL,
    document     TEXT NOT NULL,
    variables    TEXT NOT NULL,
    remark       TEXT NOT NULL,
    publish_time BIGINT NOT NULL,
    register_time BIGINT NOT NULL,
    update_time  BIGINT NOT NULL
);
CREATE INDEX api_versions_api ON api_versions (api_id, env_id, publish_time);

CREATE TABLE api_publications (
    api_id       TEXT NOT NULL REFERENCES apis (id),
    env_id       TEXT NOT NULL,
    publish_id   TEXT NOT NULL UNIQUE,
    version_id   TEXT NOT NULL REFERENCES api_versions (version_id),
    auth_type    TEXT NOT NULL, -- of the version, for grants
    remark       TEXT NOT NULL,
    publish_time BIGINT NOT NULL,
    PRIMARY KEY (api_id, env_id)
);
CREATE INDEX api_publications_env ON api_publications (env_id);
