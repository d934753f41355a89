package entitlement

import (
	"context"
	"fmt"
	"slices"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Level is who has a quota.
type Level string

const (
	Cloud      Level = "cloud"
	Department Level = "domain"
	Project    Level = "project"
)

// CloudOwner is the owner id of the cloud.
const CloudOwner = ""

// DefaultDomain is the department whose quotas are the cloud's, as the
// reference has it: it has none of its own.
const DefaultDomain = "default"

// DomainAccount is where the quotas of a department are kept.
func DomainAccount(domainID string) (level Level, ownerID string) {
	if domainID == DefaultDomain {
		return Cloud, CloudOwner
	}
	return Department, domainID
}

func (l Level) name() string {
	if l == Department {
		return "department"
	}
	return string(l)
}

func (l Level) String() string { return l.name() }

// Unit is one whole thing: numbers in quota_accounts are millionths.
const Unit = 1_000_000

// Unbounded stands for "no bound at this level".
const Unbounded = -1

// tables has the table of each item that a project owns. All have a project_id.
var tables = map[quota.Item]string{
	quota.Groups: "groups", quota.APIs: "apis", quota.Apps: "apps", quota.Environments: "envs",
	quota.SignatureKeys: "sign_keys", quota.Throttles: "throttles", quota.ACLs: "acls", quota.Channels: "channels",
	quota.Authorizers: "authorizers", quota.Servers: "servers", quota.Functions: "functions",
}

// Count answers how many of an item that projects own there are at a level, but
// counts no further than most.
func Count(ctx context.Context, q store.Querier, item quota.Item, level Level, ownerID string, most int64) (n int64, err error) {
	table, known := tables[item]
	if !known {
		return 0, fmt.Errorf("entitlement: %s is nothing that a project owns; those are %v", item, quota.Owned())
	}
	from, args := ` FROM `+table+` t LIMIT $1`, []any{most}
	switch level {
	case Department:
		from, args = ` FROM `+table+` t JOIN identity_projects p ON p.id = t.project_id WHERE p.domain_id = $2 LIMIT $1`, append(args, ownerID)
	case Project:
		from, args = ` FROM `+table+` t WHERE t.project_id = $2 LIMIT $1`, append(args, ownerID)
	}
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1`+from+`) found`, args...).Scan(&n)
	return n, err
}

// Numbers are amounts by item, in millionths.
type Numbers map[string]int64

// Of is the number of an item, Unbounded when there is none.
func (n Numbers) Of(item string) int64 {
	if v, ok := n[item]; ok {
		return v
	}
	return Unbounded
}

// Given are the quotas that were set for the cloud, a department or a project
// in a region. What is not in it is Unbounded, or for the platform's own items
// of a project the configured number.
func Given(ctx context.Context, q store.Querier, level Level, ownerID, region string) (Numbers, error) {
	return numbers(ctx, q, `SELECT item, quota FROM quota_given WHERE level = $1 AND owner_id = $2 AND (region = $3 OR region = '')`,
		string(level), ownerID, region)
}

// AllottedByCloud is what departments were given, all but one. A department
// without a quota of an item, and the default one, count with what their
// projects were given.
func AllottedByCloud(ctx context.Context, q store.Querier, region, butDomain string) (Numbers, error) {
	return numbers(ctx, q, `
		SELECT item, CAST(SUM(quota) AS BIGINT) FROM (
			SELECT g.item, g.quota FROM quota_given g JOIN identity_domains d ON d.id = g.owner_id
			WHERE g.level = 'domain' AND g.region = $1 AND g.owner_id <> $2
			UNION ALL
			SELECT g.item, g.quota FROM quota_given g JOIN identity_projects p ON p.id = g.owner_id
			WHERE g.level = 'project' AND (g.region = $1 OR g.region = '') AND p.domain_id <> $2 AND NOT EXISTS (
				SELECT 1 FROM quota_accounts a
				WHERE a.level = 'domain' AND a.owner_id = p.domain_id AND a.region = $1 AND a.item = g.item AND a.quota >= 0)
		) given GROUP BY item`, region, butDomain)
}

// AllottedByDomain is what the projects of a department were given, all but one.
func AllottedByDomain(ctx context.Context, q store.Querier, domainID, region, butProject string) (Numbers, error) {
	return numbers(ctx, q, `
		SELECT g.item, CAST(SUM(g.quota) AS BIGINT) FROM quota_given g JOIN identity_projects p ON p.id = g.owner_id
		WHERE g.level = 'project' AND p.domain_id = $1 AND (g.region = $2 OR g.region = '') AND g.owner_id <> $3
		GROUP BY g.item`, domainID, region, butProject)
}

// DomainLimits is the most that can be set for a department: what the cloud has
// less what others were given. Items that the cloud does not bound are not in it.
func DomainLimits(ctx context.Context, q store.Querier, domainID, region string) (Numbers, error) {
	if domainID == DefaultDomain {
		return Numbers{}, nil
	}
	return left(ctx, q, region, domainID)
}

// ProjectLimits is the most that can be set for a project: what its department
// has, or where that has no quota the cloud, less what others were given.
func ProjectLimits(ctx context.Context, q store.Querier, projectID, domainID, region string) (Numbers, error) {
	limits, err := left(ctx, q, region, domainID)
	if err != nil {
		return nil, err
	}
	if level, owner := DomainAccount(domainID); level == Department {
		own, err := Given(ctx, q, level, owner, region)
		if err != nil {
			return nil, err
		}
		for item, n := range own {
			limits[item] = n
		}
	}
	siblings, err := AllottedByDomain(ctx, q, domainID, region, projectID)
	if err != nil {
		return nil, err
	}
	limits.less(siblings)
	return limits, nil
}

// left is what the cloud has for one department.
func left(ctx context.Context, q store.Querier, region, domainID string) (Numbers, error) {
	limits, err := Given(ctx, q, Cloud, CloudOwner, region)
	if err != nil {
		return nil, err
	}
	others, err := AllottedByCloud(ctx, q, region, domainID)
	if err != nil {
		return nil, err
	}
	limits.less(others)
	return limits, nil
}

// less takes amounts away; nothing goes below zero.
func (n Numbers) less(taken Numbers) {
	for item, v := range n {
		n[item] = max(0, v-taken[item])
	}
}

func numbers(ctx context.Context, q store.Querier, query string, args ...any) (Numbers, error) {
	type pair struct {
		item string
		n    int64
	}
	pairs, err := store.List(ctx, q, func(row store.Scanner) (p pair, err error) {
		err = row.Scan(&p.item, &p.n)
		return p, err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	all := make(Numbers, len(pairs))
	for _, p := range pairs {
		all[p.item] = p.n
	}
	return all, nil
}

// Give sets a quota of the cloud, a department or, for items that are not the
// platform's own, a project; Unbounded takes it away. What may be given is the
// caller's to check, inside the same transaction.
func Give(ctx context.Context, tx *store.Tx, level Level, ownerID, region, item string, n int64) error {
	if level == Project && slices.Contains(quota.Owned(), quota.Item(item)) {
		return fmt.Errorf("entitlement: %s of a project is set with Book.Set", item)
	}
	return tx.Send(ctx, `
		INSERT INTO quota_accounts (level, owner_id, region, item, quota, used, reserved) VALUES ($1, $2, $3, $4, $5, 0, 0)
		ON CONFLICT (level, owner_id, region, item) DO UPDATE SET quota = excluded.quota`,
		string(level), ownerID, region, item, n)
}
