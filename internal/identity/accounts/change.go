package accounts

import (
	"context"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Assign gives a user a role, by its name, on a project or domain. To give it
// twice changes nothing.
func (a *Area) Assign(ctx context.Context, userID, role string, scope Scope, targetID string) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		roleID, err := a.assignment(ctx, tx, userID, role, scope, targetID)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertAssignment, userID, roleID, string(scope), targetID); err != nil {
			return err
		}
		return tokens.Announce(ctx, tx, a.Clock())
	})
}

// Unassign takes a role away. The user's tokens end: they say what it may do.
func (a *Area) Unassign(ctx context.Context, userID, role string, scope Scope, targetID string) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		roleID, err := a.assignment(ctx, tx, userID, role, scope, targetID)
		if err != nil {
			return err
		}
		if err := one(tx.Exec(ctx, deleteAssignment, userID, roleID, string(scope), targetID)); err != nil {
			return fmt.Errorf("accounts: user %s and role %q on %s %s: %w", userID, role, scope, targetID, err)
		}
		return tokens.VoidUsers(ctx, tx, a.Clock(), selectOneUser, userID) // who is disabled stays barred
	})
}

// assignment checks the ends of an assignment and answers the role's id.
func (a *Area) assignment(ctx context.Context, tx *store.Tx, userID, role string, scope Scope, targetID string) (string, error) {
	if _, err := LoadUser(ctx, tx, userID); err != nil {
		return "", fmt.Errorf("accounts: assign to user %q: %w", userID, err)
	}
	var err error
	switch scope {
	case OnProject:
		_, err = LoadProject(ctx, tx, targetID)
	case OnDomain:
		_, err = FindDomain(ctx, tx, targetID, "")
	default:
		err = errors.New("a role is held on a project or a domain")
	}
	if err != nil {
		return "", fmt.Errorf("accounts: assign on %s %q: %w", scope, targetID, err)
	}
	var id string
	if err := tx.QueryRow(ctx, selectRoleID, role).Scan(&id); err != nil {
		return "", fmt.Errorf("accounts: assign role %q: %w", role, err)
	}
	return id, nil
}

// EnableUser lets a user in, or keeps it out and ends its tokens and
// signatures.
func (a *Area) EnableUser(ctx context.Context, userID string, enabled bool) error {
	end := tokens.Bar
	if enabled {
		end = tokens.Void
	}
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		if err := one(tx.Exec(ctx, updateUserEnabled, flag(enabled), userID)); err != nil {
			return fmt.Errorf("accounts: user %q: %w", userID, err)
		}
		return end(ctx, tx, tokens.OfUser, userID, a.Clock())
	})
}

func one(n int64, err error) error {
	if err == nil && n != 1 {
		return store.ErrNotFound
	}
	return err
}
