package api_test

import "regexp"

func appCredentialsOf(userID string) string {
	return "/v3/users/" + userID + "/application_credentials"
}

// byCredential is the body of a log-in with an application credential.
func byCredential(credential object) object {
	return object{"auth": object{"identity": object{"methods": list{"application_credential"}, "application_credential": credential}}}
}

// robot makes an application credential of a member and logs in with it; more are
// fields of the body.
func (s *scenario) robot(own *tenant, name string, more object) (*actor, *answer) {
	s.t.Helper()
	body := object{"name": name}
	for k, v := range more {
		body[k] = v
	}
	made := s.post(own.member, appCredentialsOf(own.memberID), object{"application_credential": body})
	in := s.do(nobody, authTokens, byCredential(object{
		"id": made.text("application_credential.id"), "secret": made.text("application_credential.secret"),
	})).want(201)
	return &actor{name: name, token: in.header.Get("X-Subject-Token")}, made
}

// appCredentialScenario makes application credentials, logs in with them and
// tries to get more out of them than went in.
func appCredentialScenario(s *scenario) {
	own, other := s.tenants()
	at := appCredentialsOf(own.memberID)
	in := func(f object) object { return object{"application_credential": f} }
	made := s.post(own.member, at, in(object{"name": "robot", "description": "at night", "expires_at": "2999-01-02T03:04:05", "access_rules": list{}})).has(fields{
		"application_credential.id": hexID, "application_credential.name": "robot", "application_credential.description": "at night",
		"application_credential.project_id": own.project, "application_credential.unrestricted": false,
		"application_credential.expires_at": "2999-01-02T03:04:05.000000", "application_credential.access_rules": list{},
		"application_credential.roles.0.id": hexID, "application_credential.roles.0.name": "member",
		"application_credential.roles.0.domain_id": nil, "application_credential.roles.1": gone{},
		"application_credential.secret": regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`),
	})
	id, secret := made.text("application_credential.id"), made.text("application_credential.secret")
	made.has(fields{"application_credential.links.self": s.ManagementURL() + at + "/" + id})
	one := at + "/" + id
	s.rows([]row{
		{name: "name taken", as: own.member, call: "POST " + at, body: in(object{"name": "robot"}), status: 409, text: "Duplicate entry found with name robot"},
		{name: "no credential", as: own.member, call: "POST " + at, body: object{}, status: 400, text: "'application_credential'"},
		{name: "no name", as: own.member, call: "POST " + at, body: in(object{}), status: 400, text: "'name'"},
		{name: "a role that the token has not", as: own.member, call: "POST " + at, body: in(object{"name": "x", "roles": list{object{"name": "admin"}}}), status: 400, text: "Could not find role assignment with role: admin"},
		{name: "another project", as: own.member, call: "POST " + at, body: in(object{"name": "x", "project_id": other.project}), status: 400, text: "'project_id'"},
		{name: "access rules", as: own.member, call: "POST " + at, status: 400, text: "access rules are not supported",
			body: in(object{"name": "x", "access_rules": list{object{"path": "/v1", "method": "GET", "service": "apig"}}})},
		{name: "past end", as: own.member, call: "POST " + at, body: in(object{"name": "x", "expires_at": "2020-01-01T00:00:00Z"}), status: 400, text: "in the past"},
		{name: "weak secret", as: own.member, call: "POST " + at, body: in(object{"name": "x", "secret": "1234567"}), status: 400, text: "'secret'"},
		{name: "a reader makes none", as: own.reader, call: "POST " + appCredentialsOf(own.readerID), body: in(object{"name": "x"}), status: 403, text: "identity:create_application_credential"},
		{name: "for another user", as: other.member, call: "POST " + at, body: in(object{"name": "x"}), status: 404, text: "Could not find user: " + own.memberID},
		{name: "an administrator makes none for others", as: s.admin, call: "POST " + at, body: in(object{"name": "x"}), status: 403, text: "identity:create_application_credential"},
		{name: "nobody makes one", as: nobody, call: "POST " + at, body: in(object{"name": "x"}), status: 401, text: "requires authentication"},

		{name: "list", as: own.member, call: "GET " + at, status: 200, fields: fields{
			"application_credentials.0.id": id, "application_credentials.0.secret": gone{}, "application_credentials.1": gone{},
			"links.self": s.ManagementURL() + at, "links.next": nil, "links.previous": nil,
		}},
		{name: "list by name", as: own.member, call: "GET " + at + "?name=robot", status: 200, fields: fields{"application_credentials.0.id": id}},
		{name: "list by another name", as: own.member, call: "GET " + at + "?name=robo", status: 200, fields: fields{"application_credentials": list{}}},
		{name: "list to an administrator", as: s.admin, call: "GET " + at, status: 200, fields: fields{"application_credentials.0.id": id, "application_credentials.0.secret": gone{}}},
		{name: "a reader's empty list", as: own.reader, call: "GET " + appCredentialsOf(own.readerID), status: 200, fields: fields{"application_credentials": list{}}},
		{name: "list of another user", as: own.reader, call: "GET " + at, status: 404, text: "Could not find user: " + own.memberID},
		{name: "list of an unknown user", as: s.admin, call: "GET " + appCredentialsOf("unknown"), status: 404, text: "Could not find user: unknown"},

		{name: "show", as: own.member, call: "GET " + one, status: 200, fields: fields{"application_credential.name": "robot", "application_credential.secret": gone{}}},
		{name: "show another user's", as: other.member, call: "GET " + one, status: 404, text: "Could not find user: " + own.memberID},
		{name: "show as if it were one's own", as: other.member, call: "GET " + appCredentialsOf(other.memberID) + "/" + id, status: 404, text: "Could not find Application Credential: " + id},
		{name: "delete another user's", as: other.member, call: "DELETE " + one, status: 404, text: "Could not find user: " + own.memberID},
		{name: "delete an unknown one", as: own.member, call: "DELETE " + at + "/unknown", status: 404, text: "Could not find Application Credential: unknown"},
	})
	s.credentialLogIns(own, id, secret)
	s.credentialBounds(own, other)
	holder := &actor{name: "robot", token: s.do(nobody, authTokens, byCredential(object{"id": id, "secret": secret})).want(201).header.Get("X-Subject-Token")}
	s.rows([]row{
		{name: "it works", as: holder, call: "GET envs", status: 200},
		{name: "deleted", as: own.member, call: "DELETE " + one, status: 204},
		{name: "its token is over", as: holder, call: "GET envs", status: 401, code: "APIG.1002", text: "not valid"},
		{name: "it logs in no more", as: nobody, call: authTokens, body: byCredential(object{"id": id, "secret": secret}), status: 401, text: "requires authentication"},
	})
}

func (s *scenario) credentialLogIns(own *tenant, id, secret string) {
	token := fields{
		"token.methods": []string{"application_credential"}, "token.user.id": own.memberID, "token.project.id": own.project,
		"token.roles.0.name": "member", "token.roles.1": gone{}, "token.application_credential.id": id,
		"token.application_credential.name": "robot", "token.application_credential.restricted": true,
	}
	user := object{"name": "own_member_" + own.name, "domain": object{"id": "default"}}
	with := func(body object, field string, value any) object {
		body["auth"].(object)[field] = value
		return body
	}
	good := func() object { return byCredential(object{"id": id, "secret": secret}) }
	mixed := good()
	mixed["auth"].(object)["identity"].(object)["methods"] = list{"application_credential", "token"}
	const words = "The request you have made requires authentication."
	s.rows([]row{
		{name: "by id", as: nobody, call: authTokens, body: good(), status: 201, fields: token},
		{name: "by name and user id", as: nobody, call: authTokens, body: byCredential(object{"name": "robot", "user": object{"id": own.memberID}, "secret": secret}), status: 201, fields: token},
		{name: "by name and user", as: nobody, call: authTokens, body: byCredential(object{"name": "robot", "user": user, "secret": secret}), status: 201, fields: token},
		{name: "with a scope", as: nobody, call: authTokens, body: with(good(), "scope", scopeOf(own.project)), status: 401, text: "Application credentials cannot request a scope."},
		{name: "with another method", as: nobody, call: authTokens, body: mixed, status: 401, text: "cannot be combined"},
		{name: "wrong secret", as: nobody, call: authTokens, body: byCredential(object{"id": id, "secret": secret[1:]}), status: 401, text: words},
		{name: "unknown credential", as: nobody, call: authTokens, body: byCredential(object{"id": s.unknown(), "secret": secret}), status: 401, text: words},
		{name: "unknown name", as: nobody, call: authTokens, body: byCredential(object{"name": "x", "user": user, "secret": secret}), status: 401, text: words},
		{name: "no credential named", as: nobody, call: authTokens, body: byCredential(object{"secret": secret}), status: 400, text: "'application_credential'"},
	})
}

// credentialBounds: CVE-2020-12689, CVE-2026-33551, CVE-2026-43001. What an
// application credential gives is never more than what it was given.
func (s *scenario) credentialBounds(own, other *tenant) {
	restricted, _ := s.robot(own, "restricted", nil)
	free, made := s.robot(own, "free", object{"unrestricted": true})
	key := s.post(own.member, credentialsPath, object{"credential": object{}}).text("credential.access")
	at := appCredentialsOf(own.memberID)
	const words = "Using method 'application_credential' is not allowed"
	rescope := func(token string, scope any) object {
		auth := object{"identity": object{"methods": list{"token"}, "token": object{"id": token}}}
		if scope != nil {
			auth["scope"] = scope
		}
		return object{"auth": auth}
	}
	new := object{"application_credential": object{"name": "child"}}
	s.rows([]row{
		{name: "works in its project", as: restricted, call: "POST envs", body: object{"name": "BYROBOT"}, status: 201},
		{name: "restricted: makes none", as: restricted, call: "POST " + at, body: new, status: 403, text: words},
		{name: "restricted: deletes none", as: restricted, call: "DELETE " + at + "/" + made.text("application_credential.id"), status: 403, text: words},
		{name: "restricted: no access key", as: restricted, call: "POST " + credentialsPath, body: object{"credential": object{}}, status: 403, text: "identity:create_access_key"},
		{name: "no access key by a free one either", as: free, call: "POST " + credentialsPath, body: object{"credential": object{}}, status: 403, text: "identity:create_access_key"},
		{name: "switches none on", as: free, call: "PUT " + credentialsPath + "/" + key, body: object{"credential": object{"status": "active"}}, status: 403, text: "identity:update_access_key"},
		{name: "deletes none", as: free, call: "DELETE " + credentialsPath + "/" + key, status: 403, text: "identity:delete_access_key"},
		{name: "is not rescoped", as: nobody, call: authTokens, body: rescope(free.token, scopeOf(own.project)), status: 403, text: "cannot be exchanged"},
		{name: "to another project neither", as: nobody, call: authTokens, body: rescope(free.token, scopeOf(other.project)), status: 403, text: "cannot be exchanged"},
		{name: "nor without a scope", as: nobody, call: authTokens, body: rescope(restricted.token, nil), status: 403, text: "cannot be exchanged"},
		{name: "free: makes one like itself", as: free, call: "POST " + at, body: new, status: 201, fields: fields{
			"application_credential.project_id": own.project, "application_credential.roles.0.name": "member", "application_credential.roles.1": gone{},
		}},
		{name: "free: not with more roles", as: free, call: "POST " + at, status: 400, text: "Could not find role assignment",
			body: object{"application_credential": object{"name": "x", "roles": list{object{"name": "manager"}}}}},
		{name: "free: deletes", as: free, call: "DELETE " + at + "/" + made.text("application_credential.id"), status: 204},
		{name: "and is over itself", as: free, call: "GET envs", status: 401, code: "APIG.1002", text: "not valid"},
	})
	s.remove(own.member, credentialsPath+"/"+key)
}
