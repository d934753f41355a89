package roles

import (
	"net/http"
	"slices"

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

const path = "/v3/roles"

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	routes := slices.Concat(a.roleRoutes(), []wire.Route{a.assignmentsRoute()})
	for _, h := range holds() {
		routes = append(routes, a.holdRoutes(h)...)
	}
	return routes
}

func (a *Area) roleRoutes() []wire.Route {
	missing := []*wire.Error{keystone.NotFound("role", "<id>")}
	taken := keystone.Conflict("role", "Duplicate entry found with name <name>")
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: path, Action: "identity:list_roles", Access: wire.Authenticated,
			Summary: "Lists roles.",
			Query: []wire.Param{
				{Name: "name", Type: "string", Doc: "Only the role with exactly this name."},
				{Name: "domain_id", Type: "string", Doc: "Only the roles of this domain, which has none; null or empty is every role."},
			},
			Handle: wire.Get(a.list),
		},
		{
			Method: http.MethodPost, Pattern: path, Action: "identity:create_role", Access: wire.Admin,
			Summary: "Makes a role.", Status: http.StatusCreated, MaxBody: 64 << 10, Errors: []*wire.Error{taken},
			Handle: wire.Body(a.create),
		},
		{
			Method: http.MethodGet, Pattern: path + "/{id}", Action: "identity:get_role", Access: wire.Authenticated,
			Summary: "Shows a role.", Errors: missing,
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodPatch, Pattern: path + "/{id}", Action: "identity:update_role", Access: wire.Admin,
			Summary: "Renames or describes a role; a new name ends the tokens of its holders.", MaxBody: 64 << 10,
			Errors: append(missing, taken),
			Handle: wire.Body(a.update),
		},
		{
			Method: http.MethodDelete, Pattern: path + "/{id}", Action: "identity:delete_role", Access: wire.Admin,
			Summary: "Takes a role from everybody, ends their tokens and deletes it.", Errors: missing,
			Handle: wire.Done(a.remove),
		},
		{
			Method: http.MethodGet, Pattern: path + "/{id}/implies", Action: "identity:list_implied_roles", Access: wire.Authenticated,
			Summary: "Lists the roles that a role implies: none.", Errors: missing,
			Handle: wire.Get(a.implied),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/role_inferences", Action: "identity:list_role_inference_rules", Access: wire.Authenticated,
			Summary: "Lists which roles imply which: none.",
			Handle:  wire.Get(a.inferences),
		},
	}
}

// hold is one of the four forms in which somebody holds a role somewhere.
type hold struct {
	scope accounts.Scope
	group bool
}

func holds() []hold {
	return []hold{{accounts.OnProject, false}, {accounts.OnProject, true}, {accounts.OnDomain, false}, {accounts.OnDomain, true}}
}

// name is "project_user", for the names of actions.
func (h hold) name() string { return string(h.scope) + "_" + h.holder() }

func (h hold) holder() string {
	if h.group {
		return "group"
	}
	return "user"
}

func (a *Area) holdRoutes(h hold) []wire.Route {
	list := "/v3/" + string(h.scope) + "s/{id}/" + h.holder() + "s/{holder_id}/roles"
	one := list + "/{role_id}"
	missing := []*wire.Error{keystone.NotFound(string(h.scope), "<id>"), keystone.NotFound(h.holder(), "<id>"), keystone.NotFound("role", "<id>")}
	what := " of a " + h.holder() + " on a " + string(h.scope) + "."
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: list, Action: "identity:list_" + h.name() + "_grants", Access: wire.Domain,
			Summary: "Lists the roles" + what, Errors: missing,
			Handle: wire.Get(func(r *wire.Request) (roleList, error) { return a.held(r, h) }),
		},
		{
			Method: http.MethodPut, Pattern: one, Action: "identity:create_" + h.name() + "_grant", Access: wire.Domain,
			Summary: "Gives a role: one" + what, Errors: missing,
			Handle: wire.Done(func(r *wire.Request) error { return a.grant(r, h) }),
		},
		{
			// It serves HEAD too, which is what clients ask with.
			Method: http.MethodGet, Pattern: one, Action: "identity:check_" + h.name() + "_grant", Access: wire.Domain,
			Summary: "Answers 204 when a role is held, else 404: one" + what, Errors: missing,
			Handle: wire.Done(func(r *wire.Request) error { return a.check(r, h) }),
		},
		{
			Method: http.MethodDelete, Pattern: one, Action: "identity:revoke_" + h.name() + "_grant", Access: wire.Domain,
			Summary: "Takes a role away and ends tokens: one" + what, Errors: missing,
			Handle: wire.Done(func(r *wire.Request) error { return a.revoke(r, h) }),
		},
	}
}

func (a *Area) assignmentsRoute() wire.Route {
	return wire.Route{
		Method: http.MethodGet, Pattern: "/v3/role_assignments", Action: "identity:list_role_assignments", Access: wire.Authenticated,
		Summary: "Lists who holds which role where, as far as the caller sees.",
		Query: []wire.Param{
			{Name: "user.id", Type: "string", Doc: "Only what this user holds."},
			{Name: "group.id", Type: "string", Doc: "Only what this group holds."},
			{Name: "role.id", Type: "string", Doc: "Only holdings of this role."},
			{Name: "scope.project.id", Type: "string", Doc: "Only what is held on this project."},
			{Name: "scope.domain.id", Type: "string", Doc: "Only what is held on this domain."},
			{Name: "scope.system", Type: "string", Doc: "Lists nothing: nobody holds a role on the system."},
			{Name: "scope.OS-INHERIT:inherited_to", Type: "string", Doc: "Lists nothing: no role is inherited."},
			{Name: "effective", Type: "string", Doc: "Members in place of groups; true or false, and true without a value."},
			{Name: "include_names", Type: "string", Doc: "With names and domains; true or false, and true without a value."},
			{Name: "include_subtree", Type: "string", Doc: "With projects below scope.project.id, of which there are none."},
		},
		Handle: wire.Get(a.assignments),
	}
}
