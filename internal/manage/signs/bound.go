package signs

import (
	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Bound is a page of bindings, the newest first (reference tables 4-422,
// 4-427).
type Bound struct {
	Total    int       `json:"total"`
	Size     int       `json:"size"`
	Bindings []Binding `json:"bindings"`
}

// Unbound is a page of the APIs that a key could be bound to (reference table
// 4-412).
type Unbound struct {
	Total int   `json:"total"`
	Size  int   `json:"size"`
	APIs  []API `json:"apis"`
}

// API is an API that a key could be bound to (reference table 4-413).
type API struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Type       int    `json:"type" doc:"1 public, 2 private."`
	Remark     string `json:"remark"`
	GroupID    string `json:"group_id"`
	GroupName  string `json:"group_name"`
	RunEnvName string `json:"run_env_name"`
	RunEnvID   string `json:"run_env_id"`
	PublishID  string `json:"publish_id"`
	// The sample leaves it out of an API that has none.
	SignatureName string `json:"signature_name,omitempty" doc:"The key that binding would replace."`
	AuthType      string `json:"auth_type"`
	ReqURI        string `json:"req_uri"`
}

// search reads what both lists of a key's APIs take.
func (a *Area) search(r *wire.Request) (*Key, *binding.Filter, apig.Page, error) {
	q := r.Query()
	id := q.Get("sign_id")
	if id == "" {
		return nil, nil, apig.Page{}, apig.Missing("sign_id")
	}
	page, err := apig.Paging(r)
	if err != nil {
		return nil, nil, page, err
	}
	key, err := own(r, a.DB, id)
	return key, &binding.Filter{
		EnvID: q.Get("env_id"), GroupID: q.Get("group_id"), APIID: q.Get("api_id"), Name: q.Get("api_name"),
	}, page, err
}

func (a *Area) boundAPIs(r *wire.Request) (*Bound, error) {
	key, f, page, err := a.search(r)
	if err != nil {
		return nil, err
	}
	total, apis, err := binding.Bound(r.Context(), a.DB, binding.SignKeys(), policy(key), f, page)
	if err != nil {
		return nil, err
	}
	return &Bound{Total: total, Size: len(apis), Bindings: bindings(key, apis)}, nil
}

func (a *Area) unboundAPIs(r *wire.Request) (*Unbound, error) {
	key, f, page, err := a.search(r)
	if err != nil {
		return nil, err
	}
	total, apis, err := binding.Unbound(r.Context(), a.DB, binding.SignKeys(), policy(key), f, page)
	if err != nil {
		return nil, err
	}
	out := &Unbound{Total: total, Size: len(apis), APIs: make([]API, len(apis))}
	for i := range apis {
		api := &apis[i]
		out.APIs[i] = API{
			ID: api.ID, Name: api.Name, Type: api.Type, Remark: api.Remark, GroupID: api.GroupID, GroupName: api.GroupName,
			RunEnvName: api.EnvName, RunEnvID: api.EnvID, PublishID: api.PublishID, SignatureName: api.PolicyName,
			AuthType: api.AuthType, ReqURI: api.ReqURI,
		}
	}
	return out, nil
}

// boundSigns lists the keys of an API of the actor: one in each environment.
func (a *Area) boundSigns(r *wire.Request) (*Bound, error) {
	where, page, err := binding.OfAPI(r, a.DB, binding.SignKeys())
	if err != nil {
		return nil, err
	}
	q := r.Query()
	where.Equal("p.id", q.Get("sign_id"))
	where.Match("p.name", q.Get("sign_name"), false)
	out := &Bound{}
	if out.Total, out.Bindings, err = selectBound(r.Context(), a.DB, where, page); err != nil {
		return nil, err
	}
	out.Size = len(out.Bindings)
	return out, nil
}
