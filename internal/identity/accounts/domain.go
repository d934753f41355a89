package accounts

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// DomainView is a domain as the wire shows it.
type DomainView struct {
	ID          string        `json:"id" doc:"Id of the domain."`
	Name        string        `json:"name" doc:"Unique without case."`
	Description string        `json:"description" doc:"Text for people."`
	Enabled     bool          `json:"enabled" doc:"Whether its users may log in, and anybody may work in its projects."`
	Tags        []string      `json:"tags" doc:"Always empty: projects have tags."`
	Options     struct{}      `json:"options" doc:"Always empty."`
	Links       keystone.Link `json:"links" doc:"URL of the domain."`
}

// DomainList is the answer to a list of domains.
type DomainList struct {
	Domains []DomainView   `json:"domains" doc:"In the order of their names."`
	Links   keystone.Links `json:"links" doc:"URL of the list."`
}

// ViewDomain is the wire form of a domain.
func ViewDomain(site keystone.Site, r *wire.Request, d Domain) DomainView {
	return DomainView{
		ID: d.ID, Name: d.Name, Description: d.Description, Enabled: d.Enabled, Tags: []string{},
		Links: site.Entity(r, "domains", d.ID),
	}
}

// ListDomainViews is the wire form of a list.
func ListDomainViews(site keystone.Site, r *wire.Request, list []Domain) DomainList {
	views := make([]DomainView, len(list))
	for i, d := range list {
		views[i] = ViewDomain(site, r, d)
	}
	return DomainList{Domains: views, Links: site.List(r)}
}

// ShowDomain answers a domain within reach, or a keystone error.
func ShowDomain(ctx context.Context, q store.Querier, by Reach, id string) (Domain, error) {
	if id == "" {
		return Domain{}, keystone.NotFound("domain", id)
	}
	list, err := Domains(ctx, q, DomainQuery{By: by, ID: id})
	if err != nil {
		return Domain{}, err
	}
	if len(list) == 0 {
		return Domain{}, keystone.NotFound("domain", id)
	}
	return list[0], nil
}
