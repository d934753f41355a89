package api_test

import (
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

// accountScenario lists projects and users and shows one of them: one's own,
// all of them to an administrator.
func accountScenario(s *scenario) {
	own, other := s.tenants()
	unknown := s.unknown()
	login := "own_member_" + own.name
	s.rows([]row{
		{name: "own project by name", as: own.member, call: "GET /v3/projects?name=" + own.name, status: 200, fields: fields{
			"projects.0.id": own.project, "projects.0.domain_id": "default", "projects.0.parent_id": "default",
			"projects.0.is_domain": false, "projects.0.enabled": true, "projects.0.tags": list{}, "projects.1": gone{},
			"projects.0.links.self": s.ManagementURL() + "/v3/projects/" + own.project,
		}},
		{name: "another tenant's project by name", as: own.member, call: "GET /v3/projects?name=" + other.name, status: 200, fields: fields{"projects": list{}}},
		{name: "an administrator finds it", as: s.admin, call: "GET /v3/projects?name=" + other.name, status: 200, fields: fields{"projects.0.id": other.project}},
		{name: "names are compared whole", as: s.admin, call: "GET /v3/projects?name=" + other.name[:5], status: 200, fields: fields{"projects": list{}}},
		{name: "by domain", as: own.member, call: "GET /v3/projects?domain_id=default&enabled=true", status: 200, fields: fields{"projects.0.id": own.project, "projects.1": gone{}}},
		{name: "by another domain", as: own.member, call: "GET /v3/projects?domain_id=" + unknown, status: 200, fields: fields{"projects": list{}}},
		{name: "by parent", as: own.member, call: "GET /v3/projects?parent_id=default", status: 200, fields: fields{"projects.0.id": own.project}},
		{name: "disabled ones", as: own.member, call: "GET /v3/projects?enabled=false", status: 200, fields: fields{"projects": list{}}},
		{name: "domains are no projects", as: s.admin, call: "GET /v3/projects?is_domain=true", status: 200, fields: fields{"projects": list{}}},
		{name: "neither true nor false", as: own.member, call: "GET /v3/projects?enabled=maybe", status: 400, text: "'enabled'"},
		{name: "projects of nobody", as: nobody, call: "GET /v3/projects", status: 401, text: "requires authentication"},

		{name: "own project", as: own.reader, call: "GET /v3/projects/" + own.project, status: 200, fields: fields{"project.name": own.name}},
		{name: "an administrator sees any", as: s.admin, call: "GET /v3/projects/" + own.project, status: 200, fields: fields{"project.name": own.name}},
		{name: "another tenant's project", as: own.member, call: "GET /v3/projects/" + other.project, status: 404, text: "Could not find project: " + other.project},
		{name: "unknown project", as: s.admin, call: "GET /v3/projects/" + unknown, status: 404, text: "Could not find project: " + unknown},

		{name: "oneself", as: own.member, call: "GET /v3/users", status: 200, fields: fields{
			"users.0.id": own.memberID, "users.0.name": login, "users.0.domain_id": "default", "users.0.default_project_id": own.project,
			"users.0.enabled": true, "users.0.password_expires_at": nil, "users.1": gone{},
		}},
		{name: "oneself by name", as: own.member, call: "GET /v3/users?name=" + login, status: 200, fields: fields{"users.0.id": own.memberID}},
		{name: "a neighbour by name", as: own.reader, call: "GET /v3/users?name=" + login, status: 200, fields: fields{"users": list{}}},
		{name: "an administrator finds anybody", as: s.admin, call: "GET /v3/users?name=" + login, status: 200, fields: fields{"users.0.id": own.memberID, "users.1": gone{}}},
		{name: "users, neither true nor false", as: own.member, call: "GET /v3/users?enabled=2", status: 400, text: "'enabled'"},
		{name: "users for nobody", as: nobody, call: "GET /v3/users", status: 401, text: "requires authentication"},

		{name: "own user", as: own.member, call: "GET /v3/users/" + own.memberID, status: 200, fields: fields{"user.name": login}},
		{name: "any user to an administrator", as: s.admin, call: "GET /v3/users/" + own.memberID, status: 200, fields: fields{"user.name": login}},
		{name: "another user", as: own.member, call: "GET /v3/users/" + own.readerID, status: 404, text: "Could not find user: " + own.readerID},
		{name: "unknown user", as: s.admin, call: "GET /v3/users/" + unknown, status: 404, text: "Could not find user: " + unknown},
	})
	s.disabled(own)
}

// disabled: another node disables a user, and this one follows.
func (s *scenario) disabled(own *tenant) {
	leaver, id := s.person("leaver", own, accounts.RoleMember)
	s.get(leaver, "envs")
	if err := s.accounts.EnableUser(s.t.Context(), id, false); err != nil {
		s.t.Fatal(err)
	}
	// 5 s is what identity promises between nodes.
	for end := time.Now().Add(5 * time.Second); s.do(leaver, "GET envs", nil).status == 200; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatal("the token of a disabled user still works after 5 s")
		}
	}
	s.do(leaver, "GET envs", nil).refused(401, "APIG.1002", "not valid")
	s.do(nobody, authTokens, byPassword("leaver_"+own.name, userPassword, nil)).refused(401, "", "requires authentication")
}
