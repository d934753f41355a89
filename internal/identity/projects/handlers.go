package projects

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

type answer struct {
	Project accounts.ProjectView `json:"project"`
}

// fields are those of a creation and of a change. What a project does not have
// here is listed to be refused: silence would look like consent.
type fields struct {
	Name        *string        `json:"name" doc:"1 to 64 characters, unique within the domain."`
	DomainID    string         `json:"domain_id" doc:"Domain of the project: the one in scope when left out. It never changes."`
	ParentID    string         `json:"parent_id" doc:"The domain as well, or left out."`
	Description *string        `json:"description" doc:"Up to 1000 characters."`
	Enabled     *bool          `json:"enabled" doc:"Whether anybody may work in it; true when left out of a creation."`
	IsDomain    bool           `json:"is_domain" doc:"Must be false: domains are made at /v3/domains."`
	Tags        []string       `json:"tags" doc:"Up to 80 words."`
	Options     map[string]any `json:"options" doc:"Must be empty: there are none."`
}

type request struct {
	Project *fields `json:"project"`
}

// check refuses what would be neither kept nor obeyed, and puts tags in order.
func (q *request) check() error {
	p := q.Project
	switch {
	case p == nil:
		return keystone.BadRequest("Invalid input for field 'project': it must be an object.")
	case p.IsDomain:
		return keystone.BadRequest("Invalid input for field 'is_domain': a project is no domain here; make domains at /v3/domains.")
	case len(p.Options) > 0:
		return keystone.BadRequest("Invalid input for field 'options': projects have no options here.")
	case p.Tags == nil:
		return nil
	}
	tags, err := accounts.CheckTags(p.Tags)
	p.Tags = tags
	return err
}

// below refuses a parent that is not the domain.
func (p *fields) below(domainID string) error {
	if p.ParentID != "" && p.ParentID != domainID {
		return keystone.BadRequest("Invalid input for field 'parent_id': a project stands directly below its domain; give the id of the domain, or leave it out.")
	}
	return nil
}

func (a *Area) list(r *wire.Request) (accounts.ProjectList, error) {
	none := accounts.ListProjectViews(a.Site, r, nil)
	query, isDomain, err := listQuery(r)
	if err != nil {
		return none, err
	}
	if isDomain {
		return none, nil
	}
	list, err := accounts.Projects(r.Context(), a.Accounts.DB, query)
	if err != nil {
		return none, err
	}
	return accounts.ListProjectViews(a.Site, r, list), nil
}

func listQuery(r *wire.Request) (query accounts.ProjectQuery, isDomain bool, err error) {
	q := r.Query()
	query = accounts.ProjectQuery{
		By: accounts.Seen(&r.Actor), Name: q.Get("name"), DomainID: q.Get("domain_id"), ParentID: q.Get("parent_id"),
	}
	if query.Enabled, err = keystone.Boolean(r, "enabled"); err != nil {
		return query, false, err
	}
	flag, err := keystone.Boolean(r, "is_domain")
	if err != nil {
		return query, false, err
	}
	for name, into := range map[string]*[]string{
		"tags": &query.Tags.All, "tags-any": &query.Tags.Any, "not-tags": &query.Tags.NotAll, "not-tags-any": &query.Tags.NotAny,
	} {
		if text := q.Get(name); text != "" {
			*into = strings.Split(text, ",")
		}
		if len(*into) > accounts.MaxTags {
			return query, false, keystone.BadRequest("Invalid input for query parameter '%s': it may have %d tags.", name, accounts.MaxTags)
		}
	}
	return query, flag != nil && *flag, nil
}

func (a *Area) show(r *wire.Request) (answer, error) {
	p, err := accounts.ShowProject(r.Context(), a.Accounts.DB, accounts.Seen(&r.Actor), r.Path("id"))
	if err != nil {
		return answer{}, err
	}
	return answer{accounts.ViewProject(a.Site, r, p)}, nil
}

func (a *Area) create(r *wire.Request, q *request) (answer, error) {
	if err := q.check(); err != nil {
		return answer{}, err
	}
	domainID, err := a.home(r, q.Project)
	if err != nil {
		return answer{}, err
	}
	if err := q.Project.below(domainID); err != nil {
		return answer{}, err
	}
	n := accounts.NewProject{DomainID: domainID, Tags: q.Project.Tags, Disabled: q.Project.Enabled != nil && !*q.Project.Enabled}
	if q.Project.Name != nil {
		n.Name = *q.Project.Name
	}
	if q.Project.Description != nil {
		n.Description = *q.Project.Description
	}
	p, err := a.Accounts.AddProject(r.Context(), accounts.Managed(&r.Actor), n)
	if err != nil {
		return answer{}, err
	}
	r.Touched(p.ID)
	return answer{accounts.ViewProject(a.Site, r, p)}, nil
}

// home is the domain of a new project.
func (a *Area) home(r *wire.Request, p *fields) (string, error) {
	switch {
	case p.DomainID != "":
		return p.DomainID, nil
	case r.Actor.ScopeDomainID != "":
		return r.Actor.ScopeDomainID, nil
	case r.Actor.ProjectID != "":
		scope, err := accounts.LoadProject(r.Context(), a.Accounts.DB, r.Actor.ProjectID)
		return scope.DomainID, err
	}
	return r.Actor.DomainID, nil
}

func (a *Area) update(r *wire.Request, q *request) (answer, error) {
	if err := q.check(); err != nil {
		return answer{}, err
	}
	by, id := accounts.Managed(&r.Actor), r.Path("id")
	r.Touched(id)
	// The domain of a project never changes, so it can be looked at before.
	p, err := accounts.ShowProject(r.Context(), a.Accounts.DB, by, id)
	if err != nil {
		return answer{}, err
	}
	if q.Project.DomainID != "" && q.Project.DomainID != p.DomainID {
		return answer{}, keystone.BadRequest("Invalid input for field 'domain_id': a project stays in its domain.")
	}
	if err := q.Project.below(p.DomainID); err != nil {
		return answer{}, err
	}
	p, err = a.Accounts.UpdateProject(r.Context(), by, id, accounts.ProjectChange{
		Name: q.Project.Name, Description: q.Project.Description, Enabled: q.Project.Enabled, Tags: q.Project.Tags,
	})
	if err != nil {
		return answer{}, err
	}
	return answer{accounts.ViewProject(a.Site, r, p)}, nil
}

func (a *Area) remove(r *wire.Request) error {
	r.Touched(r.Path("id"))
	return a.Accounts.DeleteProject(r.Context(), accounts.Managed(&r.Actor), r.Path("id"))
}
