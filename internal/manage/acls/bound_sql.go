package acls

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// selectBound reads a page of an API's policies.
func selectBound(ctx context.Context, q store.Querier, where *store.Filter, page apig.Page) (total int, list []BoundACL, err error) {
	const from = ` FROM bindings b JOIN acls p ON p.id = b.policy_id LEFT JOIN envs e ON e.id = b.env_id`
	if err := q.QueryRow(ctx, `SELECT COUNT(*)`+from+where.Where(), where.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := `SELECT p.id, p.name, p.entity_type, p.acl_type, p.acl_value, b.env_id, COALESCE(e.name, 'RELEASE'), b.id, b.bind_time` +
		from + where.Where() + ` ORDER BY b.bind_time DESC, b.id`
	query += where.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, func(row store.Scanner) (b BoundACL, err error) {
		var bound int64
		err = row.Scan(&b.ACLID, &b.ACLName, &b.EntityType, &b.ACLType, &b.ACLValue, &b.EnvID, &b.EnvName, &b.BindID, &bound)
		b.BindTime = apig.Time(store.Time(bound))
		return b, err
	}, query, where.Args()...)
	return total, list, err
}
