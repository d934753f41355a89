package accesstokens

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/bearer"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

// MaxPerUser is how many access tokens a user may have.
const MaxPerUser = 20

// tooMany refuses one more.
var tooMany = ghippo.TooMany("a user may have %d access tokens; delete one first", MaxPerUser)

// Token is an access token without the token itself.
type Token struct {
	ID, UserID, Name string
	Created, Updated time.Time // Updated zero: never
	Expires          time.Time // zero: never
}

// Over reports whether its time is over.
func (t *Token) Over(now time.Time) bool { return !t.Expires.IsZero() && !now.Before(t.Expires) }

// Create makes an access token and answers it with the token, which cannot be
// had again. The user must exist.
func (a *Area) Create(ctx context.Context, user *accounts.User, name string, expires time.Time) (Token, string, error) {
	groups, err := bearer.GroupsOf(ctx, a.DB, user.ID)
	if err != nil {
		return Token{}, "", err
	}
	now := a.Clock()
	t := Token{ID: a.IDs.New(), UserID: user.ID, Name: name, Created: store.Time(store.Micros(now)), Expires: expires}
	// Signing may make a key, so it comes before the transaction; a token that
	// gets no row is one that never counted.
	raw, kid, err := a.Ring.Sign(ctx, bearer.Claims{
		ID: t.ID, UserID: user.ID, UserName: user.Name, Groups: groups,
		Credential: bearer.Credential{Kind: bearer.AccessToken, ID: t.ID},
		IssuedAt:   now, Expires: expires,
	})
	if err != nil {
		return Token{}, "", err
	}
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		if _, err := accounts.LoadUser(ctx, tx, user.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, dropOver, user.ID, store.Micros(now)); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(ctx, countTokens, user.ID).Scan(&n); err != nil {
			return err
		}
		if n >= MaxPerUser {
			return tooMany
		}
		_, err := tx.Exec(ctx, insertToken, t.ID, t.UserID, t.Name, kid, store.Micros(t.Created), micros(expires))
		return err
	})
	if err != nil {
		return Token{}, "", err
	}
	return t, raw, nil
}

// Delete ends an access token of a user: store.ErrNotFound when it is not there
// or not this user's.
func (a *Area) Delete(ctx context.Context, userID, id string) error {
	return a.Revoked.Announcing(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, deleteToken, id, userID)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	})
}

// micros is Micros with 0 for never.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return store.Micros(t)
}
