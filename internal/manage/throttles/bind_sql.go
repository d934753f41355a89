package throttles

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// selectBound reads the policies of an API.
func selectBound(ctx context.Context, q store.Querier, f *store.Filter, page apig.Page) (total int, list []*BoundThrottle, err error) {
	const from = ` FROM bindings b JOIN throttles t ON t.id = b.policy_id LEFT JOIN envs e ON e.id = b.env_id`
	if err := q.QueryRow(ctx, `SELECT COUNT(*)`+from+f.Where(), f.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := `SELECT ` + throttleColumns + `, COALESCE(e.name, 'RELEASE'), b.id, b.bind_time` + from + f.Where() +
		` ORDER BY b.bind_time DESC, b.id`
	query += f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, func(row store.Scanner) (*BoundThrottle, error) {
		b := &BoundThrottle{}
		var bound int64
		t, err := scanThrottle(row, &b.EnvName, &b.BindID, &bound)
		if err != nil {
			return nil, err
		}
		b.Throttle, b.BindTime = *t, apig.Time(store.Time(bound))
		return b, nil
	}, query, f.Args()...)
	return total, list, err
}
