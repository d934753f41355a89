package signs

import (
	"embed"
	"io/fs"
	"net/http"
	"slices"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
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
	Sealer *secret.Sealer
}

// Area serves signature keys and their bindings.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents.
func (a *Area) Routes() []wire.Route { return slices.Concat(a.keyRoutes(), a.bindingRoutes()) }

// keyRoutes are those of reference 4.14.2 to 4.14.5.
func (a *Area) keyRoutes() []wire.Route {
	own := []*wire.Error{apig.E3017, apig.E1112}
	fields := []*wire.Error{apig.E2001, apig.E2005, apig.E2006, apig.E2011, apig.E3207}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/signs", Action: "apigw:signs:create",
			Summary: "Create a signature key.", Access: wire.Project, Status: http.StatusCreated,
			Errors: slices.Concat(fields, []*wire.Error{apig.E3105}),
			Handle: wire.Body[Input, *Key](a.create),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/signs/{id}", Action: "apigw:signs:update",
			Summary: "Change a signature key; calls are signed with the new one at once.", Access: wire.Project, Status: http.StatusOK,
			Errors: slices.Concat(fields, own),
			Handle: wire.Body[Input, *Key](a.update),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/signs/{id}", Action: "apigw:signs:delete",
			Summary: "Delete a signature key and its bindings; its APIs are called without a signature.",
			Access:  wire.Project, Status: http.StatusNoContent,
			Errors: own,
			Handle: wire.Done(a.delete),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/signs", Action: "apigw:signs:list",
			Summary: "List signature keys, the newest first; administrators see those of all projects.",
			Access:  wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "id", Type: "string", Doc: "Key id."},
				{Name: "name", Type: "string", Doc: "Part of the name, ignoring case; the whole name with precise_search=name."},
				{Name: "precise_search", Type: "string", Doc: "name: compare the whole name."},
			}, paging...),
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011},
			Handle: wire.Get(a.list),
		},
	}
}

// bindingRoutes are those of reference 4.15.2 to 4.15.6.
func (a *Area) bindingRoutes() []wire.Route {
	pages := []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2011}
	own := []*wire.Error{apig.E3017, apig.E1112}
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/sign-bindings/unbinded-apis", Action: "apigw:sign_bindings:list_unbound_apis",
			Summary: "List the published APIs that a signature key is not bound to.", Access: wire.Project, Status: http.StatusOK,
			Query: slices.Concat(ofKey, paging), Errors: slices.Concat(pages, own),
			Handle: wire.Get(a.unboundAPIs),
		},
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/sign-bindings", Action: "apigw:sign_bindings:create",
			Summary: "Bind a signature key to published APIs, in place of the one that is bound.",
			Access:  wire.Project, Status: http.StatusCreated,
			Errors: slices.Concat(own, []*wire.Error{
				apig.E2001, apig.E2006, apig.E2011, apig.E3015, apig.E1102, apig.E1201,
			}),
			Handle: wire.Body[BindInput, []Binding](a.bind),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/sign-bindings/binded-apis", Action: "apigw:sign_bindings:list_bound_apis",
			Summary: "List the APIs that a signature key is bound to.", Access: wire.Project, Status: http.StatusOK,
			Query: slices.Concat(ofKey, paging), Errors: slices.Concat(pages, own),
			Handle: wire.Get(a.boundAPIs),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/sign-bindings/binded-signs", Action: "apigw:sign_bindings:list_bound_signs",
			Summary: "List the signature keys of an API.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "api_id", Type: "string", Required: true, Doc: "API id."},
				{Name: "sign_id", Type: "string", Doc: "Key id."},
				{Name: "sign_name", Type: "string", Doc: "Part of the key's name, ignoring case."},
				{Name: "env_id", Type: "string", Doc: "Environment id."},
			}, paging...),
			Errors: slices.Concat(pages, []*wire.Error{apig.E3002, apig.E1102}),
			Handle: wire.Get(a.boundSigns),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/sign-bindings/{id}", Action: "apigw:sign_bindings:delete",
			Summary: "End a binding; the API is called without a signature.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3018, apig.E1112},
			Handle: wire.Done(a.unbind),
		},
	}
}

var (
	ofKey = []wire.Param{
		{Name: "sign_id", Type: "string", Required: true, Doc: "Key id."},
		{Name: "env_id", Type: "string", Doc: "Environment id."},
		{Name: "api_id", Type: "string", Doc: "API id."},
		{Name: "api_name", Type: "string", Doc: "Part of the API's name, ignoring case."},
		{Name: "group_id", Type: "string", Doc: "Group id."},
	}

	paging = []wire.Param{
		{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
		{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
	}
)
