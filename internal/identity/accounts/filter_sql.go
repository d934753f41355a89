package accounts

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/lintel-gateway/lintel/internal/store"
)

// projects is the condition that a project is within reach.
func (r Reach) projects(f *store.Filter) {
	if !r.All {
		f.And(`(p.domain_id = ? OR EXISTS (SELECT 1 FROM identity_holdings a
WHERE a.user_id = ? AND a.scope = 'project' AND a.target_id = p.id))`, r.DomainID, r.UserID)
	}
}

// domains is the condition that a domain is within reach: the one in scope, and
// the user's own, which clients look up before anything else (wire-facts §16.6).
func (r Reach) domains(f *store.Filter) {
	if !r.All {
		f.And(`(d.id = ? OR d.id = (SELECT u.domain_id FROM identity_users u WHERE u.id = ?))`, r.DomainID, r.UserID)
	}
}

// Projects lists projects by name.
func Projects(ctx context.Context, q store.Querier, wanted ProjectQuery) ([]Project, error) {
	var f store.Filter
	wanted.By.projects(&f)
	f.Equal("p.id", wanted.ID)
	f.Equal("p.name", wanted.Name)
	f.Equal("p.domain_id", wanted.DomainID)
	f.Equal("p.parent_id", wanted.ParentID)
	if wanted.Enabled != nil {
		f.And("p.enabled * d.enabled = ?", flag(*wanted.Enabled))
	}
	wanted.Tags.conditions(&f)
	return store.List(ctx, q, scanProject, selectProject+f.Where()+` ORDER BY p.name, p.id`+f.Page(maxList, 0), f.Args()...)
}

// conditions looks for tags in the JSON list that holds them. LIKE would ignore
// their case on one engine; what changes when a text is taken out of it has that
// text on both. The quotes of a tag's own JSON keep it from being found inside
// another one, where they would have a backslash.
func (t TagQuery) conditions(f *store.Filter) {
	const has, lacks = `replace(p.tags, ?, '') <> p.tags`, `replace(p.tags, ?, '') = p.tags`
	for _, part := range []struct {
		tags            []string
		condition, join string
	}{{t.All, has, " AND "}, {t.Any, has, " OR "}, {t.NotAll, lacks, " OR "}, {t.NotAny, lacks, " AND "}} {
		if len(part.tags) == 0 {
			continue
		}
		args := make([]any, len(part.tags))
		for i, tag := range part.tags {
			args[i] = tagJSON(tag)
		}
		each := make([]string, len(args))
		for i := range each {
			each[i] = part.condition
		}
		f.And("("+strings.Join(each, part.join)+")", args...)
	}
}

// tagJSON is a tag as it stands in the stored list.
func tagJSON(tag string) string {
	raw, err := json.Marshal(tag)
	if err != nil { // A text always encodes.
		return ""
	}
	return string(raw)
}

// Domains lists domains by name. Names are compared without case, as everywhere.
func Domains(ctx context.Context, q store.Querier, wanted DomainQuery) ([]Domain, error) {
	var f store.Filter
	wanted.By.domains(&f)
	f.Equal("d.id", wanted.ID)
	f.Equal("d.name_key", domainKey(wanted.Name))
	if wanted.Enabled != nil {
		f.And("d.enabled = ?", flag(*wanted.Enabled))
	}
	return store.List(ctx, q, scanDomain, selectDomain+f.Where()+` ORDER BY d.name, d.id`+f.Page(maxList, 0), f.Args()...)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
