package groups

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// hasOrders reports whether somebody has bought calls of the group that have
// not expired.
func hasOrders(ctx context.Context, q store.Querier, groupID string, now time.Time) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM purchases WHERE group_id = $1 AND expire_time > $2`,
		groupID, store.Micros(now)).Scan(&n)
	return n > 0, err
}

// deleteOrders deletes the expired orders of a group with the apps that were
// made for them.
func deleteOrders(ctx context.Context, tx *store.Tx, groupID string) error {
	type order struct{ id, appID string }
	orders, err := store.List(ctx, tx, func(row store.Scanner) (o order, err error) {
		err = row.Scan(&o.id, &o.appID)
		return o, err
	}, `SELECT id, app_id FROM purchases WHERE group_id = $1 ORDER BY id`, groupID)
	if err != nil {
		return err
	}
	for _, o := range orders {
		grants, err := store.List(ctx, tx, store.Text, `SELECT id FROM grants WHERE app_id = $1 ORDER BY id`, o.appID)
		if err != nil {
			return err
		}
		touch(tx, definition.KindGrant, grants)
		touch(tx, definition.KindOrder, []string{o.id})
		touch(tx, definition.KindApp, []string{o.appID})
		for _, statement := range []string{
			`DELETE FROM grants WHERE app_id = $1`,
			`DELETE FROM app_codes WHERE app_id = $1`,
			`DELETE FROM purchases WHERE app_id = $1`,
			`DELETE FROM apps WHERE id = $1`,
		} {
			if _, err := tx.Exec(ctx, statement, o.appID); err != nil {
				return err
			}
		}
	}
	return nil
}
