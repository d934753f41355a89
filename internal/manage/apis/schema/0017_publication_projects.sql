-- +goose Up
-- The project stands beside each publication, so that lists of what a project has
-- published need not begin with everything that is published.
ALTER TABLE api_publications ADD COLUMN project_id TEXT NOT NULL DEFAULT '';
UPDATE api_publications SET project_id = (SELECT a.project_id FROM apis a WHERE a.id = api_publications.api_id);
CREATE INDEX api_publications_project ON api_publications (project_id, publish_time);
CREATE INDEX api_publications_project_env ON api_publications (project_id, env_id, publish_time);
