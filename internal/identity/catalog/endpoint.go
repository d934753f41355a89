package catalog

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// endpoint is an endpoint as it is administered.
type endpoint struct {
	ID          string        `json:"id" doc:"Id of the endpoint."`
	ServiceID   string        `json:"service_id" doc:"Service that is reached there."`
	Interface   string        `json:"interface" doc:"Who it is for." enum:"public,internal,admin"`
	RegionID    *string       `json:"region_id" doc:"Region; null without one."`
	Region      *string       `json:"region" doc:"The same as region_id, under its older name."`
	Name        string        `json:"name" doc:"Name for people."`
	Description string        `json:"description" doc:"Text for people."`
	URL         string        `json:"url" doc:"Base of the service's paths; may hold $(project_id)s, $(tenant_id)s and $(user_id)s."`
	Enabled     bool          `json:"enabled" doc:"Whether tokens list it."`
	Links       keystone.Link `json:"links" doc:"URL of the endpoint."`
}

// in puts the endpoint into a region; "" is none.
func (e *endpoint) in(region string) {
	e.RegionID, e.Region = nil, nil
	if region != "" {
		e.RegionID, e.Region = &region, &region
	}
}

func (e *endpoint) region() string {
	if e.RegionID == nil {
		return ""
	}
	return *e.RegionID
}

type endpointList struct {
	Endpoints []endpoint     `json:"endpoints" doc:"Those of this installation first, then by service."`
	Links     keystone.Links `json:"links" doc:"URL of the list."`
}

type endpointAnswer struct {
	Endpoint endpoint `json:"endpoint"`
}

// endpointRequest is the body of a creation, and of a change, where what is left
// out stays.
type endpointRequest struct {
	Endpoint *struct {
		ServiceID   *string `json:"service_id" doc:"Not a service of this installation."`
		Interface   *string `json:"interface" doc:"public, internal or admin."`
		RegionID    *string `json:"region_id" doc:"A region that exists; an empty text is none."`
		Region      *string `json:"region" doc:"Older name of region_id; an unknown region is made."`
		Name        *string `json:"name" doc:"Up to 255 characters."`
		Description *string `json:"description" doc:"Up to 1000 characters."`
		URL         *string `json:"url" doc:"http or https, with $(project_id)s, $(tenant_id)s or $(user_id)s where the scope goes."`
		Enabled     *bool   `json:"enabled" doc:"Whether tokens list it; true when left out of a creation."`
	} `json:"endpoint"`
}

// apply brings a request into an endpoint and checks the texts of the whole.
func (q *endpointRequest) apply(e *endpoint) error {
	in := q.Endpoint
	if in == nil {
		return keystone.BadRequest("Invalid input for field 'endpoint': it must be an object.")
	}
	set(&e.ServiceID, in.ServiceID)
	set(&e.Interface, in.Interface)
	set(&e.Name, in.Name)
	set(&e.Description, in.Description)
	set(&e.URL, in.URL)
	set(&e.Enabled, in.Enabled)
	switch {
	case in.RegionID != nil && in.Region != nil && *in.RegionID != *in.Region:
		return keystone.BadRequest("Invalid input for field 'region': it is the older name of region_id and must not differ from it.")
	case in.RegionID != nil:
		e.in(*in.RegionID)
	case in.Region != nil:
		e.in(*in.Region)
	}
	if e.Interface != "public" && e.Interface != "internal" && e.Interface != "admin" {
		return keystone.BadRequest("Invalid input for field 'interface': it must be public, internal or admin.")
	}
	if _, err := parse(e.URL); err != nil {
		return err
	}
	return check(field{"name", e.Name, 0, maxText}, field{"description", e.Description, 0, maxDescription})
}

// settle checks, inside tx, what an endpoint refers to. Errors are worded as
// Keystone's.
func (a *Area) settle(ctx context.Context, tx *store.Tx, q *endpointRequest, e *endpoint) error {
	if a.isOwn(e.ServiceID) {
		return builtIn
	}
	var unknown *wire.Error
	switch _, err := loadService(ctx, tx, e.ServiceID); {
	case errors.As(err, &unknown):
		return keystone.BadRequest("Expecting to find endpoint service_id in service table.")
	case err != nil:
		return err
	}
	id := e.region()
	if id == "" || q.Endpoint.RegionID == nil && q.Endpoint.Region == nil {
		return nil
	}
	known, err := a.hasRegion(ctx, tx, id)
	switch {
	case err != nil || known:
		return err
	case q.Endpoint.RegionID != nil:
		return keystone.BadRequest("Expecting to find endpoint region_id in region table.")
	}
	return a.insertRegion(ctx, tx, region{ID: id})
}

