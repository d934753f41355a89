package throttles

import (
	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// BindInput is what binding takes (reference table 4-276).
type BindInput struct {
	PublishIDs []string `json:"publish_ids" required:"true" doc:"Publications of APIs, up to 1000."`
	ThrottleID string   `json:"strategy_id" required:"true" doc:"Policy id."`
}

// Bindings is what was bound, each publication once (reference table 4-277).
type Bindings struct {
	Bindings []Binding `json:"throttle_applys"`
}

// Binding is one of them (reference table 4-278).
type Binding struct {
	ID         string    `json:"id"`
	ThrottleID string    `json:"strategy_id"`
	PublishID  string    `json:"publish_id"`
	Scope      int       `json:"scope" doc:"Always 1: the whole API."`
	ApplyTime  apig.Time `json:"apply_time"`
}

const wholeAPI = 1

// APIs is a page of APIs in environments (reference tables 4-272, 4-282).
type APIs struct {
	Total int   `json:"total"`
	Size  int   `json:"size"`
	APIs  []API `json:"apis"`
}

// API is one of them (reference tables 4-273, 4-283). The sample of the unbound
// ones lacks what is only there when another policy is bound.
type API struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	Type         int       `json:"type" doc:"1 public, 2 private."`
	Remark       string    `json:"remark"`
	GroupID      string    `json:"group_id"`
	GroupName    string    `json:"group_name"`
	EnvName      string    `json:"run_env_name"`
	EnvID        string    `json:"run_env_id"`
	PublishID    string    `json:"publish_id" doc:"Empty while the API is offline."`
	BindID       string    `json:"throttle_apply_id,omitempty" doc:"The binding that the API has."`
	ThrottleName string    `json:"throttle_name,omitempty" doc:"The policy that is bound."`
	ApplyTime    apig.Time `json:"apply_time,omitzero"`
	AuthType     string    `json:"auth_type"`
	ReqURI       string    `json:"req_uri"`
}

// Bound is a page of an API's policies, the newest binding first (reference
// table 4-287).
type Bound struct {
	Total     int              `json:"total"`
	Size      int              `json:"size"`
	Throttles []*BoundThrottle `json:"throttles"`
}

// BoundThrottle is a policy that an API has in an environment (reference table
// 4-288).
type BoundThrottle struct {
	Throttle
	EnvName  string    `json:"env_name"`
	BindID   string    `json:"bind_id"`
	BindTime apig.Time `json:"bind_time"`
}

func (a *Area) bind(r *wire.Request, in *BindInput) (*Bindings, error) {
	var c apig.Check
	c.That(len(in.PublishIDs) > 0, apig.Missing("publish_ids"))
	c.Count("publish_ids", len(in.PublishIDs), binding.MaxPublications)
	c.Required("strategy_id", in.ThrottleID)
	if c.Err() != nil {
		return nil, c.Err()
	}
	var list []binding.API
	err := a.DB.Write(r.Context(), func(tx *store.Tx) error {
		t, err := own(r, tx, in.ThrottleID)
		if err != nil {
			return err
		}
		list, err = a.binder.Bind(r, tx, t.policy(), in.PublishIDs)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &Bindings{Bindings: make([]Binding, len(list))}
	for i, api := range list {
		out.Bindings[i] = Binding{
			ID: api.BindID, ThrottleID: in.ThrottleID, PublishID: api.PublishID, Scope: wholeAPI, ApplyTime: apig.Time(api.BindTime),
		}
	}
	return out, nil
}

func (a *Area) unbind(r *wire.Request) error {
	id := r.Path("id")
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		return a.binder.Unbind(r, tx, id, noBinding(id), apig.E1105)
	})
}

func (a *Area) unboundAPIs(r *wire.Request) (*APIs, error) { return a.listAPIs(r, binding.Unbound) }

func (a *Area) boundAPIs(r *wire.Request) (*APIs, error) { return a.listAPIs(r, binding.Bound) }

// listAPIs is either list of a policy's APIs.
func (a *Area) listAPIs(r *wire.Request, from binding.List) (*APIs, error) {
	q := r.Query()
	id := q.Get("throttle_id")
	if id == "" {
		return nil, apig.Missing("throttle_id")
	}
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	t, err := own(r, a.DB, id)
	if err != nil {
		return nil, err
	}
	f := &binding.Filter{EnvID: q.Get("env_id"), GroupID: q.Get("group_id"), APIID: q.Get("api_id"), Name: q.Get("api_name")}
	total, list, err := from(r.Context(), a.DB, a.binder.Kind, t.policy(), f, page)
	if err != nil {
		return nil, err
	}
	out := &APIs{Total: total, Size: len(list), APIs: make([]API, len(list))}
	for i, api := range list {
		out.APIs[i] = API{
			ID: api.ID, Name: api.Name, Type: api.Type, Remark: api.Remark, GroupID: api.GroupID, GroupName: api.GroupName,
			EnvName: api.EnvName, EnvID: api.EnvID, PublishID: api.PublishID, BindID: api.BindID, ThrottleName: api.PolicyName,
			ApplyTime: apig.Time(api.BindTime), AuthType: api.AuthType, ReqURI: api.ReqURI,
		}
	}
	return out, nil
}

func (a *Area) boundThrottles(r *wire.Request) (*Bound, error) {
	f, page, err := binding.OfAPI(r, a.DB, a.binder.Kind)
	if err != nil {
		return nil, err
	}
	q := r.Query()
	f.Equal("b.policy_id", q.Get("throttle_id"))
	f.Match("t.name", q.Get("throttle_name"), false)
	out := &Bound{}
	if out.Total, out.Throttles, err = selectBound(r.Context(), a.DB, f, page); err != nil {
		return nil, err
	}
	out.Size = len(out.Throttles)
	return out, nil
}

// policy is t as package binding takes it.
func (t *Throttle) policy() binding.Policy {
	return binding.Policy{ID: t.ID, ProjectID: t.projectID}
}
