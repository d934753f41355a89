package users

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

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	missing := keystone.NotFound("user", "<id>")
	malformed := keystone.BadRequest("<reason>")
	taken := keystone.Conflict("user", "Duplicate entry found with name <name> at domain ID <id>")
	denied := keystone.Forbidden("<rule>")
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v3/users", Action: "identity:list_users", Access: wire.Authenticated,
			Summary: "Lists users by name: all of them for an administrator, those of the department in scope, else the caller alone.",
			Query: []wire.Param{
				{Name: "name", Type: "string", Doc: "Only the user with exactly this name."},
				{Name: "name__contains", Type: "string", Doc: "Only users with this in their names, without case."},
				{Name: "domain_id", Type: "string", Doc: "Only users of this domain."},
				{Name: "enabled", Type: "string", Doc: "true or false."},
			},
			Errors: []*wire.Error{malformed}, Handle: wire.Get(a.list),
		},
		{
			Method: http.MethodPost, Pattern: "/v3/users", Action: "identity:create_user", Access: wire.Domain, Status: http.StatusCreated,
			Summary: "Makes a user without roles.", Errors: []*wire.Error{malformed, denied, keystone.NotFound("domain", "<id>"), taken, accounts.Busy},
			Handle: wire.Body(a.create),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/users/{id}", Action: "identity:get_user", Access: wire.Authenticated,
			Summary: "Shows a user.", Errors: []*wire.Error{missing}, Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodPatch, Pattern: "/v3/users/{id}", Action: "identity:update_user", Access: wire.Domain,
			Summary: "Changes a user. A password is set whatever it is like, and ends the user's tokens.",
			Errors:  []*wire.Error{malformed, denied, missing, taken, accounts.Busy}, Handle: wire.Body(a.update),
		},
		{
			Method: http.MethodDelete, Pattern: "/v3/users/{id}", Action: "identity:delete_user", Access: wire.Domain,
			Summary: "Deletes a user with all its credentials and ends its tokens.",
			Errors:  []*wire.Error{denied, missing}, Handle: wire.Done(a.remove),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/users/{id}/projects", Action: "identity:list_user_projects", Access: wire.Authenticated,
			Summary: "Lists the projects in which a user holds a role; through a department those of that department only.",
			Query:   []wire.Param{{Name: "enabled", Type: "string", Doc: "true or false."}},
			Errors:  []*wire.Error{malformed, missing}, Handle: wire.Get(a.projects),
		},
		{
			Method: http.MethodPost, Pattern: "/v3/users/{id}/password", Action: "identity:change_password", Access: wire.Public,
			Summary: "Changes one's own password; the present one is the proof, no token is needed. It ends the user's tokens.",
			Errors:  []*wire.Error{malformed, keystone.Unauthorized(), accounts.Busy}, Handle: wire.DoneBody(a.changePassword),
		},
	}
}
