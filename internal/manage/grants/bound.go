package grants

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Bound is a page of grants, the newest first (reference tables 4-201, 4-206).
type Bound struct {
	Total int     `json:"total"`
	Size  int     `json:"size"`
	Auths []Grant `json:"auths"`
}

// Grant is a grant in a list (reference tables 4-202, 4-207).
type Grant struct {
	ID         string    `json:"id"`
	APIID      string    `json:"api_id"`
	APIName    string    `json:"api_name"`
	GroupName  string    `json:"group_name"`
	APIRemark  string    `json:"api_remark"`
	APIType    int       `json:"api_type" doc:"1 public, 2 private."`
	EnvName    string    `json:"envname"`
	EnvID      string    `json:"env_id"`
	AuthRole   string    `json:"auth_role"`
	AuthTime   apig.Time `json:"auth_time"`
	AppID      string    `json:"appid"`
	AppName    string    `json:"app_name"`
	AppCreator string    `json:"app_creator" doc:"USER or MARKET."`
	AppRemark  string    `json:"app_remark"`
	AppType    string    `json:"app_type"`
	PublishID  string    `json:"publish_id" doc:"Empty while the API is not published in the environment."`
}

// boundFilter restricts both lists of grants. An empty text and false restrict
// nothing.
type boundFilter struct {
	provider, appID, apiID, envID, groupID string
	apiName, groupName, appName            string // parts of names
	published                              bool
}

// boundAPIs lists what an app of the actor may call.
func (a *Area) boundAPIs(r *wire.Request) (*Bound, error) {
	q := r.Query()
	f := boundFilter{
		appID: q.Get("app_id"), apiID: q.Get("api_id"), envID: q.Get("env_id"), groupID: q.Get("group_id"),
		apiName: q.Get("api_name"), groupName: q.Get("group_name"), published: true,
	}
	if f.appID == "" {
		return nil, apig.Missing("app_id")
	}
	projectID, err := appProject(r, a.DB, f.appID)
	if err != nil {
		return nil, err
	}
	if err := apig.Own(&r.Actor, projectID, apig.E1104); err != nil {
		return nil, err
	}
	return a.bound(r, &f)
}

// boundApps lists who may call an API of the actor, or any of its APIs.
func (a *Area) boundApps(r *wire.Request) (*Bound, error) {
	q := r.Query()
	f := boundFilter{
		apiID: q.Get("api_id"), appID: q.Get("app_id"), envID: q.Get("env_id"),
		appName: q.Get("app_name"),
	}
	if !r.Actor.Admin() {
		f.provider = r.Actor.ProjectID
	}
	if f.apiID != "" {
		projectID, _, _, err := selectAPI(r.Context(), a.DB, f.apiID, "")
		if errors.Is(err, store.ErrNotFound) {
			return nil, apig.NoAPI(f.apiID)
		}
		if err != nil {
			return nil, err
		}
		if err := apig.Own(&r.Actor, projectID, apig.E1102); err != nil {
			return nil, err
		}
	}
	return a.bound(r, &f)
}

func (a *Area) bound(r *wire.Request, f *boundFilter) (*Bound, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	out := &Bound{}
	if out.Total, out.Auths, err = selectBound(r.Context(), a.DB, f, page); err != nil {
		return nil, err
	}
	out.Size = len(out.Auths)
	return out, nil
}
