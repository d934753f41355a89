package api_test

import (
	"regexp"
	"strings"
	"time"
)

const credentialsPath = "/v3.0/OS-CREDENTIAL/credentials"

// accessKeys makes access keys, switches them off and on and signs with them.
func accessKeys(s *scenario) {
	own, other := s.tenants()
	describe := func(text string) object { return object{"credential": object{"description": text}} }
	made := s.post(own.member, credentialsPath, describe("first")).has(fields{
		"credential.access": regexp.MustCompile(`^[A-Z2-7]{20}$`), "credential.secret": regexp.MustCompile(`^[A-Z2-7]{40}$`),
		"credential.status": "active", "credential.user_id": own.memberID, "credential.description": "first", "credential.create_time": moment,
	})
	access, secret := made.text("credential.access"), made.text("credential.secret")
	s.post(own.member, credentialsPath, describe("second"))
	one := credentialsPath + "/" + access
	s.rows([]row{
		{name: "a third key", as: own.member, call: "POST " + credentialsPath, body: describe(""), status: 400, text: "akSkNumExceed"},
		{name: "a key for another user", as: own.member, call: "POST " + credentialsPath, body: object{"credential": object{"user_id": own.readerID}}, status: 403, text: "identity:create_access_key"},
		{name: "an administrator makes one for a user", as: s.admin, call: "POST " + credentialsPath, status: 201,
			body: object{"credential": object{"user_id": own.readerID, "description": "given"}}, fields: fields{"credential.user_id": own.readerID}},
		{name: "for an unknown user", as: s.admin, call: "POST " + credentialsPath, body: object{"credential": object{"user_id": "unknown"}}, status: 404, text: "Could not find user: unknown"},
		{name: "long description", as: own.member, call: "POST " + credentialsPath, body: describe(many("x", 256)), status: 400, text: "'description'"},
		{name: "no credential", as: own.member, call: "POST " + credentialsPath, body: object{}, status: 400, text: "'credential'"},
		{name: "creation by nobody", as: nobody, call: "POST " + credentialsPath, body: describe(""), status: 401, text: "requires authentication"},

		{name: "list", as: own.member, call: "GET " + credentialsPath, status: 200, fields: fields{
			"credentials.0.access": access, "credentials.0.secret": gone{}, "credentials.1.description": "second", "credentials.2": gone{},
		}},
		{name: "list of oneself by id", as: own.member, call: "GET " + credentialsPath + "?user_id=" + own.memberID, status: 200, fields: fields{"credentials.0.access": access}},
		{name: "list of a user to an administrator", as: s.admin, call: "GET " + credentialsPath + "?user_id=" + own.memberID, status: 200, fields: fields{"credentials.0.access": access}},
		{name: "list of another user", as: other.member, call: "GET " + credentialsPath + "?user_id=" + own.memberID, status: 403, text: "identity:list_access_keys"},
		{name: "an empty list", as: other.member, call: "GET " + credentialsPath, status: 200, fields: fields{"credentials": list{}}},

		{name: "show", as: own.member, call: "GET " + one, status: 200, fields: fields{"credential.access": access, "credential.secret": gone{}}},
		{name: "show another user's", as: other.member, call: "GET " + one, status: 404, text: "Could not find credential: " + access},
		{name: "show an unknown one", as: own.member, call: "GET " + credentialsPath + "/UNKNOWN", status: 404, text: "Could not find credential: UNKNOWN"},

		{name: "describe", as: own.member, call: "PUT " + one, body: describe("renamed"), status: 200, fields: fields{"credential.description": "renamed", "credential.status": "active"}},
		{name: "change another user's", as: other.member, call: "PUT " + one, body: describe("x"), status: 404, text: "Could not find credential"},
		{name: "unknown status", as: own.member, call: "PUT " + one, body: object{"credential": object{"status": "off"}}, status: 400, text: "'status'"},
		{name: "change with a long description", as: own.member, call: "PUT " + one, body: describe(many("x", 256)), status: 400, text: "'description'"},
		{name: "change without credential", as: own.member, call: "PUT " + one, body: object{}, status: 400, text: "'credential'"},
		{name: "delete another user's", as: other.member, call: "DELETE " + one, status: 404, text: "Could not find credential"},
	})
	key := &actor{name: "member by signature", access: access, secret: secret, project: own.project}
	s.signatures(key, other)
	s.switches(own, key, one)
}

