package market

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const selectOrders = `
	SELECT p.id, p.project_id, p.group_id, p.app_id, g.name, g.remark, g.sl_domain, a.app_key, a.app_secret,
		p.calls, p.calls_used, p.order_time, p.start_time, p.expire_time
	FROM purchases p JOIN groups g ON g.id = p.group_id JOIN apps a ON a.id = p.app_id`

func scanOrder(s store.Scanner) (p row, err error) {
	err = s.Scan(&p.id, &p.projectID, &p.groupID, &p.appID, &p.groupName, &p.groupRemark, &p.subDomain, &p.appKey, &p.secret,
		&p.calls, &p.used, &p.ordered, &p.starts, &p.expires)
	return p, err
}

func selectPurchase(ctx context.Context, q store.Querier, id string) (*row, error) {
	p, err := scanOrder(q.QueryRow(ctx, selectOrders+` WHERE p.id = $1`, id))
	return &p, err
}

func selectPurchases(ctx context.Context, q store.Querier, f *store.Filter, page apig.Page) (total int, list []row, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM purchases p JOIN groups g ON g.id = p.group_id`+f.Where(), f.Args()...).Scan(&total)
	if err != nil {
		return 0, nil, err
	}
	query := selectOrders + f.Where() + ` ORDER BY p.order_time DESC, p.id` + f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, scanOrder, query, f.Args()...)
	return total, list, err
}

// selectDomains are the independent domains of a group.
func selectDomains(ctx context.Context, q store.Querier, groupID string) ([]string, error) {
	return store.List(ctx, q, store.Text, `SELECT domain FROM domains WHERE group_id = $1 ORDER BY domain`, groupID)
}
