package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// noteLogin is how old the last noted log-in has to be before another is noted.
const noteLogin = time.Minute

const updateLogin = `UPDATE identity_users SET login_time = $1 WHERE id = $2`

// refused is the one answer to every log-in that is wrong; why is for the log.
func refused(why string) error {
	return &wire.AuthError{Refusal: wire.Invalid, Cause: errors.New("log-in: " + why)}
}

// LogIn answers the user that find names if the password is its own and may be
// used. Unknown, wrong, locked and disabled are one answer at one price: one
// look-up, one hash, one look at the failures (CVE-2026-32595, CVE-2021-38155).
// That the password has expired, or was chosen by somebody else and has to be
// changed first, is told to who knows it.
func (a *Area) LogIn(ctx context.Context, asker passwords.Asker, find func() (User, error), password secret.Text) (User, error) {
	u, err := a.prove(ctx, asker, find, password)
	if err != nil {
		return User{}, err
	}
	now := a.Clock()
	if u.MustChange && !u.Options.NoFirstUse || !u.Expires.IsZero() && !now.Before(u.Expires) {
		return User{}, keystone.Unauthorized().Msg("The password is expired and needs to be changed for user: %s.", u.ID)
	}
	if now.Sub(u.LastLogin) < noteLogin {
		return u, nil
	}
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, updateLogin, store.Micros(now), u.ID)
		return err
	})
	return u, err
}

// prove answers the user whose password was given.
func (a *Area) prove(ctx context.Context, asker passwords.Asker, find func() (User, error), password secret.Text) (User, error) {
	u, err := find()
	unknown := errors.Is(err, store.ErrNotFound)
	if err != nil && !unknown {
		return User{}, err
	}
	right := false
	if unknown {
		u, err = User{}, a.Passwords.DummyFor(ctx, asker, password.Reveal())
	} else {
		right, err = a.Passwords.CheckFor(ctx, asker, u.password, password.Reveal())
	}
	if err != nil {
		return User{}, slow(err)
	}
	// After hashing: of many guesses sent at once, only the first few count.
	locked, clean, err := a.judge(ctx, &u, right)
	switch {
	case err != nil:
		return User{}, err
	case unknown:
		return User{}, refused("there is no such user")
	case locked:
		return User{}, refused("user " + u.ID + " is locked after too many wrong passwords")
	case !right:
		if err := a.keepFailures(ctx); err != nil {
			return User{}, err
		}
		return User{}, refused("wrong password for user " + u.ID)
	case !u.Enabled:
		return User{}, refused("user " + u.ID + " or its domain is disabled")
	}
	u.Expires = a.PasswordExpires(&u)
	if clean {
		return u, nil
	}
	return u, a.failures.forget(u.ID, func() error {
		return a.DB.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, deleteFailures, u.ID)
			return err
		})
	})
}
