package accounts

import (
	"context"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// NewDomain says what AddDomain makes.
type NewDomain struct {
	Name, Description string
	Disabled          bool
}

// DomainChange says what UpdateDomain changes; what is nil stays.
type DomainChange struct {
	Name, Description *string
	Enabled           *bool
}

var (
	// keepDefault: clients are configured with it, and the first administrator
	// lives there.
	keepDefault = keystone.Denied("The default domain can be neither disabled nor deleted.")
	// stillEnabled has Keystone's words.
	stillEnabled = keystone.Denied("Cannot delete a domain that is enabled, please disable it first.")
)

// CreateDomain makes an enabled domain, for the platform itself. Names that
// differ by case only are one; a taken name is store.ErrDuplicate.
func (a *Area) CreateDomain(ctx context.Context, name, description string) (Domain, error) {
	if err := checkName("domain", name); err != nil {
		return Domain{}, err
	}
	d, err := a.insertDomain(ctx, NewDomain{Name: name, Description: description})
	if err != nil {
		return Domain{}, fmt.Errorf("accounts: create domain %q: %w", name, err)
	}
	return d, nil
}

// AddDomain is CreateDomain with keystone errors. Only Everywhere makes domains.
func (a *Area) AddDomain(ctx context.Context, by Reach, n NewDomain) (Domain, error) {
	if !by.All {
		return Domain{}, keystone.Forbidden("identity:create_domain")
	}
	if err := checkName("domain", n.Name); err != nil {
		return Domain{}, badName(err)
	}
	if err := badDescription(n.Description); err != nil {
		return Domain{}, err
	}
	d, err := a.insertDomain(ctx, n)
	if errors.Is(err, store.ErrDuplicate) {
		return Domain{}, takenDomain(n.Name)
	}
	return d, err
}

func takenDomain(name string) error {
	return keystone.Conflict("domain", "Duplicate entry found with name "+name)
}

func (a *Area) insertDomain(ctx context.Context, n NewDomain) (Domain, error) {
	d := Domain{ID: a.IDs.New(), Name: n.Name, Description: n.Description, Enabled: !n.Disabled}
	err := a.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, insertDomain, d.ID, d.Name, domainKey(d.Name), d.Description, flag(d.Enabled), store.Micros(a.Clock()))
		return err
	})
	return d, err
}

// UpdateDomain changes a domain. Disabling it keeps everybody of the domain and
// everybody in its projects out at once; enabling it lifts that, but for
// projects and users that are disabled by themselves. It answers keystone errors.
func (a *Area) UpdateDomain(ctx context.Context, by Reach, id string, c DomainChange) (d Domain, err error) {
	if !by.All {
		return Domain{}, keystone.NotFound("domain", id)
	}
	err = a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		if d, err = ShowDomain(ctx, tx, by, id); err != nil {
			return err
		}
		before := d.Enabled
		if err := c.apply(&d); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, updateDomain, d.Name, domainKey(d.Name), d.Description, flag(d.Enabled), id)
		switch {
		case errors.Is(err, store.ErrDuplicate):
			return takenDomain(d.Name)
		case err != nil:
			return err
		case d.Enabled == before:
			return tokens.Announce(ctx, tx, a.Clock())
		}
		if err := a.enableDomain(ctx, tx, id, d.Enabled); err != nil {
			return err
		}
		return adminRemains(ctx, tx)
	})
	if err != nil {
		return Domain{}, err
	}
	return d, nil
}

func (c *DomainChange) apply(d *Domain) error {
	if c.Name != nil {
		if err := checkName("domain", *c.Name); err != nil {
			return badName(err)
		}
		d.Name = *c.Name
	}
	if c.Description != nil {
		if err := badDescription(*c.Description); err != nil {
			return err
		}
		d.Description = *c.Description
	}
	if c.Enabled != nil {
		if !*c.Enabled && d.ID == DefaultDomainID {
			return keepDefault
		}
		d.Enabled = *c.Enabled
	}
	return nil
}

// enableDomain brings a domain's new state to the tokens: those of its users and
// of its own scope by one row, those of its projects by one each, because users
// of other domains may work there.
func (a *Area) enableDomain(ctx context.Context, tx *store.Tx, id string, enabled bool) error {
	end, now := tokens.Bar, a.Clock()
	if enabled {
		end = tokens.Void
	}
	if err := end(ctx, tx, tokens.OfDomain, id, now); err != nil {
		return err
	}
	// Projects that are disabled by themselves are barred already and stay so.
	projects, err := store.List(ctx, tx, store.Text, selectEnabledProjects, id)
	if err != nil {
		return err
	}
	for _, project := range projects {
		if err := end(ctx, tx, tokens.OfProject, project, now); err != nil {
			return err
		}
	}
	return nil
}

// DeleteDomain removes a disabled domain with its users, groups, projects and
// the roles held on it, and ends all their tokens. While one of its projects owns
// anything of the platform the domain stays: 409 names both. It answers keystone
// errors.
func (a *Area) DeleteDomain(ctx context.Context, by Reach, id string) error {
	if !by.All {
		return keystone.NotFound("domain", id)
	}
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		d, err := ShowDomain(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case id == DefaultDomainID:
			return keepDefault
		case d.Enabled:
			return stillEnabled
		}
		if err := a.clearProjects(ctx, tx, d); err != nil {
			return err
		}
		if err := a.clearPeople(ctx, tx, id); err != nil {
			return err
		}
		if err := one(tx.Exec(ctx, deleteDomain, id)); err != nil {
			return err
		}
		if err := tokens.End(ctx, tx, tokens.OfDomain, id, a.Clock()); err != nil {
			return err
		}
		return adminRemains(ctx, tx)
	})
}

// clearProjects removes the projects of a domain, if none of them owns anything.
func (a *Area) clearProjects(ctx context.Context, tx *store.Tx, d Domain) error {
	projects, err := store.List(ctx, tx, scanProject, selectProject+`WHERE p.domain_id = $1 ORDER BY p.name, p.id`, d.ID)
	if err != nil {
		return err
	}
	for _, p := range projects {
		owned, err := a.owns(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if owned != "" {
			return keystone.Occupied("Cannot delete domain %s: its project %s still owns %s. Delete these first.", d.Name, p.Name, owned)
		}
		if err := a.removeProject(ctx, tx, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// clearPeople removes the users and groups of a domain and what is held on it.
// Users of other domains who were in its groups lose what these held, and with
// it their tokens.
func (a *Area) clearPeople(ctx context.Context, tx *store.Tx, id string) error {
	if err := tokens.VoidUsers(ctx, tx, a.Clock(), selectForeignMembers, id); err != nil {
		return err
	}
	if err := a.removeUsersOf(ctx, tx, id); err != nil {
		return err
	}
	for _, statement := range leaveDomain {
		if _, err := tx.Exec(ctx, statement, id); err != nil {
			return err
		}
	}
	return nil
}
