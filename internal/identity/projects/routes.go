package projects

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
	maxBody = 64 << 10
	one     = "/v3/projects/{id}"
	tags    = one + "/tags"
)

var (
	bad       = keystone.BadRequest("Invalid input for field '<field>': <reason>.")
	missing   = keystone.NotFound("project", "<id>")
	forbidden = keystone.Forbidden("<rule>")
	taken     = keystone.Conflict("project", "Duplicate entry found with name <name> at domain ID <id>")
)

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route { return append(a.projectRoutes(), a.tagRoutes()...) }

func (a *Area) projectRoutes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v3/projects", Action: "identity:list_projects", Access: wire.Authenticated,
			Summary: "Lists projects: all of them for an administrator, else those in which the caller holds a role and those of the domain in scope.",
			Query: []wire.Param{
				{Name: "name", Type: "string", Doc: "Only the projects with exactly this name."},
				{Name: "domain_id", Type: "string", Doc: "Only the projects of this domain."},
				{Name: "parent_id", Type: "string", Doc: "Only the projects directly below this domain."},
				{Name: "enabled", Type: "string", Doc: "true or false."},
				{Name: "is_domain", Type: "string", Doc: "true lists nothing: domains are not projects here."},
				{Name: "tags", Type: "string", Doc: "Only projects with all of these tags, separated by commas."},
				{Name: "tags-any", Type: "string", Doc: "Only projects with one of these tags."},
				{Name: "not-tags", Type: "string", Doc: "Only projects without all of these tags together."},
				{Name: "not-tags-any", Type: "string", Doc: "Only projects with none of these tags."},
			},
			Errors: []*wire.Error{bad},
			Handle: wire.Get(a.list),
		},
		{
			Method: http.MethodPost, Pattern: "/v3/projects", Action: "identity:create_project", Access: wire.Domain,
			Summary: "Makes a project in a domain.", Status: http.StatusCreated, MaxBody: maxBody,
			Errors: []*wire.Error{bad, forbidden, keystone.NotFound("domain", "<id>"), taken},
			Handle: wire.Body(a.create),
		},
		{
			Method: http.MethodGet, Pattern: one, Action: "identity:get_project", Access: wire.Authenticated,
			Summary: "Shows a project.", Errors: []*wire.Error{missing},
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodPatch, Pattern: one, Action: "identity:update_project", Access: wire.Domain,
			Summary: "Renames, describes, tags, enables or disables a project; what is left out stays.", MaxBody: maxBody,
			Errors: []*wire.Error{bad, forbidden, missing, taken},
			Handle: wire.Body(a.update),
		},
		{
			Method: http.MethodDelete, Pattern: one, Action: "identity:delete_project", Access: wire.Domain,
			Summary: "Deletes a project that owns nothing, with the roles held on it.",
			Errors: []*wire.Error{
				forbidden, missing,
				keystone.Occupied("Cannot delete project <name>: it still owns <things>. Delete these first."),
			},
			Handle: wire.Done(a.remove),
		},
	}
}

func (a *Area) tagRoutes() []wire.Route {
	changes := []*wire.Error{forbidden, missing}
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: tags, Action: "identity:list_project_tags", Access: wire.Authenticated,
			Summary: "Lists the tags of a project.", Errors: []*wire.Error{missing},
			Handle: wire.Get(a.listTags),
		},
		{
			Method: http.MethodPut, Pattern: tags, Action: "identity:update_project_tags", Access: wire.Domain,
			Summary: "Replaces the tags of a project.", MaxBody: maxBody, Errors: append([]*wire.Error{bad}, changes...),
			Handle: wire.Body(a.putTags),
		},
		{
			Method: http.MethodDelete, Pattern: tags, Action: "identity:delete_project_tags", Access: wire.Domain,
			Summary: "Takes all tags of a project away.", Errors: changes,
			Handle: wire.Done(a.clearTags),
		},
		{
			Method: http.MethodGet, Pattern: tags + "/{tag}", Action: "identity:get_project_tag", Access: wire.Authenticated,
			Summary: "Answers whether a project has a tag.",
			Errors:  []*wire.Error{missing, keystone.NotFound("project tag", "<tag>")},
			Handle:  wire.Done(a.hasTag),
		},
		{
			Method: http.MethodPut, Pattern: tags + "/{tag}", Action: "identity:create_project_tag", Access: wire.Domain,
			Summary: "Adds a tag to a project; one that it has already stays.", Status: http.StatusCreated, Errors: append([]*wire.Error{bad}, changes...),
			Handle: wire.Done(a.addTag),
		},
		{
			Method: http.MethodDelete, Pattern: tags + "/{tag}", Action: "identity:delete_project_tag", Access: wire.Domain,
			Summary: "Takes a tag of a project away.", Errors: append([]*wire.Error{keystone.NotFound("project tag", "<tag>")}, changes...),
			Handle: wire.Done(a.dropTag),
		},
	}
}
