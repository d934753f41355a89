package login

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/catalog"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

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

func (a *Area) domains(r *wire.Request) (accounts.DomainList, error) {
	list, err := accounts.DomainsOf(r.Context(), a.DB, r.Actor.UserID)
	if err != nil {
		return accounts.DomainList{}, err
	}
	return accounts.ListDomainViews(a.Catalog.Site, r, list), nil
}

func (a *Area) catalog(r *wire.Request) (catalogAnswer, error) {
	services, err := a.Catalog.Services(r.HTTP, catalog.Scope{ProjectID: r.Actor.ProjectID, UserID: r.Actor.UserID})
	return catalogAnswer{Catalog: services, Links: a.Catalog.Site.List(r)}, err
}
