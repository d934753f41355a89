package profiles

import (
	"net/http"
	"slices"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Deps is what the area works with.
type Deps struct {
	Accounts *accounts.Area
}

// Area is the open area.
type Area struct{ Deps }

// New returns the area.
func New(d Deps) *Area { return &Area{d} }

const (
	current = ghippo.Base + "/current-user"
	users   = ghippo.Base + "/users"
	groups  = ghippo.Base + "/groups"
	// maxBody bounds what a request says about one user or group, in bytes.
	maxBody = 64 << 10
)

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	return slices.Concat(a.currentRoutes(), a.userRoutes(), a.groupRoutes(), a.memberRoutes(), a.roleRoutes())
}

func (a *Area) currentRoutes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: current, Action: "ghippo:current-user:show", Access: wire.Authenticated,
			Summary: "Shows the caller's own account.",
			Handle:  wire.Get(a.showCurrent),
		},
		{
			Method: http.MethodPut, Pattern: current + "/password", Action: "ghippo:current-user:password", Access: wire.Authenticated,
			Summary: "Changes the caller's own password and ends its tokens.", MaxBody: maxBody,
			Errors: []*wire.Error{invalid, ghippo.Forbidden("<rule>"), accounts.Busy},
			Handle: wire.Body(a.changePassword),
		},
		{
			Method: http.MethodPut, Pattern: current + "/email", Action: "ghippo:current-user:email", Access: wire.Authenticated,
			Summary: "Changes the caller's own address.", MaxBody: maxBody, Errors: []*wire.Error{invalid},
			Handle: wire.Body(a.changeEmail),
		},
		{
			Method: http.MethodPut, Pattern: current + "/language", Action: "ghippo:current-user:language", Access: wire.Authenticated,
			Summary: "Changes the language that the caller is spoken to in.", MaxBody: maxBody, Errors: []*wire.Error{invalid},
			Handle: wire.Body(a.changeLanguage),
		},
		{
			Method: http.MethodGet, Pattern: current + "/global-permissions", Action: "ghippo:current-user:permissions", Access: wire.Authenticated,
			Summary: "Lists what the caller may do with users and groups in its scope.",
			Handle:  wire.Get(a.permissions),
		},
	}
}

func (a *Area) userRoutes() []wire.Route {
	missing := keystone.NotFound("user", "<id>")
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: users, Action: "ghippo:users:list", Access: wire.Authenticated,
			Summary: "Lists the users within reach, by name.", Query: pages("A part of the name or the address, without case."),
			Errors: []*wire.Error{invalid}, Handle: wire.Get(a.listUsers),
		},
		{
			Method: http.MethodPost, Pattern: users, Action: "ghippo:users:create", Access: wire.Domain,
			Summary: "Makes a user of the department in scope.", MaxBody: maxBody,
			Errors: []*wire.Error{invalid, ghippo.Forbidden("<rule>"), keystone.Conflict("user", "<detail>"), accounts.Busy},
			Handle: wire.Body(a.createUser),
		},
		{
			Method: http.MethodGet, Pattern: users + "/check/{username}", Action: "ghippo:users:check", Access: wire.Authenticated,
			Summary: "Tells whether the department has a user of that name that the caller can see.",
			Handle:  wire.Get(a.checkUser),
		},
		{
			Method: http.MethodGet, Pattern: users + "/{id}", Action: "ghippo:users:show", Access: wire.Authenticated,
			Summary: "Shows a user.", Errors: []*wire.Error{missing},
			Handle: wire.Get(a.showUser),
		},
		{
			Method: http.MethodPut, Pattern: users + "/{id}", Action: "ghippo:users:update", Access: wire.Domain,
			Summary: "Changes a user: what is left out stays.", MaxBody: maxBody,
			Errors: []*wire.Error{invalid, missing, ghippo.Forbidden("<rule>")},
			Handle: wire.Body(a.updateUser),
		},
		{
			Method: http.MethodDelete, Pattern: users + "/{id}", Action: "ghippo:users:delete", Access: wire.Domain,
			Summary: "Deletes a user and everything that hangs on it.",
			Errors:  []*wire.Error{missing, ghippo.Forbidden("<rule>")},
			Handle:  wire.Get(a.deleteUser),
		},
		{
			Method: http.MethodPut, Pattern: users + "/{id}/password", Action: "ghippo:users:password", Access: wire.Domain,
			Summary: "Gives a user another password and ends its tokens.", MaxBody: maxBody,
			Errors: []*wire.Error{invalid, missing, ghippo.Forbidden("<rule>"), accounts.Busy},
			Handle: wire.Body(a.resetPassword),
		},
		{
			Method: http.MethodGet, Pattern: users + "/{id}/groups", Action: "ghippo:users:groups", Access: wire.Authenticated,
			Summary: "Lists the groups of a user, by name.", Query: pages("A part of the name, without case."),
			Errors: []*wire.Error{invalid, missing}, Handle: wire.Get(a.listUserGroups),
		},
	}
}

