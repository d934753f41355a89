-- +goose Up
-- Who holds a role is asked before the last administrator goes and when a role does.
CREATE INDEX identity_assignments_role ON identity_assignments (role_id);
CREATE INDEX identity_group_assignments_role ON identity_group_assignments (role_id);

-- +goose Down
DROP INDEX identity_group_assignments_role;
DROP INDEX identity_assignments_role;
