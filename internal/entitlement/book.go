package entitlement

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the package's part of the database schema.
func Schema() fs.FS { return store.Schema(schema) }

// Book knows the quotas of every project. It is immutable and safe for
// concurrent use; what changes is in the database.
type Book struct {
	configured quota.Limits
	region     string // in which departments and the cloud have quotas of what the platform keeps
}

// New makes a book in which projects without changes have the configured
// quotas.
func New(configured quota.Limits) Book { return Book{configured: configured} }

// In is b for an installation in a region.
func (b Book) In(region string) Book {
	b.region = region
	return b
}

// For answers the quotas of a project.
func (b Book) For(ctx context.Context, q store.Querier, projectID string) (quota.Limits, error) {
	changed, err := Changed(ctx, q, projectID)
	if err != nil || len(changed) == 0 {
		return b.configured, err
	}
	limits, err := b.configured.With(changed)
	if err != nil {
		return quota.Limits{}, fmt.Errorf("entitlement: project %s: %w", projectID, err)
	}
	return limits, nil
}

// Room answers full, the area's refusal, when a project that has count of an
// item may not have one more, or when its department or the cloud may not.
func (b Book) Room(ctx context.Context, q store.Querier, projectID string, item quota.Item, count int, full error) error {
	limits, err := b.For(ctx, q, projectID)
	if err != nil {
		return err
	}
	if limits.Full(item, count) {
		return full
	}
	return b.Above(ctx, q, projectID, item, full)
}

// Changed answers what an administrator changed for a project.
func Changed(ctx context.Context, q store.Querier, projectID string) (map[quota.Item]int, error) {
	rows, err := q.Query(ctx, `SELECT item, quota FROM project_quotas WHERE project_id = $1`, projectID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	changed := map[quota.Item]int{}
	for rows.Next() {
		var item string
		var n int
		if err := rows.Scan(&item, &n); err != nil {
			return nil, err
		}
		changed[quota.Item(item)] = n
	}
	return changed, rows.Err()
}

// Set changes one quota of a project. It refuses an item that does not exist
// and a number outside 0 to quota.Most, and with *Excess a number that its
// department, or the cloud, does not have to give.
func (b Book) Set(ctx context.Context, tx *store.Tx, projectID string, item quota.Item, n int, now time.Time) error {
	if _, err := b.configured.With(map[quota.Item]int{item: n}); err != nil {
		return err
	}
	if err := b.affordable(ctx, tx, projectID, item, n); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO project_quotas (project_id, item, quota, update_time) VALUES ($1, $2, $3, $4)
		ON CONFLICT (project_id, item) DO UPDATE SET quota = excluded.quota, update_time = excluded.update_time`,
		projectID, string(item), n, store.Micros(now))
	return err
}

// Reset gives a project the configured number again.
func Reset(ctx context.Context, tx *store.Tx, projectID string, item quota.Item) error {
	_, err := tx.Exec(ctx, `DELETE FROM project_quotas WHERE project_id = $1 AND item = $2`, projectID, string(item))
	return err
}
