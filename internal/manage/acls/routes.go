package acls

import (
	"embed"
	"io/fs"
	"net/http"
	"slices"

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

// Area serves access control policies and their bindings.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents.
func (a *Area) Routes() []wire.Route { return slices.Concat(a.policyRoutes(), a.bindingRoutes()) }

// policyRoutes are those of reference 4.10.2 to 4.10.7.
func (a *Area) policyRoutes() []wire.Route {
	own := []*wire.Error{apig.E3006, apig.E1106}
	fields := []*wire.Error{
		apig.E2001, apig.E2005, apig.E2006, apig.E2011, apig.E2015, apig.E3100, apig.E3206, apig.E3306,
	}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/acls", Action: "apigw:acls:create",
			Summary: "Create an access control policy.", Access: wire.Project, Status: http.StatusCreated,
			Errors: slices.Concat(fields, []*wire.Error{apig.E3112}),
			Handle: wire.Body[Input, *ACL](a.create),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/acls/{id}", Action: "apigw:acls:update",
			Summary: "Change an access control policy; calls are decided by it at once.", Access: wire.Project, Status: http.StatusOK,
			Errors: slices.Concat(fields, own),
			Handle: wire.Body[Change, *ACL](a.update),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/acls/{id}", Action: "apigw:acls:delete",
			Summary: "Delete an access control policy that is not bound.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: slices.Concat(own, []*wire.Error{apig.E3447}),
			Handle: wire.Done(a.delete),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/acls", Action: "apigw:acls:delete-batch",
			Summary: "Delete several access control policies; the answer says which were refused, and why.",
			Access:  wire.Project, Status: http.StatusOK, Query: action,
			Errors: []*wire.Error{apig.E2001, apig.E2006, apig.E2011},
			Handle: wire.Body[Batch, *Deleted](a.deleteBatch),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/acls/{id}", Action: "apigw:acls:show",
			Summary: "Show an access control policy.", Access: wire.Project, Status: http.StatusOK,
			Errors: own,
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/acls", Action: "apigw:acls:list",
			Summary: "List access control policies, the newest first; administrators see those of all projects.",
			Access:  wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "id", Type: "string", Doc: "Policy id."},
				{Name: "name", Type: "string", Doc: "Part of the name, ignoring case; the whole name with precise_search=name."},
				{Name: "acl_type", Type: "string", Doc: "PERMIT or DENY."},
				{Name: "entity_type", Type: "string", Doc: "IP or DOMAIN."},
				{Name: "precise_search", Type: "string", Doc: "name: compare the whole name."},
			}, paging...),
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011},
			Handle: wire.Get(a.list),
		},
	}
}

// bindingRoutes are those of reference 4.11.2 to 4.11.7.
func (a *Area) bindingRoutes() []wire.Route {
	pages := []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2011}
	own := []*wire.Error{apig.E3006, apig.E1106}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/acl-bindings", Action: "apigw:acl_bindings:create",
			Summary: "Bind an access control policy to published APIs, in place of one of the same entity type.",
			Access:  wire.Project, Status: http.StatusCreated,
			Errors: slices.Concat(own, []*wire.Error{
				apig.E2001, apig.E2006, apig.E2011, apig.E3015, apig.E1102, apig.E1201,
			}),
			Handle: wire.Body[BindInput, []Bound](a.bind),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/acl-bindings/binded-acls", Action: "apigw:acl_bindings:list_bound_acls",
			Summary: "List the access control policies of an API.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "api_id", Type: "string", Required: true, Doc: "API id."},
				{Name: "env_id", Type: "string", Doc: "Environment id."},
				{Name: "env_name", Type: "string", Doc: "Part of the environment's name, ignoring case."},
				{Name: "acl_id", Type: "string", Doc: "Policy id."},
				{Name: "acl_name", Type: "string", Doc: "Part of the policy's name, ignoring case."},
			}, paging...),
			Errors: slices.Concat(pages, []*wire.Error{apig.E3002, apig.E1102}),
			Handle: wire.Get(a.boundACLs),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/acl-bindings/binded-apis", Action: "apigw:acl_bindings:list_bound_apis",
			Summary: "List the APIs that an access control policy is bound to.", Access: wire.Project, Status: http.StatusOK,
			Query: slices.Concat(ofPolicy, paging), Errors: slices.Concat(pages, own),
			Handle: wire.Get(a.boundAPIs),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/acl-bindings/unbinded-apis", Action: "apigw:acl_bindings:list_unbound_apis",
			Summary: "List the published APIs that an access control policy is not bound to.", Access: wire.Project, Status: http.StatusOK,
			Query: slices.Concat(ofPolicy, paging), Errors: slices.Concat(pages, own),
			Handle: wire.Get(a.unboundAPIs),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/acl-bindings/{id}", Action: "apigw:acl_bindings:delete",
			Summary: "End a binding; the policy holds for the API no more.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3010, apig.E1106},
			Handle: wire.Done(a.unbind),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/acl-bindings", Action: "apigw:acl_bindings:delete-batch",
			Summary: "End several bindings; the answer says which were refused, and why.",
			Access:  wire.Project, Status: http.StatusOK, Query: action,
			Errors: []*wire.Error{apig.E2001, apig.E2006, apig.E2011},
			Handle: wire.Body[UnbindBatch, *Unbound](a.unbindBatch),
		},
	}
}

var (
	action = []wire.Param{{Name: "action", Type: "string", Required: true, Doc: "delete."}}

	ofPolicy = []wire.Param{
		{Name: "acl_id", Type: "string", Required: true, Doc: "Policy id."},
		{Name: "api_id", Type: "string", Doc: "API id."},
		{Name: "api_name", Type: "string", Doc: "Part of the API's name, ignoring case."},
		{Name: "group_id", Type: "string", Doc: "Group id."},
		{Name: "env_id", Type: "string", Doc: "Environment id."},
	}

	paging = []wire.Param{
		{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
		{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
	}
)
