package binding

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// API is an API in an environment with what is bound to it there. In the list
// of a policy's APIs that is the policy; in the list of those that it could be
// bound to, it is another policy of the same kind and slot, or nothing.
type API struct {
	ID, Name           string
	Type               int
	Remark             string
	GroupID, GroupName string
	EnvID, EnvName     string
	PublishID          string // empty while the API is offline there
	AuthType           string // as published, else as drafted
	ReqURI             string

	BindID, PolicyID, PolicyName string // empty when nothing is bound
	BindTime                     time.Time
}

// Filter restricts both lists of a policy's APIs. An empty text restricts
// nothing; Name is a part of the API's name, ignoring case.
type Filter struct{ EnvID, GroupID, APIID, Name string }

func (f *Filter) add(where *store.Filter, env string) {
	where.Equal(env, f.EnvID)
	where.Equal("a.group_id", f.GroupID)
	where.Equal("a.id", f.APIID)
	where.Match("a.name", f.Name, false)
}

// List is Bound or Unbound.
type List func(ctx context.Context, q store.Querier, k Kind, p Policy, f *Filter, page apig.Page) (total int, list []API, err error)

// Bound lists the APIs that a policy is bound to, the newest binding first.
func Bound(ctx context.Context, q store.Querier, k Kind, p Policy, f *Filter, page apig.Page) (total int, list []API, err error) {
	from := `
		FROM bindings b
		JOIN apis a ON a.id = b.api_id
		JOIN groups g ON g.id = a.group_id
		JOIN ` + k.Table + ` p ON p.id = b.policy_id
		LEFT JOIN envs e ON e.id = b.env_id
		LEFT JOIN api_publications u ON u.api_id = b.api_id AND u.env_id = b.env_id`
	var where store.Filter
	where.And("b.policy_id = ? AND b.policy = ?", p.ID, k.Policy)
	f.add(&where, "b.env_id")
	return selectPage(ctx, q, from, from, "b.env_id", "b.bind_time DESC, b.id", &where, page)
}

// Unbound lists the published APIs of the policy's project that it is not bound
// to, the newest publication first.
func Unbound(ctx context.Context, q store.Querier, k Kind, p Policy, f *Filter, page apig.Page) (total int, list []API, err error) {
	// The kind and slot are constants of ours, not a client's text.
	const (
		publications = ` FROM api_publications u`
		apis         = ` JOIN apis a ON a.id = u.api_id`
	)
	bindings := `
		LEFT JOIN bindings b ON b.api_id = u.api_id AND b.env_id = u.env_id AND b.policy = '` + k.Policy + `' AND b.slot = '` + p.Slot + `'`
	from := publications + apis + bindings + `
		JOIN groups g ON g.id = a.group_id
		LEFT JOIN envs e ON e.id = u.env_id
		LEFT JOIN ` + k.Table + ` p ON p.id = b.policy_id`
	// Counting leaves out what neither selects nor filters.
	count := publications + apis + bindings
	if *f == (Filter{EnvID: f.EnvID}) {
		count = publications + bindings
	}
	var where store.Filter
	where.And("u.project_id = ? AND (b.policy_id IS NULL OR b.policy_id <> ?)", p.ProjectID, p.ID)
	f.add(&where, "u.env_id")
	return selectPage(ctx, q, count, from, "u.env_id", "u.publish_time DESC, a.id, u.env_id", &where, page)
}

const columns = `a.id, a.name, a.type, a.remark, a.group_id, g.name, COALESCE(e.name, 'RELEASE'),
	COALESCE(u.publish_id, ''), COALESCE(u.auth_type, a.auth_type), a.req_uri,
	COALESCE(b.id, ''), COALESCE(b.policy_id, ''), COALESCE(p.name, ''), COALESCE(b.bind_time, 0)`

func scan(row store.Scanner) (a API, err error) {
	var bound int64
	err = row.Scan(&a.EnvID, &a.ID, &a.Name, &a.Type, &a.Remark, &a.GroupID, &a.GroupName, &a.EnvName,
		&a.PublishID, &a.AuthType, &a.ReqURI, &a.BindID, &a.PolicyID, &a.PolicyName, &bound)
	if bound != 0 {
		a.BindTime = store.Time(bound)
	}
	return a, err
}

func selectPage(ctx context.Context, q store.Querier, count, from, env, order string, where *store.Filter, page apig.Page) (total int, list []API, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*)`+count+where.Where(), where.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := `SELECT ` + env + `, ` + columns + from + where.Where() + ` ORDER BY ` + order
	query += where.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, scan, query, where.Args()...)
	return total, list, err
}
