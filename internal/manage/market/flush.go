package market

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Flush stores the calls of orders that the gateway of this process has counted.
// What cannot be stored is kept and stored with the next Flush.
func (a *Area) Flush(ctx context.Context) error {
	return a.Calls.Drain(func(rows []statistics.OrderRow) error {
		return a.DB.Write(ctx, func(tx *store.Tx) error {
			for _, r := range rows {
				if err := addCalls(ctx, tx, r.OrderID, r.Calls); err != nil {
					return err
				}
				tx.Touch(string(definition.KindOrder), r.OrderID)
			}
			return nil
		})
	})
}
