-- +goose Up
-- What the cloud, a department or a project may own of an item in a region, and
-- what other services have taken of it. Numbers are millionths, so that sums
-- of fractions are exact.
CREATE TABLE quota_accounts (
    level    TEXT   NOT NULL, -- 'cloud', 'domain' or 'project'
    owner_id TEXT   NOT NULL, -- '' for the cloud
    region   TEXT   NOT NULL,
    item     TEXT   NOT NULL,
    quota    BIGINT NOT NULL, -- -1: no bound at this level
    used     BIGINT NOT NULL, -- of committed reservations
    reserved BIGINT NOT NULL, -- of open reservations
    PRIMARY KEY (level, owner_id, region, item)
);
CREATE INDEX quota_accounts_bounds ON quota_accounts (item, region, level) WHERE quota >= 0;

-- What was given: rows of quota_accounts that bound something, and the numbers
-- of the platform's own items, which projects have in project_quotas and in one
-- region only, written ''.
CREATE VIEW quota_given AS
SELECT level, owner_id, region, item, quota FROM quota_accounts WHERE quota >= 0
UNION ALL
SELECT 'project', project_id, '', item, CAST(quota AS BIGINT) * 1000000 FROM project_quotas;

-- +goose Down
DROP VIEW quota_given;
DROP INDEX quota_accounts_bounds;
DROP TABLE quota_accounts;
