package market

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
)

func selectOffer(ctx context.Context, q store.Querier, groupID string) (o offer, err error) {
	var sold int64
	var enabled int
	err = q.QueryRow(ctx, `
		SELECT g.project_id, g.name, g.on_sell_status, COALESCE(l.sell_time, 0), COALESCE(p.enabled, 1)
		FROM groups g
		LEFT JOIN listings l ON l.group_id = g.id
		LEFT JOIN identity_projects p ON p.id = g.project_id
		WHERE g.id = $1`, groupID).Scan(&o.projectID, &o.name, &o.status, &sold, &enabled)
	o.sold, o.enabled = sold > 0, enabled == 1
	return o, err
}

// hasOrder reports whether the buyer of p has an order of its group that has
// not expired when p is ordered.
func hasOrder(ctx context.Context, q store.Querier, p *row) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM purchases WHERE group_id = $1 AND expire_time > $2 AND project_id = $3`,
		p.groupID, p.ordered, p.projectID).Scan(&n)
	return n > 0, err
}

// countApps counts what the area apps counts.
func countApps(ctx context.Context, q store.Querier, projectID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM apps WHERE project_id = $1`, projectID).Scan(&n)
	return n, err
}

// insertOrder makes the app and the order. The app's name has the id of the
// order, so that no app of the project has it.
func insertOrder(ctx context.Context, tx *store.Tx, p *row) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO apps (id, project_id, name, remark, status, app_key, app_secret, creator, app_type, register_time, update_time)
		VALUES ($1, $2, $3, $4, 1, $5, $6, $7, 'apig', $8, $8)`,
		p.appID, p.projectID, "Market_"+p.id, "Order of API group "+p.groupName, p.appKey, p.secret, creatorMarket, p.ordered)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO purchases (id, project_id, group_id, app_id, calls, calls_used, order_time, start_time, expire_time, ended)
		VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, 0)`,
		p.id, p.projectID, p.groupID, p.appID, p.calls, p.ordered, p.starts, p.expires)
	return err
}

// offered is an API that an order allows, and its project.
type offered struct{ id, projectID string }

// selectOffered is what RELEASE serves of a group with APP authentication:
// other APIs need no grant.
func selectOffered(ctx context.Context, q store.Querier, groupID string) ([]offered, error) {
	return store.List(ctx, q, func(row store.Scanner) (o offered, err error) {
		err = row.Scan(&o.id, &o.projectID)
		return o, err
	}, `SELECT a.id, a.project_id FROM apis a JOIN api_publications u ON u.api_id = a.id AND u.env_id = $2
		WHERE a.group_id = $1 AND u.auth_type = 'APP' ORDER BY a.id`, groupID, releaseEnv)
}

func insertGrant(ctx context.Context, tx *store.Tx, id string, p *row, api offered) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO grants (id, app_id, api_id, env_id, project_id, auth_role, auth_time)
		VALUES ($1, $2, $3, $4, $5, 'CONSUMER', $6)`, id, p.appID, api.id, releaseEnv, api.projectID, p.ordered)
	return err
}
