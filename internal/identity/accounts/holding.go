package accounts

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
)

// Holder is who holds a role: a user or a group.
type Holder struct{ UserID, GroupID string }

// Place is where a role is held.
type Place struct {
	Scope Scope
	ID    string
}

// RoleByName answers the role with the name, ErrNotFound of package store
// without one.
func (a *Area) RoleByName(ctx context.Context, name string) (Role, error) { return Role{}, unbuilt }

// Grant gives a role by its id; Revoke takes it away and ends the tokens that
// say so. Both answer keystone errors, change nothing when done twice (Revoke of
// what is not held is 404), and refuse what would lift somebody above by: only
// Everywhere gives or takes "admin".
func (a *Area) Grant(ctx context.Context, by Reach, who Holder, where Place, roleID string) error {
	return unbuilt
}

// Revoke is described at Grant.
func (a *Area) Revoke(ctx context.Context, by Reach, who Holder, where Place, roleID string) error {
	return unbuilt
}

// HoldsAdmin reports whether a user (through groups too) or a group holds
// "admin" anywhere. Whoever reaches a department only must not change such a
// user, its password, or the members of such a group: that would make it an
// administrator of the platform.
func HoldsAdmin(ctx context.Context, q store.Querier, who Holder) (bool, error) {
	return false, unbuilt
}
