-- +goose Up
-- A version is forgotten when no publication names it, which the database asks
-- for each one. Without this index it read every publication of the installation
-- then: 15 ms of processor time at 100,000 (now 0.04), for each publication of an
-- API that has all the versions it may keep, with the writer waiting.
CREATE INDEX api_publications_version ON api_publications (version_id);