// signatures: a signed request is as good as one with a token, and anything
// that is wrong with it is refused with the same words.
func (s *scenario) signatures(key *actor, other *tenant) {
	but := func(name string, change func(*actor)) *actor {
		k := *key
		k.name = name
		change(&k)
		return &k
	}
	const mismatch = "unknown or the signature does not match"
	s.rows([]row{
		{name: "signed read", as: key, call: "GET envs?name=REL%20E&page_size=5&a=b%2Fc", status: 200},
		{name: "signed write", as: key, call: "POST envs", body: object{"name": "SIGNED"}, status: 201, fields: fields{"name": "SIGNED"}},
		{name: "signed identity", as: key, call: "GET /v3/auth/projects", status: 200, fields: fields{"projects.0.id": key.project}},
		{name: "default project", as: but("no project", func(k *actor) { k.project = "" }), call: "GET envs?name=SIGNED", status: 200, fields: fields{"total": 1}},
		{name: "14 minutes late", as: but("late", func(k *actor) { k.signedAt = time.Now().Add(-14 * time.Minute) }), call: "GET envs", status: 200},
		{name: "16 minutes late", as: but("late", func(k *actor) { k.signedAt = time.Now().Add(-16 * time.Minute) }), call: "GET envs", status: 401, code: "APIG.1001", text: "signature expired"},
		{name: "16 minutes early", as: but("early", func(k *actor) { k.signedAt = time.Now().Add(16 * time.Minute) }), call: "GET envs", status: 401, code: "APIG.1001", text: "signature expired"},
		{name: "wrong secret", as: but("wrong", func(k *actor) { k.secret = "x" + k.secret }), call: "GET envs", status: 401, code: "APIG.1002", text: mismatch},
		{name: "unknown key", as: but("unknown", func(k *actor) { k.access = "UNKNOWN" }), call: "GET envs", status: 401, code: "APIG.1002", text: mismatch},
		{name: "another tenant's project", as: but("foreign", func(k *actor) { k.project = other.project }), call: "GET envs", status: 401, code: "APIG.1002", text: "X-Project-Id"},
		{name: "with a token too", as: but("both", func(k *actor) { k.token = other.member.token }), call: "GET envs", status: 401, code: "APIG.1002", text: "either"},
		{name: "temporary key", as: key, call: "GET envs", headers: []string{"X-Security-Token", "x"}, status: 401, code: "APIG.1002", text: "X-Security-Token"},
		{name: "identity says less", as: but("wrong", func(k *actor) { k.secret = "x" }), call: "GET /v3/auth/projects", status: 401, text: "requires authentication"},
	})
	for _, tampering := range []struct {
		name, text string
		change     func(header map[string][]string) (body, path string)
	}{
		{"another body", mismatch, func(map[string][]string) (string, string) { return `{"name":"FORGED"}`, "" }},
		{"another path", mismatch, func(map[string][]string) (string, string) { return "", "apps" }},
		{"another query", mismatch, func(map[string][]string) (string, string) { return "", "envs?x=1" }},
		{"another content type", mismatch, func(h map[string][]string) (string, string) {
			h["X-Project-Id"] = []string{other.project}
			return "", ""
		}},
		{"a malformed header", "not of the form", func(h map[string][]string) (string, string) {
			h["Authorization"] = []string{"SDK-HMAC-SHA256 x"}
			return "", ""
		}},
		{"two dates", "more than once", func(h map[string][]string) (string, string) {
			h["X-Sdk-Date"] = append(h["X-Sdk-Date"], "20200101T000000Z")
			return "", ""
		}},
		{"no date", "", func(h map[string][]string) (string, string) { delete(h, "X-Sdk-Date"); return "", "" }},
	} {
		signed := s.request(key, "POST envs", object{"name": "TAMPERED"})
		body, path := tampering.change(signed.Header)
		if path == "" {
			path = "envs"
		}
		var content any = object{"name": "TAMPERED"}
		if body != "" {
			content = body
		}
		r := s.request(nobody, "POST "+path, content)
		r.Header = signed.Header
		s.send(r, tampering.name+": POST "+path).refused(401, "APIG.1002", tampering.text)
		s.get(key, "envs") // five refusals in a row would lock the key
	}
	if body := s.get(key, "envs").body; strings.Contains(string(body), "TAMPERED") || strings.Contains(string(body), "FORGED") {
		s.t.Errorf("a refused request wrote: %s", body)
	}
}

// switches: what is switched off or deleted is refused by the next request.
func (s *scenario) switches(own *tenant, key *actor, one string) {
	status := func(word string) object { return object{"credential": object{"status": word}} }
	const mismatch = "unknown or the signature does not match"
	s.rows([]row{
		{name: "off", as: own.member, call: "PUT " + one, body: status("inactive"), status: 200, fields: fields{"credential.status": "inactive", "credential.description": "renamed"}},
		{name: "refused", as: key, call: "GET envs", status: 401, code: "APIG.1002", text: mismatch},
		{name: "on, in capitals", as: own.member, call: "PUT " + one, body: status("ACTIVE"), status: 200, fields: fields{"credential.status": "active"}},
		{name: "accepted", as: key, call: "GET envs", status: 200},
		{name: "deletes itself", as: key, call: "DELETE " + one, status: 204},
		{name: "refused for good", as: key, call: "GET envs", status: 401, code: "APIG.1002", text: mismatch},
		{name: "gone", as: own.member, call: "GET " + one, status: 404, text: "Could not find credential"},
		{name: "room for another", as: own.member, call: "POST " + credentialsPath, body: object{"credential": object{}}, status: 201},
	})
}
