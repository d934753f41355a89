package accounts

import (
	"context"
	"errors"
	"slices"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Holder is who holds a role: a user or a group.
type Holder struct{ UserID, GroupID string }

// Place is where a role is held.
type Place struct {
	Scope Scope
	ID    string
}

// Grant gives a role by its id; Revoke takes it away and ends the tokens that
// say so. Both answer keystone errors, change nothing when done twice (Revoke of
// what is not held is 404), and refuse what would lift somebody above by: only
// Everywhere gives or takes "admin" and "service".
func (a *Area) Grant(ctx context.Context, by Reach, who Holder, where Place, roleID string) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error { return a.grant(ctx, tx, by, who, where, roleID) })
}

// Revoke is described at Grant.
func (a *Area) Revoke(ctx context.Context, by Reach, who Holder, where Place, roleID string) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error { return a.revoke(ctx, tx, by, who, where, roleID) })
}

// Regrant is Grant of some roles and Revoke of others, all of it or nothing.
func (a *Area) Regrant(ctx context.Context, by Reach, who Holder, where Place, give, take []string) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		for _, roleID := range give {
			if err := a.grant(ctx, tx, by, who, where, roleID); err != nil {
				return err
			}
		}
		for _, roleID := range take {
			if err := a.revoke(ctx, tx, by, who, where, roleID); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *Area) grant(ctx context.Context, tx *store.Tx, by Reach, who Holder, where Place, roleID string) error {
	if _, err := ends(ctx, tx, by, who, where, roleID, "identity:create_grant"); err != nil {
		return err
	}
	statement, holder := insertAssignment, who.UserID
	if who.GroupID != "" {
		statement, holder = insertGroupAssignment, who.GroupID
	}
	if _, err := tx.Exec(ctx, statement, holder, roleID, string(where.Scope), where.ID); err != nil {
		return err
	}
	return tokens.Announce(ctx, tx, a.Clock())
}

func (a *Area) revoke(ctx context.Context, tx *store.Tx, by Reach, who Holder, where Place, roleID string) error {
	role, err := ends(ctx, tx, by, who, where, roleID, "identity:revoke_grant")
	if err != nil {
		return err
	}
	statement, users, holder := deleteAssignment, selectOneUser, who.UserID
	if who.GroupID != "" {
		statement, users, holder = deleteGroupAssignment, selectMembers, who.GroupID
	}
	err = one(tx.Exec(ctx, statement, holder, roleID, string(where.Scope), where.ID))
	if errors.Is(err, store.ErrNotFound) {
		return notHeld(who, where, roleID)
	}
	if err == nil && role.Name == RoleAdmin {
		err = adminRemains(ctx, tx)
	}
	if err != nil {
		return err
	}
	return tokens.VoidUsers(ctx, tx, a.Clock(), users, holder)
}

// Holds answers nil when the holder itself, not through a group, holds the role
// there, and a keystone error when it does not or something is out of reach.
func (a *Area) Holds(ctx context.Context, by Reach, who Holder, where Place, roleID string) error {
	roles, err := a.HeldOn(ctx, by, who, where)
	if err != nil {
		return err
	}
	for i := range roles {
		if roles[i].ID == roleID {
			return nil
		}
	}
	if _, err := findRole(ctx, a.DB, roleID); err != nil {
		return err
	}
	return notHeld(who, where, roleID)
}

// HeldOn lists the roles that the holder itself, not through a group, holds
// there, by name.
func (a *Area) HeldOn(ctx context.Context, by Reach, who Holder, where Place) ([]Role, error) {
	if err := place(ctx, a.DB, by, where); err != nil {
		return nil, err
	}
	if err := findHolder(ctx, a.DB, by, who); err != nil {
		return nil, err
	}
	query, holder := selectAssigned, who.UserID
	if who.GroupID != "" {
		query, holder = selectGroupAssigned, who.GroupID
	}
	return store.List(ctx, a.DB, scanRoleText, query, holder, string(where.Scope), where.ID)
}

