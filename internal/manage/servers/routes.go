package servers

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
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the area's part of the database schema.
func Schema() fs.FS { return store.Schema(schema) }

// Deps are what the area needs.
type Deps struct {
	DB    *store.DB
	IDs   *ids.Source
	Clock clock.Clock
	// Quotas bound the servers of a project; the zero value holds the default.
	Quotas entitlement.Book
	// Site is where the links of lists lead; the zero value is the host that
	// the client addressed.
	Site keystone.Site
}

// Area serves the instance directory.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

const (
	collection = "/v1/{project_id}/servers"
	item       = collection + "/{id}"

	maxBody = 128 << 10 // 64 networks with the longest names
)

// Routes is the area's table of contents.
func (a *Area) Routes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: collection, Action: "apigw:servers:list",
			Summary: "List the servers of a project that can be members of VPC channels, the newest first.",
			Access:  wire.Project, Status: http.StatusOK,
			Query: []wire.Param{
				{Name: "name", Type: "string", Doc: "Part of the name, ignoring case."},
				{Name: "status", Type: "string", Doc: "Status, ignoring case."},
				{Name: "limit", Type: "integer", Doc: "Servers on a page, 0 to 1000; more is taken as 1000. 0 and the default are 1000."},
				{Name: "marker", Type: "string", Doc: "Id of the last server of the page before."},
			},
			Errors: []*wire.Error{apig.E2002, apig.E2011, apig.C7111},
			Handle: wire.Get[*List](a.list),
		},
		{
			Method: http.MethodPut, Pattern: item, Action: "apigw:servers:put",
			Summary: "Enter a server under an id of one's own, or replace what is there.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E2001, apig.E2006, apig.E2011, apig.E2015, apig.E3092, apig.E3100, apig.C7111},
			Handle: wire.Body[Input, *Answer](a.put), MaxBody: maxBody,
		},
		{
			Method: http.MethodGet, Pattern: item, Action: "apigw:servers:show",
			Summary: "Show a server.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E3092, apig.C7111},
			Handle: wire.Get[*Answer](a.show),
		},
		{
			Method: http.MethodDelete, Pattern: item, Action: "apigw:servers:delete",
			Summary: "Take a server out of the directory; channels that have it as a member stop calling it.",
			Access:  wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3092, apig.C7111},
			Handle: wire.Done(a.delete),
		},
	}
}
