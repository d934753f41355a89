-- +goose Up
-- Room in each page for the next states of its rows, which are committed and
-- released soon after they were made. Without it most go to another page, and
-- every index gets an entry for that.
ALTER TABLE quota_reservations SET (fillfactor = 50);

-- +goose Down
ALTER TABLE quota_reservations RESET (fillfactor);
