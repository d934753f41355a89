package domains

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Deps is what the area works with.
type Deps struct {
	Accounts *accounts.Area
	Site     keystone.Site
}

// Area is the open area.
type Area struct{ Deps }

// New returns the area.
func New(d Deps) *Area { return &Area{d} }

const maxBody = 64 << 10

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	bad := keystone.BadRequest("Invalid input for field '<field>': <reason>.")
	missing := keystone.NotFound("domain", "<id>")
	taken := keystone.Conflict("domain", "Duplicate entry found with name <name>")
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v3/domains", Action: "identity:list_domains", Access: wire.Authenticated,
			Summary: "Lists domains: all of them for an administrator, else the one in scope and the caller's own.",
			Query: []wire.Param{
				{Name: "name", Type: "string", Doc: "Only the domain with this name, compared without case."},
				{Name: "enabled", Type: "string", Doc: "true or false."},
			},
			Errors: []*wire.Error{bad},
			Handle: wire.Get(a.list),
		},
		{
			Method: http.MethodPost, Pattern: "/v3/domains", Action: "identity:create_domain", Access: wire.Admin,
			Summary: "Makes a domain.", Status: http.StatusCreated, MaxBody: maxBody,
			Errors: []*wire.Error{bad, taken},
			Handle: wire.Body(a.create),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/domains/{id}", Action: "identity:get_domain", Access: wire.Authenticated,
			Summary: "Shows a domain.", Errors: []*wire.Error{missing},
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodPatch, Pattern: "/v3/domains/{id}", Action: "identity:update_domain", Access: wire.Admin,
			Summary: "Renames, describes, enables or disables a domain; what is left out stays.", MaxBody: maxBody,
			Errors: []*wire.Error{bad, missing, taken},
			Handle: wire.Body(a.update),
		},
		{
			Method: http.MethodDelete, Pattern: "/v3/domains/{id}", Action: "identity:delete_domain", Access: wire.Admin,
			Summary: "Deletes a disabled domain with its users, groups and projects, if these own nothing.",
			Errors: []*wire.Error{
				missing, keystone.Denied("Cannot delete a domain that is enabled, please disable it first."),
				keystone.Occupied("Cannot delete domain <name>: its project <name> still owns <things>. Delete these first."),
			},
			Handle: wire.Done(a.remove),
		},
	}
}
