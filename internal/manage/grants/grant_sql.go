package grants

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

func selectEnvProject(ctx context.Context, q store.Querier, id string) (projectID string, err error) {
	err = q.QueryRow(ctx, `SELECT project_id FROM envs WHERE id = $1`, id).Scan(&projectID)
	return projectID, err
}

func selectAppProject(ctx context.Context, q store.Querier, id string) (projectID string, err error) {
	err = q.QueryRow(ctx, `SELECT project_id FROM apps WHERE id = $1`, id).Scan(&projectID)
	return projectID, err
}

func selectAPI(ctx context.Context, q store.Querier, id, envID string) (projectID, auth string, published bool, err error) {
	var publications int
	err = q.QueryRow(ctx, `
		SELECT a.project_id, COALESCE(p.auth_type, a.auth_type), CASE WHEN p.api_id IS NULL THEN 0 ELSE 1 END
		FROM apis a LEFT JOIN api_publications p ON p.api_id = a.id AND p.env_id = $2
		WHERE a.id = $1`, id, envID).Scan(&projectID, &auth, &publications)
	return projectID, auth, publications > 0, err
}

// selectGranted is what an app may call in an environment, by API.
func selectGranted(ctx context.Context, q store.Querier, appID, envID string) (map[string]Result, error) {
	list, err := store.List(ctx, q, func(row store.Scanner) (g Result, err error) {
		var granted int64
		err = row.Scan(&g.ID, &g.APIID, &g.AppID, &g.AuthRole, &granted)
		g.AuthTime = apig.Time(store.Time(granted))
		return g, err
	}, `SELECT id, api_id, app_id, auth_role, auth_time FROM grants WHERE app_id = $1 AND env_id = $2`, appID, envID)
	if err != nil {
		return nil, err
	}
	have := make(map[string]Result, len(list))
	for _, g := range list {
		have[g.APIID] = g
	}
	return have, nil
}

func insertGrant(ctx context.Context, tx *store.Tx, g *Result, envID, projectID string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO grants (id, app_id, api_id, env_id, project_id, auth_role, auth_time)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		g.ID, g.AppID, g.APIID, envID, projectID, g.AuthRole, store.Micros(time.Time(g.AuthTime)))
	return err
}

// selectParties answers the projects of a grant's API and of its app, and who
// made it.
func selectParties(ctx context.Context, q store.Querier, id string) (provider, consumer, role string, err error) {
	err = q.QueryRow(ctx, `
		SELECT g.project_id, p.project_id, g.auth_role FROM grants g JOIN apps p ON p.id = g.app_id WHERE g.id = $1`,
		id).Scan(&provider, &consumer, &role)
	return provider, consumer, role, err
}

func deleteGrant(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM grants WHERE id = $1`, id)
	return err
}

func selectDefinition(ctx context.Context, q store.Querier, id string) (g definition.Grant, err error) {
	err = q.QueryRow(ctx, `SELECT id, app_id, api_id, env_id FROM grants WHERE id = $1`, id).
		Scan(&g.ID, &g.AppID, &g.APIID, &g.EnvID)
	return g, err
}
