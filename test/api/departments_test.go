package api_test

import "github.com/lintel-gateway/lintel/internal/identity/accounts"

const domainsPath = "/v3/domains"

// departmentScenario makes departments, disables and deletes them.
func departmentScenario(s *scenario) {
	own, other := s.office("north"), s.office("south")
	tenant := s.tenant("own")
	domain := func(pairs ...any) object { return object{"domain": with(object{}, pairs...)} }
	name := "Depot " + s.ids.New()[:8]
	made := s.post(s.admin, domainsPath, domain("name", name, "description", "d")).has(fields{
		"domain.id": hexID, "domain.name": name, "domain.description": "d", "domain.enabled": true, "domain.tags": list{},
	})
	id := made.text("domain.id")
	one, unknown := domainsPath+"/"+id, s.unknown()
	s.rows([]row{
		{name: "the name again, in other letters", as: s.admin, call: "POST " + domainsPath, body: domain("name", "DEFAULT"), status: 409,
			text: "Conflict occurred attempting to store domain - Duplicate entry found with name DEFAULT."},
		{name: "no name", as: s.admin, call: "POST " + domainsPath, body: domain(), status: 400, text: "'name'"},
		{name: "no domain", as: s.admin, call: "POST " + domainsPath, body: object{}, status: 400, text: "'domain'"},
		{name: "malformed body", as: s.admin, call: "POST " + domainsPath, body: `{"domain":`, status: 400, text: "not valid JSON"},
		{name: "an id of one's own", as: s.admin, call: "POST " + domainsPath, body: domain("name", "x", "explicit_domain_id", unknown), status: 400, text: "'explicit_domain_id'"},
		{name: "immutable", as: s.admin, call: "POST " + domainsPath, body: domain("name", "x", "options", object{"immutable": true}), status: 400, text: "'options'"},
		{name: "by a manager", as: own.manager, call: "POST " + domainsPath, body: domain("name", "x"), status: 403, text: "identity:create_domain"},
		{name: "by a member", as: tenant.member, call: "POST " + domainsPath, body: domain("name", "x"), status: 403, text: "identity:create_domain"},
		{name: "by nobody", as: nobody, call: "POST " + domainsPath, body: domain("name", "x"), status: 401, text: "requires authentication"},

		{name: "list by name", as: s.admin, call: "GET " + domainsPath + "?name=" + own.name, status: 200, fields: fields{
			"domains.0.id": own.id, "domains.0.links.self": s.ManagementURL() + domainsPath + "/" + own.id, "domains.1": gone{}, "links.next": nil, "links.previous": nil,
		}},
		{name: "list for a manager", as: own.manager, call: "GET " + domainsPath, status: 200, fields: fields{"domains.0.id": "default", "domains.1.id": own.id, "domains.2": gone{}}},
		{name: "list for a reader", as: own.clerk, call: "GET " + domainsPath + "?enabled=true", status: 200, fields: fields{"domains.0.id": own.id, "domains.1": gone{}}},
		{name: "another department by name", as: own.manager, call: "GET " + domainsPath + "?name=" + other.name, status: 200, fields: fields{"domains": list{}}},
		{name: "list for a member", as: tenant.member, call: "GET " + domainsPath, status: 200, fields: fields{"domains.0.id": "default", "domains.1": gone{}}},
		{name: "neither true nor false", as: own.manager, call: "GET " + domainsPath + "?enabled=maybe", status: 400, text: "'enabled'"},
		{name: "list for nobody", as: nobody, call: "GET " + domainsPath, status: 401, text: "requires authentication"},

		{name: "show", as: own.clerk, call: "GET " + domainsPath + "/" + own.id, status: 200, fields: fields{"domain.name": own.name}},
		{name: "show another department", as: own.manager, call: "GET " + domainsPath + "/" + other.id, status: 404, text: "Could not find domain: " + other.id},
		{name: "show an unknown one", as: s.admin, call: "GET " + domainsPath + "/" + unknown, status: 404, text: "Could not find domain: " + unknown},

		{name: "rename", as: s.admin, call: "PATCH " + one, body: domain("name", name+" 2"), status: 200, fields: fields{"domain.name": name + " 2", "domain.description": "d"}},
		{name: "rename to a taken name", as: s.admin, call: "PATCH " + one, body: domain("name", own.name), status: 409, text: "Duplicate entry found with name " + own.name},
		{name: "change to nothing", as: s.admin, call: "PATCH " + one, body: domain("name", ""), status: 400, text: "'name'"},
		{name: "change an unknown one", as: s.admin, call: "PATCH " + domainsPath + "/" + unknown, body: domain("name", "x"), status: 404, text: "Could not find domain: " + unknown},
		{name: "change one's own as a manager", as: own.manager, call: "PATCH " + domainsPath + "/" + own.id, body: domain("name", "x"), status: 403, text: "identity:update_domain"},
		{name: "disable the default one", as: s.admin, call: "PATCH " + domainsPath + "/default", body: domain("enabled", false), status: 403, text: "default domain"},

		{name: "delete an enabled one", as: s.admin, call: "DELETE " + one, status: 403, text: "Cannot delete a domain that is enabled, please disable it first."},
		{name: "delete the default one", as: s.admin, call: "DELETE " + domainsPath + "/default", status: 403, text: "default domain"},
		{name: "delete an unknown one", as: s.admin, call: "DELETE " + domainsPath + "/" + unknown, status: 404, text: "Could not find domain: " + unknown},
		{name: "delete one's own as a manager", as: own.manager, call: "DELETE " + domainsPath + "/" + own.id, status: 403, text: "identity:delete_domain"},
		{name: "disable", as: s.admin, call: "PATCH " + one, body: domain("enabled", false), status: 200, fields: fields{"domain.enabled": false}},
		{name: "delete", as: s.admin, call: "DELETE " + one, status: 204},
		{name: "delete what is gone", as: s.admin, call: "DELETE " + one, status: 404, text: "Could not find domain: " + id},
	})
	s.closing(other)
}

