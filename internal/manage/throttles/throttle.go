package throttles

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Throttle is a throttling policy as it is answered (reference table 4-250).
type Throttle struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	API        int64     `json:"api_call_limits" doc:"Calls of one API in the period, or of all bound APIs together."`
	User       int64     `json:"user_call_limits" doc:"Calls of one user; 0: no limit."`
	App        int64     `json:"app_call_limits" doc:"Calls of one app; 0: no limit."`
	IP         int64     `json:"ip_call_limits" doc:"Calls from one address; 0: no limit."`
	Interval   int64     `json:"time_interval" doc:"Length of the period in time_unit."`
	Unit       string    `json:"time_unit" doc:"SECOND, MINUTE, HOUR or DAY."`
	CreateTime apig.Time `json:"create_time"`
	Remark     string    `json:"remark"`
	Special    int       `json:"is_inclu_special_throttle" doc:"1: has special limits, 2: has none."`
	Type       int       `json:"type" doc:"1: every bound API is counted alone, 2: all together."`
	BindNum    int       `json:"bind_num" doc:"Number of bindings: an API counts once for each environment."`
	Adaptive   string    `json:"enable_adaptive_control" doc:"Always FALSE."`

	projectID string
}

// What is_inclu_special_throttle and type say.
const (
	withoutSpecials = 2

	exclusive = 1
	shared    = 2
)

// List is a page of policies, the newest first (reference table 4-266).
type List struct {
	Total     int         `json:"total"`
	Size      int         `json:"size"`
	Throttles []*Throttle `json:"throttles"`
}

func (a *Area) create(r *wire.Request, in *Input) (*Throttle, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var t *Throttle
	err := a.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		t, err = a.add(r, tx, r.Actor.ProjectID, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.Touched(t.ID)
	return t, nil
}

// add creates a policy from what was checked.
func (a *Area) add(r *wire.Request, tx *store.Tx, projectID string, in *Input) (*Throttle, error) {
	ctx := r.Context()
	t := &Throttle{
		ID: a.IDs.New(), CreateTime: apig.Time(a.Clock()), Special: withoutSpecials, Type: exclusive, Adaptive: "FALSE", projectID: projectID,
	}
	in.apply(t)
	count, err := countThrottles(ctx, tx, projectID)
	if err != nil {
		return nil, err
	}
	if err := a.Quotas.Room(ctx, tx, projectID, quota.Throttles, count, apig.E3107); err != nil {
		return nil, err
	}
	if err := taken(ctx, tx, t); err != nil {
		return nil, err
	}
	tx.Touch(string(definition.KindThrottle), t.ID)
	return t, insertThrottle(ctx, tx, t)
}

func (a *Area) update(r *wire.Request, in *Input) (*Throttle, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	r.Touched(r.Path("id"))
	var t *Throttle
	err := a.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		if t, err = own(r, tx, r.Path("id")); err != nil {
			return err
		}
		return change(r, tx, t, in)
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// change stores t as what was checked says.
func change(r *wire.Request, tx *store.Tx, t *Throttle, in *Input) error {
	ctx := r.Context()
	in.apply(t)
	special, err := largestSpecial(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	if special > t.API {
		return tooSmallFor(special)
	}
	if err := taken(ctx, tx, t); err != nil {
		return err
	}
	tx.Touch(string(definition.KindThrottle), t.ID)
	return updateThrottle(ctx, tx, t)
}

func (a *Area) delete(r *wire.Request) error {
	r.Touched(r.Path("id"))
	ctx := r.Context()
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		t, err := own(r, tx, r.Path("id"))
		if err != nil {
			return err
		}
		if t.BindNum > 0 {
			return apig.E3451
		}
		if err := binding.DropPolicy(ctx, tx, t.ID); err != nil {
			return err
		}
		tx.Touch(string(definition.KindThrottle), t.ID)
		return deleteThrottle(ctx, tx, t.ID)
	})
}

func (a *Area) show(r *wire.Request) (*Throttle, error) { return own(r, a.DB, r.Path("id")) }

func (a *Area) list(r *wire.Request) (*List, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	var f store.Filter
	if !r.Actor.Admin() {
		f.And("t.project_id = ?", r.Actor.ProjectID)
	}
	f.Equal("t.id", r.Query().Get("id"))
	f.Match("t.name", r.Query().Get("name"), apig.Precise(r, "name"))
	out := &List{}
	if out.Total, out.Throttles, err = selectThrottles(r.Context(), a.DB, &f, page); err != nil {
		return nil, err
	}
	out.Size = len(out.Throttles)
	return out, nil
}

// own reads a policy that the actor may handle.
func own(r *wire.Request, q store.Querier, id string) (*Throttle, error) {
	t, err := selectThrottle(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, noThrottle(id)
	}
	if err != nil {
		return nil, err
	}
	return t, apig.Own(&r.Actor, t.projectID, apig.E1105)
}
