package market

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const apisFrom = `
	FROM purchases p
	JOIN groups g ON g.id = p.group_id
	JOIN apis a ON a.group_id = p.group_id
	JOIN api_publications u ON u.api_id = a.id AND u.env_id = '` + releaseEnv + `'`

func selectAPIs(ctx context.Context, q store.Querier, f *store.Filter, page apig.Page) (total int, list []API, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*)`+apisFrom+f.Where(), f.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := `SELECT a.id, a.name, p.id, a.remark, a.req_uri` + apisFrom + f.Where() +
		` ORDER BY p.order_time DESC, p.id, a.name` + f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, func(row store.Scanner) (api API, err error) {
		err = row.Scan(&api.ID, &api.Name, &api.PurchaseID, &api.Remark, &api.ReqURI)
		return api, err
	}, query, f.Args()...)
	return total, list, err
}
