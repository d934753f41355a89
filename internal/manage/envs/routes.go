package envs

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the area's part of the database schema.
func Schema() fs.FS { return store.Schema(schema) }

// Deps are what the area needs.
type Deps struct {
	DB     *store.DB
	IDs    *ids.Source
	Clock  clock.Clock
	Quotas entitlement.Book
}

// Area serves environments and variables.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents (reference 4.5.2 to 4.6.5).
func (a *Area) Routes() []wire.Route { return append(a.envRoutes(), a.variableRoutes()...) }

func (a *Area) envRoutes() []wire.Route {
	fields := []*wire.Error{apig.E2001, apig.E2005, apig.E2006, apig.E2011, apig.E3205}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/envs", Action: "apigw:envs:create",
			Summary: "Create an environment.", Access: wire.Project, Status: http.StatusCreated,
			Errors: append([]*wire.Error{apig.E3104}, fields...),
			Handle: wire.Body[EnvInput, *Env](a.createEnv),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/envs/{id}", Action: "apigw:envs:update",
			Summary: "Change the name and the description of an environment.", Access: wire.Project, Status: http.StatusOK,
			Errors: append([]*wire.Error{apig.E3003, apig.E1103}, fields...),
			Handle: wire.Body[EnvInput, *Env](a.updateEnv),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/envs/{id}", Action: "apigw:envs:delete",
			Summary: "Delete an environment in which nothing is published, with its variables, grants and old versions.",
			Access:  wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3003, apig.E1103, apig.E3418},
			Handle: wire.Done(a.deleteEnv),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/envs", Action: "apigw:envs:list",
			Summary: "List environments, RELEASE first; administrators see those of all projects.",
			Access:  wire.Project, Status: http.StatusOK,
			Query: []wire.Param{
				{Name: "name", Type: "string", Doc: "Part of the name, ignoring case; the whole name with precise_search=name."},
				{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
				{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
				{Name: "precise_search", Type: "string", Doc: "name: compare the whole name."},
			},
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011},
			Handle: wire.Get[*EnvList](a.listEnvs),
		},
	}
}

func (a *Area) variableRoutes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/env-variables", Action: "apigw:variables:create",
			Summary: "Create a variable of a group in an environment.", Access: wire.Project, Status: http.StatusCreated,
			Errors: []*wire.Error{
				apig.E2001, apig.E2005, apig.E2006, apig.E2011, apig.E3001, apig.E1101, apig.E3003, apig.E1103,
				apig.E1201, apig.E3106, apig.E3303,
			},
			Handle: wire.Body[VariableInput, *Variable](a.createVariable),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/env-variables/{id}", Action: "apigw:variables:delete",
			Summary: "Delete a variable; what is published keeps its value.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3011, apig.E1110},
			Handle: wire.Done(a.deleteVariable),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/env-variables/{id}", Action: "apigw:variables:show",
			Summary: "Show a variable.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E3011, apig.E1110},
			Handle: wire.Get[*Variable](a.showVariable),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/env-variables", Action: "apigw:variables:list",
			Summary: "List the variables of a group by name.", Access: wire.Project, Status: http.StatusOK,
			Query: []wire.Param{
				{Name: "group_id", Type: "string", Required: true, Doc: "Group id."},
				{Name: "env_id", Type: "string", Doc: "Environment id."},
				{Name: "variable_name", Type: "string", Doc: "Part of the name, ignoring case; the whole name with precise_search=variable_name."},
				{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
				{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
				{Name: "precise_search", Type: "string", Doc: "variable_name: compare the whole name."},
			},
			Errors: []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2011, apig.E3001, apig.E1101},
			Handle: wire.Get[*VariableList](a.listVariables),
		},
	}
}
