package throttles

import (
	"embed"
	"io/fs"
	"net/http"
	"slices"

	"github.com/lintel-gateway/lintel/internal/binding"
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

// Area serves throttling policies.
type Area struct {
	Deps
	binder binding.Binder
}

// New makes the area.
func New(d Deps) *Area {
	return &Area{Deps: d, binder: binding.Binder{Kind: binding.Throttles(), IDs: d.IDs, Clock: d.Clock}}
}

// Routes is the area's table of contents (reference 4.7.2 to 4.9.5).
func (a *Area) Routes() []wire.Route {
	return slices.Concat(a.policyRoutes(), a.bindingRoutes(), a.specialRoutes())
}

func (a *Area) policyRoutes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/throttles", Action: "apigw:throttles:create",
			Summary: "Create a throttling policy.", Access: wire.Project, Status: http.StatusCreated,
			Errors: []*wire.Error{
				apig.E2001, apig.E2002, apig.E2003, apig.E2005, apig.E2006, apig.E2011, apig.E3107, apig.E3204,
			},
			Handle: wire.Body(a.create),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/throttles/{id}", Action: "apigw:throttles:update",
			Summary: "Change a throttling policy; it holds at once wherever it is bound.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{
				apig.E2001, apig.E2002, apig.E2003, apig.E2005, apig.E2006, apig.E2011, apig.E3005, apig.E3204, apig.E1105,
			},
			Handle: wire.Body(a.update),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/throttles/{id}", Action: "apigw:throttles:delete",
			Summary: "Delete a throttling policy that is not bound to any API.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3005, apig.E3451, apig.E1105},
			Handle: wire.Done(a.delete),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/throttles/{id}", Action: "apigw:throttles:get",
			Summary: "Show a throttling policy.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E3005, apig.E1105},
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/throttles", Action: "apigw:throttles:list",
			Summary: "List throttling policies.", Access: wire.Project, Status: http.StatusOK,
			Query: paged(
				wire.Param{Name: "id", Type: "string", Doc: "Policy id."},
				wire.Param{Name: "name", Type: "string", Doc: "Part of the name, ignoring case."},
				wire.Param{Name: "precise_search", Type: "string", Doc: "name: compare the whole name."},
			),
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011},
			Handle: wire.Get(a.list),
		},
	}
}

func (a *Area) bindingRoutes() []wire.Route {
	apis := []wire.Param{
		{Name: "throttle_id", Type: "string", Required: true, Doc: "Policy id."},
		{Name: "env_id", Type: "string", Doc: "Environment id."},
		{Name: "group_id", Type: "string", Doc: "Group id."},
		{Name: "api_id", Type: "string", Doc: "API id."},
		{Name: "api_name", Type: "string", Doc: "Part of the API's name, ignoring case."},
	}
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/throttle-bindings/unbinded-apis", Action: "apigw:throttle_bindings:list_unbound_apis",
			Summary: "List the published APIs that a throttling policy is not bound to.", Access: wire.Project, Status: http.StatusOK,
			Query:  paged(apis...),
			Errors: []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2011, apig.E3005, apig.E1105},
			Handle: wire.Get(a.unboundAPIs),
		},
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/throttle-bindings", Action: "apigw:throttle_bindings:create",
			Summary: "Bind a throttling policy to published APIs, in place of the one they have.", Access: wire.Project, Status: http.StatusCreated,
			Errors: []*wire.Error{
				apig.E2001, apig.E2006, apig.E2011, apig.E3005, apig.E3015, apig.E1102, apig.E1105, apig.E1201,
			},
			Handle: wire.Body(a.bind),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/throttle-bindings/binded-apis", Action: "apigw:throttle_bindings:list_bound_apis",
			Summary: "List the APIs that a throttling policy is bound to.", Access: wire.Project, Status: http.StatusOK,
			Query:  paged(apis...),
			Errors: []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2011, apig.E3005, apig.E1105},
			Handle: wire.Get(a.boundAPIs),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/throttle-bindings/binded-throttles", Action: "apigw:throttle_bindings:list_bound_throttles",
			Summary: "List the throttling policies of an API in its environments.", Access: wire.Project, Status: http.StatusOK,
			Query: paged(
				wire.Param{Name: "api_id", Type: "string", Required: true, Doc: "API id."},
				wire.Param{Name: "throttle_id", Type: "string", Doc: "Policy id."},
				wire.Param{Name: "throttle_name", Type: "string", Doc: "Part of the policy's name, ignoring case."},
				wire.Param{Name: "env_id", Type: "string", Doc: "Environment id."},
			),
			Errors: []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2011, apig.E3002, apig.E1102},
			Handle: wire.Get(a.boundThrottles),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/throttle-bindings/{id}", Action: "apigw:throttle_bindings:delete",
			Summary: "Unbind a throttling policy from an API.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3012, apig.E1105},
			Handle: wire.Done(a.unbind),
		},
	}
}

// specialRoutes: the id of the list's path is that of the policy (reference
// 4.9.5 calls it strategy_id); one path has one name for it.
func (a *Area) specialRoutes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/throttle-specials", Action: "apigw:throttle_specials:create",
			Summary: "Give an app or a tenant a limit of its own.", Access: wire.Project, Status: http.StatusCreated,
			Errors: []*wire.Error{
				apig.E2001, apig.E2002, apig.E2003, apig.E2006, apig.E2011, apig.E3004, apig.E3005, apig.E3100, apig.E3308, apig.E1105,
			},
			Handle: wire.Body(a.createSpecial),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/throttle-specials/{id}", Action: "apigw:throttle_specials:update",
			Summary: "Change a special limit.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2011, apig.E3013, apig.E1108},
			Handle: wire.Body(a.updateSpecial),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/throttle-specials/{id}", Action: "apigw:throttle_specials:delete",
			Summary: "Delete a special limit.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3013, apig.E1108},
			Handle: wire.Done(a.deleteSpecial),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/throttle-specials/{id}", Action: "apigw:throttle_specials:list",
			Summary: "List the special limits of a throttling policy, whose id is in the path.", Access: wire.Project, Status: http.StatusOK,
			Query: paged(
				wire.Param{Name: "instance_type", Type: "string", Doc: "APP or USER."},
				wire.Param{Name: "app_name", Type: "string", Doc: "Part of the app's name, ignoring case; leaves out tenants."},
				wire.Param{Name: "user", Type: "string", Doc: "Id of a tenant; leaves out apps."},
			),
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011, apig.E3005, apig.E1105},
			Handle: wire.Get(a.listSpecials),
		},
	}
}

// paged adds the parameters of all lists.
func paged(params ...wire.Param) []wire.Param {
	return slices.Concat(params, []wire.Param{
		{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
		{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
	})
}
