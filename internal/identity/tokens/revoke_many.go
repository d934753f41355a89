package tokens

import (
	"context"
	"fmt"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

// voidUsers leaves alone what ends more already: a user who is barred stays so.
// CAST tells PostgreSQL the types of parameters that stand in a SELECT list.
const voidUsers = `
INSERT INTO identity_revocations (kind, id, user_id, void_before, expires_at, seq)
SELECT 'user', v.user_id, '', CAST($%[2]d AS BIGINT), CAST($%[3]d AS BIGINT),
       (SELECT COALESCE(MAX(seq), 0) FROM identity_revocations) + ROW_NUMBER() OVER (ORDER BY v.user_id)
FROM (%[1]s) AS v WHERE v.user_id <> ''
ON CONFLICT (kind, id) DO UPDATE
SET void_before = excluded.void_before, expires_at = excluded.expires_at, seq = excluded.seq
WHERE identity_revocations.void_before < excluded.void_before`

// VoidUsers is Void for every user that a query answers, in one statement: a
// group may have thousands of members, and all writes wait for this one. users
// is a SELECT, a constant of the caller's, of distinct ids in the column
// user_id, with its arguments. The caches of all nodes are told too. The caller
// calls Refresh after the commit.
func VoidUsers(ctx context.Context, tx *store.Tx, now time.Time, users string, args ...any) error {
	n := len(args)
	statement := fmt.Sprintf(voidUsers, users, n+1, n+2)
	args = append(args[:n:n], store.Micros(now), store.Micros(now.Add(Life+skew)))
	if _, err := tx.Exec(ctx, statement, args...); err != nil {
		return fmt.Errorf("tokens: end the tokens of many users: %w", err)
	}
	// Rows that stayed as they were move no cache, and roles did change.
	return Announce(ctx, tx, now)
}
