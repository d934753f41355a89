package domains

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

type answer struct {
	Domain accounts.DomainView `json:"domain"`
}

// fields are those of a creation and of a change. What a domain does not have
// here is listed to be refused: silence would look like consent.
type fields struct {
	Name        *string        `json:"name" doc:"1 to 64 characters, unique without case."`
	Description *string        `json:"description" doc:"Up to 1000 characters."`
	Enabled     *bool          `json:"enabled" doc:"Whether its users may log in and work; true when left out of a creation."`
	Tags        []string       `json:"tags" doc:"Must be empty: projects have tags."`
	Options     map[string]any `json:"options" doc:"Must be empty: there are none."`
	ExplicitID  string         `json:"explicit_domain_id" doc:"Must be left out: ids are made here and never used again."`
}

type request struct {
	Domain *fields `json:"domain"`
}

// check refuses what would be neither kept nor obeyed.
func (q *request) check() error {
	switch d := q.Domain; {
	case d == nil:
		return keystone.BadRequest("Invalid input for field 'domain': it must be an object.")
	case len(d.Tags) > 0:
		return keystone.BadRequest("Invalid input for field 'tags': domains have no tags here.")
	case len(d.Options) > 0:
		return keystone.BadRequest("Invalid input for field 'options': domains have no options here.")
	case d.ExplicitID != "":
		return keystone.BadRequest("Invalid input for field 'explicit_domain_id': ids are made here and never used again; leave it out.")
	}
	return nil
}

func (a *Area) list(r *wire.Request) (accounts.DomainList, error) {
	enabled, err := keystone.Boolean(r, "enabled")
	if err != nil {
		return accounts.DomainList{}, err
	}
	list, err := accounts.Domains(r.Context(), a.Accounts.DB, accounts.DomainQuery{
		By: accounts.Seen(&r.Actor), Name: r.Query().Get("name"), Enabled: enabled,
	})
	if err != nil {
		return accounts.DomainList{}, err
	}
	return accounts.ListDomainViews(a.Site, r, list), nil
}

func (a *Area) show(r *wire.Request) (answer, error) {
	d, err := accounts.ShowDomain(r.Context(), a.Accounts.DB, accounts.Seen(&r.Actor), r.Path("id"))
	if err != nil {
		return answer{}, err
	}
	return answer{accounts.ViewDomain(a.Site, r, d)}, nil
}

func (a *Area) create(r *wire.Request, q *request) (answer, error) {
	if err := q.check(); err != nil {
		return answer{}, err
	}
	d, err := a.Accounts.AddDomain(r.Context(), accounts.Managed(&r.Actor), accounts.NewDomain{
		Name: text(q.Domain.Name), Description: text(q.Domain.Description),
		Disabled: q.Domain.Enabled != nil && !*q.Domain.Enabled,
	})
	if err != nil {
		return answer{}, err
	}
	r.Touched(d.ID)
	return answer{accounts.ViewDomain(a.Site, r, d)}, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (a *Area) update(r *wire.Request, q *request) (answer, error) {
	if err := q.check(); err != nil {
		return answer{}, err
	}
	r.Touched(r.Path("id"))
	d, err := a.Accounts.UpdateDomain(r.Context(), accounts.Managed(&r.Actor), r.Path("id"), accounts.DomainChange{
		Name: q.Domain.Name, Description: q.Domain.Description, Enabled: q.Domain.Enabled,
	})
	if err != nil {
		return answer{}, err
	}
	return answer{accounts.ViewDomain(a.Site, r, d)}, nil
}

func (a *Area) remove(r *wire.Request) error {
	r.Touched(r.Path("id"))
	return a.Accounts.DeleteDomain(r.Context(), accounts.Managed(&r.Actor), r.Path("id"))
}
