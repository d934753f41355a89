package entitlement

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Above answers full, with the level in its words, when the department of a
// project or the cloud may not have one more of an item. It is the second half
// of Room, for an area that has looked at the project's own quota already.
//
// It costs one look at an index while nobody set such a quota, and counts no
// more rows than the quota is high.
func (b Book) Above(ctx context.Context, q store.Querier, projectID string, item quota.Item, full error) error {
	bounds, err := b.bounds(ctx, q, projectID, item)
	if err != nil {
		return err
	}
	for _, at := range bounds {
		most := at.quota / Unit
		n, err := Count(ctx, q, item, at.level, at.ownerID, most)
		if err != nil {
			return err
		}
		if n >= most {
			return at.words(full)
		}
	}
	return nil
}

// bound is a quota of the department of a project, or of the cloud.
type bound struct {
	level   Level
	ownerID string
	quota   int64
}

// words names the level in the area's own refusal. The number is left out: what
// the cloud has is not for every tenant to know.
func (at *bound) words(full error) error {
	var refusal *wire.Error
	if !errors.As(full, &refusal) {
		return full
	}
	return refusal.With("the quota of the " + at.level.name() + " is used up")
}

// bounds are the quotas above a project, the nearer one first. What only one
// thing may hold has none.
func (b Book) bounds(ctx context.Context, q store.Querier, projectID string, item quota.Item) ([]bound, error) {
	if !slices.Contains(quota.Owned(), item) {
		return nil, nil
	}
	var any bool
	if err := q.QueryRow(ctx, hasBounds, string(item), b.region).Scan(&any); err != nil || !any {
		return nil, err
	}
	return store.List(ctx, q, func(row store.Scanner) (at bound, err error) {
		err = row.Scan(&at.level, &at.ownerID, &at.quota)
		return at, err
	}, selectBounds, string(item), b.region, projectID)
}

const hasBounds = `
SELECT EXISTS (SELECT 1 FROM quota_accounts WHERE item = $1 AND region = $2 AND level <> 'project' AND quota >= 0)`

// 'domain' sorts behind 'cloud'.
const selectBounds = `
SELECT level, owner_id, quota FROM quota_accounts
WHERE item = $1 AND region = $2 AND quota >= 0
	AND (level = 'cloud' OR level = 'domain' AND owner_id = (SELECT domain_id FROM identity_projects WHERE id = $3))
ORDER BY level DESC`

// Excess says that there is less to give than was asked for.
type Excess struct {
	Item  string
	Level Level // whose quota is too small
	Most  int64 // what there is to give, in millionths
}

func (e *Excess) Error() string {
	return fmt.Sprintf("entitlement: the quota of the %s leaves at most %d.%06d of %s", e.Level.name(), e.Most/Unit, e.Most%Unit, e.Item)
}

// affordable holds a number for a project under what its department, or the
// cloud, has left to give.
func (b Book) affordable(ctx context.Context, q store.Querier, projectID string, item quota.Item, n int) error {
	bounds, err := b.bounds(ctx, q, projectID, item)
	if err != nil || len(bounds) == 0 {
		return err
	}
	var domainID string
	err = q.QueryRow(ctx, `SELECT domain_id FROM identity_projects WHERE id = $1`, projectID).Scan(&domainID)
	if err != nil {
		return fmt.Errorf("entitlement: department of project %s: %w", projectID, err)
	}
	most, err := ProjectLimits(ctx, q, projectID, domainID, b.region)
	if err != nil {
		return err
	}
	if left := most.Of(string(item)); left != Unbounded && int64(n)*Unit > left {
		return &Excess{Item: string(item), Level: bounds[0].level, Most: left}
	}
	return nil
}
