package accounts

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
)

// Named is a user, group, project or domain by id and name, with its domain
// where it lies in one.
type Named struct{ ID, Name, DomainID, DomainName string }

// Holding is a role that somebody holds somewhere.
type Holding struct {
	// User is empty when a group holds the role as such. When both are set, the
	// user holds it as a member of the group.
	User, Group Named
	Role        Role
	Scope       Scope
	Place       Named
}

// HoldingQuery says what Holdings lists; empty fields do not filter.
type HoldingQuery struct {
	By                      Reach
	UserID, GroupID, RoleID string
	ProjectID, DomainID     string // where it is held
	Effective               bool   // members in place of groups
}

// holdings keeps a query of holdings a to what is within reach: what is held in
// the department, and what the actor itself or one of its groups holds. Of the
// other members of its groups it learns nothing.
func (r Reach) holdings(f *store.Filter) {
	const (
		inDomain = `a.scope = 'domain' AND a.target_id = ?
 OR a.scope = 'project' AND a.target_id IN (SELECT id FROM identity_projects WHERE domain_id = ?)`
		own = `a.user_id <> '' AND a.user_id = ?
 OR a.user_id = '' AND a.group_id IN (SELECT group_id FROM identity_memberships WHERE user_id = ?)`
	)
	switch {
	case r.All:
	case r.DomainID == "": // most actors; the database need not look at departments
		f.And(`(`+own+`)`, r.UserID, r.UserID)
	default:
		f.And(`(`+inDomain+` OR `+own+`)`, r.DomainID, r.DomainID, r.UserID, r.UserID)
	}
}

// Holdings lists who holds which role where, in one query.
func (a *Area) Holdings(ctx context.Context, q HoldingQuery) ([]Holding, error) {
	var f store.Filter
	q.By.holdings(&f)
	f.Equal("a.user_id", q.UserID)
	f.Equal("a.group_id", q.GroupID)
	f.Equal("a.role_id", q.RoleID)
	if q.ProjectID != "" {
		f.And("a.scope = 'project' AND a.target_id = ?", q.ProjectID)
	}
	if q.DomainID != "" {
		f.And("a.scope = 'domain' AND a.target_id = ?", q.DomainID)
	}
	query := selectHoldings + groupHoldings
	if q.Effective {
		query = selectHoldings + memberHoldings
	}
	query += joinHoldings + f.Where() + orderHoldings + f.Page(maxList, 0)
	return store.List(ctx, a.DB, scanHolding, query, f.Args()...)
}