// closing disables a department in which people work and own something, and
// deletes it once they own nothing.
func (s *scenario) closing(o *office) {
	s.t.Helper()
	id, err := s.accounts.CreateUser(s.t.Context(), accounts.NewUser{DomainID: o.id, Name: "maker", Password: userPassword})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.accounts.Assign(s.t.Context(), id.ID, accounts.RoleMember, accounts.OnProject, o.project); err != nil {
		s.t.Fatal(err)
	}
	maker := &actor{name: "maker", token: s.enter(id.ID, scopeOf(o.project))}
	group := s.group(maker, "kept")
	one := domainsPath + "/" + o.id
	enabled := func(on bool) object { return object{"domain": object{"enabled": on}} }
	s.rows([]row{
		{name: "close", as: s.admin, call: "PATCH " + one, body: enabled(false), status: 200},
		{name: "nobody of it works any more", as: maker, call: "GET api-groups", status: 401, code: "APIG.1002"},
		{name: "nor manages it", as: o.manager, call: "GET /v3/projects", status: 401, text: "requires authentication"},
		{name: "it is not deleted while a project owns something", as: s.admin, call: "DELETE " + one, status: 409, text: "its project site still owns 1 API group"},
		{name: "open again", as: s.admin, call: "PATCH " + one, body: enabled(true), status: 200},
	})
	maker.token = s.enter(id.ID, scopeOf(o.project))
	s.remove(maker, "api-groups/"+group)
	s.rows([]row{
		{name: "close again", as: s.admin, call: "PATCH " + one, body: enabled(false), status: 200},
		{name: "delete with everything", as: s.admin, call: "DELETE " + one, status: 204},
		{name: "its people are gone", as: s.admin, call: "GET /v3/users/" + o.clerkID, status: 404, text: "Could not find user"},
		{name: "its projects are gone", as: s.admin, call: "GET " + o.projectURL, status: 404, text: "Could not find project"},
		{name: "their tokens too", as: maker, call: "GET api-groups", status: 401, code: "APIG.1002"},
	})
}
