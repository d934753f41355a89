package signs

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// selectBound reads a page of an API's bindings.
func selectBound(ctx context.Context, q store.Querier, where *store.Filter, page apig.Page) (total int, list []Binding, err error) {
	const from = `
		FROM bindings b
		JOIN sign_keys p ON p.id = b.policy_id
		JOIN apis a ON a.id = b.api_id
		JOIN groups g ON g.id = a.group_id
		LEFT JOIN envs e ON e.id = b.env_id
		LEFT JOIN api_publications u ON u.api_id = b.api_id AND u.env_id = b.env_id`
	if err := q.QueryRow(ctx, `SELECT COUNT(*)`+from+where.Where(), where.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := `SELECT b.id, a.id, a.name, a.remark, g.name, a.type, p.id, p.name, p.sign_key,
		b.env_id, COALESCE(e.name, 'RELEASE'), b.bind_time, COALESCE(u.publish_id, '')` +
		from + where.Where() + ` ORDER BY b.bind_time DESC, b.id`
	query += where.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, func(row store.Scanner) (b Binding, err error) {
		var bound int64
		err = row.Scan(&b.ID, &b.APIID, &b.APIName, &b.APIRemark, &b.GroupName, &b.APIType, &b.SignID, &b.SignName, &b.SignKey,
			&b.EnvID, &b.EnvName, &bound, &b.PublishID)
		b.SignSecret, b.BindingTime = masked, apig.Time(store.Time(bound))
		return b, err
	}, query, where.Args()...)
	return total, list, err
}
