package acls

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const columns = `p.id, p.project_id, p.name, p.entity_type, p.acl_type, p.acl_value, p.update_time`

// scan reads columns, and more behind them into also.
func scan(row store.Scanner, also ...any) (*ACL, error) {
	var acl ACL
	var updated int64
	err := row.Scan(append([]any{
		&acl.ID, &acl.projectID, &acl.Name, &acl.EntityType, &acl.Type, &acl.Value, &updated,
	}, also...)...)
	if err != nil {
		return nil, err
	}
	acl.UpdateTime = apig.Time(store.Time(updated))
	return &acl, nil
}

func selectACL(ctx context.Context, q store.Querier, id string) (*ACL, error) {
	return scan(q.QueryRow(ctx, `SELECT `+columns+` FROM acls p WHERE p.id = $1`, id))
}

func selectNamed(ctx context.Context, q store.Querier, projectID, name string) (id string, err error) {
	err = q.QueryRow(ctx, `SELECT id FROM acls WHERE project_id = $1 AND name = $2`, projectID, name).Scan(&id)
	return id, err
}

func countACLs(ctx context.Context, q store.Querier, projectID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM acls WHERE project_id = $1`, projectID).Scan(&n)
	return n, err
}

func isBound(ctx context.Context, q store.Querier, id string) (bound bool, err error) {
	err = q.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM bindings WHERE policy_id = $1)`, id).Scan(&bound)
	return bound, err
}

func insertACL(ctx context.Context, tx *store.Tx, acl *ACL) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO acls (id, project_id, name, entity_type, acl_type, acl_value, create_time, update_time)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
		acl.ID, acl.projectID, acl.Name, acl.EntityType, acl.Type, acl.Value, moment(acl.UpdateTime))
	return err
}

func updateACL(ctx context.Context, tx *store.Tx, acl *ACL) error {
	_, err := tx.Exec(ctx, `UPDATE acls SET name = $2, acl_type = $3, acl_value = $4, update_time = $5 WHERE id = $1`,
		acl.ID, acl.Name, acl.Type, acl.Value, moment(acl.UpdateTime))
	return err
}

func deleteACL(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM acls WHERE id = $1`, id)
	return err
}

// selectPage reads a page of policies, the newest first. An API counts once for
// each environment.
func selectPage(ctx context.Context, q store.Querier, where *store.Filter, page apig.Page) (total int, list []Listed, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM acls p`+where.Where(), where.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := `SELECT ` + columns + `, (SELECT COUNT(*) FROM bindings b WHERE b.policy_id = p.id)
		FROM acls p` + where.Where() + ` ORDER BY p.create_time DESC, p.id`
	query += where.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, func(row store.Scanner) (l Listed, err error) {
		acl, err := scan(row, &l.BindNum)
		if err == nil {
			l.ACL = *acl
		}
		return l, err
	}, query, where.Args()...)
	return total, list, err
}
