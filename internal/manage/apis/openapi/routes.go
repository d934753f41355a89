package openapi

import (
	"context"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/apis"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Policies are the areas of what a document describes beside APIs; they write
// in the import's transactions, with their own rules and refusals.
type Policies struct {
	// Group creates a group and answers its id.
	Group func(r *wire.Request, tx *store.Tx, name, remark string) (id string, err error)
	// Throttle creates the throttling policy, or answers the one of that name;
	// with overwrite it changes that one.
	Throttle func(r *wire.Request, tx *store.Tx, projectID string, t extension.ThrottlePolicy, overwrite bool) (id string, err error)
	// ACL does the same for an access control policy.
	ACL func(r *wire.Request, tx *store.Tx, projectID string, a extension.ACLPolicy, overwrite bool) (id string, err error)
	// ShowThrottle and ShowACL answer a definition.Throttle and a definition.ACL.
	ShowThrottle, ShowACL func(ctx context.Context, q store.Querier, id string) (any, error)
}

// Deps are what the area needs.
type Deps struct {
	DB       *store.DB
	IDs      *ids.Source
	Clock    clock.Clock
	Quotas   entitlement.Book
	Domain   string // under which each group has its sub-domain
	APIs     *apis.Area
	Policies Policies
}

// Area serves the area's routes.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents (reference 4.18.1 to 4.18.4).
func (a *Area) Routes() []wire.Route {
	unreadable := []*wire.Error{apig.E3600, apig.E3601, apig.E3602, apig.E3603, apig.E3609, apig.E3127, apig.E2011, apig.E2001}
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/openapi", Action: "apigw:openapi:export",
			Summary: "Export the APIs of a group as published in an environment.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "group_id", Type: "string", Doc: "Group id. Needed, under this name or the next."},
				{Name: "group", Type: "string", Doc: "Another name of group_id, which wins."},
			}, exportParams...),
			Errors: []*wire.Error{apig.E2001, apig.E2006, apig.E2011, apig.E3001, apig.E1101, apig.E3003, apig.E1103, apig.E1201},
			Handle: wire.Get[*wire.File](a.exportGroup),
		},
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/openapi/apis", Action: "apigw:openapi:export-apis",
			Summary: "Export APIs of one group by their ids, as published in an environment.", Access: wire.Project, Status: http.StatusOK,
			Query:  exportParams,
			Errors: []*wire.Error{apig.E2001, apig.E2006, apig.E2011, apig.E3002, apig.E1102, apig.E3003, apig.E1103, apig.E1201, apig.E3015},
			Handle: wire.Body[[]string, *wire.File](a.exportAPIs),
		},
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/openapi", Action: "apigw:openapi:import",
			Summary: "Import a document, Swagger 2.0 or OpenAPI 3, JSON or YAML, into a new group named as its title.",
			Access:  wire.Project, Status: http.StatusOK, MaxBody: document.MaxBytes, TooLarge: apig.E3603,
			Query:  []wire.Param{extendMode, dryRun},
			Errors: append([]*wire.Error{apig.E3101, apig.E3201}, unreadable...),
			Handle: wire.Body[wire.Raw, *Result](a.importNew),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/openapi", Action: "apigw:openapi:import-into",
			Summary: "Import a document into a group.",
			Access:  wire.Project, Status: http.StatusOK, MaxBody: document.MaxBytes, TooLarge: apig.E3603,
			Query: []wire.Param{
				{Name: "group_id", Type: "string", Required: true, Doc: "Group id."},
				{Name: "mode", Type: "string", Required: true, Doc: "merge keeps an API that is in conflict, override replaces it."},
				extendMode, dryRun,
			},
			Errors: append([]*wire.Error{apig.E3001, apig.E1101}, unreadable...),
			Handle: wire.Body[wire.Raw, *Result](a.importInto),
		},
	}
}

var (
	extendMode = wire.Param{Name: "extend_mode", Type: "string", Doc: "merge (default) keeps a policy of the same name, override overwrites it."}
	dryRun     = wire.Param{Name: "dry_run", Type: "boolean", Doc: "true answers what the import would do and does nothing."}

	exportParams = []wire.Param{
		{Name: "env_id", Type: "string", Doc: "Environment id, default RELEASE."},
		{Name: "env", Type: "string", Doc: "Another name of env_id, which wins."},
		{Name: "define", Type: "string", Doc: "base (default) without backends, full with them, all with policies as well."},
		{Name: "version", Type: "string", Doc: "info.version of the document, at most 64 characters, default the time."},
		{Name: "type", Type: "string", Doc: "json (default) or yaml."},
		{Name: "format", Type: "string", Doc: "swagger2 (default) or openapi3."},
	}
)
