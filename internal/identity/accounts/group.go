package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Group is a number of users who hold roles together.
type Group struct {
	ID, Name, Description string
	DomainID              string
	Created               time.Time
	Members               int
}

// NewGroup says what CreateGroup makes.
type NewGroup struct{ DomainID, Name, Description string }

// GroupChange says what UpdateGroup changes; what is nil stays. ID and DomainID
// never change: another value than the present one is refused.
type GroupChange struct{ ID, DomainID, Name, Description *string }

// GroupQuery says what Groups lists; empty fields do not filter.
type GroupQuery struct {
	By                 Reach
	ID, Name, DomainID string
	UserID             string // only groups of which this user is a member
	Search             string // a part of the name, without case
	Offset, Limit      int    // Limit 0: as many as a list may hold
}

// groups keeps a query of identity_groups g to what is within reach.
func (r Reach) groups(f *store.Filter) {
	if r.All {
		return
	}
	f.And(`(g.domain_id = ? OR EXISTS (SELECT 1 FROM identity_memberships v WHERE v.group_id = g.id AND v.user_id = ?))`,
		r.DomainID, r.UserID)
}

// Groups lists groups by name, and how many there are without Offset and Limit.
func (a *Area) Groups(ctx context.Context, q GroupQuery) ([]Group, int, error) {
	var f store.Filter
	q.By.groups(&f)
	f.Equal("g.id", q.ID)
	f.Equal("g.name", q.Name)
	f.Equal("g.domain_id", q.DomainID)
	f.Match("g.name", q.Search, false)
	if q.UserID != "" {
		f.And(`EXISTS (SELECT 1 FROM identity_memberships m WHERE m.group_id = g.id AND m.user_id = ?)`, q.UserID)
	}
	var total int
	if err := a.DB.QueryRow(ctx, countGroups+f.Where(), f.Args()...).Scan(&total); err != nil {
		return nil, 0, err
	}
	limit := q.Limit
	if limit <= 0 || limit > maxList {
		limit = maxList
	}
	query := selectGroup + f.Where() + ` ORDER BY g.name, g.id` + f.Page(limit, max(q.Offset, 0))
	list, err := store.List(ctx, a.DB, scanGroup, query, f.Args()...)
	return list, total, err
}

// CreateGroup makes a group in a domain within reach. Like the other changes of
// groups it answers keystone errors.
func (a *Area) CreateGroup(ctx context.Context, by Reach, n NewGroup) (Group, error) {
	if err := refuseTexts("group", n.Name, n.Description); err != nil {
		return Group{}, err
	}
	g := Group{
		ID: a.IDs.New(), Name: n.Name, Description: n.Description, DomainID: n.DomainID,
		Created: store.Time(store.Micros(a.Clock())),
	}
	err := a.DB.Write(ctx, func(tx *store.Tx) error {
		if err := place(ctx, tx, by, Place{OnDomain, n.DomainID}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertGroup, g.ID, g.DomainID, g.Name, g.Description, store.Micros(g.Created))
		return takenGroup(err, g)
	})
	return g, err
}

// UpdateGroup changes a group within reach.
func (a *Area) UpdateGroup(ctx context.Context, by Reach, id string, c GroupChange) (g Group, err error) {
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		if g, err = ownGroup(ctx, tx, by, id, "identity:update_group"); err != nil {
			return err
		}
		if c.ID != nil && *c.ID != g.ID {
			return keystone.BadRequest("Cannot change group ID.")
		}
		if c.DomainID != nil && *c.DomainID != g.DomainID {
			return keystone.BadRequest("Cannot change Domain ID.")
		}
		if c.Name != nil {
			g.Name = *c.Name
		}
		if c.Description != nil {
			g.Description = *c.Description
		}
		if err := refuseTexts("group", g.Name, g.Description); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, updateGroup, g.Name, g.Description, id)
		return takenGroup(err, g)
	})
	return g, err
}

// DeleteGroup removes a group and what it holds, and ends its members' tokens.
func (a *Area) DeleteGroup(ctx context.Context, by Reach, id string) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		if _, err := ownGroup(ctx, tx, by, id, "identity:delete_group"); err != nil {
			return err
		}
		admin, err := HoldsAdmin(ctx, tx, Holder{GroupID: id})
		if err != nil {
			return err
		}
		if err := tokens.VoidUsers(ctx, tx, a.Clock(), selectMembers, id); err != nil {
			return err
		}
		for _, statement := range leavingGroup() {
			if _, err := tx.Exec(ctx, statement, id); err != nil {
				return fmt.Errorf("accounts: delete group %s: %w", id, err)
			}
		}
		if admin {
			return adminRemains(ctx, tx)
		}
		return nil
	})
}

// findGroup answers a group within reach, or that there is none.
func findGroup(ctx context.Context, q store.Querier, by Reach, id string) (Group, error) {
	var f store.Filter
	by.groups(&f)
	f.And("g.id = ?", id)
	g, err := scanGroup(q.QueryRow(ctx, selectGroup+f.Where(), f.Args()...))
	if errors.Is(err, store.ErrNotFound) {
		return g, keystone.NotFound("group", id)
	}
	return g, err
}

// ownGroup is findGroup for a change. A group that holds "admin" belongs to the
// administrators of the platform, whatever department it lies in: who renames
// it or joins it would be one of them.
func ownGroup(ctx context.Context, q store.Querier, by Reach, id, rule string) (Group, error) {
	g, err := findGroup(ctx, q, by, id)
	if err != nil {
		return g, err
	}
	return g, below(ctx, q, by, Holder{GroupID: id}, rule)
}

func takenGroup(err error, g Group) error {
	if errors.Is(err, store.ErrDuplicate) {
		return keystone.Conflict("group", fmt.Sprintf("Duplicate entry found with name %s at domain ID %s", g.Name, g.DomainID))
	}
	return err
}
