package configs

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Deps are what the area needs.
type Deps struct {
	DB     *store.DB
	Clock  clock.Clock
	Quotas entitlement.Book
}

// Area serves the configuration of projects.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents: wire-facts §0.2, then how quotas are
// changed, which is ours.
func (a *Area) Routes() []wire.Route {
	whose := wire.Param{Name: "project_id", Type: "string", Doc: "Project; for administrators. Without it the own one."}
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/config/project", Action: "apigw:configs:list",
			Summary: "List how much a project may own.", Access: wire.Project, Status: http.StatusOK,
			Query: []wire.Param{
				{Name: "config_id", Type: "string", Doc: "Id of one entry."},
				{Name: "config_name", Type: "string", Doc: "Part of the name, ignoring case."},
				{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
				{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
				whose,
			},
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011, apig.E1107},
			Handle: wire.Get(a.list),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/config/project/{config_name}", Action: "apigw:configs:update",
			Summary: "Change how much a project may own; for administrators.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E2001, apig.E2003, apig.E2011, apig.E3007, apig.E1107},
			Handle: wire.Body[Input, *Config](a.set),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/config/project/{config_name}", Action: "apigw:configs:reset",
			Summary: "Give a project the configured quota again; for administrators.", Access: wire.Project, Status: http.StatusNoContent,
			Query:  []wire.Param{whose},
			Errors: []*wire.Error{apig.E2011, apig.E3007, apig.E1107},
			Handle: wire.Done(a.reset),
		},
	}
}
