package apis

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/dial"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
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
	// Targets judges the addresses of backends for warnings; nil: none are made.
	Targets *dial.Rules
}

// Area serves the drafts.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents (reference 4.2.2 to 4.2.4, 4.2.8, 4.2.9).
func (a *Area) Routes() []wire.Route {
	document := []*wire.Error{
		apig.E2001, apig.E2002, apig.E2005, apig.E2006, apig.E2011, apig.E2015, apig.E2024,
		apig.E2025, apig.E2026, apig.E2027, apig.E2028, apig.E2036, apig.E3209, apig.E3210, apig.E3213,
		apig.E3111, apig.E3113, apig.E3114, apig.E3133, apig.E3202, apig.E3301,
		apig.E3019, apig.E3023, apig.E3081, apig.E1113, apig.E1137,
	}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/apis", Action: "apigw:apis:create",
			Summary: "Register an API.", Access: wire.Project, Status: http.StatusCreated,
			Errors: append([]*wire.Error{apig.E3102, apig.E3125, apig.E2003, apig.E3001, apig.E1101}, document...),
			Handle: wire.Body[draft.Document, *API](a.create),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/apis/{id}", Action: "apigw:apis:update",
			Summary: "Change an API; what is published stays until it is published again.",
			Access:  wire.Project, Status: http.StatusOK,
			Errors: append([]*wire.Error{apig.E3002, apig.E1102}, document...),
			Handle: wire.Body[draft.Document, *API](a.update),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/apis/{id}", Action: "apigw:apis:delete",
			Summary: "Delete an API with its versions and grants.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3002, apig.E1102, apig.E3416},
			Handle: wire.Done(a.delete),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/apis/{id}", Action: "apigw:apis:show",
			Summary: "Show an API with its backend.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E3002, apig.E1102},
			Handle: wire.Get[*API](a.show),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/apis", Action: "apigw:apis:list",
			Summary: "List APIs without their backends.", Access: wire.Project, Status: http.StatusOK,
			Query:  listParams,
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011},
			Handle: wire.Get[*List](a.list),
		},
	}
}

var listParams = []wire.Param{
	{Name: "id", Type: "string", Doc: "API id."},
	{Name: "name", Type: "string", Doc: "Part of the name, ignoring case; the whole name with precise_search=name."},
	{Name: "group_id", Type: "string", Doc: "Group id."},
	{Name: "req_protocol", Type: "string", Doc: "HTTP, HTTPS or BOTH."},
	{Name: "req_method", Type: "string", Doc: "Request method."},
	{Name: "req_uri", Type: "string", Doc: "Part of the path; the whole path with precise_search=req_uri."},
	{Name: "auth_type", Type: "string", Doc: "NONE, APP, IAM or AUTHORIZER."},
	{Name: "env_id", Type: "string", Doc: "Environment in which the API is published."},
	{Name: "type", Type: "integer", Doc: "1 public, 2 private."},
	{Name: "status", Type: "integer", Doc: "Always 1; deprecated in the reference."},
	{Name: "tags", Type: "string", Doc: "Tags separated by commas; an API with any of them matches."},
	{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
	{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
	{Name: "precise_search", Type: "string", Doc: "name or req_uri, or both separated by a comma."},
}
