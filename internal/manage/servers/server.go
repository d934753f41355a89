package servers

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Server is an entry of the directory with the field names of the compute API.
type Server struct {
	ID         string               `json:"id"`
	Name       string               `json:"name"`
	Status     string               `json:"status"`
	TenantID   string               `json:"tenant_id" doc:"Id of the project."`
	Addresses  map[string][]Address `json:"addresses" doc:"Addresses by the name of the network."`
	AccessIPv4 string               `json:"accessIPv4"`
	AccessIPv6 string               `json:"accessIPv6"`
	Created    apig.Time            `json:"created"`
	Updated    apig.Time            `json:"updated"`

	host string // the address that gateways call
}

// Answer is one server.
type Answer struct {
	Server *Server `json:"server"`
}

func (a *Area) put(r *wire.Request, in *Input) (*Answer, error) {
	projectID, err := project(r)
	if err != nil {
		return nil, err
	}
	s, err := in.server(r.Path("id"))
	if err != nil {
		return nil, err
	}
	s.TenantID = projectID
	r.Touched(s.ID)
	err = a.DB.Write(r.Context(), func(tx *store.Tx) error { return a.enter(r.Context(), tx, s) })
	if err != nil {
		return nil, err
	}
	return &Answer{s}, nil
}

// enter makes an entry or replaces it.
func (a *Area) enter(ctx context.Context, tx *store.Tx, s *Server) error {
	now := apig.Time(a.Clock())
	s.Created, s.Updated = now, now
	old, err := selectServer(ctx, tx, s.TenantID, s.ID)
	switch {
	case err == nil:
		s.Created = old.Created
		if err := updateServer(ctx, tx, s); err != nil {
			return err
		}
		if old.host == s.host {
			return nil
		}
	case errors.Is(err, store.ErrNotFound):
		if err := a.admit(ctx, tx, s); err != nil {
			return err
		}
		if err := insertServer(ctx, tx, s); err != nil {
			return err
		}
	default:
		return err
	}
	// Channels may name a server that is new here: it was deleted before.
	return touchChannels(ctx, tx, s)
}

// admit refuses a server for which there is no project or no room.
func (a *Area) admit(ctx context.Context, tx *store.Tx, s *Server) error {
	known, err := hasProject(ctx, tx, s.TenantID)
	if err != nil {
		return err
	}
	if !known {
		return apig.E3092.Msg("%s: project %.128s does not exist", apig.E3092.Text(), s.TenantID)
	}
	n, err := countServers(ctx, tx, s.TenantID)
	if err != nil {
		return err
	}
	return a.Quotas.Room(ctx, tx, s.TenantID, quota.Servers, n, apig.E3100)
}

func (a *Area) show(r *wire.Request) (*Answer, error) {
	s, err := own(r, a.DB)
	if err != nil {
		return nil, err
	}
	return &Answer{s}, nil
}

func (a *Area) delete(r *wire.Request) error {
	r.Touched(r.Path("id"))
	ctx := r.Context()
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		s, err := own(r, tx)
		if err != nil {
			return err
		}
		if err := deleteServer(ctx, tx, s); err != nil {
			return err
		}
		return touchChannels(ctx, tx, s)
	})
}

// own reads the server of the path if the actor may work in its project.
func own(r *wire.Request, q store.Querier) (*Server, error) {
	projectID, err := project(r)
	if err != nil {
		return nil, err
	}
	id := r.Path("id")
	s, err := selectServer(r.Context(), q, projectID, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, unknown(id)
	}
	return s, err
}

// project answers the project of the path if the actor may work there.
func project(r *wire.Request) (string, error) {
	r.SetHeader("RequestId", r.ID)
	return apig.InProject(r)
}

func unknown(id string) *wire.Error { return apig.E3092.Msg("%s,id:%.128s", apig.E3092.Text(), id) }

// touchChannels says that the channels with a member of that server changed.
func touchChannels(ctx context.Context, tx *store.Tx, s *Server) error {
	channels, err := selectChannels(ctx, tx, s.TenantID, s.ID)
	for _, id := range channels {
		tx.Touch(string(definition.KindChannel), id)
	}
	return err
}
