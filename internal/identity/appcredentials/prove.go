package appcredentials

import (
	"context"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Claim is what a log-in says: the ID of a credential, or its Name and the
// UserID of its owner.
type Claim struct {
	ID, UserID, Name string
	Secret           secret.Text
	Asker            passwords.Asker // whose share of the hashes this takes
}

// ErrRefused is the one answer of Prove to whatever is wrong with a claim. The
// text around it is for the log.
var ErrRefused = errors.New("appcredentials: refused")

// Prove answers the credential that a claim is about. Its errors are ErrRefused,
// passwords.ErrBusy, or that SQL could not be asked. Whatever is wrong, one hash
// is computed. It says nothing about the user: see identity/login.
func (a *Area) Prove(ctx context.Context, claim Claim) (Credential, error) {
	c, err := a.claimed(ctx, claim)
	if errors.Is(err, store.ErrNotFound) {
		if err := a.Passwords.DummyFor(ctx, claim.Asker, claim.Secret.Reveal()); err != nil {
			return Credential{}, err
		}
		return Credential{}, fmt.Errorf("%w: there is no such credential", ErrRefused)
	}
	if err != nil {
		return Credential{}, err
	}
	ok, err := a.Passwords.CheckFor(ctx, claim.Asker, c.hash, claim.Secret.Reveal())
	if err != nil {
		return Credential{}, err
	}
	// The lock is looked at after hashing: of many guesses sent at once, only the
	// first few to come back count.
	now := a.Clock()
	switch locked := a.guesses.record(c.ID, ok, now); {
	case locked:
		return Credential{}, fmt.Errorf("%w: credential %s is locked after too many wrong secrets", ErrRefused, c.ID)
	case !ok:
		return Credential{}, fmt.Errorf("%w: wrong secret for credential %s", ErrRefused, c.ID)
	case c.Over(now):
		return Credential{}, fmt.Errorf("%w: credential %s has expired", ErrRefused, c.ID)
	}
	return c, nil
}

func (a *Area) claimed(ctx context.Context, claim Claim) (Credential, error) {
	if claim.ID != "" {
		return Load(ctx, a.DB, claim.ID)
	}
	return loadNamed(ctx, a.DB, claim.UserID, claim.Name)
}
