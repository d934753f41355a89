package functions

import (
	"embed"
	"io/fs"
	"net/http"
	"slices"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/dial"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the area's part of the database schema.
func Schema() fs.FS { return store.Schema(schema) }

// maxUpload bounds a body with a module of 8 MB in Base64.
const maxUpload = 12 << 20

// Deps are what the area needs.
type Deps struct {
	DB      *store.DB
	IDs     *ids.Source
	Clock   clock.Clock
	Quotas  entitlement.Book
	Region  string // stands in URNs
	Runtime *function.Runtime
	// Targets judges what http functions call for warnings; nil: none are made.
	Targets *dial.Rules
}

// Area serves functions.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

const (
	collection = "/v2/{project_id}/fgs/functions"
	single     = collection + "/{function_urn}"
)

// Routes is the area's table of contents.
func (a *Area) Routes() []wire.Route {
	project := []*wire.Error{apig.C7111}
	own := []*wire.Error{apig.E3019, apig.C7111}
	texts := []*wire.Error{apig.E2002, apig.E2003, apig.E2006, apig.E2011}
	code := []*wire.Error{apig.E2001, apig.E2006, apig.E2011, apig.E2016}
	paging := []wire.Param{
		{Name: "marker", Type: "integer", Doc: "Where to go on: next_marker of the page before; default 0."},
		{Name: "maxitems", Type: "integer", Doc: "1 to 400; 0, more and nothing are 400."},
	}
	pages := []*wire.Error{apig.E2002, apig.E2011}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: collection, Action: "fgs:functions:create",
			Summary: "Create a function.", Access: wire.Project, Status: http.StatusOK,
			Errors: slices.Concat(code, []*wire.Error{apig.E2002, apig.E2003, apig.E3100, apig.E3309}, project), MaxBody: maxUpload,
			Handle: wire.Body[Input, *Function](a.create),
		},
		{
			Method: http.MethodGet, Pattern: collection, Action: "fgs:functions:list",
			Summary: "List functions in their latest versions, the oldest first.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "package_name", Type: "string", Doc: "Package."},
				{Name: "func_name", Type: "string", Doc: "Part of the name, ignoring case."},
			}, paging...),
			Errors: slices.Concat(pages, project),
			Handle: wire.Get(a.list),
		},
		{
			Method: http.MethodGet, Pattern: single, Action: "fgs:functions:show",
			Summary: "Show a function.", Access: wire.Project, Status: http.StatusOK,
			Errors: own,
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodDelete, Pattern: single, Action: "fgs:functions:delete",
			Summary: "Delete a function, or the version that the URN ends with.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: slices.Concat([]*wire.Error{apig.E2011, apig.C7701}, own),
			Handle: wire.Done(a.delete),
		},
		{
			Method: http.MethodGet, Pattern: single + "/config", Action: "fgs:functions:show_config",
			Summary: "Show a function: FunctionGraph's path.", Access: wire.Project, Status: http.StatusOK,
			Errors: own,
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodPut, Pattern: single + "/config", Action: "fgs:functions:update_config",
			Summary: "Change how a function runs; gateways do so at once.", Access: wire.Project, Status: http.StatusOK,
			Errors: slices.Concat(texts, own),
			Handle: wire.Body[ConfigInput, *Function](a.updateConfig),
		},
		{
			Method: http.MethodGet, Pattern: single + "/code", Action: "fgs:functions:show_code",
			Summary: "Show a function's module or target.", Access: wire.Project, Status: http.StatusOK,
			Errors: own,
			Handle: wire.Get(a.showCode),
		},
		{
			Method: http.MethodPut, Pattern: single + "/code", Action: "fgs:functions:update_code",
			Summary: "Give a function another module or target; gateways use it at once.", Access: wire.Project, Status: http.StatusOK,
			Errors: slices.Concat(code, []*wire.Error{apig.E2002}, own), MaxBody: maxUpload,
			Handle: wire.Body[CodeInput, *Code](a.updateCode),
		},
		{
			Method: http.MethodPost, Pattern: single + "/versions", Action: "fgs:functions:publish_version",
			Summary: "Publish the latest version under a name of its own.", Access: wire.Project, Status: http.StatusOK,
			Errors: slices.Concat([]*wire.Error{apig.E2006, apig.E2011, apig.E3100, apig.E3309}, own),
			Handle: wire.Body[VersionInput, *Function](a.publish).Optional(),
		},
		{
			Method: http.MethodGet, Pattern: single + "/versions", Action: "fgs:functions:list_versions",
			Summary: "List the versions of a function, latest first.", Access: wire.Project, Status: http.StatusOK,
			Query:  paging,
			Errors: slices.Concat(pages, own),
			Handle: wire.Get(a.listVersions),
		},
		{
			Method: http.MethodPost, Pattern: single + "/invocations", Action: "fgs:functions:invoke",
			Summary: "Call a function and wait for its answer.", Access: wire.Project, Status: http.StatusOK,
			MaxBody: function.MaxEvent,
			Errors:  slices.Concat([]*wire.Error{apig.E9008}, own),
			Handle:  wire.Body[Event, *Invocation](a.invoke).Optional(),
		},
		{
			Method: http.MethodPost, Pattern: single + "/invocations-async", Action: "fgs:functions:invoke_async",
			Summary: "Call a function without waiting.", Access: wire.Project, Status: http.StatusAccepted,
			MaxBody: function.MaxEvent,
			Errors:  slices.Concat([]*wire.Error{apig.E9008}, own),
			Handle:  wire.Body[Event, *Accepted](a.invokeAsync).Optional(),
		},
	}
}
