package accesskeys

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
)

// Of lists the keys of a user in the order in which they were made, without
// secrets.
func Of(ctx context.Context, q store.Querier, userID string) ([]Key, error) {
	return listOf(ctx, q, userID)
}

// Remove deletes a key of a user. A key that is not there or not this user's is
// store.ErrNotFound.
func (a *Area) Remove(ctx context.Context, userID, access string) error {
	return a.Revoked.Announcing(ctx, func(tx *store.Tx) error {
		k, err := Load(ctx, tx, access)
		if err == nil && k.UserID != userID {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, deleteKey, k.Access)
		return err
	})
}
