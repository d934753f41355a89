package traces

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
)

func apiExists(ctx context.Context, q store.Querier, id string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM apis WHERE id = $1`, id).Scan(&n)
	return n > 0, err
}

func groupExists(ctx context.Context, q store.Querier, id string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM groups WHERE id = $1`, id).Scan(&n)
	return n > 0, err
}
