package api_test

import "regexp"

const usersPath = "/v3/users"

// userScenario makes, changes and deletes the users of a department, and changes
// passwords: by administrators, and by users themselves.
func userScenario(s *scenario) {
	own, other := s.office("forge"), s.office("mill")
	tenant := s.tenant("own")
	user := func(pairs ...any) object { return object{"user": with(object{}, pairs...)} }
	made := s.post(own.manager, usersPath, user("name", "smith", "password", "hammer and 9 nails", "email", "smith@example.com", "default_project_id", own.project)).has(fields{
		"user.id": regexp.MustCompile(`^[0-9a-f]{32}$`), "user.name": "smith", "user.domain_id": own.id, "user.email": "smith@example.com",
		"user.enabled": true, "user.password_expires_at": nil, "user.user_role": "domain_member", "user.extra.user_role": "domain_member",
		"user.extra.user_type": "individual", "user.federated": list{}, "user.default_project_id": own.project, "user.password": gone{},
	})
	id := made.text("user.id")
	one, foreign := usersPath+"/"+id, usersPath+"/"+other.workerID
	unknown := usersPath + "/" + s.unknown()
	const taken = "Conflict occurred attempting to store user - Duplicate entry found with name "
	s.rows([]row{
		{name: "the same name", as: own.manager, call: "POST " + usersPath, body: user("name", "smith", "password", "hammer and 9 nails"), status: 409, text: taken + "smith at domain ID " + own.id},
		{name: "the same name elsewhere", as: other.manager, call: "POST " + usersPath, body: user("name", "smith", "password", "hammer and 9 nails"), status: 201, fields: fields{"user.domain_id": other.id}},
		{name: "in another department", as: own.manager, call: "POST " + usersPath, body: user("name", "x", "domain_id", other.id), status: 404, text: "Could not find domain: " + other.id},
		{name: "by an administrator, anywhere", as: s.admin, call: "POST " + usersPath, body: user("name", "made_above", "domain_id", other.id), status: 201, fields: fields{"user.domain_id": other.id}},
		{name: "a weak password", as: s.admin, call: "POST " + usersPath, body: user("name", "x", "password", "short"), status: 400, text: "does not match the requirements"},
		{name: "no name", as: own.manager, call: "POST " + usersPath, body: user(), status: 400, text: "'name'"},
		{name: "a second factor", as: own.manager, call: "POST " + usersPath, body: user("name", "x", "options", object{"multi_factor_auth_enabled": true}), status: 400, text: "second factor"},
		{name: "a text for a flag (OSSA-2026-007)", as: own.manager, call: "POST " + usersPath, body: user("name", "x", "enabled", "false"), status: 400, text: "true or false"},
		{name: "malformed", as: own.manager, call: "POST " + usersPath, body: "{", status: 400, text: "not valid JSON"},
		{name: "by a reader", as: own.clerk, call: "POST " + usersPath, body: user("name", "x"), status: 403, text: "identity:create_user"},
		{name: "by a member of a project", as: tenant.member, call: "POST " + usersPath, body: user("name", "x"), status: 403, text: "identity:create_user"},
		{name: "by nobody", as: nobody, call: "POST " + usersPath, body: user("name", "x"), status: 401, text: "requires authentication"},

		{name: "list of the department", as: own.clerk, call: "GET " + usersPath + "?name=smith", status: 200, fields: fields{"users.0.id": id, "users.1": gone{}}},
		{name: "list by a part of the name", as: own.manager, call: "GET " + usersPath + "?name__contains=MIT", status: 200, fields: fields{"users.0.id": id, "users.1": gone{}}},
		{name: "list of another department", as: own.manager, call: "GET " + usersPath + "?domain_id=" + other.id, status: 200, fields: fields{"users": list{}}},
		{name: "list of a member", as: tenant.member, call: "GET " + usersPath + "?name=smith", status: 200, fields: fields{"users": list{}}},
		{name: "an operator that there is not", as: own.manager, call: "GET " + usersPath + "?name__regex=x", status: 400, text: "'name__regex'"},
		{name: "show", as: own.clerk, call: "GET " + one, status: 200, fields: fields{"user.name": "smith"}},
		{name: "show a foreign one", as: own.manager, call: "GET " + foreign, status: 404, text: "Could not find user: " + other.workerID},
		{name: "show by name", as: own.manager, call: "GET " + usersPath + "/smith", status: 404, text: "Could not find user: smith."},

		{name: "change", as: own.manager, call: "PATCH " + one, body: object{"user": object{"name": "farrier", "email": nil, "options": object{"ignore_password_expiry": true}}}, status: 200,
			fields: fields{"user.name": "farrier", "user.email": nil, "user.options": object{"ignore_password_expiry": true}}},
		{name: "change to a taken name", as: own.manager, call: "PATCH " + one, body: user("name", own.workerName), status: 409, text: taken + own.workerName},
		{name: "change the department", as: own.manager, call: "PATCH " + one, body: user("domain_id", other.id), status: 400, text: "'domain_id'"},
		{name: "change a foreign one", as: own.manager, call: "PATCH " + foreign, body: user("enabled", false), status: 404, text: "Could not find user: " + other.workerID},
		{name: "change an unknown one", as: s.admin, call: "PATCH " + unknown, body: user("enabled", false), status: 404, text: "Could not find user"},
		{name: "change by a reader", as: own.clerk, call: "PATCH " + one, body: user("enabled", false), status: 403, text: "identity:update_user"},
		{name: "change of oneself", as: own.worker, call: "PATCH " + usersPath + "/" + own.workerID, body: user("email", "x"), status: 403, text: "identity:update_user"},
		{name: "delete a foreign one", as: own.manager, call: "DELETE " + foreign, status: 404, text: "Could not find user: " + other.workerID},
		{name: "delete by a reader", as: own.clerk, call: "DELETE " + one, status: 403, text: "identity:delete_user"},
		{name: "delete by nobody", as: nobody, call: "DELETE " + one, status: 401, text: "requires authentication"},
	})
	s.userProjects(own, other, tenant)
	s.passwords(own, id)
	s.rows([]row{
		{name: "delete", as: own.manager, call: "DELETE " + one, status: 204},
		{name: "delete again", as: own.manager, call: "DELETE " + one, status: 404, text: "Could not find user: " + id},
	})
}

