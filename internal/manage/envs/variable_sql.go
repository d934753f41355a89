package envs

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const selectVariable = `SELECT id, project_id, group_id, env_id, name, value FROM env_variables`

func scanVariable(row store.Scanner) (*Variable, error) {
	v := &Variable{}
	return v, row.Scan(&v.ID, &v.projectID, &v.GroupID, &v.EnvID, &v.Name, &v.Value)
}

func loadVariable(ctx context.Context, q store.Querier, id string) (*Variable, error) {
	return scanVariable(q.QueryRow(ctx, selectVariable+` WHERE id = $1`, id))
}

func selectVariables(ctx context.Context, q store.Querier, f *store.Filter, page apig.Page) (total int, list []*Variable, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM env_variables`+f.Where(), f.Args()...).Scan(&total)
	if err != nil {
		return 0, nil, err
	}
	query := selectVariable + f.Where() + ` ORDER BY name, env_id` + f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, scanVariable, query, f.Args()...)
	return total, list, err
}

func countVariables(ctx context.Context, q store.Querier, groupID, envID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM env_variables WHERE group_id = $1 AND env_id = $2`, groupID, envID).Scan(&n)
	return n, err
}

func insertVariable(ctx context.Context, tx *store.Tx, v *Variable) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO env_variables (id, project_id, group_id, env_id, name, value) VALUES ($1, $2, $3, $4, $5, $6)`,
		v.ID, v.projectID, v.GroupID, v.EnvID, v.Name, v.Value)
	return err
}

func deleteVariable(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM env_variables WHERE id = $1`, id)
	return err
}

func projectOfGroup(ctx context.Context, q store.Querier, id string) (projectID string, err error) {
	err = q.QueryRow(ctx, `SELECT project_id FROM groups WHERE id = $1`, id).Scan(&projectID)
	return projectID, err
}