func (a *Area) ownEndpoints(r *wire.Request) []endpoint {
	var list []endpoint
	for _, s := range a.own(r.HTTP) {
		for _, e := range s.Endpoints {
			own := endpoint{ID: e.ID, ServiceID: s.ID, Interface: e.Interface, Name: s.Name, URL: e.URL, Enabled: true}
			own.in(e.RegionID)
			list = append(list, own)
		}
	}
	return list
}

func (a *Area) isOwnEndpoint(id string) bool {
	return id == a.id("identity", "public") || id == a.id("apig", "public")
}

func (a *Area) linkEndpoint(r *wire.Request, e endpoint) endpoint {
	e.Links = a.Site.Entity(r, "endpoints", e.ID)
	return e
}

func (a *Area) listEndpoints(r *wire.Request) (endpointList, error) {
	q := r.Query()
	service, face, in := q.Get("service_id"), q.Get("interface"), q.Get("region_id")
	list := endpointList{Endpoints: []endpoint{}, Links: a.Site.List(r)}
	for _, e := range a.ownEndpoints(r) {
		if (service == "" || service == e.ServiceID) && (face == "" || face == e.Interface) && (in == "" || in == e.region()) {
			list.Endpoints = append(list.Endpoints, a.linkEndpoint(r, e))
		}
	}
	var f store.Filter
	f.Equal("service_id", service)
	f.Equal("interface", face)
	f.Equal("region_id", in)
	rows, err := store.List(r.Context(), a.DB, scanEndpoint,
		selectEndpoint+f.Where()+` ORDER BY service_id, region_id, interface, id`+f.Page(MaxEndpoints, 0), f.Args()...)
	for _, e := range rows {
		list.Endpoints = append(list.Endpoints, a.linkEndpoint(r, e))
	}
	return list, err
}

func (a *Area) showEndpoint(r *wire.Request) (endpointAnswer, error) {
	for _, e := range a.ownEndpoints(r) {
		if e.ID == r.Path("id") {
			return endpointAnswer{a.linkEndpoint(r, e)}, nil
		}
	}
	e, err := loadEndpoint(r.Context(), a.DB, r.Path("id"))
	return endpointAnswer{a.linkEndpoint(r, e)}, err
}

// loadEndpoint answers the row, or a keystone error.
func loadEndpoint(ctx context.Context, q store.Querier, id string) (endpoint, error) {
	e, err := scanEndpoint(q.QueryRow(ctx, selectEndpoint+` WHERE id = $1`, id))
	if errors.Is(err, store.ErrNotFound) {
		err = keystone.NotFound("endpoint", id)
	}
	return e, err
}

func (a *Area) createEndpoint(r *wire.Request, q *endpointRequest) (endpointAnswer, error) {
	e := endpoint{ID: a.IDs.New(), Enabled: true}
	if err := q.apply(&e); err != nil {
		return endpointAnswer{}, err
	}
	ctx := r.Context()
	err := a.Revoked.Announcing(ctx, func(tx *store.Tx) error {
		if err := bounded(ctx, tx, countEndpoints, "endpoints", MaxEndpoints); err != nil {
			return err
		}
		if err := a.settle(ctx, tx, q, &e); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertEndpoint, e.ID, e.ServiceID, e.Interface, e.region(), e.Name, e.Description, e.URL,
			flag(e.Enabled), store.Micros(a.Clock()))
		return err
	})
	if err != nil {
		return endpointAnswer{}, err
	}
	r.Touched(e.ID)
	return endpointAnswer{a.linkEndpoint(r, e)}, nil
}

func (a *Area) updateEndpoint(r *wire.Request, q *endpointRequest) (endpointAnswer, error) {
	id, ctx := r.Path("id"), r.Context()
	r.Touched(id)
	if a.isOwnEndpoint(id) {
		return endpointAnswer{}, builtIn
	}
	var e endpoint
	err := a.Revoked.Announcing(ctx, func(tx *store.Tx) (err error) {
		if e, err = loadEndpoint(ctx, tx, id); err != nil {
			return err
		}
		if err := q.apply(&e); err != nil {
			return err
		}
		if err := a.settle(ctx, tx, q, &e); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, updateEndpoint, e.ServiceID, e.Interface, e.region(), e.Name, e.Description, e.URL, flag(e.Enabled), id)
		return err
	})
	if err != nil {
		return endpointAnswer{}, err
	}
	return endpointAnswer{a.linkEndpoint(r, e)}, nil
}

func (a *Area) removeEndpoint(r *wire.Request) error {
	id, ctx := r.Path("id"), r.Context()
	r.Touched(id)
	if a.isOwnEndpoint(id) {
		return builtIn
	}
	return a.Revoked.Announcing(ctx, func(tx *store.Tx) error {
		if _, err := loadEndpoint(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, deleteEndpoint, id)
		return err
	})
}
