package market

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
)

// addCalls adds to what is used of an order. Of one that has been deleted
// meanwhile nothing is left to add to.
func addCalls(ctx context.Context, tx *store.Tx, id string, calls int64) error {
	_, err := tx.Exec(ctx, `UPDATE purchases SET calls_used = calls_used + $1 WHERE id = $2`, calls, id)
	return err
}
