package apps

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const appColumns = `p.id, p.project_id, p.name, p.remark, p.status, p.app_key, p.app_secret, p.creator, p.app_type, p.register_time, p.update_time`

// scanApp reads appColumns, and more behind them into also.
func scanApp(row store.Scanner, also ...any) (*App, error) {
	var app App
	var sealed string
	var registered, updated int64
	err := row.Scan(append([]any{
		&app.ID, &app.projectID, &app.Name, &app.Remark, &app.Status, &app.AppKey, &sealed,
		&app.Creator, &app.AppType, &registered, &updated,
	}, also...)...)
	if err != nil {
		return nil, err
	}
	if app.sealed, err = base64.StdEncoding.DecodeString(sealed); err != nil {
		return nil, fmt.Errorf("apps: sealed secret of app %s is not Base64: %w", app.ID, err)
	}
	app.RegisterTime, app.UpdateTime = apig.Time(store.Time(registered)), apig.Time(store.Time(updated))
	return &app, nil
}

func selectApp(ctx context.Context, q store.Querier, id string) (*App, error) {
	return scanApp(q.QueryRow(ctx, `SELECT `+appColumns+` FROM apps p WHERE p.id = $1`, id))
}

func countApps(ctx context.Context, q store.Querier, projectID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM apps WHERE project_id = $1`, projectID).Scan(&n)
	return n, err
}

// taken refuses a name or a key that another app has.
func taken(ctx context.Context, q store.Querier, app *App) error {
	var id string
	err := q.QueryRow(ctx, `SELECT id FROM apps WHERE project_id = $1 AND name = $2 AND id <> $3`,
		app.projectID, app.Name, app.ID).Scan(&id)
	if err == nil {
		return apig.Taken(apig.E3203, "name", app.Name)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	err = q.QueryRow(ctx, `SELECT id FROM apps WHERE app_key = $1 AND id <> $2`, app.AppKey, app.ID).Scan(&id)
	if err == nil {
		return apig.Taken(apig.E3310, "app_key", app.AppKey)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

func insertApp(ctx context.Context, tx *store.Tx, app *App) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO apps (id, project_id, name, remark, status, app_key, app_secret, creator, app_type, register_time, update_time)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		app.ID, app.projectID, app.Name, app.Remark, app.Status, app.AppKey,
		base64.StdEncoding.EncodeToString(app.sealed), app.Creator, app.AppType,
		moment(app.RegisterTime), moment(app.UpdateTime))
	return err
}

func updateApp(ctx context.Context, tx *store.Tx, app *App) error {
	_, err := tx.Exec(ctx, `
		UPDATE apps SET name = $3, remark = $4, app_key = $5, app_secret = $6, update_time = $7
		WHERE id = $1 AND project_id = $2`,
		app.ID, app.projectID, app.Name, app.Remark, app.AppKey,
		base64.StdEncoding.EncodeToString(app.sealed), moment(app.UpdateTime))
	return err
}

// deleteApp removes an app with all that hangs on it and answers the ids of
// the grants that went with it.
func deleteApp(ctx context.Context, tx *store.Tx, id string) (grants []string, err error) {
	grants, err = store.List(ctx, tx, store.Text, `SELECT id FROM grants WHERE app_id = $1 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{
		`DELETE FROM grants WHERE app_id = $1`,
		`DELETE FROM app_codes WHERE app_id = $1`,
		`DELETE FROM apps WHERE id = $1`,
	} {
		if _, err := tx.Exec(ctx, statement, id); err != nil {
			return nil, err
		}
	}
	return grants, nil
}

// listWhere is the condition of lists. An empty text and the number 0 stand
// for a filter that was not given, so that the statement is always the same.
const listWhere = `
	($1 = '' OR p.project_id = $1) AND ($2 = '' OR p.id = $2) AND ($3 = '' OR p.app_key = $3)
	AND ($4 = '' OR p.creator = $4) AND ($5 = 0 OR p.status = $5)
	AND ($6 = '' OR p.name = $6) AND ($7 = '' OR lower(p.name) LIKE lower($7) ESCAPE '\')`

func (f *filter) args() []any {
	return []any{f.projectID, f.id, f.appKey, f.creator, f.status, f.name, f.like}
}

func selectApps(ctx context.Context, q store.Querier, f *filter, page apig.Page) (total int, apps []Listed, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM apps p WHERE `+listWhere, f.args()...).Scan(&total)
	if err != nil {
		return 0, nil, err
	}
	scan := func(row store.Scanner) (l Listed, err error) {
		app, err := scanApp(row, &l.BindNum)
		if err == nil {
			l.App = *app
		}
		return l, err
	}
	apps, err = store.List(ctx, q, scan, `
		SELECT `+appColumns+`, (SELECT COUNT(*) FROM grants g WHERE g.app_id = p.id)
		FROM apps p WHERE `+listWhere+`
		ORDER BY p.register_time DESC, p.id LIMIT $8 OFFSET $9`,
		append(f.args(), page.Limit, page.Offset)...)
	return total, apps, err
}
