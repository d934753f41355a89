-- +goose Up
-- A change of state touches no index: PostgreSQL then writes none anew for it
-- (bench/README.md). So what expires is found by a time that never changes, from
-- the first second on in which something open expires.
DROP INDEX quota_reservations_open;
DROP INDEX quota_reservations_ended;
CREATE INDEX quota_reservations_expiry ON quota_reservations (expire_time);

-- How many open reservations expire in each second.
CREATE TABLE quota_expiries (
    second BIGINT NOT NULL PRIMARY KEY, -- since 1970
    open   BIGINT NOT NULL
);
INSERT INTO quota_expiries (second, open)
    SELECT expire_time / 1000000, COUNT(*) FROM quota_reservations WHERE state = 'reserved' GROUP BY expire_time / 1000000;

-- +goose Down
DROP TABLE quota_expiries;
DROP INDEX quota_reservations_expiry;
CREATE INDEX quota_reservations_open ON quota_reservations (expire_time) WHERE state = 'reserved';
CREATE INDEX quota_reservations_ended ON quota_reservations (update_time) WHERE state IN ('released', 'expired');
