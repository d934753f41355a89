package accesskeys

import (
	"context"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

const (
	// MaxPerUser is how many keys a user may have.
	MaxPerUser = 2
	// purpose binds a sealed secret to what it is for.
	purpose = "access-key"
	// accessLength and secretBytes give keys the form that this dialect's
	// clients know: 20 and 40 capital letters and digits.
	accessLength, accessBytes, secretBytes = 20, 13, 25
)

// Key is an access key without its secret.
type Key struct {
	Access, UserID, Description string
	Active                      bool
	Created                     time.Time
	LastUse                     time.Time // zero: never, or not written yet

	sealed string
}

// Deps is what the area works with.
type Deps struct {
	DB      *store.DB
	IDs     *ids.Source
	Clock   clock.Clock
	Sealer  *secret.Sealer
	Revoked *tokens.Revocations
}

// Area makes, changes and shows access keys.
type Area struct {
	Deps
	uses uses
}

// New returns the area.
func New(d Deps) *Area { return &Area{Deps: d, uses: uses{pending: map[string]int64{}}} }

// tooMany is worded as the clients of this dialect know it (wire-facts §16.5).
var tooMany = keystone.BadRequest("akSkNumExceed")

// Create makes a key for a user in the form of the v3 dialect and answers it with
// its secret, which cannot be had again.
func (a *Area) Create(ctx context.Context, userID, description string) (Key, secret.Text, error) {
	return a.add(ctx, userID, description,
		base32.StdEncoding.EncodeToString(a.IDs.Bytes(accessBytes))[:accessLength],
		base32.StdEncoding.EncodeToString(a.IDs.Bytes(secretBytes)))
}

// CreatePair is Create in the form of the third dialect: both are UUIDs, of 122
// random bits each (wire-facts §18.1). Keys of both forms are of one kind and
// count together.
func (a *Area) CreatePair(ctx context.Context, userID, description string) (Key, secret.Text, error) {
	return a.add(ctx, userID, description, uuid(a.IDs.Bytes(16)), uuid(a.IDs.Bytes(16)))
}

// uuid writes 16 random bytes as a UUID of version 4.
func uuid(b []byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (a *Area) add(ctx context.Context, userID, description, access, text string) (Key, secret.Text, error) {
	k := Key{
		Access: access, UserID: userID, Description: description, Active: true,
		Created: store.Time(store.Micros(a.Clock())),
	}
	sealed, err := a.Sealer.Seal(purpose, k.Access, []byte(text))
	if err != nil {
		return Key{}, "", fmt.Errorf("accesskeys: seal the secret of %s: %w", k.Access, err)
	}
	k.sealed = base64.StdEncoding.EncodeToString(sealed)
	err = a.Revoked.Announcing(ctx, func(tx *store.Tx) error {
		var users, keys int
		if err := tx.QueryRow(ctx, userExists, userID).Scan(&users); err != nil {
			return err
		}
		if users == 0 {
			return keystone.NotFound("user", userID)
		}
		if err := tx.QueryRow(ctx, countKeys, userID).Scan(&keys); err != nil {
			return err
		}
		if keys >= MaxPerUser {
			return tooMany
		}
		_, err := tx.Exec(ctx, insertKey, k.Access, userID, k.sealed, description, store.Micros(k.Created))
		return err
	})
	return k, secret.Text(text), err
}

// Secret opens the secret of a key.
func (a *Area) Secret(k Key) ([]byte, error) {
	sealed, err := base64.StdEncoding.DecodeString(k.sealed)
	if err != nil {
		return nil, fmt.Errorf("accesskeys: the secret of %s is damaged; delete the key: %w", k.Access, err)
	}
	plain, err := a.Sealer.Open(purpose, k.Access, sealed)
	if err != nil {
		return nil, fmt.Errorf("accesskeys: the secret of %s does not open; is it sealed with another master key? %w", k.Access, err)
	}
	if len(plain) == 0 { // anybody can sign with an empty secret (CVE-2026-85595)
		return nil, fmt.Errorf("accesskeys: the secret of %s is empty; delete the key", k.Access)
	}
	return plain, nil
}
