package accounts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// NewProject says what CreateProject and AddProject make.
type NewProject struct {
	DomainID    string // DefaultDomainID when empty
	Name        string
	Description string
	Disabled    bool
	Tags        []string // as CheckTags answers them
}

// ProjectChange says what UpdateProject changes; what is nil stays.
type ProjectChange struct {
	Name, Description *string
	Enabled           *bool
	Tags              []string // as CheckTags answers them; empty takes all away
}

// CreateProject makes a project at the top of its domain, for the platform
// itself. A taken name is store.ErrDuplicate, an unknown domain
// store.ErrNotFound.
func (a *Area) CreateProject(ctx context.Context, n NewProject) (p Project, err error) {
	if err := checkName("project", n.Name); err != nil {
		return Project{}, err
	}
	err = a.DB.Write(ctx, func(tx *store.Tx) (err error) {
		p, err = a.insertProject(ctx, tx, n)
		return err
	})
	if err != nil {
		return Project{}, fmt.Errorf("accounts: create project %q in domain %q: %w", n.Name, n.DomainID, err)
	}
	return p, nil
}

// AddProject is CreateProject by somebody: keystone errors, and only in a domain
// within reach.
func (a *Area) AddProject(ctx context.Context, by Reach, n NewProject) (p Project, err error) {
	if err := checkName("project", n.Name); err != nil {
		return Project{}, badName(err)
	}
	if err := badDescription(n.Description); err != nil {
		return Project{}, err
	}
	if !by.Domain(n.DomainID) {
		return Project{}, keystone.NotFound("domain", n.DomainID)
	}
	err = a.DB.Write(ctx, func(tx *store.Tx) (err error) {
		p, err = a.insertProject(ctx, tx, n)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Project{}, keystone.NotFound("domain", n.DomainID)
	case errors.Is(err, store.ErrDuplicate):
		return Project{}, takenProject(n.Name, n.DomainID)
	}
	return p, err
}

func takenProject(name, domainID string) error {
	return keystone.Conflict("project", fmt.Sprintf("Duplicate entry found with name %s at domain ID %s", name, domainID))
}

func (a *Area) insertProject(ctx context.Context, tx *store.Tx, n NewProject) (Project, error) {
	if n.DomainID == "" {
		n.DomainID = DefaultDomainID
	}
	if _, err := FindDomain(ctx, tx, n.DomainID, ""); err != nil {
		return Project{}, err
	}
	tags, err := storedTags(n.Tags)
	if err != nil {
		return Project{}, err
	}
	id := a.IDs.New()
	if _, err := tx.Exec(ctx, insertProject, id, n.DomainID, n.Name, n.Description, flag(!n.Disabled), tags, store.Micros(a.Clock())); err != nil {
		return Project{}, err
	}
	return LoadProject(ctx, tx, id)
}

func storedTags(tags []string) (string, error) {
	if len(tags) == 0 {
		return noTags, nil
	}
	raw, err := json.Marshal(tags)
	return string(raw), err
}

// UpdateProject changes a project within reach. It answers keystone errors.
func (a *Area) UpdateProject(ctx context.Context, by Reach, id string, c ProjectChange) (p Project, err error) {
	err = a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		if p, err = ShowProject(ctx, tx, by, id); err != nil {
			return err
		}
		if err := c.apply(&p); err != nil {
			return err
		}
		tags, err := storedTags(p.Tags)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, updateProject, p.Name, p.Description, tags, id); err != nil {
			if errors.Is(err, store.ErrDuplicate) {
				return takenProject(p.Name, p.DomainID)
			}
			return err
		}
		if c.Enabled == nil {
			return tokens.Announce(ctx, tx, a.Clock()) // the name is in scopes that are cached
		}
		if !*c.Enabled {
			if err := keepsAdmin(ctx, tx, by, id); err != nil {
				return err
			}
		}
		p, err = a.enableProject(ctx, tx, id, *c.Enabled)
		return err
	})
	if err != nil {
		return Project{}, err
	}
	return p, nil
}

