package groups

import (
	"context"
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
	// Domain is the gateway domain, under which groups get their sub-domains.
	Domain string
	// CNAMEs brings the status of the independent domains of groups up to date
	// before they are shown. It is nil where the area of domains is not there, in
	// tests of others: groups have no domains then.
	CNAMEs func(ctx context.Context, groupIDs []string) error
}

// Area serves groups.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents (reference 4.1.2 to 4.1.6).
func (a *Area) Routes() []wire.Route {
	fields := []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2005, apig.E2006, apig.E2011, apig.E3201}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/api-groups", Action: "apigw:groups:create",
			Summary: "Create an API group; it gets a sub-domain.", Access: wire.Project, Status: http.StatusCreated,
			Errors: append([]*wire.Error{apig.E3101}, fields...),
			Handle: wire.Body[Input, *Group](a.create),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/api-groups/{id}", Action: "apigw:groups:update",
			Summary: "Change the name and the description of an API group.", Access: wire.Project, Status: http.StatusOK,
			Errors: append([]*wire.Error{apig.E3001, apig.E1101}, fields...),
			Handle: wire.Body[Input, *Group](a.update),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/api-groups/{id}", Action: "apigw:groups:delete",
			Summary: "Delete an API group that holds no APIs, with its variables, domains, certificates and responses.",
			Access:  wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3001, apig.E1101, apig.E3415},
			Handle: wire.Done(a.delete),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/api-groups/{id}", Action: "apigw:groups:show",
			Summary: "Show an API group.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E3001, apig.E1101},
			Handle: wire.Get[*Group](a.show),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/api-groups", Action: "apigw:groups:list",
			Summary: "List API groups, the newest first; administrators see those of all projects.",
			Access:  wire.Project, Status: http.StatusOK,
			Query: []wire.Param{
				{Name: "id", Type: "string", Doc: "Group id."},
				{Name: "name", Type: "string", Doc: "Part of the name, ignoring case; the whole name with precise_search=name."},
				{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
				{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
				{Name: "precise_search", Type: "string", Doc: "name: compare the whole name."},
			},
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011},
			Handle: wire.Get[*List](a.list),
		},
	}
}
