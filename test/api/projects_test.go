package api_test

const projectsPath = "/v3/projects"

// projectScenario makes projects in departments, changes and tags them.
func projectScenario(s *scenario) {
	own, other := s.office("east"), s.office("west")
	tenant := s.tenant("own")
	project := func(pairs ...any) object { return object{"project": with(object{}, pairs...)} }
	made := s.post(own.manager, projectsPath, project("name", "plant", "description", "d", "parent_id", own.id, "tags", list{"b", "a"})).has(fields{
		"project.id": hexID, "project.name": "plant", "project.domain_id": own.id, "project.parent_id": own.id, "project.enabled": true,
		"project.is_domain": false, "project.tags": list{"a", "b"},
	})
	id := made.text("project.id")
	one, alien, unknown := projectsPath+"/"+id, other.projectURL, projectsPath+"/"+s.unknown()
	s.rows([]row{
		{name: "taken name", as: own.manager, call: "POST " + projectsPath, body: project("name", "plant"), status: 409,
			text: "Conflict occurred attempting to store project - Duplicate entry found with name plant at domain ID " + own.id + "."},
		{name: "no name", as: own.manager, call: "POST " + projectsPath, body: project(), status: 400, text: "'name'"},
		{name: "malformed body", as: own.manager, call: "POST " + projectsPath, body: `{"project":`, status: 400, text: "not valid JSON"},
		{name: "below another project", as: own.manager, call: "POST " + projectsPath, body: project("name", "x", "parent_id", id), status: 400, text: "'parent_id'"},
		{name: "as a domain", as: own.manager, call: "POST " + projectsPath, body: project("name", "x", "is_domain", true), status: 400, text: "'is_domain'"},
		{name: "in another department", as: own.manager, call: "POST " + projectsPath, body: project("name", "x", "domain_id", other.id), status: 404, text: "Could not find domain: " + other.id},
		{name: "in an unknown department", as: s.admin, call: "POST " + projectsPath, body: project("name", "x", "domain_id", "x"), status: 404, text: "Could not find domain: x"},
		{name: "by a reader", as: own.clerk, call: "POST " + projectsPath, body: project("name", "x"), status: 403, text: "identity:create_project"},
		{name: "by a member", as: tenant.member, call: "POST " + projectsPath, body: project("name", "x"), status: 403, text: "identity:create_project"},
		{name: "by nobody", as: nobody, call: "POST " + projectsPath, body: project("name", "x"), status: 401, text: "requires authentication"},

		{name: "list for a manager", as: own.manager, call: "GET " + projectsPath, status: 200, fields: fields{
			"projects.0.id": id, "projects.1.id": own.project, "projects.2": gone{}, "links.next": nil, "links.previous": nil,
		}},
		{name: "list by name for a reader", as: own.clerk, call: "GET " + projectsPath + "?name=plant", status: 200, fields: fields{"projects.0.id": id, "projects.1": gone{}}},
		{name: "list by tag", as: own.clerk, call: "GET " + projectsPath + "?tags=a,b&not-tags-any=c", status: 200, fields: fields{"projects.0.id": id, "projects.1": gone{}}},
		{name: "list without a tag", as: own.clerk, call: "GET " + projectsPath + "?not-tags=a", status: 200, fields: fields{"projects.0.id": own.project, "projects.1": gone{}}},
		{name: "list of another department", as: own.manager, call: "GET " + projectsPath + "?domain_id=" + other.id, status: 200, fields: fields{"projects": list{}}},

		{name: "show to a reader", as: own.clerk, call: "GET " + one, status: 200, fields: fields{"project.name": "plant"}},
		{name: "show to a member of nothing there", as: tenant.member, call: "GET " + one, status: 404, text: "Could not find project: " + id},

		{name: "rename", as: own.manager, call: "PATCH " + one, body: project("name", "works", "domain_id", own.id), status: 200, fields: fields{"project.name": "works", "project.description": "d", "project.tags": list{"a", "b"}}},
		{name: "rename to a taken name", as: own.manager, call: "PATCH " + one, body: project("name", "site"), status: 409, text: "Duplicate entry found with name site"},
		{name: "move", as: s.admin, call: "PATCH " + one, body: project("domain_id", other.id), status: 400, text: "'domain_id'"},
		{name: "change another department's", as: own.manager, call: "PATCH " + alien, body: project("name", "x"), status: 404, text: "Could not find project: " + other.project},
		{name: "change an unknown one", as: s.admin, call: "PATCH " + unknown, body: project("name", "x"), status: 404, text: "Could not find project"},
		{name: "change by a reader", as: own.clerk, call: "PATCH " + one, body: project("name", "x"), status: 403, text: "identity:update_project"},

		{name: "disable", as: own.manager, call: "PATCH " + one, body: project("enabled", false), status: 200, fields: fields{"project.enabled": false}},
		{name: "list disabled ones", as: own.manager, call: "GET " + projectsPath + "?enabled=false", status: 200, fields: fields{"projects.0.id": id, "projects.1": gone{}}},
	})
	s.projectTags(own, one, alien, unknown)
	kept := s.group(tenant.member, "kept")
	s.rows([]row{
		{name: "delete by a reader", as: own.clerk, call: "DELETE " + one, status: 403, text: "identity:delete_project"},
		{name: "delete another department's", as: own.manager, call: "DELETE " + alien, status: 404, text: "Could not find project: " + other.project},
		{name: "delete", as: own.manager, call: "DELETE " + one, status: 204},
		{name: "delete what is gone", as: own.manager, call: "DELETE " + one, status: 404, text: "Could not find project: " + id},
		{name: "delete what owns something", as: s.admin, call: "DELETE " + projectsPath + "/" + tenant.project, status: 409,
			text: "Cannot delete project " + tenant.name + ": it still owns 1 API group. Delete these first."},
		{name: "which still works", as: tenant.member, call: "DELETE api-groups/" + kept, status: 204},
		{name: "delete what owns nothing", as: s.admin, call: "DELETE " + projectsPath + "/" + tenant.project, status: 204},
		{name: "whose tokens ended", as: tenant.member, call: "GET api-groups", status: 401, code: "APIG.1002"},
	})
}

