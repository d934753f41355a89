package outline

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Deps are what the area needs.
type Deps struct {
	DB    *store.DB
	Clock clock.Clock
}

// Area serves the overview.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents (reference 4.13.1 to 4.13.3).
func (a *Area) Routes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/resources/outline/groups", Action: "apigw:outline:groups",
			Summary: "Count the API groups that are and are not on sale.", Access: wire.Project, Status: http.StatusOK,
			Handle: wire.Get(a.groups),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/resources/outline/apis", Action: "apigw:outline:apis",
			Summary: "Count the APIs that are and are not published in RELEASE.", Access: wire.Project, Status: http.StatusOK,
			Handle: wire.Get(a.apis),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/resources/outline/apps", Action: "apigw:outline:apps",
			Summary: "Count the apps that are and are not authorised for an API.", Access: wire.Project, Status: http.StatusOK,
			Handle: wire.Get(a.apps),
		},
	}
}
