package releases

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/dial"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Deps are what the area needs.
type Deps struct {
	DB     *store.DB
	IDs    *ids.Source
	Clock  clock.Clock
	Quotas entitlement.Book
	Domain string // under which each group has its sub-domain
	// Targets judges the addresses of backends for warnings; nil: none are made.
	Targets *dial.Rules
}

// Area serves the releases.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents.
func (a *Area) Routes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/apis/publish/{api_id}", Action: "apigw:apis:publish",
			Summary: "Publish an API to an environment.", Access: wire.Project, Status: http.StatusCreated,
			Errors: []*wire.Error{apig.E2001, apig.E2006, apig.E2011, apig.E3002, apig.E1102, apig.E3003, apig.E1103, apig.E1201},
			Handle: wire.Body[PublishRequest, *Published](a.publish),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/apis/publish/{api_id}", Action: "apigw:apis:offline",
			Summary: "Take an API offline in an environment.", Access: wire.Project, Status: http.StatusNoContent,
			Query:  []wire.Param{{Name: "env_id", Type: "string", Required: true, Doc: "Environment id."}},
			Errors: []*wire.Error{apig.E2001, apig.E3002, apig.E1102, apig.E3003, apig.E1103, apig.E1201, apig.E3015},
			Handle: wire.Done(a.offline),
		},
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/apis/publish", Action: "apigw:apis:publish-batch",
			Summary: "Publish or take offline several APIs; each is decided alone.",
			Access:  wire.Project, Status: http.StatusOK,
			Query:  []wire.Param{{Name: "action", Type: "string", Doc: "online (default) or offline."}},
			Errors: []*wire.Error{apig.E2001, apig.E2006, apig.E2011, apig.E3003, apig.E1103},
			Handle: wire.Body[BatchRequest, *BatchResult](a.batch),
		},
		{
			// 201 is in the reference's status table alone; clients accept only 200.
			Method: http.MethodGet, Pattern: "/v1.0/apigw/apis/publish/{api_id}", Action: "apigw:apis:versions",
			Summary: "List the versions of an API, newest first.", Access: wire.Project, Status: http.StatusOK,
			Query: []wire.Param{
				{Name: "env_id", Type: "string", Doc: "Environment id."},
				{Name: "env_name", Type: "string", Doc: "Environment name."},
				{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
				{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
			},
			Errors: []*wire.Error{apig.E3002, apig.E1102, apig.E2002, apig.E2003, apig.E2011},
			Handle: wire.Get[*VersionList](a.versions),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/apis/versions/{version_id}", Action: "apigw:apis:offline-version",
			Summary: "Take the API offline that runs in this version.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: []*wire.Error{apig.E3022, apig.E1102, apig.E3015},
			Handle: wire.Done(a.offlineVersion),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/apis/versions/{version_id}", Action: "apigw:apis:version",
			Summary: "Show a version with its backend.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E3022, apig.E1102},
			Handle: wire.Get[*Version](a.version),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/apis/runtime/{id}", Action: "apigw:apis:runtime",
			Summary: "Show what an environment serves, without the backend.", Access: wire.Project, Status: http.StatusOK,
			Query:  []wire.Param{{Name: "env_id", Type: "string", Doc: "Environment id, default RELEASE."}},
			Errors: []*wire.Error{apig.E3002, apig.E1102, apig.E3003, apig.E1103, apig.E1201, apig.E3015},
			Handle: wire.Get[*Runtime](a.runtime),
		},
	}
}
