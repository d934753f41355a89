package ledger

import (
	"context"
	"embed"
	"errors"
	"io/fs"

	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/store"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the package's part of the database schema.
func Schema() fs.FS { return store.Schema(schema) }

const selectCatalogue = `
SELECT 'product', name FROM quota_products WHERE name = $1 AND enabled = 1
UNION ALL
SELECT 'type', name FROM quota_volume_types
UNION ALL
SELECT 'region', id FROM identity_regions
ORDER BY 1, 2
LIMIT 1000`

const selectTypes = `SELECT name FROM quota_volume_types ORDER BY name LIMIT 1000`

const countTypes = `SELECT COUNT(*), COUNT(CASE WHEN name_key = $1 THEN 1 END) FROM quota_volume_types`

const insertType = `INSERT INTO quota_volume_types (name, name_key, create_time) VALUES ($1, $2, $3)`

const deleteType = `DELETE FROM quota_volume_types WHERE name = $1`

const selectProduct = `SELECT COALESCE(MAX(enabled), 0) FROM quota_products WHERE name = $1`

const upsertProduct = `
INSERT INTO quota_products (name, enabled) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled`

const itemTaken = `
SELECT EXISTS (SELECT 1 FROM quota_accounts WHERE level = 'cloud' AND owner_id = '' AND item = $1 AND (used > 0 OR reserved > 0))`

const deleteItem = `DELETE FROM quota_accounts WHERE item = $1`

func domainExists(ctx context.Context, q store.Querier, id string) (found bool, err error) {
	err = q.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM identity_domains WHERE id = $1)`, id).Scan(&found)
	return found, err
}

// domainOf is the department of a project; found is false without the project.
func domainOf(ctx context.Context, q store.Querier, projectID string) (domainID string, found bool, err error) {
	err = q.QueryRow(ctx, `SELECT domain_id FROM identity_projects WHERE id = $1`, projectID).Scan(&domainID)
	if errors.Is(err, store.ErrNotFound) {
		return "", false, nil
	}
	return domainID, err == nil, err
}

// taken is what is used and reserved of an owner's accounts, without what has
// expired and was not returned yet.
func (a *Area) taken(ctx context.Context, q store.Querier, level entitlement.Level, ownerID, region string) (entitlement.Numbers, error) {
	all := entitlement.Numbers{}
	rows, err := q.Query(ctx, `
		SELECT item, used + reserved FROM quota_accounts WHERE level = $1 AND owner_id = $2 AND region = $3`,
		string(level), ownerID, region)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var item string
		var n int64
		if err := rows.Scan(&item, &n); err != nil {
			return nil, err
		}
		all[item] = n
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	expired, err := expiredAt(ctx, q, a.Clock(), maxExpired)
	if err != nil {
		return nil, err
	}
	for _, r := range expired {
		if r.Region != region || level == entitlement.Project && r.ProjectID != ownerID || level == entitlement.Department && r.DomainID != ownerID {
			continue
		}
		for item, n := range r.items {
			all[item] -= int64(n)
		}
	}
	return all, nil
}
