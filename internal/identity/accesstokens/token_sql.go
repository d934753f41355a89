package accesstokens

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

const selectToken = `
SELECT id, user_id, name, create_time, update_time, expire_time FROM identity_access_tokens `

const selectTokensOf = selectToken + `WHERE user_id = $1 ORDER BY create_time, id LIMIT $2`

const insertToken = `
INSERT INTO identity_access_tokens (id, user_id, name, kid, create_time, update_time, expire_time)
VALUES ($1, $2, $3, $4, $5, 0, $6)`

const countTokens = `SELECT COUNT(*) FROM identity_access_tokens WHERE user_id = $1`

const deleteToken = `DELETE FROM identity_access_tokens WHERE id = $1 AND user_id = $2`

const dropOver = `DELETE FROM identity_access_tokens WHERE user_id = $1 AND expire_time > 0 AND expire_time <= $2`

func scanToken(s store.Scanner) (t Token, err error) {
	var created, updated, expires int64
	err = s.Scan(&t.ID, &t.UserID, &t.Name, &created, &updated, &expires)
	t.Created = store.Time(created)
	if updated != 0 {
		t.Updated = store.Time(updated)
	}
	if expires != 0 {
		t.Expires = store.Time(expires)
	}
	return t, err
}

// Load answers the access token with the id of a user, store.ErrNotFound
// without one.
func Load(ctx context.Context, q store.Querier, userID, id string) (Token, error) {
	return scanToken(q.QueryRow(ctx, selectToken+`WHERE id = $1 AND user_id = $2`, id, userID))
}

func listOf(ctx context.Context, q store.Querier, userID string) ([]Token, error) {
	return store.List(ctx, q, scanToken, selectTokensOf, userID, MaxPerUser)
}
