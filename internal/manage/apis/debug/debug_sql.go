package debug

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/store"
)

type apiRow struct {
	id, projectID, label string
	doc                  draft.Document
}

func loadAPI(ctx context.Context, q store.Querier, id string) (*apiRow, error) {
	api := &apiRow{id: id}
	var document string
	err := q.QueryRow(ctx, `
		SELECT a.project_id, g.sl_domain, a.document FROM apis a JOIN groups g ON g.id = a.group_id WHERE a.id = $1`,
		id).Scan(&api.projectID, &api.label, &document)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(document), &api.doc); err != nil {
		return nil, fmt.Errorf("debug: document of API %s: %w", id, err)
	}
	return api, nil
}

func selectEnv(ctx context.Context, q store.Querier, projectID, name string) (id string, err error) {
	err = q.QueryRow(ctx, `SELECT id FROM envs WHERE project_id = $1 AND name = $2`, projectID, name).Scan(&id)
	return id, err
}

func selectPublished(ctx context.Context, q store.Querier, apiID, envID string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM api_publications WHERE api_id = $1 AND env_id = $2`, apiID, envID).Scan(&n)
	return n > 0, err
}

// selectGranted reports whether an app of the project may call the API there.
func selectGranted(ctx context.Context, q store.Querier, projectID, apiID, envID string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `
		SELECT COUNT(*) FROM grants g JOIN apps p ON p.id = g.app_id
		WHERE g.api_id = $1 AND g.env_id = $2 AND p.project_id = $3`, apiID, envID, projectID).Scan(&n)
	return n > 0, err
}

func selectDomains(ctx context.Context, q store.Querier, groupID string) ([]string, error) {
	return store.List(ctx, q, store.Text, `SELECT domain FROM domains WHERE group_id = $1`, groupID)
}
