package tokens

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/lintel-gateway/lintel/internal/store"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the schema folder of this package.
func Schema() fs.FS { return store.Schema(schema) }

const revocationsAfter = `
SELECT kind, id, user_id, void_before, expires_at, seq FROM identity_revocations
WHERE seq > $1 ORDER BY seq LIMIT $2`

const putRevocation = `
INSERT INTO identity_revocations (kind, id, user_id, void_before, expires_at, seq)
VALUES ($1, $2, $3, $4, $5, (SELECT COALESCE(MAX(seq), 0) + 1 FROM identity_revocations))
ON CONFLICT (kind, id) DO UPDATE
SET void_before = excluded.void_before, expires_at = excluded.expires_at, seq = excluded.seq`

const ownRevoked = `
SELECT COUNT(*), COALESCE(MAX(void_before), 0) FROM identity_revocations
WHERE kind = 'token' AND user_id = $1 AND expires_at > $2`

const pruneRevocations = `
DELETE FROM identity_revocations
WHERE expires_at <= $1 AND seq < (SELECT MAX(seq) FROM identity_revocations)`

const dropRevoked = `
DELETE FROM identity_revocations
WHERE kind = 'token' AND user_id = $1 AND seq < (SELECT MAX(seq) FROM identity_revocations)`

// row is one revocation as it is stored.
type row struct {
	kind, id, userID     string
	before, expires, seq int64
}

func loadAfter(ctx context.Context, q store.Querier, seq int64, limit int) ([]row, error) {
	rows, err := store.List(ctx, q, func(s store.Scanner) (r row, err error) {
		err = s.Scan(&r.kind, &r.id, &r.userID, &r.before, &r.expires, &r.seq)
		return r, err
	}, revocationsAfter, seq, limit)
	if err != nil {
		return nil, fmt.Errorf("tokens: read revocations: %w", err)
	}
	return rows, nil
}
