package api_test

import (
	"regexp"
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

const authTokens = "POST /v3/auth/tokens"

// tokenScenario gives tokens out, shows them and takes them back.
func tokenScenario(s *scenario) {
	own, other := s.tenants()
	login := "own_member_" + own.name
	project := object{"project": object{"id": own.project}}
	scoped := fields{
		"token.user.id": own.memberID, "token.user.name": login, "token.user.domain.id": "default", "token.user.domain.name": "Default",
		"token.project.id": own.project, "token.project.name": own.name, "token.project.domain.id": "default",
		"token.roles.0.name": "member", "token.roles.1": gone{}, "token.methods": []string{"password"}, "token.domain": gone{},
		"token.audit_ids.0": hexID, "token.audit_ids.1": gone{}, "token.is_domain": false,
		"token.issued_at": moment, "token.expires_at": moment, "token.user.password_expires_at": nil,
	}
	byID := object{"auth": object{"identity": object{
		"methods": list{"password"}, "password": object{"user": object{"id": own.memberID, "password": userPassword}},
	}}}
	byToken := func(token string, scope any) object {
		auth := object{"identity": object{"methods": list{"token"}, "token": object{"id": token}}}
		if scope != nil {
			auth["scope"] = scope
		}
		return object{"auth": auth}
	}
	s.rows([]row{
		{name: "project by id", as: nobody, call: authTokens, body: byPassword(login, userPassword, project), status: 201, fields: scoped},
		{name: "project by name", as: nobody, call: authTokens, status: 201, fields: scoped,
			body: byPassword(login, userPassword, object{"project": object{"name": own.name, "domain": object{"name": "Default"}}})},
		{name: "user by id, default project", as: nobody, call: authTokens, body: byID, status: 201, fields: scoped},
		{name: "catalog", as: nobody, call: authTokens, body: byID, status: 201, fields: fields{
			"token.catalog.0.type": "identity", "token.catalog.0.endpoints.0.url": s.ManagementURL() + "/v3",
			"token.catalog.1.type": "apig", "token.catalog.1.endpoints.0.region": region,
		}},
		{name: "no catalog", as: nobody, call: authTokens + "?nocatalog", body: byID, status: 201, fields: fields{"token.catalog": gone{}}},
		{name: "unscoped", as: nobody, call: authTokens, body: byPassword(login, userPassword, "unscoped"), status: 201, fields: fields{
			"token.project": gone{}, "token.domain": gone{}, "token.roles": gone{}, "token.catalog": gone{}, "token.user.id": own.memberID,
		}},
		{name: "own domain", as: nobody, call: authTokens, status: 201,
			body:   byPassword(login, userPassword, object{"domain": object{"id": "default"}}),
			fields: fields{"token.domain.id": "default", "token.project": gone{}}},
		{name: "by token", as: nobody, call: authTokens, body: byToken(own.member.token, project), status: 201, fields: fields{
			"token.methods": []string{"password", "token"}, "token.project.id": own.project, "token.audit_ids.1": hexID,
		}},

		{name: "wrong password", as: nobody, call: authTokens, body: byPassword(login, "wrong", project), status: 401, text: "requires authentication"},
		{name: "unknown user", as: nobody, call: authTokens, body: byPassword("nobody_at_all", "wrong", project), status: 401, text: "requires authentication"},
		{name: "over-long password", as: nobody, call: authTokens, body: byPassword(login, many("x", 2000), project), status: 401, text: "requires authentication"},
		{name: "unknown project", as: nobody, call: authTokens, body: byPassword(login, userPassword, scopeOf(s.unknown())), status: 401, text: "requires authentication"},
		{name: "another tenant's project", as: nobody, call: authTokens, body: byPassword(login, userPassword, scopeOf(other.project)), status: 401, text: "requires authentication"},
		{name: "another tenant's project by token", as: nobody, call: authTokens, body: byToken(own.member.token, scopeOf(other.project)), status: 401, text: "requires authentication"},
		{name: "unknown domain", as: nobody, call: authTokens, body: byPassword(login, userPassword, object{"domain": object{"id": s.unknown()}}), status: 401, text: "requires authentication"},
		{name: "forged token", as: nobody, call: authTokens, body: byToken("forged", project), status: 401, text: "requires authentication"},
		{name: "expired token", as: nobody, call: authTokens, body: byToken(s.expiredToken(s.t), nil), status: 401, text: "requires authentication"},
		{name: "unknown method", as: nobody, call: authTokens, body: object{"auth": object{"identity": object{"methods": list{"totp"}}}}, status: 401, text: "unsupported method"},
		{name: "no method", as: nobody, call: authTokens, body: object{"auth": object{"identity": object{"methods": list{}}}}, status: 400, text: "'methods'"},
		{name: "no identity", as: nobody, call: authTokens, body: object{"auth": object{}}, status: 400, text: "'identity'"},
		{name: "no user", as: nobody, call: authTokens, body: object{"auth": object{"identity": object{"methods": list{"password"}}}}, status: 400, text: "'user'"},
		{name: "user without a domain", as: nobody, call: authTokens, status: 400, text: "'domain'",
			body: object{"auth": object{"identity": object{"methods": list{"password"}, "password": object{"user": object{"name": login, "password": userPassword}}}}}},
		{name: "method token without one", as: nobody, call: authTokens, body: byToken("", nil), status: 400, text: "'token'"},
		{name: "system scope", as: nobody, call: authTokens, body: byPassword(login, userPassword, object{"system": object{"all": true}}), status: 400, text: "System scope"},
		{name: "empty scope", as: nobody, call: authTokens, body: byPassword(login, userPassword, object{}), status: 400, text: "'scope'"},
		{name: "nameless project", as: nobody, call: authTokens, body: byPassword(login, userPassword, object{"project": object{}}), status: 400, text: "'project'"},
		{name: "wrong type", as: nobody, call: authTokens, body: `{"auth":{"identity":{"methods":"password"}}}`, status: 400, text: "methods"},
		{name: "key twice", as: nobody, call: authTokens, body: `{"auth":{},"AUTH":{}}`, status: 400, text: "twice"},
		{name: "large body", as: nobody, call: authTokens, body: `{"auth":"` + many("x", 64<<10) + `"}`, status: 413, text: "too large"},
	})
	endless := s.request(nobody, authTokens, `{"auth":"`+many("x", 64<<10)+`"}`)
	endless.ContentLength = -1 // in chunks: only reading tells how long it is
	s.send(endless, "a large body in chunks").refused(413, "", "too large")
	s.showTokens(own, other)
	s.revokeTokens(own, other)
	s.lockedOut(own)
	s.authLists(own, other)
}

func (s *scenario) showTokens(own, other *tenant) {
	subject := func(token string) []string { return []string{"X-Subject-Token", token} }
	const show = "GET /v3/auth/tokens"
	mine := fields{"token.user.id": own.memberID, "token.project.id": own.project, "token.roles.0.name": "member"}
	s.rows([]row{
		{name: "own token", as: own.member, call: show, headers: subject(own.member.token), status: 200, fields: mine},
		{name: "own token without catalog", as: own.member, call: show + "?nocatalog", headers: subject(own.member.token), status: 200, fields: fields{"token.catalog": gone{}}},
		{name: "anybody's token to an administrator", as: s.admin, call: show, headers: subject(own.member.token), status: 200, fields: mine},
		{name: "head", as: own.member, call: "HEAD /v3/auth/tokens", headers: subject(own.member.token), status: 200},
		{name: "another user's token", as: other.member, call: show, headers: subject(own.member.token), status: 403, text: "identity:validate_token"},
		{name: "forged subject", as: own.member, call: show, headers: subject("forged"), status: 404, text: "Could not find token"},
		{name: "expired subject", as: s.admin, call: show, headers: subject(s.expiredToken(s.t)), status: 404, text: "Could not find token"},
		{name: "no subject", as: own.member, call: show, status: 400, text: "X-Subject-Token"},
		{name: "two subjects", as: own.member, call: show, headers: append(subject(own.member.token), subject("x")...), status: 400, text: "once"},
		{name: "nobody asks", as: nobody, call: show, headers: subject(own.member.token), status: 401, text: "requires authentication"},
	})
	shown := s.do(own.member, show, nil, subject(own.member.token)...).want(200)
	if shown.header.Get("X-Subject-Token") != own.member.token {
		s.t.Error("the token shown is not in X-Subject-Token")
	}
	if challenge := s.do(nobody, show, nil).header.Get("WWW-Authenticate"); challenge != `Keystone uri="`+s.ManagementURL()+`/v3"` {
		s.t.Errorf("WWW-Authenticate is %q", challenge)
	}
	if strings.Contains(string(s.do(nobody, authTokens, byPassword("x", "pass-phrase", nil)).body), "pass-phrase") {
		s.t.Error("a refusal repeats the password")
	}
}

func (s *scenario) revokeTokens(own, other *tenant) {
	const end = "DELETE /v3/auth/tokens"
	fresh := func() string { return s.logIn("own_member_"+own.name, userPassword, scopeOf(own.project)) }
	first, second, third := fresh(), fresh(), fresh()
	holder := &actor{name: "holder", token: first}
	s.rows([]row{
		{name: "end of another user's token", as: other.member, call: end, headers: []string{"X-Subject-Token", first}, status: 403, text: "identity:revoke_token"},
		{name: "end without subject", as: own.member, call: end, status: 400, text: "X-Subject-Token"},
		{name: "end of a forged token", as: own.member, call: end, headers: []string{"X-Subject-Token", "forged"}, status: 404, text: "Could not find token"},
		{name: "it still works", as: holder, call: "GET envs", status: 200},
		{name: "end of the own token", as: holder, call: end, headers: []string{"X-Subject-Token", first}, status: 204},
		{name: "it is over", as: holder, call: "GET envs", status: 401, code: "APIG.1002", text: "not valid"},
		{name: "it is over for identity too", as: holder, call: "GET /v3/auth/projects", status: 401, text: "requires authentication"},
		{name: "it makes no other", as: nobody, call: authTokens, status: 401, text: "requires authentication",
			body: object{"auth": object{"identity": object{"methods": list{"token"}, "token": object{"id": first}}}}},
		{name: "it is not shown", as: own.member, call: "GET /v3/auth/tokens", headers: []string{"X-Subject-Token", first}, status: 404, text: "Could not find token"},
		{name: "others of the user work", as: &actor{name: "second", token: second}, call: "GET envs", status: 200},
		{name: "an administrator ends it", as: s.admin, call: end, headers: []string{"X-Subject-Token", third}, status: 204},
		{name: "and it is over", as: &actor{name: "third", token: third}, call: "GET envs", status: 401, code: "APIG.1002"},
	})
}

// lockedOut: five wrong passwords lock a user, and the right one does not help.
func (s *scenario) lockedOut(own *tenant) {
	guessed, _ := s.person("guessed", own, accounts.RoleReader)
	login := "guessed_" + own.name
	for range 5 {
		s.do(nobody, authTokens, byPassword(login, "guess", nil)).refused(401, "", "requires authentication")
	}
	s.do(nobody, authTokens, byPassword(login, userPassword, nil)).refused(401, "", "requires authentication")
	s.get(guessed, "envs") // a lock is about passwords
}

// authLists are the three lists about the caller.
func (s *scenario) authLists(own, other *tenant) {
	link := regexp.MustCompile(`^` + regexp.QuoteMeta(s.ManagementURL()) + `/v3/`)
	s.rows([]row{
		{name: "own projects", as: own.member, call: "GET /v3/auth/projects", status: 200, fields: fields{
			"projects.0.id": own.project, "projects.0.name": own.name, "projects.0.enabled": true, "projects.0.links.self": link,
			"projects.1": gone{}, "links.self": link, "links.next": nil,
		}},
		{name: "own domains", as: own.member, call: "GET /v3/auth/domains", status: 200, fields: fields{
			"domains.0.id": "default", "domains.0.name": "Default", "domains.0.links.self": link, "domains.1": gone{},
		}},
		{name: "catalog", as: own.reader, call: "GET /v3/auth/catalog", status: 200, fields: fields{
			"catalog.0.type": "identity", "catalog.1.type": "apig", "catalog.1.endpoints.0.url": s.ManagementURL() + "/v1.0/apigw",
		}},
		{name: "projects of nobody", as: nobody, call: "GET /v3/auth/projects", status: 401, text: "requires authentication"},
		{name: "domains of nobody", as: nobody, call: "GET /v3/auth/domains", status: 401, text: "requires authentication"},
		{name: "catalog for nobody", as: nobody, call: "GET /v3/auth/catalog", status: 401, text: "requires authentication"},
	})
	if strings.Contains(string(s.get(own.member, "/v3/auth/projects").body), other.name) {
		s.t.Error("a project of others is listed")
	}
}
