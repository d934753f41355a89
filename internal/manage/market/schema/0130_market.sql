-- +goose Up
-- Groups that are, or were, offered. sell_time is when the group was last put on
-- sale, 0 for never. What it is now is groups.on_sell_status: 1 on sale, 2 not,
-- 3 under review.
CREATE TABLE listings (
    group_id    TEXT PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    submit_time BIGINT NOT NULL,
    sell_time   BIGINT NOT NULL
);

-- Orders. project_id is the buyer's; app_id the MARKET app that was made for it.
-- ended is 1 once the grants of an expired order have ended.
CREATE TABLE purchases (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL,
    group_id    TEXT NOT NULL REFERENCES groups (id),
    app_id      TEXT NOT NULL UNIQUE REFERENCES apps (id),
    calls       BIGINT NOT NULL,
    calls_used  BIGINT NOT NULL,
    order_time  BIGINT NOT NULL,
    start_time  BIGINT NOT NULL,
    expire_time BIGINT NOT NULL,
    ended       INTEGER NOT NULL
);
CREATE INDEX purchases_project ON purchases (project_id, order_time);
CREATE INDEX purchases_group ON purchases (group_id, expire_time);
CREATE INDEX purchases_expired ON purchases (ended, expire_time);