// apply brings the texts of a change into a project.
func (c *ProjectChange) apply(p *Project) error {
	if c.Name != nil {
		if err := checkName("project", *c.Name); err != nil {
			return badName(err)
		}
		p.Name = *c.Name
	}
	if c.Description != nil {
		if err := badDescription(*c.Description); err != nil {
			return err
		}
		p.Description = *c.Description
	}
	if c.Tags != nil {
		p.Tags = c.Tags
	}
	return nil
}

// TagProject replaces the tags of a project within reach by what edit makes of
// them, and answers them in order.
func (a *Area) TagProject(ctx context.Context, by Reach, id string, edit func(tags []string) ([]string, error)) (tags []string, err error) {
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		p, err := ShowProject(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if tags, err = edit(p.Tags); err != nil {
			return err
		}
		if tags, err = CheckTags(tags); err != nil {
			return err
		}
		stored, err := storedTags(tags)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, updateProjectTags, stored, id)
		return err
	})
	return tags, err
}

// EnableProject lets people work in a project, or ends its tokens and keeps
// everybody out, for the platform itself.
func (a *Area) EnableProject(ctx context.Context, id string, enabled bool) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		_, err := a.enableProject(ctx, tx, id, enabled)
		return err
	})
}

// enableProject is the change inside tx. A project of a disabled domain stays
// barred: its own switch counts once the domain is enabled.
func (a *Area) enableProject(ctx context.Context, tx *store.Tx, id string, enabled bool) (Project, error) {
	if err := one(tx.Exec(ctx, updateProjectEnabled, flag(enabled), id)); err != nil {
		return Project{}, fmt.Errorf("accounts: project %q: %w", id, err)
	}
	p, err := LoadProject(ctx, tx, id)
	if err != nil {
		return Project{}, err
	}
	end := tokens.Bar
	if p.Enabled {
		end = tokens.Void
	}
	return p, end(ctx, tx, tokens.OfProject, id, a.Clock())
}

// DeleteProject removes a project within reach with everything in identity that
// refers to it, and ends its tokens. While it owns anything of the platform it
// stays: 409 names what. It answers keystone errors.
func (a *Area) DeleteProject(ctx context.Context, by Reach, id string) error {
	return a.Revoked.Revoking(ctx, func(tx *store.Tx) error {
		p, err := ShowProject(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := keepsAdmin(ctx, tx, by, id); err != nil {
			return err
		}
		owned, err := a.owns(ctx, tx, id)
		if err != nil {
			return err
		}
		if owned != "" {
			return keystone.Occupied("Cannot delete project %s: it still owns %s. Delete these first.", p.Name, owned)
		}
		if err := a.removeProject(ctx, tx, id); err != nil {
			return err
		}
		return adminRemains(ctx, tx)
	})
}

// owns is what a project still owns, for people, or nothing.
func (a *Area) owns(ctx context.Context, tx *store.Tx, id string) (string, error) {
	if a.Owned == nil {
		return "", nil
	}
	things, err := a.Owned(ctx, tx, id)
	return strings.Join(things, ", "), err
}

// removeProject removes a project that owns nothing.
func (a *Area) removeProject(ctx context.Context, tx *store.Tx, id string) error {
	for _, statement := range leaveProject {
		if _, err := tx.Exec(ctx, statement, id); err != nil {
			return err
		}
	}
	if err := one(tx.Exec(ctx, deleteProject, id)); err != nil {
		return err
	}
	return tokens.End(ctx, tx, tokens.OfProject, id, a.Clock())
}

// keepsAdmin refuses the manager of a department what would take "admin" from
// somebody who holds it on the project: only Everywhere gives and takes it.
func keepsAdmin(ctx context.Context, q store.Querier, by Reach, projectID string) error {
	if by.All {
		return nil
	}
	var n int
	if err := q.QueryRow(ctx, adminOfProject, projectID).Scan(&n); err != nil || n == 0 {
		return err
	}
	return keystone.Denied("An administrator of the platform holds a role on project %s: only an administrator disables or deletes it.", projectID)
}
