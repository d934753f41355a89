package ledger

import (
	"context"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
)

// maxCounted bounds how far things are counted for a refusal.
const maxCounted = 1000

// label is a word for people, in the singular.
func label(i quota.Item) string {
	switch i {
	case quota.Groups:
		return "API group"
	case quota.APIs:
		return "API"
	case quota.Apps:
		return "app"
	case quota.Environments:
		return "environment"
	case quota.SignatureKeys:
		return "signature key"
	case quota.Throttles:
		return "throttling policy"
	case quota.ACLs:
		return "access control policy"
	case quota.Channels:
		return "VPC channel"
	case quota.Authorizers:
		return "custom authorizer"
	case quota.Servers:
		return "channel server"
	case quota.Functions:
		return "function"
	}
	return string(i)
}

// Owned says, for people, what a project still owns of the platform and what
// other services have reserved or used for it. It is accounts.Owned: a project
// that owns something is not deleted. Reservations that have expired count
// until they are returned, which takes a minute at most.
func Owned(ctx context.Context, q store.Querier, projectID string) ([]string, error) {
	var owned []string
	for _, i := range quota.Owned() {
		n, err := entitlement.Count(ctx, q, i, entitlement.Project, projectID, maxCounted)
		if err != nil {
			return nil, err
		}
		switch {
		case n == 1:
			owned = append(owned, "1 "+label(i))
		case n > 1:
			owned = append(owned, fmt.Sprintf("%d %s", n, plural(label(i))))
		}
	}
	taken, err := store.List(ctx, q, func(row store.Scanner) (text string, err error) {
		var item string
		var n Amount
		err = row.Scan(&item, &n)
		return fmt.Sprintf("%s of the quota of %s", n, item), err
	}, `SELECT item, CAST(SUM(used + reserved) AS BIGINT) FROM quota_accounts WHERE level = 'project' AND owner_id = $1 AND used + reserved > 0
		GROUP BY item ORDER BY item LIMIT 100`, projectID)
	return append(owned, taken...), err
}

func plural(noun string) string {
	if noun[len(noun)-1] == 'y' && noun[len(noun)-2] != 'e' {
		return noun[:len(noun)-1] + "ies"
	}
	return noun + "s"
}
