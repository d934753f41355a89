package accounts

import (
	"context"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
)

// hanging is a column that refers to users. Foreign keys are on in both engines:
// a table that is missing here makes deleting a user fail, not leave it behind.
type hanging struct{ table, column string }

// hangings lists, in the order in which rows may go, everything that leaves with
// a user. Who makes a table that refers to identity_users adds its line.
func hangings() []hanging {
	return []hanging{
		{"identity_access_keys", "user_id"},
		{"identity_access_tokens", "user_id"},
		{"identity_app_credentials", "user_id"},
		{"identity_credentials", "user_id"},
		{"identity_memberships", "user_id"},
		{"identity_assignments", "user_id"},
		{"identity_password_history", "user_id"},
		{"identity_login_failures", "user_id"},
		{"identity_users", "id"},
	}
}

// removeUser removes one user with everything that hangs on it and ends its
// tokens for good. The caller refreshes the revocations after the commit.
func (a *Area) removeUser(ctx context.Context, tx *store.Tx, id string) error {
	for _, h := range hangings() {
		if _, err := tx.Exec(ctx, `DELETE FROM `+h.table+` WHERE `+h.column+` = $1`, id); err != nil {
			return fmt.Errorf("accounts: remove user %s from %s: %w", id, h.table, err)
		}
	}
	return tokens.End(ctx, tx, tokens.OfUser, id, a.Clock())
}

// removeUsersOf removes every user of a domain. Their tokens end with the domain
// (tokens.OfDomain), which is for the caller to say.
func (a *Area) removeUsersOf(ctx context.Context, tx *store.Tx, domainID string) error {
	for _, h := range hangings() {
		statement := `DELETE FROM ` + h.table + ` WHERE ` + h.column + ` IN (SELECT id FROM identity_users WHERE domain_id = $1)`
		if _, err := tx.Exec(ctx, statement, domainID); err != nil {
			return fmt.Errorf("accounts: remove the users of domain %s from %s: %w", domainID, h.table, err)
		}
	}
	return nil
}
