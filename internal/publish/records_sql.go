package publish

import (
	"context"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// loadHash answers the hash of a record, "" when there is none, and the
// revision that was given last: one question, because on PostgreSQL each costs
// a round trip.
func loadHash(ctx context.Context, q store.Querier, key definition.Key) (hash string, last uint64, err error) {
	var given int64
	err = q.QueryRow(ctx, `
		SELECT COALESCE(r.hash, ''), v.last FROM revisions v LEFT JOIN records r ON r.kind = $1 AND r.id = $2
		WHERE v.one = 1`, string(key.Kind), key.ID).Scan(&hash, &given)
	return hash, uint64(given), err
}

// save gives the records their revisions, which follow last, and writes them.
// The one writer of the store makes revisions dense and ordered as the commits
// are.
func save(ctx context.Context, tx *store.Tx, records []definition.Record, last uint64) error {
	for i := range records {
		r := &records[i]
		last++
		r.Revision = last
		var err error
		if r.Deleted() {
			err = tx.Send(ctx, `DELETE FROM records WHERE kind = $1 AND id = $2`, string(r.Kind), r.ID)
		} else {
			err = tx.Send(ctx, `
				INSERT INTO records (kind, id, revision, hash, body) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (kind, id) DO UPDATE SET revision = excluded.revision, hash = excluded.hash, body = excluded.body`,
				string(r.Kind), r.ID, int64(r.Revision), r.Hash(), string(r.Body))
		}
		if err != nil {
			return fmt.Errorf("publish: record %s: %w", r.Key, err)
		}
	}
	return tx.Send(ctx, `UPDATE revisions SET last = $1 WHERE one = 1`, int64(last))
}

func loadAll(ctx context.Context, q store.Querier) (out []definition.Record, last uint64, err error) {
	var given int64
	if err := q.QueryRow(ctx, `SELECT last FROM revisions WHERE one = 1`).Scan(&given); err != nil {
		return nil, 0, err
	}
	rows, err := q.Query(ctx, `SELECT kind, id, revision, body FROM records ORDER BY revision`)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind, body string
		var r definition.Record
		if err := rows.Scan(&kind, &r.ID, &r.Revision, &body); err != nil {
			return nil, 0, err
		}
		r.Kind, r.Body = definition.Kind(kind), []byte(body)
		out = append(out, r)
	}
	return out, uint64(given), rows.Err()
}

func surpass(ctx context.Context, tx *store.Tx, floor uint64) error {
	var last int64
	if err := tx.QueryRow(ctx, `SELECT last FROM revisions WHERE one = 1`).Scan(&last); err != nil {
		return err
	}
	if uint64(last) >= floor {
		return nil
	}
	// All move up by the same distance: order and uniqueness stay.
	move := int64(floor)
	if _, err := tx.Exec(ctx, `UPDATE records SET revision = -(revision + $1)`, move); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE records SET revision = -revision`); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE revisions SET last = last + $1 WHERE one = 1`, move)
	return err
}
