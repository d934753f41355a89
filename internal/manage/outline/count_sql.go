package outline

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	onSale     = 1 // of groups.on_sell_status
	releaseEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"
)

// Each answers both numbers in one statement, so that they fit together. An
// empty project is all projects.

func countGroups(ctx context.Context, q store.Querier, projectID string) (all, selling int, err error) {
	err = q.QueryRow(ctx, `
		SELECT COUNT(*), COALESCE(SUM(CASE WHEN on_sell_status = $2 THEN 1 ELSE 0 END), 0)
		FROM groups WHERE $1 = '' OR project_id = $1`, projectID, onSale).Scan(&all, &selling)
	return all, selling, err
}

func countAPIs(ctx context.Context, q store.Querier, projectID string) (all, released int, err error) {
	if projectID == "" { // two indexes counted, not one joined with the other
		err = q.QueryRow(ctx, `
			SELECT (SELECT COUNT(*) FROM apis), (SELECT COUNT(*) FROM api_publications WHERE env_id = $1)`,
			releaseEnv).Scan(&all, &released)
		return all, released, err
	}
	err = q.QueryRow(ctx, `
		SELECT COUNT(*), COUNT(u.api_id)
		FROM apis a LEFT JOIN api_publications u ON u.api_id = a.id AND u.env_id = $1 WHERE a.project_id = $2`,
		releaseEnv, projectID).Scan(&all, &released)
	return all, released, err
}

func countApps(ctx context.Context, q store.Querier, projectID string) (all, authorised int, err error) {
	err = q.QueryRow(ctx, `
		SELECT COUNT(*), COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM grants g WHERE g.app_id = p.id) THEN 1 ELSE 0 END), 0)
		FROM apps p WHERE $1 = '' OR p.project_id = $1`, projectID).Scan(&all, &authorised)
	return all, authorised, err
}
