package apis

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
)

func selectAuthorizer(ctx context.Context, q store.Querier, id string) (projectID, kind string, err error) {
	err = q.QueryRow(ctx, `SELECT project_id, type FROM authorizers WHERE id = $1`, id).Scan(&projectID, &kind)
	return projectID, kind, err
}

func selectChannelProject(ctx context.Context, q store.Querier, id string) (projectID string, err error) {
	err = q.QueryRow(ctx, `SELECT project_id FROM channels WHERE id = $1`, id).Scan(&projectID)
	return projectID, err
}

func selectFunctionProject(ctx context.Context, q store.Querier, urn string) (projectID string, err error) {
	err = q.QueryRow(ctx, `SELECT project_id FROM functions WHERE urn = $1`, urn).Scan(&projectID)
	return projectID, err
}

func selectResponseGroup(ctx context.Context, q store.Querier, id string) (groupID string, err error) {
	err = q.QueryRow(ctx, `SELECT group_id FROM group_responses WHERE id = $1`, id).Scan(&groupID)
	return groupID, err
}
