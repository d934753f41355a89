package acls

import (
	"cmp"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// BoundACLs is a page of the policies of an API, the newest binding first
// (reference table 4-346).
type BoundACLs struct {
	Total int        `json:"total"`
	Size  int        `json:"size"`
	ACLs  []BoundACL `json:"acls"`
}

// BoundACL is a policy of an API (reference table 4-347).
type BoundACL struct {
	ACLID      string    `json:"acl_id"`
	ACLName    string    `json:"acl_name"`
	EntityType string    `json:"entity_type" doc:"IP or DOMAIN."`
	ACLType    string    `json:"acl_type" doc:"PERMIT or DENY."`
	ACLValue   string    `json:"acl_value"`
	EnvID      string    `json:"env_id"`
	EnvName    string    `json:"env_name"`
	BindID     string    `json:"bind_id"`
	BindTime   apig.Time `json:"bind_time"`
}

// BoundAPIs is a page of the APIs of a policy, the newest binding first
// (reference table 4-351).
type BoundAPIs struct {
	Total int        `json:"total"`
	Size  int        `json:"size"`
	APIs  []BoundAPI `json:"apis"`
}

// BoundAPI is an API of a policy (reference table 4-352).
type BoundAPI struct {
	APIID     string    `json:"api_id"`
	APIName   string    `json:"api_name"`
	GroupName string    `json:"group_name"`
	APIType   int       `json:"api_type" doc:"1 public, 2 private."`
	APIRemark string    `json:"api_remark"`
	EnvID     string    `json:"env_id"`
	EnvName   string    `json:"env_name"`
	BindID    string    `json:"bind_id"`
	BindTime  apig.Time `json:"bind_time"`
	PublishID string    `json:"publish_id" doc:"Empty while the API is not published in the environment."`
}

// UnboundAPIs is a page of the APIs that a policy could be bound to (reference
// table 4-356).
type UnboundAPIs struct {
	Total int          `json:"total"`
	Size  int          `json:"size"`
	APIs  []UnboundAPI `json:"apis"`
}

// UnboundAPI is an API that a policy could be bound to (reference table 4-357).
type UnboundAPI struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	GroupID    string `json:"group_id"`
	GroupName  string `json:"group_name"`
	Type       int    `json:"type" doc:"1 public, 2 private."`
	Remark     string `json:"remark"`
	RunEnvName string `json:"run_env_name"`
	RunEnvID   string `json:"run_env_id"`
	PublishID  string `json:"publish_id"`
	// The sample leaves it out of an API that has none.
	ACLName  string `json:"acl_name,omitempty" doc:"The policy of the same entity type that binding would replace."`
	ReqURI   string `json:"req_uri"`
	AuthType string `json:"auth_type"`
}

// boundACLs lists the policies of an API of the actor.
func (a *Area) boundACLs(r *wire.Request) (*BoundACLs, error) {
	where, page, err := binding.OfAPI(r, a.DB, binding.ACLs())
	if err != nil {
		return nil, err
	}
	q := r.Query()
	where.Match("COALESCE(e.name, 'RELEASE')", q.Get("env_name"), false)
	where.Equal("p.id", q.Get("acl_id"))
	where.Match("p.name", q.Get("acl_name"), false)
	out := &BoundACLs{}
	if out.Total, out.ACLs, err = selectBound(r.Context(), a.DB, where, page); err != nil {
		return nil, err
	}
	out.Size = len(out.ACLs)
	return out, nil
}

// search reads what both lists of a policy's APIs take.
func (a *Area) search(r *wire.Request) (*ACL, *binding.Filter, apig.Page, error) {
	q := r.Query()
	id := q.Get("acl_id")
	if id == "" {
		return nil, nil, apig.Page{}, apig.Missing("acl_id")
	}
	page, err := apig.Paging(r)
	if err != nil {
		return nil, nil, page, err
	}
	acl, err := own(r, a.DB, id)
	return acl, &binding.Filter{
		EnvID: q.Get("env_id"), APIID: q.Get("api_id"), Name: q.Get("api_name"),
		// The URI in 4.11.5 prints group-id, its table group_id.
		GroupID: cmp.Or(q.Get("group_id"), q.Get("group-id")),
	}, page, err
}

func (a *Area) boundAPIs(r *wire.Request) (*BoundAPIs, error) {
	acl, f, page, err := a.search(r)
	if err != nil {
		return nil, err
	}
	total, apis, err := binding.Bound(r.Context(), a.DB, binding.ACLs(), policy(acl), f, page)
	if err != nil {
		return nil, err
	}
	out := &BoundAPIs{Total: total, Size: len(apis), APIs: make([]BoundAPI, len(apis))}
	for i := range apis {
		api := &apis[i]
		out.APIs[i] = BoundAPI{
			APIID: api.ID, APIName: api.Name, GroupName: api.GroupName, APIType: api.Type, APIRemark: api.Remark,
			EnvID: api.EnvID, EnvName: api.EnvName, BindID: api.BindID, BindTime: apig.Time(api.BindTime), PublishID: api.PublishID,
		}
	}
	return out, nil
}

func (a *Area) unboundAPIs(r *wire.Request) (*UnboundAPIs, error) {
	acl, f, page, err := a.search(r)
	if err != nil {
		return nil, err
	}
	total, apis, err := binding.Unbound(r.Context(), a.DB, binding.ACLs(), policy(acl), f, page)
	if err != nil {
		return nil, err
	}
	out := &UnboundAPIs{Total: total, Size: len(apis), APIs: make([]UnboundAPI, len(apis))}
	for i := range apis {
		api := &apis[i]
		out.APIs[i] = UnboundAPI{
			ID: api.ID, Name: api.Name, GroupID: api.GroupID, GroupName: api.GroupName, Type: api.Type, Remark: api.Remark,
			RunEnvName: api.EnvName, RunEnvID: api.EnvID, PublishID: api.PublishID, ACLName: api.PolicyName,
			ReqURI: api.ReqURI, AuthType: api.AuthType,
		}
	}
	return out, nil
}
