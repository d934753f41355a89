package market

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// maxExpired bounds how many orders one Expire ends; the rest is the next
// one's.
const maxExpired = 500

// end deletes an order and its app.
func (a *Area) end(r *wire.Request) error {
	r.Touched(r.Path("purchase_id"))
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		p, err := own(r, tx)
		if err != nil {
			return err
		}
		grants, err := deleteOrder(r.Context(), tx, p)
		if err != nil {
			return err
		}
		touchGrants(tx, grants)
		tx.Touch(string(definition.KindOrder), p.id)
		tx.Touch(string(definition.KindApp), p.appID)
		return nil
	})
}

// Expire ends what expired orders allow, each order in a transaction of its
// own.
func (a *Area) Expire(ctx context.Context) error {
	now := store.Micros(a.Clock())
	orders, err := selectExpired(ctx, a.DB, now, maxExpired)
	if err != nil {
		return err
	}
	for _, p := range orders {
		err := a.DB.Write(ctx, func(tx *store.Tx) error {
			grants, err := endOrder(ctx, tx, p)
			touchGrants(tx, grants)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func touchGrants(tx *store.Tx, ids []string) {
	for _, id := range ids {
		tx.Touch(string(definition.KindGrant), id)
	}
}
