package throttles

import (
	"context"
	"errors"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const throttleColumns = `t.id, t.project_id, t.name, t.api_limit, t.user_limit, t.app_limit, t.ip_limit,
	t.time_interval, t.time_unit, t.type, t.remark, t.create_time,
	CASE WHEN EXISTS (SELECT 1 FROM throttle_specials s WHERE s.throttle_id = t.id) THEN 1 ELSE 2 END,
	(SELECT COUNT(*) FROM bindings n WHERE n.policy_id = t.id)`

// scanThrottle reads throttleColumns, and more behind them into also.
func scanThrottle(row store.Scanner, also ...any) (*Throttle, error) {
	t := &Throttle{Adaptive: "FALSE"}
	var created int64
	err := row.Scan(append([]any{
		&t.ID, &t.projectID, &t.Name, &t.API, &t.User, &t.App, &t.IP,
		&t.Interval, &t.Unit, &t.Type, &t.Remark, &created, &t.Special, &t.BindNum,
	}, also...)...)
	t.CreateTime = apig.Time(store.Time(created))
	return t, err
}

func selectThrottle(ctx context.Context, q store.Querier, id string) (*Throttle, error) {
	return scanThrottle(q.QueryRow(ctx, `SELECT `+throttleColumns+` FROM throttles t WHERE t.id = $1`, id))
}

func selectThrottles(ctx context.Context, q store.Querier, f *store.Filter, page apig.Page) (total int, list []*Throttle, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM throttles t`+f.Where(), f.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := `SELECT ` + throttleColumns + ` FROM throttles t` + f.Where() + ` ORDER BY t.create_time DESC, t.id`
	query += f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, func(row store.Scanner) (*Throttle, error) { return scanThrottle(row) }, query, f.Args()...)
	return total, list, err
}

// selectNamed answers the id of a project's policy with a name.
func selectNamed(ctx context.Context, q store.Querier, projectID, name string) (id string, err error) {
	err = q.QueryRow(ctx, `SELECT id FROM throttles WHERE project_id = $1 AND name = $2`, projectID, name).Scan(&id)
	return id, err
}

// taken refuses a name that another policy of the project has.
func taken(ctx context.Context, q store.Querier, t *Throttle) error {
	id, err := selectNamed(ctx, q, t.projectID, t.Name)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && id == t.ID:
		return nil
	case err != nil:
		return err
	}
	return apig.Taken(apig.E3204, "name", t.Name)
}

func countThrottles(ctx context.Context, q store.Querier, projectID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM throttles WHERE project_id = $1`, projectID).Scan(&n)
	return n, err
}

func insertThrottle(ctx context.Context, tx *store.Tx, t *Throttle) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO throttles (id, project_id, name, api_limit, user_limit, app_limit, ip_limit,
			time_interval, time_unit, type, remark, create_time)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		t.ID, t.projectID, t.Name, t.API, t.User, t.App, t.IP,
		t.Interval, t.Unit, t.Type, t.Remark, store.Micros(time.Time(t.CreateTime)))
	return err
}

func updateThrottle(ctx context.Context, tx *store.Tx, t *Throttle) error {
	_, err := tx.Exec(ctx, `
		UPDATE throttles SET name = $2, api_limit = $3, user_limit = $4, app_limit = $5, ip_limit = $6,
			time_interval = $7, time_unit = $8, type = $9, remark = $10
		WHERE id = $1`,
		t.ID, t.Name, t.API, t.User, t.App, t.IP, t.Interval, t.Unit, t.Type, t.Remark)
	return err
}

// deleteThrottle deletes a policy with its specials.
func deleteThrottle(ctx context.Context, tx *store.Tx, id string) error {
	if err := deleteSpecials(ctx, tx, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM throttles WHERE id = $1`, id)
	return err
}
