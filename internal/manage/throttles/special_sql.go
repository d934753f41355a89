package throttles

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const (
	specialFrom   = ` FROM throttle_specials s LEFT JOIN apps p ON p.id = s.app_id`
	selectingFrom = `SELECT s.id, s.throttle_id, s.instance_id, s.instance_type, s.call_limits, s.apply_time,
	COALESCE(s.app_id, ''), COALESCE(p.name, '')` + specialFrom
)

func scanSpecial(row store.Scanner) (*Special, error) {
	s := &Special{}
	var applied int64
	err := row.Scan(&s.ID, &s.ThrottleID, &s.InstanceID, &s.InstanceType, &s.Limit, &applied, &s.AppID, &s.AppName)
	s.ApplyTime, s.InstanceName = apig.Time(store.Time(applied)), s.AppName
	return s, err
}

func selectSpecial(ctx context.Context, q store.Querier, id string) (*Special, error) {
	return scanSpecial(q.QueryRow(ctx, selectingFrom+` WHERE s.id = $1`, id))
}

func selectSpecials(ctx context.Context, q store.Querier, f *store.Filter, page apig.Page) (total int, list []*Special, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*)`+specialFrom+f.Where(), f.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := selectingFrom + f.Where() + ` ORDER BY s.apply_time DESC, s.id`
	query += f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, scanSpecial, query, f.Args()...)
	return total, list, err
}

func selectAppName(ctx context.Context, q store.Querier, id string) (name string, err error) {
	err = q.QueryRow(ctx, `SELECT name FROM apps WHERE id = $1`, id).Scan(&name)
	return name, err
}

// countSpecials counts the specials of the policy and type of s, and says
// whether one is for the same instance.
func countSpecials(ctx context.Context, q store.Querier, s *Special) (count int, same bool, err error) {
	var n int
	err = q.QueryRow(ctx, `
		SELECT COUNT(*), COUNT(CASE WHEN instance_id = $3 THEN 1 END)
		FROM throttle_specials WHERE throttle_id = $1 AND instance_type = $2`,
		s.ThrottleID, s.InstanceType, s.InstanceID).Scan(&count, &n)
	return count, n > 0, err
}

// largestSpecial is the largest special limit of a policy, 0 without any.
func largestSpecial(ctx context.Context, q store.Querier, throttleID string) (limit int64, err error) {
	err = q.QueryRow(ctx, `SELECT COALESCE(MAX(call_limits), 0) FROM throttle_specials WHERE throttle_id = $1`, throttleID).Scan(&limit)
	return limit, err
}

func insertSpecial(ctx context.Context, tx *store.Tx, s *Special) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO throttle_specials (id, throttle_id, instance_type, instance_id, app_id, call_limits, apply_time)
		VALUES ($1, $2, $3, $4, NULLIF($5, ''), $6, $7)`,
		s.ID, s.ThrottleID, s.InstanceType, s.InstanceID, s.AppID, s.Limit, store.Micros(time.Time(s.ApplyTime)))
	return err
}

func updateSpecial(ctx context.Context, tx *store.Tx, s *Special) error {
	_, err := tx.Exec(ctx, `UPDATE throttle_specials SET call_limits = $2 WHERE id = $1`, s.ID, s.Limit)
	return err
}

func deleteSpecial(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM throttle_specials WHERE id = $1`, id)
	return err
}

func deleteSpecials(ctx context.Context, tx *store.Tx, throttleID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM throttle_specials WHERE throttle_id = $1`, throttleID)
	return err
}

// selectLimits is a policy's specials as they are published. The quotas bound
// it.
func selectLimits(ctx context.Context, q store.Querier, throttleID string) ([]definition.Special, error) {
	return store.List(ctx, q, func(row store.Scanner) (s definition.Special, err error) {
		err = row.Scan(&s.Type, &s.Instance, &s.Limit)
		return s, err
	}, `
		SELECT instance_type, instance_id, call_limits FROM throttle_specials
		WHERE throttle_id = $1 ORDER BY instance_type, instance_id`, throttleID)
}
