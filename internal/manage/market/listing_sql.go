package market

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const releaseEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// selectFrom reads groups with their listings, which those lack that were never
// offered.
const selectFrom = `
	SELECT g.id, g.project_id, g.name, g.remark, g.on_sell_status, COALESCE(l.submit_time, 0), COALESCE(l.sell_time, 0),
		(SELECT COUNT(*) FROM apis a JOIN api_publications u ON u.api_id = a.id AND u.env_id = '` + releaseEnv + `' WHERE a.group_id = g.id)
	FROM groups g LEFT JOIN listings l ON l.group_id = g.id`

func scanListing(row store.Scanner) (l Listing, err error) {
	var submitted, sold int64
	err = row.Scan(&l.ID, &l.projectID, &l.Name, &l.Remark, &l.OnSellStatus, &submitted, &sold, &l.APINum)
	l.SubmitTime = apig.Time(store.Time(submitted))
	if sold > 0 {
		at := apig.Time(store.Time(sold))
		l.SellTime = &at
	}
	return l, err
}

func selectListing(ctx context.Context, q store.Querier, groupID string) (*Listing, error) {
	l, err := scanListing(q.QueryRow(ctx, selectFrom+` WHERE g.id = $1`, groupID))
	return &l, err
}

func selectListings(ctx context.Context, q store.Querier, f *store.Filter, page apig.Page) (total int, list []Listing, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM groups g`+f.Where(), f.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := selectFrom + f.Where() + ` ORDER BY l.submit_time DESC, g.id` + f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, scanListing, query, f.Args()...)
	return total, list, err
}

func upsertListing(ctx context.Context, tx *store.Tx, l *Listing) error {
	sold := int64(0)
	if l.SellTime != nil {
		sold = store.Micros(time.Time(*l.SellTime))
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO listings (group_id, submit_time, sell_time) VALUES ($1, $2, $3)
		ON CONFLICT (group_id) DO UPDATE SET submit_time = excluded.submit_time, sell_time = excluded.sell_time`,
		l.ID, store.Micros(time.Time(l.SubmitTime)), sold)
	return err
}

func updateStatus(ctx context.Context, tx *store.Tx, l *Listing) error {
	_, err := tx.Exec(ctx, `UPDATE groups SET on_sell_status = $1 WHERE id = $2`, l.OnSellStatus, l.ID)
	return err
}
