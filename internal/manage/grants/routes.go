package grants

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the area's part of the database schema.
func Schema() fs.FS { return store.Schema(schema) }

// Deps are what the area needs. It has no quota of its own: apps and APIs are
// limited, and so is one call (grant.go).
type Deps struct {
	DB    *store.DB
	IDs   *ids.Source
	Clock clock.Clock
}

// Area serves app authorisations.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents (reference 4.4.2 to 4.4.6).
func (a *Area) Routes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/app-auths/unbinded-apis", Action: "apigw:app_auths:list_unbound_apis",
			Summary: "List the APIs that can still be granted to an app in an environment.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "app_id", Type: "string", Required: true, Doc: "App id."},
				{Name: "env_id", Type: "string", Required: true, Doc: "Environment id."},
				{Name: "group_id", Type: "string", Doc: "Group id."},
				{Name: "api_id", Type: "string", Doc: "API id."},
				{Name: "api_name", Type: "string", Doc: "Part of the API's name, ignoring case."},
			}, paging...),
			Errors: []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2011, apig.E3003, apig.E3004, apig.E1103},
			Handle: wire.Get(a.unboundAPIs),
		},
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/app-auths", Action: "apigw:app_auths:create",
			Summary: "Let apps call APIs in an environment.", Access: wire.Project, Status: http.StatusCreated,
			Errors: []*wire.Error{
				apig.E2001, apig.E2006, apig.E2011, apig.E3002, apig.E3003, apig.E3004, apig.E3015,
				apig.E1102, apig.E1103,
			},
			Handle: wire.Body[Input, [][]Result](a.create),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/app-auths/binded-apis", Action: "apigw:app_auths:list_bound_apis",
			Summary: "List the published APIs that an app may call.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "app_id", Type: "string", Required: true, Doc: "App id."},
				{Name: "api_id", Type: "string", Doc: "API id."},
				{Name: "api_name", Type: "string", Doc: "Part of the API's name, ignoring case."},
				{Name: "group_id", Type: "string", Doc: "Group id."},
				{Name: "group_name", Type: "string", Doc: "Part of the group's name, ignoring case."},
				{Name: "env_id", Type: "string", Doc: "Environment id."},
			}, paging...),
			Errors: []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2011, apig.E3004, apig.E1104},
			Handle: wire.Get(a.boundAPIs),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/app-auths/binded-apps", Action: "apigw:app_auths:list_bound_apps",
			Summary: "List the apps that may call one's APIs.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "api_id", Type: "string", Doc: "API id; without it all own APIs."},
				{Name: "app_name", Type: "string", Doc: "Part of the app's name, ignoring case."},
				{Name: "app_id", Type: "string", Doc: "App id."},
				{Name: "env_id", Type: "string", Doc: "Environment id."},
			}, paging...),
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011, apig.E3002, apig.E1102},
			Handle: wire.Get(a.boundApps),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/app-auths/{id}", Action: "apigw:app_auths:delete",
			Summary: "End a grant; calls are refused at once.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3009, apig.E1109},
			Handle: wire.Done(a.delete),
		},
	}
}

var paging = []wire.Param{
	{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
	{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
}