func (s *scenario) projectTags(own *office, one, alien, unknown string) {
	s.t.Helper()
	tags := func(words ...any) object { return object{"tags": append(list{}, words...)} }
	s.rows([]row{
		{name: "tags", as: own.clerk, call: "GET " + one + "/tags", status: 200, fields: fields{"tags": list{"a", "b"}, "links.self": s.ManagementURL() + one + "/tags"}},
		{name: "tags of another department's", as: own.clerk, call: "GET " + alien + "/tags", status: 404, text: "Could not find project"},
		{name: "replace tags", as: own.manager, call: "PUT " + one + "/tags", body: tags("x", "y", "x"), status: 200, fields: fields{"tags": list{"x", "y"}}},
		{name: "replace with what is no tag", as: own.manager, call: "PUT " + one + "/tags", body: tags("x,y"), status: 400, text: "'tags'"},
		{name: "replace with nothing", as: own.manager, call: "PUT " + one + "/tags", body: object{}, status: 400, text: "'tags'"},
		{name: "replace by a reader", as: own.clerk, call: "PUT " + one + "/tags", body: tags("x"), status: 403, text: "identity:update_project_tags"},
		{name: "replace another department's", as: own.manager, call: "PUT " + alien + "/tags", body: tags("x"), status: 404, text: "Could not find project"},
		{name: "a tag", as: own.clerk, call: "GET " + one + "/tags/x", status: 204},
		{name: "no tag", as: own.clerk, call: "GET " + one + "/tags/z", status: 404, text: "Could not find project tag: z"},
		{name: "a tag of an unknown project", as: s.admin, call: "GET " + unknown + "/tags/x", status: 404, text: "Could not find project"},
		{name: "add a tag", as: own.manager, call: "PUT " + one + "/tags/z", status: 201},
		{name: "add what is no tag", as: own.manager, call: "PUT " + one + "/tags/a,b", status: 400, text: "'tags'"},
		{name: "add by a reader", as: own.clerk, call: "PUT " + one + "/tags/z", status: 403, text: "identity:create_project_tag"},
		{name: "add to another department's", as: own.manager, call: "PUT " + alien + "/tags/z", status: 404, text: "Could not find project"},
		{name: "take a tag away", as: own.manager, call: "DELETE " + one + "/tags/z", status: 204},
		{name: "take what is not there", as: own.manager, call: "DELETE " + one + "/tags/z", status: 404, text: "Could not find project tag: z"},
		{name: "take by a reader", as: own.clerk, call: "DELETE " + one + "/tags/x", status: 403, text: "identity:delete_project_tag"},
		{name: "take all", as: own.manager, call: "DELETE " + one + "/tags", status: 204},
		{name: "take all by a reader", as: own.clerk, call: "DELETE " + one + "/tags", status: 403, text: "identity:delete_project_tags"},
		{name: "take all of another department's", as: own.manager, call: "DELETE " + alien + "/tags", status: 404, text: "Could not find project"},
		{name: "no tags", as: own.manager, call: "GET " + one + "/tags", status: 200, fields: fields{"tags": list{}}},
	})
}
