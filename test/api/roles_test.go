package api_test

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

const rolesPath = "/v3/roles"

// roleScenario makes roles, gives and takes them in all four forms, and lists
// who holds what.
func roleScenario(s *scenario) {
	own, other := s.office("sales"), s.office("works")
	id := s.rolesThemselves(own)
	group := s.post(own.manager, userGroups, object{"group": object{"name": "crew"}}).text("group.id")
	foreignGroup := s.post(other.manager, userGroups, object{"group": object{"name": "crew"}}).text("group.id")
	admin := s.get(s.admin, rolesPath+"?name="+accounts.RoleAdmin).text("roles.0.id")
	for _, h := range []holdForm{
		{"project", "user", own.project, own.clerkID, other.project, other.workerID},
		{"project", "group", own.project, group, other.project, foreignGroup},
		{"domain", "user", own.id, own.clerkID, other.id, other.workerID},
		{"domain", "group", own.id, group, other.id, foreignGroup},
	} {
		s.hold(own, h, id, admin)
	}
	s.assignments(own, other, group, id)
	s.rows([]row{
		{name: "deletion by a manager", as: own.manager, call: "DELETE " + rolesPath + "/" + id, status: 403, text: "identity:delete_role"},
		{name: "deletion of a built-in role", as: s.admin, call: "DELETE " + rolesPath + "/" + admin, status: 403, text: "built in"},
		{name: "deletion", as: s.admin, call: "DELETE " + rolesPath + "/" + id, status: 204},
		{name: "deletion of what is gone", as: s.admin, call: "DELETE " + rolesPath + "/" + id, status: 404, text: "Could not find role: " + id},
		{name: "nobody holds it", as: s.admin, call: "GET /v3/role_assignments?role.id=" + id, status: 200, fields: fields{"role_assignments": list{}}},
	})
}

func (s *scenario) rolesThemselves(own *office) string {
	role := func(pairs ...any) object { return object{"role": with(object{}, pairs...)} }
	name := "auditor_" + s.ids.New()[:8]
	id := s.post(s.admin, rolesPath, role("name", name, "description", "looks")).has(fields{
		"role.name": name, "role.description": "looks", "role.domain_id": nil, "role.options": object{},
	}).text("role.id")
	one, unknown := rolesPath+"/"+id, rolesPath+"/"+s.unknown()
	s.rows([]row{
		{name: "taken name", as: s.admin, call: "POST " + rolesPath, body: role("name", name), status: 409, text: "Duplicate entry found with name " + name},
		{name: "no name", as: s.admin, call: "POST " + rolesPath, body: role(), status: 400, text: "'name'"},
		{name: "of one domain", as: s.admin, call: "POST " + rolesPath, body: role("name", "x", "domain_id", own.id), status: 400, text: "'domain_id'"},
		{name: "immutable", as: s.admin, call: "POST " + rolesPath, body: role("name", "x", "options", object{"immutable": true}), status: 400, text: "'options'"},
		{name: "a malformed body", as: s.admin, call: "POST " + rolesPath, body: `{"role":`, status: 400, text: "not valid JSON"},
		{name: "by a manager", as: own.manager, call: "POST " + rolesPath, body: role("name", "x"), status: 403, text: "identity:create_role"},
		{name: "by nobody", as: nobody, call: "POST " + rolesPath, body: role("name", "x"), status: 401, text: "requires authentication"},

		{name: "list", as: own.worker, call: "GET " + rolesPath + "?name=" + name, status: 200, fields: fields{"roles.0.id": id, "roles.0.links.self": s.ManagementURL() + one, "roles.1": gone{}}},
		{name: "list of one domain", as: own.worker, call: "GET " + rolesPath + "?domain_id=" + own.id, status: 200, fields: fields{"roles": list{}}},
		{name: "list for nobody", as: nobody, call: "GET " + rolesPath, status: 401, text: "requires authentication"},
		{name: "show", as: own.clerk, call: "GET " + one, status: 200, fields: fields{"role.name": name}},
		{name: "show an unknown one", as: own.clerk, call: "GET " + unknown, status: 404, text: "Could not find role"},

		{name: "describe", as: s.admin, call: "PATCH " + one, body: role("description", "listens"), status: 200, fields: fields{"role.name": name, "role.description": "listens"}},
		{name: "rename to a built-in name", as: s.admin, call: "PATCH " + one, body: role("name", "Admin"), status: 409, text: "Duplicate entry"},
		{name: "change of an unknown one", as: s.admin, call: "PATCH " + unknown, body: role("name", "x"), status: 404, text: "Could not find role"},
		{name: "change by a manager", as: own.manager, call: "PATCH " + one, body: role("name", "x"), status: 403, text: "identity:update_role"},
		{name: "change without a role", as: s.admin, call: "PATCH " + one, body: object{}, status: 400, text: "'role'"},

		{name: "implied roles", as: own.clerk, call: "GET " + one + "/implies", status: 200, fields: fields{"role_inference.prior_role.id": id, "role_inference.implies": list{}}},
		{name: "implied roles of an unknown one", as: own.clerk, call: "GET " + unknown + "/implies", status: 404, text: "Could not find role"},
		{name: "inferences", as: own.clerk, call: "GET /v3/role_inferences", status: 200, fields: fields{"role_inferences": list{}}},
		{name: "inferences for nobody", as: nobody, call: "GET /v3/role_inferences", status: 401, text: "requires authentication"},
	})
	return id
}

