package signs

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const columns = `p.id, p.project_id, p.name, p.sign_key, p.sign_secret, p.create_time, p.update_time`

// scan reads columns, and more behind them into also.
func scan(row store.Scanner, also ...any) (*Key, error) {
	var key Key
	var sealed string
	var created, updated int64
	err := row.Scan(append([]any{
		&key.ID, &key.projectID, &key.Name, &key.SignKey, &sealed, &created, &updated,
	}, also...)...)
	if err != nil {
		return nil, err
	}
	if key.sealed, err = base64.StdEncoding.DecodeString(sealed); err != nil {
		return nil, fmt.Errorf("signs: sealed secret of key %s is not Base64: %w", key.ID, err)
	}
	key.CreateTime, key.UpdateTime = apig.Time(store.Time(created)), apig.Time(store.Time(updated))
	return &key, nil
}

func selectKey(ctx context.Context, q store.Querier, id string) (*Key, error) {
	return scan(q.QueryRow(ctx, `SELECT `+columns+` FROM sign_keys p WHERE p.id = $1`, id))
}

func selectNamed(ctx context.Context, q store.Querier, projectID, name string) (id string, err error) {
	err = q.QueryRow(ctx, `SELECT id FROM sign_keys WHERE project_id = $1 AND name = $2`, projectID, name).Scan(&id)
	return id, err
}

func countKeys(ctx context.Context, q store.Querier, projectID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM sign_keys WHERE project_id = $1`, projectID).Scan(&n)
	return n, err
}

func insertKey(ctx context.Context, tx *store.Tx, key *Key) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO sign_keys (id, project_id, name, sign_key, sign_secret, create_time, update_time)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		key.ID, key.projectID, key.Name, key.SignKey, base64.StdEncoding.EncodeToString(key.sealed),
		moment(key.CreateTime), moment(key.UpdateTime))
	return err
}

func updateKey(ctx context.Context, tx *store.Tx, key *Key) error {
	_, err := tx.Exec(ctx, `UPDATE sign_keys SET name = $2, sign_key = $3, sign_secret = $4, update_time = $5 WHERE id = $1`,
		key.ID, key.Name, key.SignKey, base64.StdEncoding.EncodeToString(key.sealed), moment(key.UpdateTime))
	return err
}

func deleteKey(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM sign_keys WHERE id = $1`, id)
	return err
}

// selectPage reads a page of keys, the newest first. An API counts once for
// each environment.
func selectPage(ctx context.Context, q store.Querier, where *store.Filter, page apig.Page) (total int, list []Listed, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM sign_keys p`+where.Where(), where.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := `SELECT ` + columns + `, (SELECT COUNT(*) FROM bindings b WHERE b.policy_id = p.id)
		FROM sign_keys p` + where.Where() + ` ORDER BY p.create_time DESC, p.id`
	query += where.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, func(row store.Scanner) (l Listed, err error) {
		key, err := scan(row, &l.BindNum)
		if err == nil {
			l.Key = *key
		}
		return l, err
	}, query, where.Args()...)
	return total, list, err
}
