package catalog

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// service is a service as it is administered.
type service struct {
	ID          string        `json:"id" doc:"Id of the service."`
	Type        string        `json:"type" doc:"What clients look it up by."`
	Name        string        `json:"name" doc:"Name for people."`
	Description string        `json:"description" doc:"Text for people."`
	Enabled     bool          `json:"enabled" doc:"Whether tokens list it."`
	Links       keystone.Link `json:"links" doc:"URL of the service."`
}

type serviceList struct {
	Services []service      `json:"services" doc:"The services of this installation first, then by type and name."`
	Links    keystone.Links `json:"links" doc:"URL of the list."`
}

type serviceAnswer struct {
	Service service `json:"service"`
}

// serviceRequest is the body of a creation, and of a change, where what is left
// out stays.
type serviceRequest struct {
	Service *struct {
		Type        *string `json:"type" doc:"1 to 255 characters; not that of a service of this installation."`
		Name        *string `json:"name" doc:"Up to 255 characters."`
		Description *string `json:"description" doc:"Up to 1000 characters."`
		Enabled     *bool   `json:"enabled" doc:"Whether tokens list it; true when left out of a creation."`
	} `json:"service"`
}

// apply brings a request into a service and checks the whole.
func (q *serviceRequest) apply(a *Area, s *service) error {
	in := q.Service
	if in == nil {
		return keystone.BadRequest("Invalid input for field 'service': it must be an object.")
	}
	set(&s.Type, in.Type)
	set(&s.Name, in.Name)
	set(&s.Description, in.Description)
	set(&s.Enabled, in.Enabled)
	if a.isOwn(a.id(s.Type)) {
		return keystone.Conflict("service", "type "+s.Type+" is that of a service of this installation")
	}
	return check(field{"type", s.Type, 1, maxText}, field{"name", s.Name, 0, maxText},
		field{"description", s.Description, 0, maxDescription})
}

// set overwrites what a request brings.
func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

func (a *Area) ownServices(r *wire.Request) []service {
	text := map[string]string{
		"identity": "Identity of this installation.",
		"apig":     "API gateway management of this installation.",
	}
	var list []service
	for _, s := range a.own(r.HTTP) {
		list = append(list, service{ID: s.ID, Type: s.Type, Name: s.Name, Description: text[s.Type], Enabled: true})
	}
	return list
}

// isOwn reports whether an id is that of a service of this binary.
func (a *Area) isOwn(id string) bool { return id == a.id("identity") || id == a.id("apig") }

func (a *Area) linkService(r *wire.Request, s service) service {
	s.Links = a.Site.Entity(r, "services", s.ID)
	return s
}

func (a *Area) listServices(r *wire.Request) (serviceList, error) {
	kind, name := r.Query().Get("type"), r.Query().Get("name")
	list := serviceList{Services: []service{}, Links: a.Site.List(r)}
	for _, s := range a.ownServices(r) {
		if (kind == "" || kind == s.Type) && (name == "" || name == s.Name) {
			list.Services = append(list.Services, a.linkService(r, s))
		}
	}
	var f store.Filter
	f.Equal("type", kind)
	f.Equal("name", name)
	rows, err := store.List(r.Context(), a.DB, scanService,
		selectService+f.Where()+` ORDER BY type, name, id`+f.Page(MaxServices, 0), f.Args()...)
	for _, s := range rows {
		list.Services = append(list.Services, a.linkService(r, s))
	}
	return list, err
}

func (a *Area) showService(r *wire.Request) (serviceAnswer, error) {
	for _, s := range a.ownServices(r) {
		if s.ID == r.Path("id") {
			return serviceAnswer{a.linkService(r, s)}, nil
		}
	}
	s, err := loadService(r.Context(), a.DB, r.Path("id"))
	return serviceAnswer{a.linkService(r, s)}, err
}

// loadService answers the row, or a keystone error.
func loadService(ctx context.Context, q store.Querier, id string) (service, error) {
	s, err := scanService(q.QueryRow(ctx, selectService+` WHERE id = $1`, id))
	if errors.Is(err, store.ErrNotFound) {
		err = keystone.NotFound("service", id)
	}
	return s, err
}

func (a *Area) createService(r *wire.Request, q *serviceRequest) (serviceAnswer, error) {
	s := service{ID: a.IDs.New(), Enabled: true}
	if err := q.apply(a, &s); err != nil {
		return serviceAnswer{}, err
	}
	ctx := r.Context()
	err := a.Revoked.Announcing(ctx, func(tx *store.Tx) error {
		if err := bounded(ctx, tx, countServices, "services", MaxServices); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertService, s.ID, s.Type, s.Name, s.Description, flag(s.Enabled), store.Micros(a.Clock()))
		return err
	})
	if err != nil {
		return serviceAnswer{}, err
	}
	r.Touched(s.ID)
	return serviceAnswer{a.linkService(r, s)}, nil
}

func (a *Area) updateService(r *wire.Request, q *serviceRequest) (serviceAnswer, error) {
	id, ctx := r.Path("id"), r.Context()
	r.Touched(id)
	if a.isOwn(id) {
		return serviceAnswer{}, builtIn
	}
	var s service
	err := a.Revoked.Announcing(ctx, func(tx *store.Tx) (err error) {
		if s, err = loadService(ctx, tx, id); err != nil {
			return err
		}
		if err := q.apply(a, &s); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, updateService, s.Type, s.Name, s.Description, flag(s.Enabled), id)
		return err
	})
	if err != nil {
		return serviceAnswer{}, err
	}
	return serviceAnswer{a.linkService(r, s)}, nil
}

// removeService takes the endpoints of the service along, as Keystone does.
func (a *Area) removeService(r *wire.Request) error {
	id, ctx := r.Path("id"), r.Context()
	r.Touched(id)
	if a.isOwn(id) {
		return builtIn
	}
	return a.Revoked.Announcing(ctx, func(tx *store.Tx) error {
		if _, err := loadService(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, deleteEndpointsOf, id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, deleteService, id)
		return err
	})
}
