package api_test

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

const userGroups = "/v3/groups"

// office is a department with people of its own: a manager, a clerk who reads,
// and a worker who holds nothing.
type office struct {
	*department
	clerk, worker       *actor
	clerkID, workerID   string
	name, workerName    string
	project, projectURL string
}

// office makes one. People of a domain log in with their ids.
func (s *scenario) office(name string) *office {
	s.t.Helper()
	o := &office{department: s.department(name)}
	p, err := s.accounts.CreateProject(s.t.Context(), accounts.NewProject{DomainID: o.id, Name: "site"})
	if err != nil {
		s.t.Fatal(err)
	}
	o.project, o.projectURL = p.ID, "/v3/projects/"+p.ID
	d, err := accounts.FindDomain(s.t.Context(), s.db, o.id, "")
	if err != nil {
		s.t.Fatal(err)
	}
	o.name, o.workerName = d.Name, "hand_"+name
	o.clerk, o.clerkID = s.hand(o, "clerk", "clerk_"+name, accounts.RoleReader)
	o.worker, o.workerID = s.hand(o, "worker", o.workerName, "")
	return o
}

func (s *scenario) hand(o *office, who, login, role string) (*actor, string) {
	s.t.Helper()
	u, err := s.accounts.CreateUser(s.t.Context(), accounts.NewUser{DomainID: o.id, Name: login, Password: userPassword})
	if err != nil {
		s.t.Fatal(err)
	}
	if role != "" {
		if err := s.accounts.Assign(s.t.Context(), u.ID, role, accounts.OnDomain, o.id); err != nil {
			s.t.Fatal(err)
		}
	}
	return &actor{name: who, token: s.enter(u.ID, object{"domain": object{"id": o.id}})}, u.ID
}

// enter logs a user in by its id.
func (s *scenario) enter(id string, scope any) string {
	s.t.Helper()
	auth := object{"identity": object{"methods": list{"password"}, "password": object{"user": object{"id": id, "password": userPassword}}}}
	if scope != nil {
		auth["scope"] = scope
	}
	return s.do(nobody, "POST /v3/auth/tokens?nocatalog", object{"auth": auth}).want(201).header.Get("X-Subject-Token")
}

// userGroupScenario makes groups of users, changes them, and lets people in and
// out of them.
func userGroupScenario(s *scenario) {
	own, other := s.office("sales"), s.office("works")
	tenant := s.tenant("own")
	group := func(pairs ...any) object { return object{"group": with(object{}, pairs...)} }
	made := s.post(own.manager, userGroups, group("name", "night", "description", "awake")).has(fields{
		"group.name": "night", "group.description": "awake", "group.domain_id": own.id,
	})
	id := made.text("group.id")
	foreign := s.post(other.manager, userGroups, group("name", "night")).text("group.id")
	one, alien, unknown := userGroups+"/"+id, userGroups+"/"+foreign, userGroups+"/"+s.unknown()
	s.rows([]row{
		{name: "taken name", as: own.manager, call: "POST " + userGroups, body: group("name", "night"), status: 409, text: "Duplicate entry found with name night at domain ID " + own.id},
		{name: "no name", as: own.manager, call: "POST " + userGroups, body: group(), status: 400, text: "'name'"},
		{name: "no group", as: own.manager, call: "POST " + userGroups, body: object{}, status: 400, text: "'group'"},
		{name: "a malformed body", as: own.manager, call: "POST " + userGroups, body: `{"group":`, status: 400, text: "not valid JSON"},
		{name: "in another department", as: own.manager, call: "POST " + userGroups, body: group("name", "x", "domain_id", other.id), status: 404, text: "Could not find domain: " + other.id},
		{name: "by a reader", as: own.clerk, call: "POST " + userGroups, body: group("name", "x"), status: 403, text: "identity:create_group"},
		{name: "by a project's member", as: tenant.member, call: "POST " + userGroups, body: group("name", "x"), status: 403, text: "identity:create_group"},
		{name: "by nobody", as: nobody, call: "POST " + userGroups, body: group("name", "x"), status: 401, text: "requires authentication"},

		{name: "list", as: own.manager, call: "GET " + userGroups, status: 200, fields: fields{
			"groups.0.id": id, "groups.0.links.self": s.ManagementURL() + one, "groups.1": gone{}, "links.next": nil, "links.previous": nil,
		}},
		{name: "list for a reader", as: own.clerk, call: "GET " + userGroups + "?name=night", status: 200, fields: fields{"groups.0.id": id, "groups.1": gone{}}},
		{name: "list of another department", as: own.manager, call: "GET " + userGroups + "?domain_id=" + other.id, status: 200, fields: fields{"groups": list{}}},
		{name: "list for an administrator", as: s.admin, call: "GET " + userGroups + "?domain_id=" + other.id, status: 200, fields: fields{"groups.0.id": foreign, "groups.1": gone{}}},
		{name: "list for who is in none", as: tenant.member, call: "GET " + userGroups, status: 200, fields: fields{"groups": list{}}},
		{name: "list for nobody", as: nobody, call: "GET " + userGroups, status: 401, text: "requires authentication"},

		{name: "show", as: own.clerk, call: "GET " + one, status: 200, fields: fields{"group.name": "night"}},
		{name: "show another department's", as: own.manager, call: "GET " + alien, status: 404, text: "Could not find group: " + foreign},
		{name: "show an unknown one", as: s.admin, call: "GET " + unknown, status: 404, text: "Could not find group"},

		{name: "rename", as: own.manager, call: "PATCH " + one, body: group("name", "day", "domain_id", own.id), status: 200, fields: fields{"group.name": "day", "group.description": "awake"}},
		{name: "another", as: own.manager, call: "POST " + userGroups, body: group("name", "spare"), status: 201},
		{name: "rename to a taken name", as: s.admin, call: "PATCH " + one, body: group("name", "spare"), status: 409, text: "Duplicate entry found with name spare"},
		{name: "move", as: s.admin, call: "PATCH " + one, body: group("domain_id", other.id), status: 400, text: "Cannot change Domain ID"},
		{name: "change by a reader", as: own.clerk, call: "PATCH " + one, body: group("name", "x"), status: 403, text: "identity:update_group"},
		{name: "change of another department's", as: own.manager, call: "PATCH " + alien, body: group("name", "x"), status: 404, text: "Could not find group: " + foreign},
		{name: "a wrong type", as: own.manager, call: "PATCH " + one, body: group("name", list{}), status: 400, text: "'group.name'"},
	})
	s.groupMembers(own, other, id, foreign)
	s.rows([]row{
		{name: "deletion by a reader", as: own.clerk, call: "DELETE " + one, status: 403, text: "identity:delete_group"},
		{name: "deletion of another department's", as: own.manager, call: "DELETE " + alien, status: 404, text: "Could not find group: " + foreign},
		{name: "deletion", as: own.manager, call: "DELETE " + one, status: 204},
		{name: "deletion of what is gone", as: own.manager, call: "DELETE " + one, status: 404, text: "Could not find group: " + id},
	})
}