// holdForm is one of the forms in which somebody holds a role somewhere, with
// ids of the office's own and of another one.
type holdForm struct{ place, who, placeID, whoID, foreignPlace, foreignWho string }

func (s *scenario) hold(own *office, h holdForm, role, admin string) {
	url := func(place, who string) string {
		return "/v3/" + h.place + "s/" + place + "/" + h.who + "s/" + who + "/roles"
	}
	list := url(h.placeID, h.whoID)
	one, name := list+"/"+role, h.place+"_"+h.who
	noPlace, noHolder := "Could not find "+h.place+": "+h.foreignPlace, "Could not find "+h.who+": "+h.foreignWho
	title := h.who + " on " + h.place + ": "
	s.rows([]row{
		{name: title + "give", as: own.manager, call: "PUT " + one, status: 204},
		{name: title + "give again", as: own.manager, call: "PUT " + one, status: 204},
		{name: title + "give admin", as: own.manager, call: "PUT " + list + "/" + admin, status: 403, text: "identity:create_grant"},
		{name: title + "give, by a reader", as: own.clerk, call: "PUT " + one, status: 403, text: "identity:create_" + name + "_grant"},
		{name: title + "give elsewhere", as: own.manager, call: "PUT " + url(h.foreignPlace, h.whoID) + "/" + role, status: 404, text: noPlace},
		{name: title + "give to a stranger", as: own.manager, call: "PUT " + url(h.placeID, h.foreignWho) + "/" + role, status: 404, text: noHolder},
		{name: title + "give an unknown role", as: own.manager, call: "PUT " + list + "/x", status: 404, text: "Could not find role: x"},

		{name: title + "check", as: own.clerk, call: "GET " + one, status: 204},
		{name: title + "check by HEAD", as: own.clerk, call: "HEAD " + one, status: 204},
		{name: title + "check what is not held", as: own.clerk, call: "GET " + list + "/" + admin, status: 404, text: "Could not find role assignment with role: " + admin},
		{name: title + "check elsewhere", as: own.manager, call: "GET " + url(h.foreignPlace, h.whoID) + "/" + role, status: 404, text: noPlace},
		{name: title + "check by a worker", as: own.worker, call: "GET " + one, status: 403, text: "identity:check_" + name + "_grant"},

		{name: title + "list", as: s.admin, call: "GET " + list, status: 200, fields: fields{"roles.0.id": role}},
		{name: title + "list of a stranger", as: own.manager, call: "GET " + url(h.placeID, h.foreignWho), status: 404, text: noHolder},
		{name: title + "list, by a worker", as: own.worker, call: "GET " + list, status: 403, text: "identity:list_" + name + "_grants"},

		{name: title + "take, by a reader", as: own.clerk, call: "DELETE " + one, status: 403, text: "identity:revoke_" + name + "_grant"},
		{name: title + "take elsewhere", as: own.manager, call: "DELETE " + url(h.foreignPlace, h.whoID) + "/" + role, status: 404, text: noPlace},
		{name: title + "take", as: own.manager, call: "DELETE " + one, status: 204},
		{name: title + "take again", as: own.manager, call: "DELETE " + one, status: 404, text: "Could not find role assignment with role: " + role},
	})
	if h.who == "user" {
		s.do(own.clerk, "GET "+list, nil).refused(401, "", "requires authentication") // its tokens say what it held
		own.clerk.token = s.enter(own.clerkID, object{"domain": object{"id": own.id}})
	}
}

