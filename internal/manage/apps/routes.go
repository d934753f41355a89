package apps

import (
	"embed"
	"io/fs"
	"net/http"
	"slices"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
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
	Sealer *secret.Sealer
}

// Area serves applications and AppCodes.
type Area struct {
	Deps
	index []byte // key under which AppCodes are hashed
}

// New makes the area.
func New(d Deps) *Area { return &Area{Deps: d, index: d.Sealer.Derive("app-code-index")} }

// Routes is the area's table of contents: reference 4.3.2 to 4.3.8, then the
// AppCodes of wire-facts §0.2.
func (a *Area) Routes() []wire.Route {
	own := []*wire.Error{apig.E3004, apig.E1104}
	secretRules := []*wire.Error{apig.E2005, apig.E2006, apig.E2011}
	body := append([]*wire.Error{apig.E2001, apig.E3203, apig.E3310}, secretRules...)
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/apps", Action: "apigw:apps:create",
			Summary: "Create an app.", Access: wire.Project, Status: http.StatusCreated,
			Errors: slices.Concat(body, []*wire.Error{apig.E3103}),
			Handle: wire.Body[Input, *App](a.create),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/apps/{id}", Action: "apigw:apps:update",
			Summary: "Change an app.", Access: wire.Project, Status: http.StatusOK,
			Errors: slices.Concat(body, own),
			Handle: wire.Body[Input, *App](a.update),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/apps/secret/{id}", Action: "apigw:apps:reset_secret",
			Summary: "Give an app another secret; signatures with the old one end at once.",
			Access:  wire.Project, Status: http.StatusOK,
			Errors: slices.Concat(secretRules, own),
			Handle: wire.Body[SecretInput, *App](a.resetSecret).Optional(),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/apps/{id}", Action: "apigw:apps:delete",
			Summary: "Delete an app with its AppCodes and grants.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: own,
			Handle: wire.Done(a.delete),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/apps/validation/{id}", Action: "apigw:apps:validate",
			Summary: "Say whether an app exists, also to those who do not own it.", Access: wire.Project, Status: http.StatusOK,
			Errors: []*wire.Error{apig.E3004},
			Handle: wire.Get(a.validate),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/apps/{id}", Action: "apigw:apps:show",
			Summary: "Show an app.", Access: wire.Project, Status: http.StatusOK,
			Errors: own,
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/apps", Action: "apigw:apps:list",
			Summary: "List apps.", Access: wire.Project, Status: http.StatusOK,
			Query: append([]wire.Param{
				{Name: "id", Type: "string", Doc: "App id."},
				{Name: "name", Type: "string", Doc: "Part of the name, ignoring case; the whole name with precise_search=name."},
				{Name: "status", Type: "integer", Doc: "Always 1; deprecated in the reference."},
				{Name: "app_key", Type: "string", Doc: "App key."},
				{Name: "creator", Type: "string", Doc: "USER or MARKET."},
				{Name: "precise_search", Type: "string", Doc: "name."},
			}, paging...),
			Errors: []*wire.Error{apig.E2002, apig.E2003, apig.E2011},
			Handle: wire.Get(a.list),
		},
		{
			Method: http.MethodPost, Pattern: "/v1.0/apigw/apps/{app_id}/app-codes", Action: "apigw:app_codes:create",
			Summary: "Give an app an AppCode of one's own choice.", Access: wire.Project, Status: http.StatusCreated,
			Errors: slices.Concat([]*wire.Error{apig.E2001, apig.E3131, apig.E3309}, secretRules, own),
			Handle: wire.Body[CodeInput, *Code](a.createCode),
		},
		{
			Method: http.MethodPut, Pattern: "/v1.0/apigw/apps/{app_id}/app-codes", Action: "apigw:app_codes:generate",
			Summary: "Give an app a generated AppCode.", Access: wire.Project, Status: http.StatusCreated,
			Errors: slices.Concat([]*wire.Error{apig.E3131}, own),
			Handle: wire.Get(a.generateCode),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/apps/{app_id}/app-codes", Action: "apigw:app_codes:list",
			Summary: "List the AppCodes of an app.", Access: wire.Project, Status: http.StatusOK,
			Query:  paging,
			Errors: slices.Concat([]*wire.Error{apig.E2002, apig.E2003, apig.E2011}, own),
			Handle: wire.Get(a.listCodes),
		},
		{
			Method: http.MethodGet, Pattern: "/v1.0/apigw/apps/{app_id}/app-codes/{id}", Action: "apigw:app_codes:show",
			Summary: "Show an AppCode.", Access: wire.Project, Status: http.StatusOK,
			Errors: slices.Concat([]*wire.Error{apig.E3082}, own),
			Handle: wire.Get(a.showCode),
		},
		{
			Method: http.MethodDelete, Pattern: "/v1.0/apigw/apps/{app_id}/app-codes/{id}", Action: "apigw:app_codes:delete",
			Summary: "Delete an AppCode; calls with it end at once.", Access: wire.Project, Status: http.StatusNoContent,
			Errors: slices.Concat([]*wire.Error{apig.E3082}, own),
			Handle: wire.Done(a.deleteCode),
		},
	}
}

var paging = []wire.Param{
	{Name: "page_size", Type: "integer", Doc: "0 to 500, default 20; 0 lists everything."},
	{Name: "page_no", Type: "integer", Doc: "From 1, default 1."},
}
