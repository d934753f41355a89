package accounts

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/lintel-gateway/lintel/internal/store"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the schema folder of this package.
func Schema() fs.FS { return store.Schema(schema) }

// maxList bounds a list that has no pages in the dialect.
const maxList = 10000

const selectDomain = `SELECT id, name, description, enabled FROM identity_domains d `

const selectProject = `
SELECT p.id, p.name, p.description, p.domain_id, d.name, p.parent_id, p.enabled * d.enabled, p.tags
FROM identity_projects p JOIN identity_domains d ON d.id = p.domain_id `

const selectRoles = `
SELECT r.id, r.name FROM identity_holdings a JOIN identity_roles r ON r.id = a.role_id
WHERE a.user_id = $1 AND a.scope = $2 AND a.target_id = $3 ORDER BY r.name`

const selectProjectsOf = selectProject + `
WHERE p.enabled = 1 AND d.enabled = 1 AND ` + heldProject + ` ORDER BY p.name, p.id LIMIT $2`

// heldProject is the condition that the user $1 has a role on p.
const heldProject = `EXISTS (SELECT 1 FROM identity_holdings a
WHERE a.user_id = $1 AND a.scope = 'project' AND a.target_id = p.id)`

const selectDomainsOf = selectDomain + `
WHERE d.enabled = 1 AND (d.id = (SELECT u.domain_id FROM identity_users u WHERE u.id = $1)
OR EXISTS (SELECT 1 FROM identity_holdings a WHERE a.user_id = $1 AND a.scope = 'domain' AND a.target_id = d.id))
ORDER BY d.name, d.id LIMIT $2`

const insertUser = `
INSERT INTO identity_users (id, domain_id, name, email, description, enabled, password, default_project_id, create_time)
VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8)`

const selectRoleID = `SELECT id FROM identity_roles WHERE name = $1`

const selectBuiltIn = `SELECT COUNT(*) FROM identity_roles WHERE name IN ($1, $2, $3, $4)`

const insertRole = `INSERT INTO identity_roles (id, name, description) VALUES ($1, $2, $3)`

const insertAssignment = `
INSERT INTO identity_assignments (user_id, role_id, scope, target_id) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING`

const deleteAssignment = `
DELETE FROM identity_assignments WHERE user_id = $1 AND role_id = $2 AND scope = $3 AND target_id = $4`

const (
	updateUserEnabled = `UPDATE identity_users SET enabled = $1 WHERE id = $2`
	updatePassword    = `UPDATE identity_users SET password = $1 WHERE id = $2`
)

func domainKey(name string) string { return strings.ToLower(name) }

func scanDomain(row store.Scanner) (d Domain, err error) {
	err = row.Scan(&d.ID, &d.Name, &d.Description, &d.Enabled)
	return d, err
}

func scanProject(row store.Scanner) (p Project, err error) {
	var tags string
	err = row.Scan(&p.ID, &p.Name, &p.Description, &p.DomainID, &p.DomainName, &p.ParentID, &p.Enabled, &tags)
	if err != nil || tags == noTags { // as of nearly every project, and for every log-in
		return p, err
	}
	if err := json.Unmarshal([]byte(tags), &p.Tags); err != nil {
		return p, fmt.Errorf("accounts: the tags of project %s are damaged: %w", p.ID, err)
	}
	return p, nil
}

func scanRole(row store.Scanner) (r Role, err error) {
	err = row.Scan(&r.ID, &r.Name)
	return r, err
}

// FindDomain answers the domain with the id or, when id is empty, the name.
func FindDomain(ctx context.Context, q store.Querier, id, name string) (Domain, error) {
	if id != "" {
		return scanDomain(q.QueryRow(ctx, selectDomain+`WHERE id = $1`, id))
	}
	return scanDomain(q.QueryRow(ctx, selectDomain+`WHERE name_key = $1`, domainKey(name)))
}

// LoadProject answers the project with the id.
func LoadProject(ctx context.Context, q store.Querier, id string) (Project, error) {
	return scanProject(q.QueryRow(ctx, selectProject+`WHERE p.id = $1`, id))
}

// FindProject answers the project of a domain with the name.
func FindProject(ctx context.Context, q store.Querier, domainID, name string) (Project, error) {
	return scanProject(q.QueryRow(ctx, selectProject+`WHERE p.domain_id = $1 AND p.name = $2`, domainID, name))
}

// RolesOn answers the roles that a user holds on a project or domain.
func RolesOn(ctx context.Context, q store.Querier, userID string, scope Scope, targetID string) ([]Role, error) {
	return store.List(ctx, q, scanRole, selectRoles, userID, string(scope), targetID)
}

// EnterProject answers the project and the user's roles in it, or
// ErrNotAllowed.
func EnterProject(ctx context.Context, q store.Querier, userID, projectID string) (Project, []Role, error) {
	p, err := LoadProject(ctx, q, projectID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !p.Enabled {
		return Project{}, nil, ErrNotAllowed
	}
	if err != nil {
		return Project{}, nil, err
	}
	roles, err := RolesOn(ctx, q, userID, OnProject, projectID)
	if err == nil && len(roles) == 0 {
		err = ErrNotAllowed
	}
	return p, roles, err
}

// EnterDomain is EnterProject for a domain. A user enters its own domain also
// without a role: the Terraform providers ask for that scope on behalf of
// everybody (wire-facts §16.6), and without roles it allows no more than no
// scope does.
func EnterDomain(ctx context.Context, q store.Querier, user *User, domainID string) (Domain, []Role, error) {
	d, err := FindDomain(ctx, q, domainID, "")
	if errors.Is(err, store.ErrNotFound) || err == nil && !d.Enabled {
		return Domain{}, nil, ErrNotAllowed
	}
	if err != nil {
		return Domain{}, nil, err
	}
	roles, err := RolesOn(ctx, q, user.ID, OnDomain, domainID)
	if err == nil && len(roles) == 0 && user.DomainID != domainID {
		err = ErrNotAllowed
	}
	return d, roles, err
}

// ProjectsOf lists the enabled projects in which the user holds a role.
func ProjectsOf(ctx context.Context, q store.Querier, userID string) ([]Project, error) {
	return store.List(ctx, q, scanProject, selectProjectsOf, userID, maxList)
}

// DomainsOf lists the enabled domains on which the user holds a role. The
// user's own domain is among them: clients look their account up here before
// they ask for anything else (wire-facts §16.6).
func DomainsOf(ctx context.Context, q store.Querier, userID string) ([]Domain, error) {
	return store.List(ctx, q, scanDomain, selectDomainsOf, userID, maxList)
}
