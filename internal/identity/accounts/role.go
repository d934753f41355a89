package accounts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// RoleChange says what UpdateRole changes; what is nil stays.
type RoleChange struct{ Name, Description *string }

// Roles lists roles by name; an empty name is every role.
func (a *Area) Roles(ctx context.Context, name string) ([]Role, error) {
	var f store.Filter
	f.Equal("name", name)
	return store.List(ctx, a.DB, scanRoleText, selectRole+f.Where()+` ORDER BY name`+f.Page(maxList, 0), f.Args()...)
}

// RoleByName answers the role with the name, ErrNotFound of package store
// without one.
func (a *Area) RoleByName(ctx context.Context, name string) (Role, error) {
	return scanRoleText(a.DB.QueryRow(ctx, selectRole+` WHERE name = $1`, name))
}

// Role answers the role with the id, or a keystone error.
func (a *Area) Role(ctx context.Context, id string) (Role, error) { return findRole(ctx, a.DB, id) }

// CreateRole makes a role. It means nothing to the platform itself beyond
// reading, for which any role is enough; services behind the platform see its
// name. Who may do that is the caller's business, here and below.
func (a *Area) CreateRole(ctx context.Context, name, description string) (Role, error) {
	r := Role{ID: a.IDs.New(), Name: name, Description: description}
	if err := refuseTexts("role", name, description); err != nil {
		return Role{}, err
	}
	if builtInName(name) {
		return Role{}, takenRole(store.ErrDuplicate, name)
	}
	err := a.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, insertRole, r.ID, r.Name, r.Description)
		return takenRole(err, name)
	})
	return r, err
}

// UpdateRole changes a role. Tokens say names of roles, so a new name ends
// those of its holders. The built-in ones keep theirs: the platform's rules
// look for them.
func (a *Area) UpdateRole(ctx context.Context, id string, c RoleChange) (r Role, err error) {
	err = a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		if r, err = findRole(ctx, tx, id); err != nil {
			return err
		}
		old := r.Name
		if c.Name != nil {
			r.Name = *c.Name
		}
		if c.Description != nil {
			r.Description = *c.Description
		}
		renamed := r.Name != old
		if renamed && builtInName(old) {
			return keystone.Denied("The role %s is built in: it cannot be renamed.", old)
		}
		if err := refuseTexts("role", r.Name, r.Description); err != nil {
			return err
		}
		if renamed && builtInName(r.Name) {
			return takenRole(store.ErrDuplicate, r.Name)
		}
		if _, err := tx.Exec(ctx, updateRole, r.Name, r.Description, id); err != nil || !renamed {
			return takenRole(err, r.Name)
		}
		return tokens.VoidUsers(ctx, tx, a.Clock(), selectHoldersOf, id)
	})
	return r, err
}

// DeleteRole takes a role from everybody who holds it, ends their tokens, and
// removes it. A built-in one stays.
func (a *Area) DeleteRole(ctx context.Context, id string) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		r, err := findRole(ctx, tx, id)
		if err != nil {
			return err
		}
		if builtInName(r.Name) {
			return keystone.Denied("The role %s is built in: it cannot be deleted.", r.Name)
		}
		if err := tokens.VoidUsers(ctx, tx, a.Clock(), selectHoldersOf, id); err != nil {
			return err
		}
		for _, statement := range leavingRole() {
			if _, err := tx.Exec(ctx, statement, id); err != nil {
				return fmt.Errorf("accounts: delete role %s: %w", id, err)
			}
		}
		return nil
	})
}

// builtInName compares without case: a role "Admin" would mean nothing to the
// platform and everything to people.
func builtInName(name string) bool { return builtIn[strings.ToLower(name)] != "" }

func findRole(ctx context.Context, q store.Querier, id string) (Role, error) {
	r, err := scanRoleText(q.QueryRow(ctx, selectRole+` WHERE id = $1`, id))
	if errors.Is(err, store.ErrNotFound) {
		return r, keystone.NotFound("role", id)
	}
	return r, err
}

func takenRole(err error, name string) error {
	if errors.Is(err, store.ErrDuplicate) {
		return keystone.Conflict("role", "Duplicate entry found with name "+name)
	}
	return err
}

// refuseTexts checks what people call a group or role. It does not repeat what
// it refuses, which may be long.
func refuseTexts(what, name, description string) error {
	if checkName(what, name) != nil {
		return keystone.BadRequest("Invalid input for field 'name': it must have 1 to %d characters of at most %d bytes, not blanks alone and no control characters.", MaxName, maxNameBytes)
	}
	if utf8.RuneCountInString(description) > maxText || strings.ContainsFunc(description, unicode.IsControl) {
		return keystone.BadRequest("Invalid input for field 'description': it may have %d characters and no control characters.", maxText)
	}
	return nil
}
