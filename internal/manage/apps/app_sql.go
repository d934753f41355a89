package apps

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/definition"
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

// deleteApp removes an app with all that hangs on it.
func deleteApp(ctx context.Context, tx *store.Tx, id string) error {
	for _, hanging := range []struct {
		kind  definition.Kind
		query string
	}{
		{definition.KindGrant, `SELECT id FROM grants WHERE app_id = $1 ORDER BY id`},
		{definition.KindThrottle, `SELECT DISTINCT throttle_id FROM throttle_specials WHERE app_id = $1 ORDER BY throttle_id`},
		{definition.KindApp, `SELECT id FROM apps WHERE id = $1`},
	} {
		list, err := store.List(ctx, tx, store.Text, hanging.query, id)
		if err != nil {
			return err
		}
		for _, touched := range list {
			tx.Touch(string(hanging.kind), touched)
		}
	}
	for _, statement := range []string{
		`DELETE FROM throttle_specials WHERE app_id = $1`,
		`DELETE FROM grants WHERE app_id = $1`,
		`DELETE FROM app_codes WHERE app_id = $1`,
		`DELETE FROM apps WHERE id = $1`,
	} {
		if _, err := tx.Exec(ctx, statement, id); err != nil {
			return err
		}
	}
	return nil
}

func selectApps(ctx context.Context, q store.Querier, f *store.Filter, page apig.Page) (total int, apps []Listed, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM apps p`+f.Where(), f.Args()...).Scan(&total)
	if err != nil {
		return 0, nil, err
	}
	query := `SELECT ` + appColumns + `, (SELECT COUNT(*) FROM grants g WHERE g.app_id = p.id) FROM apps p` +
		f.Where() + ` ORDER BY p.register_time DESC, p.id` + f.Page(page.Limit, page.Offset)
	apps, err = store.List(ctx, q, func(row store.Scanner) (l Listed, err error) {
		app, err := scanApp(row, &l.BindNum)
		if err == nil {
			l.App = *app
		}
		return l, err
	}, query, f.Args()...)
	return total, apps, err
}
