package accounts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Busy refuses what needs a password to be hashed when no turn for it came.
var Busy = &wire.Error{
	Status: http.StatusServiceUnavailable, Title: http.StatusText(http.StatusServiceUnavailable),
	Message: "Too many log-ins at once. Try again later.",
}

const writePassword = `
UPDATE identity_users SET password = $1, password_time = $2, password_weak = $3, must_change = $4 WHERE id = $5`

// insertFormer moves the moment of a second password of the same microsecond.
const insertFormer = `
INSERT INTO identity_password_history (user_id, create_time, password)
SELECT CAST($1 AS TEXT), CASE WHEN COALESCE(MAX(create_time), 0) >= CAST($2 AS BIGINT) THEN MAX(create_time) + 1 ELSE CAST($2 AS BIGINT) END, CAST($3 AS TEXT)
FROM identity_password_history WHERE user_id = $1`

const pruneFormer = `
DELETE FROM identity_password_history WHERE user_id = $1 AND create_time NOT IN
(SELECT create_time FROM identity_password_history WHERE user_id = $1 ORDER BY create_time DESC LIMIT $2)`

const selectFormer = `
SELECT password FROM identity_password_history WHERE user_id = $1 ORDER BY create_time DESC LIMIT $2`

// chosen is a password that somebody chose for a user, hashed.
type chosen struct {
	hash             string
	weak, mustChange bool
}

// choose hashes a password, whatever it is like.
func (a *Area) choose(ctx context.Context, password string, mustChange bool) (chosen, error) {
	hash, err := a.Passwords.Hash(ctx, password)
	return chosen{hash: hash, weak: a.Policy.Check(password) != nil, mustChange: mustChange}, slow(err)
}

// slow words for the wire what the hasher refuses.
func slow(err error) error {
	switch {
	case errors.Is(err, passwords.ErrBusy):
		return Busy.Because(err)
	case errors.Is(err, passwords.ErrTooLong):
		return keystone.BadRequest("Invalid input for field 'password': it may have %d bytes.", passwords.MaxLength).Because(err)
	}
	return err
}

// meets refuses a password that the rules do not allow.
func (a *Area) meets(password string) error {
	if err := a.Policy.Check(password); err != nil {
		return keystone.BadRequest("The password does not match the requirements: %s.", err)
	}
	return nil
}

// setPassword writes a password, remembers it, and ends a row of wrong ones: a
// new password is how an administrator lets a locked user in again.
func (a *Area) setPassword(ctx context.Context, tx *store.Tx, userID string, p chosen) error {
	now := store.Micros(a.Clock())
	if _, err := tx.Exec(ctx, writePassword, p.hash, now, flag(p.weak), flag(p.mustChange), userID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, deleteFailures, userID); err != nil {
		return err
	}
	if a.Policy.History > 0 {
		if _, err := tx.Exec(ctx, insertFormer, userID, now, p.hash); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, pruneFormer, userID, min(a.Policy.History, passwords.MaxHistory))
	return err
}

// SetPassword replaces a user's password and ends its tokens; no rule holds.
func (a *Area) SetPassword(ctx context.Context, userID, password string) error {
	p, err := a.choose(ctx, password, false)
	if err != nil {
		return err
	}
	return a.failures.forget(userID, func() error {
		return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
			u, err := LoadUser(ctx, tx, userID)
			if err != nil {
				return fmt.Errorf("accounts: set the password of user %q: %w", userID, err)
			}
			if err := a.setPassword(ctx, tx, userID, p); err != nil {
				return err
			}
			return a.endTokens(ctx, tx, &u, &u, true)
		})
	})
}

// PasswordExpires is when the password of a user expires; zero: never.
func (a *Area) PasswordExpires(u *User) time.Time {
	if a.Policy.Expiry <= 0 || u.Options.NoExpiry {
		return time.Time{}
	}
	since := u.PasswordSet
	if since.IsZero() {
		since = u.Created
	}
	return since.Add(a.Policy.Expiry)
}

// ChangePassword is ChangePasswordFor without an address.
func (a *Area) ChangePassword(ctx context.Context, id string, original, password secret.Text) error {
	return a.ChangePasswordFor(ctx, passwords.Asker{Name: id}, id, original, password)
}

// ChangePasswordFor is the user's own change: the rules hold, and a wrong
// original is counted like a wrong log-in. Whatever is wrong with the proof is
// the same 401; a password that the rules refuse is 400.
func (a *Area) ChangePasswordFor(ctx context.Context, asker passwords.Asker, id string, original, password secret.Text) error {
	// Before the proof: what a password is like says nothing about a user.
	if err := a.meets(password.Reveal()); err != nil {
		return err
	}
	u, err := a.prove(ctx, asker, func() (User, error) { return LoadUser(ctx, a.DB, id) }, original)
	if err != nil {
		return err
	}
	if u.Options.LockSelf {
		return keystone.BadRequest("The password of this user is changed by an administrator only.")
	}
	if password == original { // even where no history is kept: it would only move the expiry
		return keystone.BadRequest("The new password is the present one: choose another.")
	}
	if err := a.fresh(ctx, asker, &u, password); err != nil {
		return err
	}
	p, err := a.choose(ctx, password.Reveal(), false)
	if err != nil {
		return err
	}
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		now, err := LoadUser(ctx, tx, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && (now.password != u.password || !now.Enabled) {
			return refused("the password or the user changed meanwhile")
		}
		if err != nil {
			return err
		}
		if err := a.setPassword(ctx, tx, id, p); err != nil {
			return err
		}
		return a.endTokens(ctx, tx, &now, &now, true)
	})
}

// fresh refuses a password that the user has or had. Each comparison costs a
// hash, outside the write transaction and no more than MaxHistory of them.
func (a *Area) fresh(ctx context.Context, asker passwords.Asker, u *User, password secret.Text) error {
	n := min(a.Policy.History, passwords.MaxHistory)
	if n <= 0 {
		return nil
	}
	former, err := store.List(ctx, a.DB, store.Text, selectFormer, u.ID, n)
	if err != nil {
		return err
	}
	if len(former) == 0 || former[0] != u.password { // set before there was a history
		former = append([]string{u.password}, former[:min(len(former), n-1)]...)
	}
	for _, hash := range former {
		same, err := a.Passwords.CheckFor(ctx, asker, hash, password.Reveal())
		if err != nil {
			return slow(err)
		}
		if same {
			return keystone.BadRequest("The new password is one of the last %d of this user: choose another.", n)
		}
	}
	return nil
}
