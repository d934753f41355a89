package accesskeys

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"

	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
)

// ErrNoMatch: the access key is unknown or switched off, or the secret is not its
// secret. Which of them is not told.
var ErrNoMatch = errors.New("accesskeys: the access key is unknown or the secret is wrong")

// maxAccess bounds what is looked up.
const maxAccess = 128

// Match answers the key with the access key if text is its secret, else
// ErrNoMatch. It compares in constant time, and an unknown key costs what a wrong
// secret does: a look-up, a sealed value and two digests (CVE-2026-32595). Whether
// the user may log in, and how many guesses there may be, is the caller's to see.
func (a *Area) Match(ctx context.Context, access string, text secret.Text) (Key, error) {
	if len(access) > maxAccess {
		return Key{}, ErrNoMatch
	}
	k, err := Load(ctx, a.DB, access)
	known := err == nil && k.Active
	var plain []byte
	switch {
	case err == nil:
		plain, err = a.Secret(k)
	case errors.Is(err, store.ErrNotFound):
		// Sealing a value costs what opening one does.
		_, err = a.Sealer.Seal(purpose, access, make([]byte, secretBytes))
	}
	if err != nil {
		return Key{}, err
	}
	// Digests are of one length, so the lengths of the secrets do not show.
	right, given := sha256.Sum256(plain), sha256.Sum256([]byte(text.Reveal()))
	if subtle.ConstantTimeCompare(right[:], given[:]) != 1 || !known {
		return Key{}, ErrNoMatch
	}
	return k, nil
}
