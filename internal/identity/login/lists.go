package login

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/catalog"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

type domainView struct {
	ID          string        `json:"id" doc:"Id of the domain."`
	Name        string        `json:"name" doc:"Name of the domain."`
	Description string        `json:"description" doc:"Text for people."`
	Enabled     bool          `json:"enabled" doc:"Whether its users may log in."`
	Tags        []string      `json:"tags" doc:"Always empty."`
	Links       keystone.Link `json:"links" doc:"URL of the domain."`
}

type domainList struct {
	Domains []domainView   `json:"domains" doc:"In the order of their names."`
	Links   keystone.Links `json:"links" doc:"URL of the list."`
}

type catalogAnswer struct {
	Catalog []catalog.Service `json:"catalog" doc:"The services."`
	Links   keystone.Links    `json:"links" doc:"URL of the catalog."`
}

func (a *Area) projects(r *wire.Request) (accounts.ProjectList, error) {
	list, err := accounts.ProjectsOf(r.Context(), a.DB, r.Actor.UserID)
	if err != nil {
		return accounts.ProjectList{}, err
	}
	return accounts.ListProjectViews(a.Catalog.Site, r, list), nil
}

func (a *Area) domains(r *wire.Request) (domainList, error) {
	list, err := accounts.DomainsOf(r.Context(), a.DB, r.Actor.UserID)
	if err != nil {
		return domainList{}, err
	}
	views := make([]domainView, len(list))
	for i, d := range list {
		views[i] = domainView{
			ID: d.ID, Name: d.Name, Description: d.Description, Enabled: d.Enabled, Tags: []string{},
			Links: a.Catalog.Site.Entity(r, "domains", d.ID),
		}
	}
	return domainList{Domains: views, Links: a.Catalog.Site.List(r)}, nil
}

func (a *Area) catalog(r *wire.Request) (catalogAnswer, error) {
	return catalogAnswer{Catalog: a.Catalog.Services(r.HTTP), Links: a.Catalog.Site.List(r)}, nil
}
