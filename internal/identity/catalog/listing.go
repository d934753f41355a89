package catalog

import (
	"context"
	"fmt"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/store"
)

// Service is one entry of the catalog of a token.
type Service struct {
	ID        string     `json:"id" doc:"Id of the service."`
	Type      string     `json:"type" doc:"What clients look it up by."`
	Name      string     `json:"name" doc:"Name for people."`
	Endpoints []Endpoint `json:"endpoints" doc:"Where it is reached."`
}

// Endpoint is one address of a service.
type Endpoint struct {
	ID        string `json:"id" doc:"Id of the endpoint."`
	Interface string `json:"interface" doc:"public, internal or admin."`
	Region    string `json:"region" doc:"Name of the region; empty without one."`
	RegionID  string `json:"region_id" doc:"Id of the region; the same as its name."`
	URL       string `json:"url" doc:"Base of the service's paths."`
}

// listing is what the rows give to the catalogs of tokens, read once and then
// only looked at.
type listing struct {
	generation uint64
	services   []listed
}

type listed struct {
	Service // without endpoints
	places  []place
}

type place struct {
	Endpoint // without a URL
	url      template
}

// Services is the catalog for a client that reached us with r and a scope.
// Endpoints whose URL needs what the scope lacks are left out.
func (a *Area) Services(r *http.Request, s Scope) ([]Service, error) {
	rows, err := a.listing(r.Context())
	if err != nil {
		return nil, err
	}
	services := a.own(r)
	for _, row := range rows.services {
		service := row.Service
		service.Endpoints = make([]Endpoint, 0, len(row.places))
		for _, p := range row.places {
			e, ok := p.Endpoint, false
			if e.URL, ok = p.url.fill(s); ok {
				service.Endpoints = append(service.Endpoints, e)
			}
		}
		services = append(services, service)
	}
	return services, nil
}

// own are the services of this binary.
func (a *Area) own(r *http.Request) []Service {
	base := a.Site.Base(r)
	service := func(kind, name, url string) Service {
		return Service{ID: a.id(kind), Type: kind, Name: name, Endpoints: []Endpoint{{
			ID: a.id(kind, "public"), Interface: "public", Region: a.Region, RegionID: a.Region, URL: url,
		}}}
	}
	return []Service{
		service("identity", "keystone", base+"/v3"),
		// Clients of this dialect append "api-groups" and its neighbours.
		service("apig", "apig", base+"/v1.0/apigw"),
	}
}

// listing is what was read last, or is read now when anything changed since.
// The generation is taken before reading: what is committed meanwhile makes the
// answer stale at once.
func (a *Area) listing(ctx context.Context) (*listing, error) {
	generation := a.Revoked.Generation()
	if l := a.kept.Load(); l != nil && l.generation == generation {
		return l, nil
	}
	rows, err := store.List(ctx, a.DB, scanListed, selectListing, MaxServices+MaxEndpoints)
	if err != nil {
		return nil, fmt.Errorf("catalog: read the services: %w", err)
	}
	l := &listing{generation: generation}
	for _, row := range rows {
		if n := len(l.services); n == 0 || l.services[n-1].ID != row.service.ID {
			l.services = append(l.services, listed{Service: row.service})
		}
		if row.endpoint.ID == "" { // a service without endpoints
			continue
		}
		url, err := parse(row.endpoint.URL)
		if err != nil { // damaged: nobody could use it, and log-ins must not fail for it
			continue
		}
		last := &l.services[len(l.services)-1]
		last.places = append(last.places, place{row.endpoint, url})
	}
	a.kept.Store(l)
	return l, nil
}
