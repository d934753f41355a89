package accesskeys

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

const selectKey = `
SELECT access, user_id, secret, active, description, create_time, last_use_time
FROM identity_access_keys `

const insertKey = `
INSERT INTO identity_access_keys (access, user_id, secret, active, description, create_time, last_use_time)
VALUES ($1, $2, $3, 1, $4, $5, 0)`

const countKeys = `SELECT COUNT(*) FROM identity_access_keys WHERE user_id = $1`

const userExists = `SELECT COUNT(*) FROM identity_users WHERE id = $1`

const updateKey = `UPDATE identity_access_keys SET active = $1, description = $2 WHERE access = $3`

const deleteKey = `DELETE FROM identity_access_keys WHERE access = $1`

const updateUse = `UPDATE identity_access_keys SET last_use_time = $1 WHERE access = $2 AND last_use_time < $1`

func scanKey(row store.Scanner) (k Key, err error) {
	var created, used int64
	err = row.Scan(&k.Access, &k.UserID, &k.sealed, &k.Active, &k.Description, &created, &used)
	k.Created = store.Time(created)
	if used != 0 {
		k.LastUse = store.Time(used)
	}
	return k, err
}

// Load answers the key with the access key.
func Load(ctx context.Context, q store.Querier, access string) (Key, error) {
	return scanKey(q.QueryRow(ctx, selectKey+`WHERE access = $1`, access))
}

func listOf(ctx context.Context, q store.Querier, userID string) ([]Key, error) {
	return store.List(ctx, q, scanKey, selectKey+`WHERE user_id = $1 ORDER BY create_time, access LIMIT 100`, userID)
}