func (a *Area) groupRoutes() []wire.Route {
	missing := keystone.NotFound("group", "<id>")
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: groups, Action: "ghippo:groups:list", Access: wire.Authenticated,
			Summary: "Lists the groups within reach, by name.", Query: pages("A part of the name, without case."),
			Errors: []*wire.Error{invalid}, Handle: wire.Get(a.listGroups),
		},
		{
			Method: http.MethodPost, Pattern: groups, Action: "ghippo:groups:create", Access: wire.Domain,
			Summary: "Makes a group of the department in scope.", MaxBody: maxBody,
			Errors: []*wire.Error{invalid, ghippo.Forbidden("<rule>"), keystone.Conflict("group", "<detail>")},
			Handle: wire.Body(a.createGroup),
		},
		{
			Method: http.MethodGet, Pattern: groups + "/{id}", Action: "ghippo:groups:show", Access: wire.Authenticated,
			Summary: "Shows a group.", Errors: []*wire.Error{missing},
			Handle: wire.Get(a.showGroup),
		},
		{
			Method: http.MethodPut, Pattern: groups + "/{id}", Action: "ghippo:groups:update", Access: wire.Domain,
			Summary: "Changes a group: what is left out stays.", MaxBody: maxBody,
			Errors: []*wire.Error{invalid, missing, ghippo.Forbidden("<rule>"), keystone.Conflict("group", "<detail>")},
			Handle: wire.Body(a.updateGroup),
		},
		{
			Method: http.MethodDelete, Pattern: groups + "/{id}", Action: "ghippo:groups:delete", Access: wire.Domain,
			Summary: "Deletes a group with what it holds; its members stay.",
			Errors:  []*wire.Error{missing, ghippo.Forbidden("<rule>")},
			Handle:  wire.Get(a.deleteGroup),
		},
	}
}

func (a *Area) memberRoutes() []wire.Route {
	missing := []*wire.Error{keystone.NotFound("group", "<id>"), keystone.NotFound("user", "<id>")}
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: groups + "/{id}/members", Action: "ghippo:groups:members", Access: wire.Authenticated,
			Summary: "Lists the members of a group that the caller can see, by name.",
			Query:   pages("A part of the name or the address, without case."),
			Errors:  []*wire.Error{invalid, missing[0]}, Handle: wire.Get(a.listMembers),
		},
		{
			Method: http.MethodPost, Pattern: groups + "/{id}/members/{user_id}", Action: "ghippo:groups:join", Access: wire.Domain,
			Summary: "Puts a user into a group.", Errors: append(missing, ghippo.Forbidden("<rule>")),
			Handle: wire.Get(a.addMember),
		},
		{
			Method: http.MethodDelete, Pattern: groups + "/{id}/members/{user_id}", Action: "ghippo:groups:leave", Access: wire.Domain,
			Summary: "Takes a user out of a group.", Errors: append(missing, ghippo.Forbidden("<rule>")),
			Handle: wire.Get(a.removeMember),
		},
	}
}

func (a *Area) roleRoutes() []wire.Route {
	query := append(pages("A part of the name, without case."),
		wire.Param{Name: "type", Type: "string", Doc: "system or custom."},
		wire.Param{Name: "authorized", Type: "string", Doc: "true: only roles that are held; false: only the others."})
	user, group := keystone.NotFound("user", "<id>"), keystone.NotFound("group", "<id>")
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: users + "/{id}/roles", Action: "ghippo:users:roles", Access: wire.Authenticated,
			Summary: "Lists all roles and whether the user holds them on its department.", Query: query,
			Errors: []*wire.Error{invalid, user}, Handle: wire.Get(a.listUserRoles),
		},
		{
			Method: http.MethodPut, Pattern: users + "/{id}/roles", Action: "ghippo:users:authorize", Access: wire.Domain,
			Summary: "Gives a user roles on its department and takes others away.", MaxBody: maxBody,
			Errors: []*wire.Error{invalid, user, ghippo.Forbidden("<rule>")}, Handle: wire.Body(a.changeUserRoles),
		},
		{
			Method: http.MethodGet, Pattern: groups + "/{id}/roles", Action: "ghippo:groups:roles", Access: wire.Authenticated,
			Summary: "Lists all roles and whether the group holds them on its department.", Query: query,
			Errors: []*wire.Error{invalid, group}, Handle: wire.Get(a.listGroupRoles),
		},
		{
			Method: http.MethodPut, Pattern: groups + "/{id}/roles", Action: "ghippo:groups:authorize", Access: wire.Domain,
			Summary: "Gives a group roles on its department and takes others away.", MaxBody: maxBody,
			Errors: []*wire.Error{invalid, group, ghippo.Forbidden("<rule>")}, Handle: wire.Body(a.changeGroupRoles),
		},
	}
}
