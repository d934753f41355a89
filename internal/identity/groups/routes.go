package groups

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

const (
	path   = "/v3/groups"
	member = path + "/{id}/users/{user_id}"
)

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	noGroup, noUser := keystone.NotFound("group", "<id>"), keystone.NotFound("user", "<id>")
	taken := keystone.Conflict("group", "Duplicate entry found with name <name> at domain ID <id>")
	filters := []wire.Param{
		{Name: "name", Type: "string", Doc: "Only the groups with exactly this name."},
		{Name: "domain_id", Type: "string", Doc: "Only the groups of this domain."},
	}
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: path, Action: "identity:list_groups", Access: wire.Authenticated,
			Summary: "Lists groups: all of them for an administrator, those of the domain in scope, and one's own.", Query: filters,
			Handle: wire.Get(a.list),
		},
		{
			Method: http.MethodPost, Pattern: path, Action: "identity:create_group", Access: wire.Domain,
			Summary: "Makes a group.", Status: http.StatusCreated, MaxBody: 64 << 10,
			Errors: []*wire.Error{keystone.NotFound("domain", "<id>"), taken},
			Handle: wire.Body(a.create),
		},
		{
			Method: http.MethodGet, Pattern: path + "/{id}", Action: "identity:get_group", Access: wire.Authenticated,
			Summary: "Shows a group.", Errors: []*wire.Error{noGroup},
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodPatch, Pattern: path + "/{id}", Action: "identity:update_group", Access: wire.Domain,
			Summary: "Renames or describes a group.", MaxBody: 64 << 10,
			Errors: []*wire.Error{noGroup, taken},
			Handle: wire.Body(a.update),
		},
		{
			Method: http.MethodDelete, Pattern: path + "/{id}", Action: "identity:delete_group", Access: wire.Domain,
			Summary: "Deletes a group with what it holds, and ends its members' tokens.", Errors: []*wire.Error{noGroup},
			Handle: wire.Done(a.remove),
		},
		{
			Method: http.MethodGet, Pattern: path + "/{id}/users", Action: "identity:list_users_in_group", Access: wire.Authenticated,
			Summary: "Lists the members of a group whom the caller may see.", Errors: []*wire.Error{noGroup},
			Query: []wire.Param{
				{Name: "name", Type: "string", Doc: "Only the users with exactly this name."},
				{Name: "domain_id", Type: "string", Doc: "Only the users of this domain."},
				{Name: "enabled", Type: "string", Doc: "true or false."},
			},
			Handle: wire.Get(a.members),
		},
		{
			Method: http.MethodPut, Pattern: member, Action: "identity:add_user_to_group", Access: wire.Domain,
			Summary: "Puts a user into a group.", Errors: []*wire.Error{noGroup, noUser},
			Handle: wire.Done(a.add),
		},
		{
			// It serves HEAD too, which is what clients ask with.
			Method: http.MethodGet, Pattern: member, Action: "identity:check_user_in_group", Access: wire.Authenticated,
			Summary: "Answers 204 when a user is in a group, else 404.", Errors: []*wire.Error{noGroup, noUser},
			Handle: wire.Done(a.check),
		},
		{
			Method: http.MethodDelete, Pattern: member, Action: "identity:remove_user_from_group", Access: wire.Domain,
			Summary: "Takes a user out of a group and ends its tokens.", Errors: []*wire.Error{noGroup, noUser},
			Handle: wire.Done(a.leave),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/users/{id}/groups", Action: "identity:list_groups_for_user", Access: wire.Authenticated,
			Summary: "Lists the groups of a user.", Errors: []*wire.Error{noUser}, Query: filters,
			Handle: wire.Get(a.ofUser),
		},
	}
}