// Sees answers a keystone error unless a user or group is within reach.
func (a *Area) Sees(ctx context.Context, by Reach, who Holder) error {
	return findHolder(ctx, a.DB, by, who)
}

// reserved are the roles that reach beyond every department: "admin", and
// "service", which claims quotas for any project. Only who reaches everything
// gives or takes them.
func reserved() [2]string { return [...]string{RoleAdmin, RoleService} }

// HoldsAdmin reports whether a user (through groups too) or a group holds one of
// the reserved roles anywhere. Whoever reaches a department only must not change
// such a user, its password, or the members of such a group: that would lift it
// above its department.
func HoldsAdmin(ctx context.Context, q store.Querier, who Holder) (bool, error) {
	query, holder := countUserAdmin, who.UserID
	if who.GroupID != "" {
		query, holder = countGroupAdmin, who.GroupID
	}
	var n int
	roles := reserved()
	err := q.QueryRow(ctx, query, holder, roles[0], roles[1]).Scan(&n)
	return n > 0, err
}

// below refuses, with the rule, to let who reaches a department only lay hands
// on who holds a reserved role.
func below(ctx context.Context, q store.Querier, by Reach, who Holder, rule string) error {
	if by.All {
		return nil
	}
	admin, err := HoldsAdmin(ctx, q, who)
	if err == nil && admin {
		err = keystone.Forbidden(rule)
	}
	return err
}

// adminRemains refuses, after the change, to leave the platform without anybody
// who administers it: nobody could make another.
func adminRemains(ctx context.Context, tx *store.Tx) error {
	var left int
	if err := tx.QueryRow(ctx, otherAdmins, "").Scan(&left); err != nil || left > 0 {
		return err
	}
	return keystone.Denied("Nobody would be left who administers the platform: give another enabled user the role admin first.")
}

// ends checks all ends of a holding that is to be given or taken, and answers
// the role.
func ends(ctx context.Context, tx *store.Tx, by Reach, who Holder, where Place, roleID, rule string) (Role, error) {
	if err := place(ctx, tx, by, where); err != nil {
		return Role{}, err
	}
	if err := findHolder(ctx, tx, by, who); err != nil {
		return Role{}, err
	}
	role, err := findRole(ctx, tx, roleID)
	if err != nil {
		return Role{}, err
	}
	if roles := reserved(); slices.Contains(roles[:], role.Name) && !by.All {
		return Role{}, keystone.Forbidden(rule)
	}
	return role, below(ctx, tx, by, who, rule)
}

// place refuses what is not within reach, like what does not exist.
func place(ctx context.Context, q store.Querier, by Reach, where Place) error {
	kind, domainID := string(where.Scope), where.ID
	var err error
	switch where.Scope {
	case OnProject:
		var p Project
		p, err = LoadProject(ctx, q, where.ID)
		domainID = p.DomainID
	case OnDomain:
		_, err = FindDomain(ctx, q, where.ID, "")
		if where.ID == "" { // FindDomain would look for a name
			err = store.ErrNotFound
		}
	default:
		err = errors.New("accounts: a role is held on a project or a domain")
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && !by.Domain(domainID) {
		return keystone.NotFound(kind, where.ID)
	}
	return err
}

// findHolder is place for who holds.
func findHolder(ctx context.Context, q store.Querier, by Reach, who Holder) error {
	if who.GroupID != "" {
		_, err := findGroup(ctx, q, by, who.GroupID)
		return err
	}
	u, err := LoadUser(ctx, q, who.UserID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !by.User(&u) {
		return keystone.NotFound("user", who.UserID)
	}
	return err
}

func notHeld(who Holder, where Place, roleID string) error {
	return keystone.NotFound("role assignment", roleID).Msg(
		"Could not find role assignment with role: %.128s, user or group: %.128s, project or domain: %.128s.",
		roleID, who.UserID+who.GroupID, where.ID)
}