func (s *scenario) groupMembers(own, other *office, id, foreign string) {
	one, alien := userGroups+"/"+id, userGroups+"/"+foreign
	member := one + "/users/" + own.workerID
	stranger := one + "/users/" + other.workerID
	groupsOf := "/v3/users/" + own.workerID + "/groups"
	s.rows([]row{
		{name: "join", as: own.manager, call: "PUT " + member, status: 204},
		{name: "join again", as: own.manager, call: "PUT " + member, status: 204},
		{name: "join by a reader", as: own.clerk, call: "PUT " + member, status: 403, text: "identity:add_user_to_group"},
		{name: "join by nobody", as: nobody, call: "PUT " + member, status: 401, text: "requires authentication"},
		{name: "join another department's user", as: own.manager, call: "PUT " + stranger, status: 404, text: "Could not find user: " + other.workerID},
		{name: "join another department's group", as: own.manager, call: "PUT " + alien + "/users/" + own.workerID, status: 404, text: "Could not find group: " + foreign},
		{name: "an administrator joins across departments", as: s.admin, call: "PUT " + stranger, status: 204},

		{name: "is in", as: own.clerk, call: "GET " + member, status: 204},
		{name: "is in, by HEAD", as: own.clerk, call: "HEAD " + member, status: 204},
		{name: "is in, of oneself", as: own.worker, call: "GET " + member, status: 204},
		{name: "is not in", as: own.manager, call: "GET " + one + "/users/" + own.clerkID, status: 404, text: "Could not find user " + own.clerkID + " in group " + id},
		{name: "is in, for a stranger", as: other.manager, call: "GET " + member, status: 404, text: "Could not find group: " + id},

		{name: "members", as: own.manager, call: "GET " + one + "/users", status: 200, fields: fields{"users.0.id": own.workerID, "users.0.user_role": "domain_member", "users.1": gone{}}},
		{name: "members, all of them", as: s.admin, call: "GET " + one + "/users", status: 200, fields: fields{"users.1.name": other.workerName, "users.2": gone{}}},
		{name: "members by name", as: s.admin, call: "GET " + one + "/users?name=" + own.workerName, status: 200, fields: fields{"users.0.id": own.workerID, "users.1": gone{}}},
		{name: "members, neither true nor false", as: own.manager, call: "GET " + one + "/users?enabled=FALSEY", status: 400, text: "'enabled'"},
		{name: "members of another department's group", as: own.manager, call: "GET " + alien + "/users", status: 404, text: "Could not find group: " + foreign},

		{name: "groups of a user", as: own.manager, call: "GET " + groupsOf, status: 200, fields: fields{"groups.0.id": id, "groups.1": gone{}}},
		{name: "groups of oneself", as: own.worker, call: "GET " + groupsOf + "?name=day", status: 200, fields: fields{"groups.0.id": id}},
		{name: "groups of another department's user", as: other.manager, call: "GET " + groupsOf, status: 404, text: "Could not find user: " + own.workerID},

		{name: "leave another department's group", as: own.manager, call: "DELETE " + alien + "/users/" + own.workerID, status: 404, text: "Could not find group: " + foreign},
		{name: "leave, by a reader", as: own.clerk, call: "DELETE " + member, status: 403, text: "identity:remove_user_from_group"},
		{name: "leave", as: own.manager, call: "DELETE " + member, status: 204},
		{name: "leave again", as: own.manager, call: "DELETE " + member, status: 404, text: "in group " + id},
		{name: "its tokens are over", as: own.worker, call: "GET " + groupsOf, status: 401, text: "requires authentication"},
	})
	if a := s.do(own.manager, "HEAD "+member, nil); a.status != 404 || len(a.body) > 0 {
		a.errorf("want 404 without a body, got %q", a.body)
	}
}
