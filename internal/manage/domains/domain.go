package domains

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Domain is a domain as binding it, or a certificate to it, answers (reference
// tables 4-438 and 4-446; the second prints "ssl_id " with a blank in its sample,
// which is a slip).
type Domain struct {
	ID        string `json:"id"`
	URLDomain string `json:"url_domain" doc:"As it was bound."`
	Status    int    `json:"status" doc:"CNAME record: 1 not resolved, 2 resolving, 3 resolved, 4 failed."`
	SSLID     string `json:"ssl_id,omitempty" doc:"Certificate; absent when there is none."`
	SSLName   string `json:"ssl_name,omitempty"`

	groupID, projectID string
	name               string // canonical
}

// Input is what binding a domain takes (reference table 4-437).
type Input struct {
	URLDomain string `json:"url_domain" required:"true" doc:"Domain of up to 255 characters; internationalised ones in UTF-8 or as xn--. Unique in the installation."`
}

// group is the part of a group that this area needs.
type group struct{ id, projectID, label string }

func (a *Area) create(r *wire.Request, in *Input) (*Domain, error) {
	name, err := canonical(in.URLDomain, a.Domain)
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	g, err := ownGroup(r, a.DB)
	if err != nil {
		return nil, err
	}
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	d := &Domain{
		ID: a.IDs.New(), URLDomain: in.URLDomain, Status: a.status(asking, name, g.label+"."+a.Domain),
		groupID: g.id, projectID: g.projectID, name: name,
	}
	err = a.DB.Write(ctx, func(tx *store.Tx) error { return a.bind(r, tx, d) })
	if err != nil {
		return nil, err
	}
	r.Touched(d.ID)
	return d, nil
}

// bind stores a new domain. While DNS was asked the group may have gone.
func (a *Area) bind(r *wire.Request, tx *store.Tx, d *Domain) error {
	ctx := r.Context()
	if _, err := ownGroup(r, tx); err != nil {
		return err
	}
	count, err := countDomains(ctx, tx, d.groupID)
	if err != nil {
		return err
	}
	if err := a.Quotas.Room(ctx, tx, d.projectID, quota.Domains, count, apig.E3108); err != nil {
		return err
	}
	err = insertDomain(ctx, tx, d, a.Clock())
	if errors.Is(err, store.ErrDuplicate) {
		return apig.Taken(apig.E3305, "url_domain", d.URLDomain).Because(err)
	}
	tx.Touch(string(definition.KindGroup), d.groupID)
	return err
}

func (a *Area) delete(r *wire.Request) error {
	r.Touched(r.Path("id"))
	ctx := r.Context()
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		d, err := own(r, tx, r.Path("id"))
		if err != nil {
			return err
		}
		if d.SSLID != "" {
			tx.Touch(string(definition.KindCertificate), d.SSLID)
		}
		tx.Touch(string(definition.KindGroup), d.groupID)
		return deleteDomain(ctx, tx, d.ID)
	})
}

// ownGroup answers the group of the path if the actor may handle it.
func ownGroup(r *wire.Request, q store.Querier) (*group, error) {
	id := r.Path("group_id")
	g, err := selectGroup(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoGroup(id)
	}
	if err != nil {
		return nil, err
	}
	return g, apig.Own(&r.Actor, g.projectID, apig.E1101)
}

// own answers a domain of the group of the path.
func own(r *wire.Request, q store.Querier, id string) (*Domain, error) {
	g, err := ownGroup(r, q)
	if err != nil {
		return nil, err
	}
	d, err := selectDomain(r.Context(), q, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, missing(apig.E3020, id)
	case err != nil:
		return nil, err
	case d.projectID != g.projectID:
		return nil, missing(apig.E3020, id)
	case d.groupID != g.id:
		return nil, apig.E3474
	}
	return d, nil
}

// missing is the refusal of an id in the form of its neighbours in the
// catalogue (wire-facts §1.4). What cannot be an id is not repeated.
func missing(e *wire.Error, id string) *wire.Error {
	if !ids.Valid(id) {
		return e
	}
	return e.Msg("%s,id:%s", e.Text(), id)
}
