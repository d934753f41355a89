package functions

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
)

func countVersions(ctx context.Context, q store.Querier, urn string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM function_versions WHERE urn = $1`, urn).Scan(&n)
	return n, err
}
