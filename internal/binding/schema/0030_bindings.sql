-- +goose Up
-- What policy holds for what API where. policy is a kind of definition.Binding;
-- project_id is that of the API and of the policy.
CREATE TABLE bindings (
    id         TEXT PRIMARY KEY,
    policy     TEXT NOT NULL,
    slot       TEXT NOT NULL,
    policy_id  TEXT NOT NULL,
    api_id     TEXT NOT NULL REFERENCES apis (id),
    env_id     TEXT NOT NULL,
    project_id TEXT NOT NULL,
    bind_time  BIGINT NOT NULL,
    UNIQUE (api_id, env_id, policy, slot)
);
-- With env_id in it a list of a policy in an environment does not
-- begin with everything that is bound in the environment.
CREATE INDEX bindings_policy ON bindings (policy_id, env_id);
CREATE INDEX bindings_env ON bindings (env_id);

-- What an imported API shall be bound to wherever it is published next.
CREATE TABLE binding_wishes (
    api_id    TEXT NOT NULL REFERENCES apis (id),
    policy    TEXT NOT NULL,
    slot      TEXT NOT NULL,
    policy_id TEXT NOT NULL,
    PRIMARY KEY (api_id, policy, slot)
);
CREATE INDEX binding_wishes_policy ON binding_wishes (policy_id);
