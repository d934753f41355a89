package domains

import (
	"context"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

func selectGroup(ctx context.Context, q store.Querier, id string) (*group, error) {
	g := group{id: id}
	err := q.QueryRow(ctx, `SELECT project_id, sl_domain FROM groups WHERE id = $1`, id).Scan(&g.projectID, &g.label)
	if err != nil {
		return nil, err
	}
	return &g, nil
}

func selectDomain(ctx context.Context, q store.Querier, id string) (*Domain, error) {
	d := Domain{ID: id}
	err := q.QueryRow(ctx, `
		SELECT d.group_id, d.project_id, d.domain, d.url_domain, d.cname_status, COALESCE(c.id, ''), COALESCE(c.name, '')
		FROM domains d
		LEFT JOIN certificates c ON c.domain_id = d.id
		WHERE d.id = $1`, id).
		Scan(&d.groupID, &d.projectID, &d.name, &d.URLDomain, &d.Status, &d.SSLID, &d.SSLName)
	if err != nil {
		return nil, err
	}
	return &d, nil
}

func countDomains(ctx context.Context, q store.Querier, groupID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM domains WHERE group_id = $1`, groupID).Scan(&n)
	return n, err
}

func insertDomain(ctx context.Context, tx *store.Tx, d *Domain, now time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO domains (id, group_id, project_id, domain, url_domain, cname_status, check_time, create_time)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
		d.ID, d.groupID, d.projectID, d.name, d.URLDomain, d.Status, store.Micros(now))
	return err
}

func deleteDomain(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM certificates WHERE domain_id = $1`, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM domains WHERE id = $1`, id)
	return err
}

// selectStale answers the domains of groups that were last checked before then,
// those that wait longest first.
func (a *Area) selectStale(ctx context.Context, groupIDs []string, then time.Time) ([]question, error) {
	var f store.Filter
	args := make([]any, len(groupIDs))
	for i, id := range groupIDs {
		args[i] = id
	}
	f.And("d.group_id IN (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
	f.And("d.check_time < ?", store.Micros(then))
	return store.List(ctx, a.DB, func(row store.Scanner) (q question, err error) {
		var label string
		err = row.Scan(&q.id, &q.domain, &q.status, &label)
		q.want = label + "." + a.Domain
		return q, err
	}, `SELECT d.id, d.domain, d.cname_status, g.sl_domain FROM domains d JOIN groups g ON g.id = d.group_id`+
		f.Where()+` ORDER BY d.check_time, d.id`+f.Page(maxLookups, 0), f.Args()...)
}

func updateStatus(ctx context.Context, tx *store.Tx, id string, status int, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE domains SET cname_status = $1, check_time = $2 WHERE id = $3`, status, store.Micros(now), id)
	return err
}
