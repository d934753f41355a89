package configs

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// selectChanged says when which quotas of a project were changed.
func selectChanged(ctx context.Context, q store.Querier, projectID string) (map[quota.Item]apig.Time, error) {
	type change struct {
		item quota.Item
		at   apig.Time
	}
	list, err := store.List(ctx, q, func(row store.Scanner) (c change, err error) {
		var item string
		var at int64
		err = row.Scan(&item, &at)
		return change{quota.Item(item), apig.Time(store.Time(at))}, err
	}, `SELECT item, update_time FROM project_quotas WHERE project_id = $1`, projectID)
	if err != nil {
		return nil, err
	}
	changed := make(map[quota.Item]apig.Time, len(list))
	for _, c := range list {
		changed[c.item] = c.at
	}
	return changed, nil
}

func projectExists(ctx context.Context, q store.Querier, id string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM identity_projects WHERE id = $1`, id).Scan(&n)
	return n > 0, err
}