// userProjects are the projects in which a user works.
func (s *scenario) userProjects(own, other *office, tenant *tenant) {
	at := usersPath + "/" + tenant.memberID + "/projects"
	s.rows([]row{
		{name: "own projects", as: tenant.member, call: "GET " + at, status: 200, fields: fields{"projects.0.id": tenant.project, "projects.1": gone{}, "links.next": nil}},
		{name: "projects to an administrator", as: s.admin, call: "GET " + at + "?enabled=false", status: 200, fields: fields{"projects": list{}}},
		{name: "projects of a foreign user", as: own.manager, call: "GET " + at, status: 404, text: "Could not find user: " + tenant.memberID},
		{name: "projects of a neighbour", as: tenant.reader, call: "GET " + at, status: 404, text: "Could not find user: " + tenant.memberID},
		{name: "projects, neither true nor false", as: tenant.member, call: "GET " + at + "?enabled=x", status: 400, text: "'enabled'"},
		{name: "projects of one's own people", as: other.clerk, call: "GET " + usersPath + "/" + other.workerID + "/projects", status: 200, fields: fields{"projects": list{}}},
		{name: "projects for nobody", as: nobody, call: "GET " + at, status: 401, text: "requires authentication"},
	})
}

// passwords are the user's own changes and the resets of its manager.
func (s *scenario) passwords(own *office, id string) {
	at := "POST " + usersPath + "/" + id + "/password"
	change := func(original, password string) object {
		return object{"user": object{"original_password": original, "password": password}}
	}
	enter := func(password string) object {
		return object{"auth": object{"identity": object{"methods": list{"password"}, "password": object{"user": object{"id": id, "password": password}}}}}
	}
	const first, second, denied = "hammer and 9 nails", "anvil and 9 nails", "The request you have made requires authentication."
	token := s.do(nobody, "POST "+"/v3/auth/tokens?nocatalog", enter(first)).want(201).header.Get("X-Subject-Token")
	s.rows([]row{
		{name: "wrong original", as: nobody, call: at, body: change("x", second), status: 401, text: denied},
		{name: "password of nobody", as: nobody, call: "POST " + usersPath + "/" + s.unknown() + "/password", body: change(first, second), status: 401, text: denied},
		{name: "a weak one", as: nobody, call: at, body: change(first, "short"), status: 400, text: "at least 8"},
		{name: "the present one", as: nobody, call: at, body: change(first, first), status: 400, text: "choose another"},
		{name: "without the original", as: nobody, call: at, body: object{"user": object{"password": second}}, status: 400, text: "'original_password'"},
		{name: "still logged in", as: &actor{name: "smith", token: token}, call: "GET " + usersPath, status: 200},
		{name: "own change", as: nobody, call: at, body: change(first, second), status: 204},
		{name: "which ends tokens", as: &actor{name: "smith", token: token}, call: "GET " + usersPath, status: 401, text: "requires authentication"},
		{name: "the former one", as: nobody, call: authTokens, body: enter(first), status: 401, text: denied},
		{name: "the new one", as: nobody, call: authTokens, body: enter(second), status: 201, fields: fields{"token.user.id": id, "token.user.password_notice": gone{}}},
		{name: "a reset obeys no rule", as: own.manager, call: "PATCH " + usersPath + "/" + id, body: object{"user": object{"password": "new"}}, status: 200, fields: fields{"user.id": id}},
		{name: "and the user is told", as: nobody, call: authTokens, body: enter("new"), status: 201, fields: fields{"token.user.password_notice.code": "weak_password"}},
		{name: "disable", as: own.manager, call: "PATCH " + usersPath + "/" + id, body: object{"user": object{"enabled": false}}, status: 200, fields: fields{"user.enabled": false}},
		{name: "the disabled", as: nobody, call: authTokens, body: enter("new"), status: 401, text: denied},
	})
}
