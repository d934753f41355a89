package bearer

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

// tooManyKeys refuses a rotation by hand.
var tooManyKeys = ghippo.TooMany("there are %d signing keys already, kept for tokens that are still valid; rotate with revoke to end those", MaxKeys)

// Rotate lets another key sign from now on and answers its id. Tokens of the
// key before it stay valid; with revoke they end, and those of all older keys.
func (r *Ring) Rotate(ctx context.Context, revoke bool) (string, error) {
	r.making.Lock()
	defer r.making.Unlock()
	if !revoke {
		var n int
		if err := r.DB.QueryRow(ctx, countKeys).Scan(&n); err != nil {
			return "", err
		}
		if n >= MaxKeys {
			return "", tooManyKeys
		}
	}
	if err := r.replace(ctx, func(time.Time) bool { return true }, revoke); err != nil {
		return "", err
	}
	held, err := r.read(ctx)
	if err != nil {
		return "", err
	}
	return held.signs().id, nil
}

// Upkeep replaces a key that has signed for RotateAfter and removes those that
// nothing needs any more.
func (r *Ring) Upkeep(ctx context.Context) error {
	r.making.Lock()
	defer r.making.Unlock()
	var made int64
	if err := r.DB.QueryRow(ctx, selectActive).Scan(&made); err != nil {
		return err
	}
	if made == 0 || !r.due(store.Time(made)) {
		return nil // the first key waits for the first need of one
	}
	return r.replace(ctx, r.due, false)
}

func (r *Ring) due(made time.Time) bool {
	return !made.IsZero() && r.Clock().Sub(made) >= RotateAfter
}

// replace makes a key and lets it sign, unless due, asked inside the
// transaction with the making of the active key (zero without one), says that
// another node was first. A key that was made and not stored is kept for the next
// time: while the database takes no writes, whoever asks for /certs must not make
// us compute. The caller holds making.
func (r *Ring) replace(ctx context.Context, due func(made time.Time) bool, revoke bool) error {
	now := r.Clock()
	if r.spare == nil {
		made, err := generate(r.Sealer)
		if err != nil {
			return err
		}
		r.spare = &made
	}
	next, stored := r.spare, false
	err := r.DB.Write(ctx, func(tx *store.Tx) error {
		var made int64
		if err := tx.QueryRow(ctx, selectActive).Scan(&made); err != nil {
			return err
		}
		active := time.Time{}
		if made != 0 {
			active = store.Time(made)
		}
		if !due(active) {
			return nil
		}
		if err := r.clear(ctx, tx, now, revoke); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertKey, next.kid, next.public, next.private, store.Micros(now)); err != nil {
			return err
		}
		stored = true
		return tokens.Announce(ctx, tx, now)
	})
	if stored { // also when the commit failed: it may have taken place
		r.spare = nil
	}
	if err != nil {
		return err
	}
	return r.Revoked.Refresh(ctx)
}

// clear makes room for the next key.
func (r *Ring) clear(ctx context.Context, tx *store.Tx, now time.Time, revoke bool) error {
	if revoke {
		_, err := tx.Exec(ctx, dropKeys)
		return err
	}
	if _, err := tx.Exec(ctx, retireKeys, store.Micros(now)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, pruneKeys, store.Micros(now.Add(-keep)), store.Micros(now))
	return err
}
