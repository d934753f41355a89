-- +goose Up
-- The default response of a group is made when it is first asked for; until then
-- the group has the same one without a row.
CREATE TABLE group_responses (
    id          TEXT PRIMARY KEY,
    group_id    TEXT NOT NULL REFERENCES groups (id),
    project_id  TEXT NOT NULL,
    name        TEXT NOT NULL,
    is_default  INTEGER NOT NULL,
    create_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    UNIQUE (group_id, name)
);

-- Types without a row are as they always were. status 0 keeps that of the fault.
CREATE TABLE group_response_types (
    response_id TEXT NOT NULL REFERENCES group_responses (id),
    type        TEXT NOT NULL,
    status      INTEGER NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (response_id, type)
);
