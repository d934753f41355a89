package grants

import (
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Unbound is a page of APIs (reference table 4-191).
type Unbound struct {
	Total int   `json:"total"`
	Size  int   `json:"size"`
	APIs  []API `json:"apis"`
}

// API is an API that can be granted (reference table 4-192).
type API struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	GroupID    string `json:"group_id"`
	GroupName  string `json:"group_name"`
	Remark     string `json:"remark"`
	RunEnvName string `json:"run_env_name"`
	RunEnvID   string `json:"run_env_id"`
	PublishID  string `json:"publish_id"`
	AuthType   string `json:"auth_type"`
	ReqURI     string `json:"req_uri"`
}

// unboundFilter restricts the list. An empty text restricts nothing, except for
// appID and envID, which are always there.
type unboundFilter struct {
	projectID, appID, envID, groupID, apiID string
	apiName                                 string // part of the name
}

// unboundAPIs lists what the actor could grant to an app: the APIs that create
// would accept and not skip. The app may be anybody's, as in create.
func (a *Area) unboundAPIs(r *wire.Request) (*Unbound, error) {
	q := r.Query()
	f := unboundFilter{
		appID: q.Get("app_id"), envID: q.Get("env_id"), groupID: q.Get("group_id"), apiID: q.Get("api_id"),
		apiName: q.Get("api_name"),
	}
	if !r.Actor.Admin() {
		f.projectID = r.Actor.ProjectID
	}
	var c apig.Check
	c.Required("app_id", f.appID)
	c.Required("env_id", f.envID)
	if c.Err() != nil {
		return nil, c.Err()
	}
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	if _, err := appProject(r, a.DB, f.appID); err != nil {
		return nil, err
	}
	if err := checkEnv(r, a.DB, f.envID); err != nil {
		return nil, err
	}
	out := &Unbound{}
	if out.Total, out.APIs, err = selectUnbound(r.Context(), a.DB, &f, page); err != nil {
		return nil, err
	}
	out.Size = len(out.APIs)
	return out, nil
}
