-- +goose Up
CREATE TABLE identity_regions (
    id          TEXT   NOT NULL PRIMARY KEY, -- given by the operator, or made
    description TEXT   NOT NULL,
    parent_id   TEXT   NOT NULL, -- '' at the top; one may be the region of the installation, which is no row
    create_time BIGINT NOT NULL
);
CREATE INDEX identity_regions_parent ON identity_regions (parent_id);

-- +goose Down
DROP TABLE identity_regions;
