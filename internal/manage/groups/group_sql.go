package groups

import (
	"context"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const selectGroup = `
	SELECT id, project_id, name, remark, status, sl_domain, on_sell_status, is_default,
	       call_limits, time_interval, time_unit, register_time, update_time
	FROM groups`

func (a *Area) scanGroup(row store.Scanner) (*Group, error) {
	g := &Group{URLDomains: []URLDomain{}}
	var label string
	var registered, updated int64
	err := row.Scan(&g.ID, &g.projectID, &g.Name, &g.Remark, &g.Status, &label, &g.OnSellStatus, &g.IsDefault,
		&g.CallLimits, &g.TimeInterval, &g.TimeUnit, &registered, &updated)
	if err != nil {
		return nil, err
	}
	g.RegisterTime, g.UpdateTime = apig.Time(store.Time(registered)), apig.Time(store.Time(updated))
	a.domains(g, label)
	return g, nil
}

func (a *Area) loadGroup(ctx context.Context, q store.Querier, id string) (*Group, error) {
	return a.scanGroup(q.QueryRow(ctx, selectGroup+` WHERE id = $1`, id))
}

func (a *Area) listGroups(ctx context.Context, f *store.Filter, page apig.Page) (total int, list []*Group, err error) {
	err = a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM groups`+f.Where(), f.Args()...).Scan(&total)
	if err != nil {
		return 0, nil, err
	}
	query := selectGroup + f.Where() + ` ORDER BY register_time DESC, id` + f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, a.DB, a.scanGroup, query, f.Args()...)
	return total, list, err
}

func countGroups(ctx context.Context, q store.Querier, projectID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM groups WHERE project_id = $1`, projectID).Scan(&n)
	return n, err
}

func insertGroup(ctx context.Context, tx *store.Tx, g *Group) error {
	label, _, _ := strings.Cut(g.SLDomain, ".")
	_, err := tx.Exec(ctx, `
		INSERT INTO groups (id, project_id, name, remark, status, sl_domain, on_sell_status, is_default,
		                    call_limits, time_interval, time_unit, register_time, update_time)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		g.ID, g.projectID, g.Name, g.Remark, g.Status, label, g.OnSellStatus, g.IsDefault,
		g.CallLimits, g.TimeInterval, g.TimeUnit,
		store.Micros(time.Time(g.RegisterTime)), store.Micros(time.Time(g.UpdateTime)))
	return err
}

func updateGroup(ctx context.Context, tx *store.Tx, g *Group) error {
	_, err := tx.Exec(ctx, `
		UPDATE groups SET name = $1, remark = $2, call_limits = $3, time_interval = $4, time_unit = $5, update_time = $6 WHERE id = $7`,
		g.Name, g.Remark, g.CallLimits, g.TimeInterval, g.TimeUnit, store.Micros(time.Time(g.UpdateTime)), g.ID)
	return err
}

func holdsAPIs(ctx context.Context, q store.Querier, id string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM apis WHERE group_id = $1`, id).Scan(&n)
	return n > 0, err
}

func deleteGroup(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM groups WHERE id = $1`, id)
	return err
}