func (s *scenario) assignments(own, other *office, group, role string) {
	base := "GET /v3/role_assignments"
	onProject := base + "?scope.project.id=" + own.project
	given := own.projectURL + "/groups/" + group + "/roles/" + role
	s.do(own.manager, "PUT "+given, nil).want(204)
	s.do(own.manager, "PUT "+userGroups+"/"+group+"/users/"+own.workerID, nil).want(204)
	s.rows([]row{
		{name: "of a project", as: own.manager, call: onProject, status: 200, fields: fields{
			"role_assignments.0.group.id": group, "role_assignments.0.role.id": role, "role_assignments.0.scope.project.id": own.project,
			"role_assignments.0.links.assignment": s.ManagementURL() + given, "role_assignments.0.user": gone{}, "role_assignments.1": gone{},
		}},
		{name: "effective", as: own.clerk, call: onProject + "&effective", status: 200, fields: fields{
			"role_assignments.0.user.id": own.workerID, "role_assignments.0.group": gone{}, "role_assignments.1": gone{},
			"role_assignments.0.links.assignment": s.ManagementURL() + given,
			"role_assignments.0.links.membership": s.ManagementURL() + userGroups + "/" + group + "/users/" + own.workerID,
		}},
		{name: "not effective", as: own.manager, call: onProject + "&effective=False", status: 200, fields: fields{"role_assignments.0.group.id": group}},
		{name: "with names", as: own.manager, call: onProject + "&include_names=True&effective=True", status: 200, fields: fields{
			"role_assignments.0.user.name": own.workerName, "role_assignments.0.user.domain.name": own.name,
			"role_assignments.0.scope.project.name": "site", "role_assignments.0.scope.project.domain.id": own.id,
		}},
		{name: "of a domain", as: s.admin, call: base + "?scope.domain.id=" + own.id + "&user.id=" + own.managerID, status: 200, fields: fields{"role_assignments.0.user.id": own.managerID, "role_assignments.1": gone{}}},
		{name: "one's own", as: own.worker, call: base + "?effective", status: 200, fields: fields{"role_assignments.0.user.id": own.workerID, "role_assignments.1": gone{}}},
		{name: "of another department", as: other.manager, call: onProject, status: 200, fields: fields{"role_assignments": list{}}},
		{name: "of another department's user", as: other.manager, call: base + "?effective&user.id=" + own.workerID, status: 200, fields: fields{"role_assignments": list{}}},
		{name: "on the system", as: s.admin, call: base + "?scope.system=all", status: 200, fields: fields{"role_assignments": list{}}},
		{name: "neither true nor false", as: own.manager, call: base + "?effective=FALSEY", status: 400, text: "'effective'"},
		{name: "effective and of a group", as: own.manager, call: base + "?effective&group.id=" + group, status: 400, text: "effective and group filter"},
		{name: "for nobody", as: nobody, call: base, status: 401, text: "requires authentication"},
	})
}
