package throttles

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Spec is a policy as an imported document describes it. A limit of 0 is none.
type Spec struct {
	Name               string
	API, User, App, IP int64
	Interval           int64
	Unit               string
	Shared             bool
	Specials           []SpecialSpec
	Remark             string
}

// SpecialSpec is the own limit of an app or tenant.
type SpecialSpec struct {
	Type, Instance string
	Limit          int64
}

// Put creates the policy in the project, with all rules and quotas of a client's
// request, and answers its id. If the project has one of that name it answers
// that one; with overwrite that one becomes as s says, specials included. The
// caller has made sure that the actor may work in the project.
func (a *Area) Put(r *wire.Request, tx *store.Tx, projectID string, s Spec, overwrite bool) (id string, err error) {
	in, specials := s.inputs()
	if err := in.check(); err != nil {
		return "", err
	}
	var c apig.Check
	for i := range specials {
		specials[i].limit(&c)
	}
	if c.Err() != nil {
		return "", c.Err()
	}
	ctx := r.Context()
	var t *Throttle
	id, err = selectNamed(ctx, tx, projectID, s.Name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		t, err = a.add(r, tx, projectID, in)
	case err != nil || !overwrite:
		return id, err
	default:
		t, err = a.overwrite(r, tx, id, in)
	}
	if err != nil {
		return "", err
	}
	for i := range specials {
		if _, err := a.addSpecial(r, tx, t, &specials[i]); err != nil {
			return "", err
		}
	}
	return t.ID, nil
}

// overwrite makes the policy what in says, without specials.
func (a *Area) overwrite(r *wire.Request, tx *store.Tx, id string, in *Input) (*Throttle, error) {
	t, err := selectThrottle(r.Context(), tx, id)
	if err != nil {
		return nil, err
	}
	if err := deleteSpecials(r.Context(), tx, id); err != nil {
		return nil, err
	}
	return t, change(r, tx, t, in)
}

func (s *Spec) inputs() (*Input, []SpecialInput) {
	kind := exclusive
	if s.Shared {
		kind = shared
	}
	specials := make([]SpecialInput, len(s.Specials))
	for i := range s.Specials {
		of := &s.Specials[i]
		specials[i] = SpecialInput{Limit: &of.Limit, InstanceID: of.Instance, InstanceType: of.Type}
	}
	return &Input{
		Name: s.Name, API: &s.API, User: s.User, App: s.App, IP: s.IP, Interval: &s.Interval, Unit: s.Unit,
		Remark: &s.Remark, Type: &kind,
	}, specials
}
