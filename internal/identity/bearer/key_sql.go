package bearer

import (
	"context"
	"embed"
	"io/fs"

	"github.com/lintel-gateway/lintel/internal/store"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the schema folder of this package.
func Schema() fs.FS { return store.Schema(schema) }

// maxLoaded bounds how many keys are read. One a quarter is made by itself and
// MaxKeys by hand, so there is no way to have as many.
const maxLoaded = 100

const selectKeys = `
SELECT kid, public, private, create_time, retire_time FROM identity_signing_keys
ORDER BY create_time DESC, kid LIMIT $1`

const insertKey = `
INSERT INTO identity_signing_keys (kid, public, private, create_time, retire_time) VALUES ($1, $2, $3, $4, 0)`

const retireKeys = `UPDATE identity_signing_keys SET retire_time = $1, private = '' WHERE retire_time = 0`

const dropKeys = `DELETE FROM identity_signing_keys`

const countKeys = `SELECT COUNT(*) FROM identity_signing_keys`

const selectActive = `SELECT COALESCE(MAX(create_time), 0) FROM identity_signing_keys WHERE retire_time = 0`

// pruneKeys removes the keys that were retired before $1, unless an access token
// counts that one of them signed.
const pruneKeys = `
DELETE FROM identity_signing_keys
WHERE retire_time > 0 AND retire_time < $1 AND NOT EXISTS (
    SELECT 1 FROM identity_access_tokens t
    WHERE t.kid = identity_signing_keys.kid AND (t.expire_time = 0 OR t.expire_time > $2))`

const selectGroups = `
SELECT g.name FROM identity_memberships m JOIN identity_groups g ON g.id = m.group_id
WHERE m.user_id = $1 ORDER BY g.name LIMIT $2`

func scanKey(s store.Scanner) (r row, err error) {
	err = s.Scan(&r.kid, &r.public, &r.private, &r.created, &r.retired)
	return r, err
}

// GroupsOf answers the names that a token says of the groups of a user.
func GroupsOf(ctx context.Context, q store.Querier, userID string) ([]string, error) {
	return store.List(ctx, q, store.Text, selectGroups, userID, MaxGroups)
}
