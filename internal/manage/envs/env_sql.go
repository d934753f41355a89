package envs

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const selectEnv = `SELECT id, project_id, name, remark, create_time FROM envs`

func scanEnv(row store.Scanner) (*Env, error) {
	e := &Env{}
	var created int64
	err := row.Scan(&e.ID, &e.projectID, &e.Name, &e.Remark, &created)
	e.CreateTime = apig.Time(store.Time(created))
	return e, err
}

func loadEnv(ctx context.Context, q store.Querier, id string) (*Env, error) {
	return scanEnv(q.QueryRow(ctx, selectEnv+` WHERE id = $1`, id))
}

func selectEnvs(ctx context.Context, q store.Querier, f *store.Filter, page apig.Page) (total int, list []*Env, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM envs`+f.Where(), f.Args()...).Scan(&total)
	if err != nil {
		return 0, nil, err
	}
	query := selectEnv + f.Where() + ` ORDER BY create_time DESC, id` + f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, scanEnv, query, f.Args()...)
	return total, list, err
}

func countEnvs(ctx context.Context, q store.Querier, projectID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM envs WHERE project_id = $1`, projectID).Scan(&n)
	return n, err
}

func insertEnv(ctx context.Context, tx *store.Tx, e *Env) error {
	_, err := tx.Exec(ctx, `INSERT INTO envs (id, project_id, name, remark, create_time) VALUES ($1, $2, $3, $4, $5)`,
		e.ID, e.projectID, e.Name, e.Remark, store.Micros(time.Time(e.CreateTime)))
	return err
}

func updateEnv(ctx context.Context, tx *store.Tx, e *Env) error {
	_, err := tx.Exec(ctx, `UPDATE envs SET name = $1, remark = $2 WHERE id = $3`, e.Name, e.Remark, e.ID)
	return err
}

// publishedIn lists the APIs that are published in an environment. It is not
// bounded by LIMIT: the quota of APIs bounds what a project can publish.
func publishedIn(ctx context.Context, q store.Querier, id string) ([]string, error) {
	return store.List(ctx, q, store.Text, `SELECT api_id FROM api_publications WHERE env_id = $1 ORDER BY api_id`, id)
}

func grantsIn(ctx context.Context, q store.Querier, id string) ([]string, error) {
	return store.List(ctx, q, store.Text, `SELECT id FROM grants WHERE env_id = $1 ORDER BY id`, id)
}

// deleteEnv deletes the environment and what hangs on it, see the package
// comment.
func deleteEnv(ctx context.Context, tx *store.Tx, id string) error {
	if err := binding.DropEnv(ctx, tx, id); err != nil {
		return err
	}
	for _, statement := range []string{
		`DELETE FROM grants WHERE env_id = $1`,
		`DELETE FROM api_versions WHERE env_id = $1`,
		`DELETE FROM env_variables WHERE env_id = $1`,
		`DELETE FROM envs WHERE id = $1`,
	} {
		if _, err := tx.Exec(ctx, statement, id); err != nil {
			return err
		}
	}
	return nil
}
