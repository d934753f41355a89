package statistics

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	calls "github.com/lintel-gateway/lintel/internal/statistics"
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
	DB    *store.DB
	Clock clock.Clock
	// Calls is what the gateway of this process counts.
	Calls *calls.Collector
}

// Area serves statistics.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents (wire-facts §0.2).
func (a *Area) Routes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/statistics/api/latest", Action: "apigw:statistics:show_api",
			Summary: "Say how often and how fast an API answered lately, minute by minute.", Access: wire.Project, Status: http.StatusOK,
			Query: []wire.Param{
				{Name: "api_id", Type: "string", Required: true, Doc: "API id."},
				{Name: "duration", Type: "string", Required: true, Doc: "Hours or minutes up to now: 1h, 30m; at most 24h."},
			},
			Errors: []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2011, apig.E3002, apig.E1102},
			Handle: wire.Get(a.api),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/statistics/group/latest", Action: "apigw:statistics:show_group",
			Summary: "Say how often and how fast the APIs of a group answered in the last hour, minute by minute.",
			Access:  wire.Project, Status: http.StatusOK,
			Query:  []wire.Param{{Name: "group_id", Type: "string", Required: true, Doc: "Group id."}},
			Errors: []*wire.Error{apig.E2001, apig.E3001, apig.E1101},
			Handle: wire.Get(a.group),
		},
	}
}
