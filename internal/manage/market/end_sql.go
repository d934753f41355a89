package market

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
)

// expired is an order whose grants have to end.
type expired struct{ id, appID string }

func selectExpired(ctx context.Context, q store.Querier, now int64, limit int) ([]expired, error) {
	return store.List(ctx, q, func(row store.Scanner) (p expired, err error) {
		err = row.Scan(&p.id, &p.appID)
		return p, err
	}, `SELECT id, app_id FROM purchases WHERE ended = 0 AND expire_time <= $1 ORDER BY expire_time LIMIT $2`, now, limit)
}

// endOrder ends the grants that an order made and answers their ids; those that
// somebody gave its app besides stay.
func endOrder(ctx context.Context, tx *store.Tx, p expired) (grants []string, err error) {
	grants, err = store.List(ctx, tx, store.Text, `SELECT id FROM grants WHERE app_id = $1 AND auth_role = 'CONSUMER' ORDER BY id`, p.appID)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM grants WHERE app_id = $1 AND auth_role = 'CONSUMER'`, p.appID); err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `UPDATE purchases SET ended = 1 WHERE id = $1`, p.id)
	return grants, err
}

// deleteOrder deletes an order, its app and what hangs on the app, and answers
// the ids of the grants that went with it.
func deleteOrder(ctx context.Context, tx *store.Tx, p *row) (grants []string, err error) {
	grants, err = store.List(ctx, tx, store.Text, `SELECT id FROM grants WHERE app_id = $1 ORDER BY id`, p.appID)
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{
		`DELETE FROM grants WHERE app_id = $1`,
		`DELETE FROM app_codes WHERE app_id = $1`,
		`DELETE FROM purchases WHERE app_id = $1`,
		`DELETE FROM apps WHERE id = $1`,
	} {
		if _, err := tx.Exec(ctx, statement, p.appID); err != nil {
			return nil, err
		}
	}
	return grants, nil
}
