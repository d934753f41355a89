package responses

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

// Area serves group responses.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents: eight operations at two places.
func (a *Area) Routes() []wire.Route {
	return slices.Concat(
		a.at("/v1.0/apigw/api-groups/{group_id}/gateway-responses", "apigw:responses:",
			apig.E3001, apig.E1101),
		a.at("/v2/{project_id}/apigw/instances/{instance_id}/api-groups/{group_id}/gateway-responses", "apigw:instance_responses:",
			apig.E3001, apig.C7111, apig.E3030))
}

// maxBody has room for every type with the longest body, all of it escaped.
const maxBody = 1 << 20

// at is the table below one path, whose ids are refused with the codes of path.
func (a *Area) at(parent, action string, path ...*wire.Error) []wire.Route {
	one, kind := parent+"/{response_id}", parent+"/{response_id}/{response_type}"
	fields := []*wire.Error{apig.E2001, apig.E2002, apig.E2003, apig.E2006, apig.E2011}
	with := func(more ...*wire.Error) []*wire.Error { return slices.Concat(path, more) }
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: parent, Action: action + "create", MaxBody: maxBody,
			Summary: "Create a response of an API group.", Access: wire.Project, Status: http.StatusCreated,
			Errors: with(append(fields, apig.E3136, apig.E3216)...),
			Handle: wire.Body[Input, *Response](a.create),
		},
		{
			Method: http.MethodGet, Pattern: parent, Action: action + "list",
			Summary: "List the responses of an API group, the default one first.", Access: wire.Project, Status: http.StatusOK,
			Query: []wire.Param{
				{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
				{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
			},
			Errors: with(apig.E2002, apig.E2003, apig.E2011),
			Handle: wire.Get[*List](a.list),
		},
		{
			Method: http.MethodGet, Pattern: one, Action: action + "show",
			Summary: "Show a response of an API group.", Access: wire.Project, Status: http.StatusOK,
			Errors: with(apig.E3007),
			Handle: wire.Get[*Response](a.show),
		},
		{
			Method: http.MethodPut, Pattern: one, Action: action + "update", MaxBody: maxBody,
			Summary: "Replace a response of an API group; types that are left out get their defaults.", Access: wire.Project, Status: http.StatusOK,
			Errors: with(append(fields, apig.E3007, apig.E3216, apig.E3492)...),
			Handle: wire.Body[Change, *Response](a.update),
		},
		{
			Method: http.MethodDelete, Pattern: one, Action: action + "delete",
			Summary: "Delete a response that no API names.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: with(apig.E3007, apig.E3491, apig.E1107),
			Handle: wire.Done(a.delete),
		},
		{
			Method: http.MethodGet, Pattern: kind, Action: action + "show_type",
			Summary: "Show how a response words one type of fault.", Access: wire.Project, Status: http.StatusOK,
			Errors: with(apig.E3007),
			Handle: wire.Get[map[string]Type](a.showType),
		},
		{
			Method: http.MethodPut, Pattern: kind, Action: action + "update_type", MaxBody: maxBody,
			Summary: "Set how a response words one type of fault.", Access: wire.Project, Status: http.StatusOK,
			Errors: with(append(fields, apig.E3007)...),
			Handle: wire.Body[TypeInput, map[string]Type](a.updateType),
		},
		{
			Method: http.MethodDelete, Pattern: kind, Action: action + "reset_type",
			Summary: "Give one type of fault its default wording again.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: with(apig.E3007),
			Handle: wire.Done(a.resetType),
		},
	}
}
