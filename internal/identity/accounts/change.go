package accounts

import (
	"context"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
)

// CreateUser makes an enabled user without roles. A taken name is
// store.ErrDuplicate, an unknown domain or project store.ErrNotFound.
func (a *Area) CreateUser(ctx context.Context, n NewUser) (User, error) {
	if n.DomainID == "" {
		n.DomainID = DefaultDomainID
	}
	if err := checkName("user", n.Name); err != nil {
		return User{}, err
	}
	// Hashing takes tens of milliseconds: not inside the one write transaction.
	hash, err := a.Passwords.Hash(ctx, n.Password)
	if err != nil {
		return User{}, err
	}
	var u User
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		if _, err := FindDomain(ctx, tx, n.DomainID, ""); err != nil {
			return fmt.Errorf("accounts: create user %q in domain %q: %w", n.Name, n.DomainID, err)
		}
		if n.DefaultProjectID != "" {
			if _, err := LoadProject(ctx, tx, n.DefaultProjectID); err != nil {
				return fmt.Errorf("accounts: create user %q with default project %q: %w", n.Name, n.DefaultProjectID, err)
			}
		}
		id := a.IDs.New()
		if _, err := tx.Exec(ctx, insertUser, id, n.DomainID, n.Name, n.Email, n.Description,
			hash, n.DefaultProjectID, store.Micros(a.Clock())); err != nil {
			return fmt.Errorf("accounts: create user %q: %w", n.Name, err)
		}
		u, err = LoadUser(ctx, tx, id)
		return err
	})
	return u, err
}

// CreateDomain makes an enabled domain. Names that differ by case only are one.
func (a *Area) CreateDomain(ctx context.Context, name, description string) (Domain, error) {
	if err := checkName("domain", name); err != nil {
		return Domain{}, err
	}
	d := Domain{ID: a.IDs.New(), Name: name, Description: description, Enabled: true}
	err := a.DB.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, insertDomain, d.ID, d.Name, domainKey(d.Name), d.Description, store.Micros(a.Clock())); err != nil {
			return fmt.Errorf("accounts: create domain %q: %w", name, err)
		}
		return nil
	})
	return d, err
}

// CreateProject makes an enabled project at the top of its domain.
func (a *Area) CreateProject(ctx context.Context, n NewProject) (Project, error) {
	if n.DomainID == "" {
		n.DomainID = DefaultDomainID
	}
	if err := checkName("project", n.Name); err != nil {
		return Project{}, err
	}
	var p Project
	err := a.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if _, err := FindDomain(ctx, tx, n.DomainID, ""); err != nil {
			return fmt.Errorf("accounts: create project %q in domain %q: %w", n.Name, n.DomainID, err)
		}
		id := a.IDs.New()
		if _, err := tx.Exec(ctx, insertProject, id, n.DomainID, n.Name, n.Description, store.Micros(a.Clock())); err != nil {
			return fmt.Errorf("accounts: create project %q: %w", n.Name, err)
		}
		p, err = LoadProject(ctx, tx, id)
		return err
	})
	return p, err
}

// Assign gives a user a role, by its name, on a project or domain. To give it
// twice changes nothing.
func (a *Area) Assign(ctx context.Context, userID, role string, scope Scope, targetID string) error {
	return a.revoking(ctx, func(tx *store.Tx) error {
		roleID, err := a.assignment(ctx, tx, userID, role, scope, targetID)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertAssignment, userID, roleID, string(scope), targetID); err != nil {
			return err
		}
		return tokens.Announce(ctx, tx, a.Clock())
	})
}

// Unassign takes a role away. The user's tokens end: they say what it may do.
func (a *Area) Unassign(ctx context.Context, userID, role string, scope Scope, targetID string) error {
	return a.revoking(ctx, func(tx *store.Tx) error {
		roleID, err := a.assignment(ctx, tx, userID, role, scope, targetID)
		if err != nil {
			return err
		}
		if err := one(tx.Exec(ctx, deleteAssignment, userID, roleID, string(scope), targetID)); err != nil {
			return fmt.Errorf("accounts: user %s and role %q on %s %s: %w", userID, role, scope, targetID, err)
		}
		return tokens.Void(ctx, tx, tokens.OfUser, userID, a.Clock())
	})
}

// assignment checks the ends of an assignment and answers the role's id.
func (a *Area) assignment(ctx context.Context, tx *store.Tx, userID, role string, scope Scope, targetID string) (string, error) {
	if _, err := LoadUser(ctx, tx, userID); err != nil {
		return "", fmt.Errorf("accounts: assign to user %q: %w", userID, err)
	}
	var err error
	switch scope {
	case OnProject:
		_, err = LoadProject(ctx, tx, targetID)
	case OnDomain:
		_, err = FindDomain(ctx, tx, targetID, "")
	default:
		err = errors.New("a role is held on a project or a domain")
	}
	if err != nil {
		return "", fmt.Errorf("accounts: assign on %s %q: %w", scope, targetID, err)
	}
	var id string
	if err := tx.QueryRow(ctx, selectRoleID, role).Scan(&id); err != nil {
		return "", fmt.Errorf("accounts: assign role %q: %w", role, err)
	}
	return id, nil
}

// EnableUser lets a user in, or keeps it out and ends its tokens and
// signatures.
func (a *Area) EnableUser(ctx context.Context, userID string, enabled bool) error {
	return a.enable(ctx, updateUserEnabled, tokens.OfUser, userID, enabled)
}

// EnableProject is EnableUser for a project: nobody works in a disabled one.
func (a *Area) EnableProject(ctx context.Context, projectID string, enabled bool) error {
	return a.enable(ctx, updateProjectEnabled, tokens.OfProject, projectID, enabled)
}

func (a *Area) enable(ctx context.Context, statement string, kind tokens.Kind, id string, enabled bool) error {
	end := tokens.Bar
	if enabled {
		end = tokens.Void
	}
	return a.revoking(ctx, func(tx *store.Tx) error {
		if err := one(tx.Exec(ctx, statement, flag(enabled), id)); err != nil {
			return fmt.Errorf("accounts: %s %q: %w", kind, id, err)
		}
		return end(ctx, tx, kind, id, a.Clock())
	})
}

// SetPassword replaces a user's password and ends its tokens.
func (a *Area) SetPassword(ctx context.Context, userID, password string) error {
	hash, err := a.Passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return a.revoking(ctx, func(tx *store.Tx) error {
		u, err := LoadUser(ctx, tx, userID)
		if err != nil {
			return fmt.Errorf("accounts: set the password of user %q: %w", userID, err)
		}
		if _, err := tx.Exec(ctx, updatePassword, hash, userID); err != nil || !u.Enabled {
			return err // who is disabled stays barred
		}
		return tokens.Void(ctx, tx, tokens.OfUser, userID, a.Clock())
	})
}

// revoking runs a write that ends tokens or concerns caches, and brings that
// into effect here.
func (a *Area) revoking(ctx context.Context, write func(*store.Tx) error) error {
	if err := a.DB.Write(ctx, write); err != nil {
		return err
	}
	return a.Revoked.Refresh(ctx)
}

func one(n int64, err error) error {
	if err == nil && n != 1 {
		return store.ErrNotFound
	}
	return err
}
