package authorizers

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

// Area serves custom authorizers.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents (reference 4.19.1 to 4.19.5). The
// status tables have 201 for all but DELETE; clients take 200 from PUT and GET
// only (wire-facts §0.3).
func (a *Area) Routes() []wire.Route {
	own := []*wire.Error{apig.E3081, apig.E1137}
	body := []*wire.Error{
		apig.E2001, apig.E2002, apig.E2003, apig.E2005, apig.E2006, apig.E2011,
		apig.E3019, apig.E3117, apig.E3211, apig.E3212,
	}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/authorizers", Action: "apigw:authorizers:create",
			Summary: "Create a custom authorizer.", Access: wire.Project, Status: http.StatusCreated,
			Errors: slices.Concat(body, []*wire.Error{apig.E3116}),
			Handle: wire.Body[Input, *Authorizer](a.create),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/authorizers/{id}", Action: "apigw:authorizers:update",
			Summary: "Change a custom authorizer.", Access: wire.Project, Status: http.StatusOK,
			Errors: slices.Concat(body, own),
			Handle: wire.Body[Input, *Authorizer](a.update),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/authorizers/{id}", Action: "apigw:authorizers:delete",
			Summary: "Delete a custom authorizer that no API names.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: slices.Concat(own, []*wire.Error{apig.C7701}),
			Handle: wire.Done(a.delete),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/authorizers/{id}", Action: "apigw:authorizers:show",
			Summary: "Show a custom authorizer.", Access: wire.Project, Status: http.StatusOK,
			Errors: own,
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/authorizers", Action: "apigw:authorizers:list",
			Summary: "List custom authorizers, the newest first.", Access: wire.Project, Status: http.StatusOK,
			Query: []wire.Param{
				{Name: "id", Type: "string", Doc: "Authorizer id."},
				{Name: "name", Type: "string", Doc: "Part of the name, ignoring case; the whole name with precise_search=name."},
				{Name: "type", Type: "string", Doc: "FRONTEND or BACKEND."},
				{Name: "precise_search", Type: "string", Doc: "name."},
				{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
				{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
			},
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011},
			Handle: wire.Get(a.list),
		},
	}
}
