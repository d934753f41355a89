package accounts

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	missing := []*wire.Error{keystone.NotFound("user", "<id>")}
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v3/projects", Action: "identity:list_projects", Access: wire.Authenticated,
			Summary: "Lists projects: all of them for an administrator, else those in which the caller holds a role.",
			Query: []wire.Param{
				{Name: "name", Type: "string", Doc: "Only the projects with exactly this name."},
				{Name: "domain_id", Type: "string", Doc: "Only the projects of this domain."},
				{Name: "parent_id", Type: "string", Doc: "Only the projects directly below this project or domain."},
				{Name: "enabled", Type: "string", Doc: "true or false."},
				{Name: "is_domain", Type: "string", Doc: "true lists nothing: domains are not projects here."},
			},
			Handle: wire.Get(a.listProjects),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/projects/{id}", Action: "identity:get_project", Access: wire.Authenticated,
			Summary: "Shows a project.", Errors: []*wire.Error{keystone.NotFound("project", "<id>")},
			Handle: wire.Get(a.showProject),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/users", Action: "identity:list_users", Access: wire.Authenticated,
			Summary: "Lists users: all of them for an administrator, else the caller alone.",
			Query: []wire.Param{
				{Name: "name", Type: "string", Doc: "Only the users with exactly this name."},
				{Name: "domain_id", Type: "string", Doc: "Only the users of this domain."},
				{Name: "enabled", Type: "string", Doc: "true or false."},
			},
			Handle: wire.Get(a.listUsers),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/users/{id}", Action: "identity:get_user", Access: wire.Authenticated,
			Summary: "Shows a user.", Errors: missing,
			Handle: wire.Get(a.showUser),
		},
	}
}
