package api_test

import (
	"regexp"
	"strings"
	"time"
)

const keptPath = "/v3/credentials"

func ec2KeysOf(userID string) string { return "/v3/users/" + userID + "/credentials/OS-EC2" }

// ec2Blob is the blob of an EC2 key.
func ec2Blob(access, secret string) string {
	return `{"access":"` + access + `","secret":"` + secret + `"}`
}

// credentialScenario keeps credentials, and makes EC2 keys and signs with them.
func credentialScenario(s *scenario) {
	own, other := s.tenants()
	in := func(pairs ...any) object {
		o := object{}
		for i := 0; i < len(pairs); i += 2 {
			o[pairs[i].(string)] = pairs[i+1]
		}
		return object{"credential": o}
	}
	access := s.unknown()
	blob := ec2Blob(access, "0123456789abcdef")
	made := s.post(own.member, keptPath, in("type", "ec2", "blob", blob, "project_id", own.project, "user_id", own.memberID)).has(fields{
		"credential.id": regexp.MustCompile(`^[0-9a-f]{64}$`), "credential.user_id": own.memberID, "credential.project_id": own.project,
		"credential.type": "ec2", "credential.blob": blob,
	})
	id := made.text("credential.id")
	one := keptPath + "/" + id
	made.has(fields{"credential.links.self": s.ManagementURL() + one})
	robot, _ := s.robot(own, "robot", nil)
	const bound = "not allowed for managing additional application credentials"
	s.rows([]row{
		{name: "access key taken", as: own.member, call: "POST " + keptPath, body: in("type", "ec2", "blob", blob), status: 409, text: "Conflict occurred attempting to store credential"},
		{name: "another project", as: own.member, call: "POST " + keptPath, body: in("type", "ec2", "blob", blob, "project_id", other.project), status: 403, text: "identity:create_credential"},
		{name: "another user", as: own.member, call: "POST " + keptPath, body: in("type", "cert", "blob", "x", "user_id", own.readerID), status: 403, text: "identity:create_credential"},
		{name: "a reader keeps none", as: own.reader, call: "POST " + keptPath, body: in("type", "cert", "blob", "x"), status: 403, text: "identity:create_credential"},
		{name: "restricted", as: robot, call: "POST " + keptPath, body: in("type", "cert", "blob", "x"), status: 403, text: bound},
		{name: "for an unknown user", as: s.admin, call: "POST " + keptPath, body: in("type", "cert", "blob", "x", "user_id", "unknown"), status: 404, text: "Could not find user: unknown"},
		{name: "an administrator keeps one for a user", as: s.admin, call: "POST " + keptPath, body: in("type", "cert", "blob", "x", "user_id", own.readerID), status: 201,
			fields: fields{"credential.user_id": own.readerID, "credential.blob": "", "credential.project_id": nil}},
		{name: "one-time passwords", as: own.member, call: "POST " + keptPath, body: in("type", "totp", "blob", "x"), status: 400, text: "one-time passwords are not supported"},
		{name: "blob of another form", as: own.member, call: "POST " + keptPath, body: in("type", "ec2", "blob", "x"), status: 400, text: "'blob'"},
		{name: "blob that says more", as: own.member, call: "POST " + keptPath, body: in("type", "ec2", "blob", strings.Replace(blob, "}", `,"app_cred_id":"x"}`, 1)), status: 400, text: "another name"},
		{name: "no credential", as: own.member, call: "POST " + keptPath, body: object{}, status: 400, text: "'credential'"},
		{name: "nobody keeps one", as: nobody, call: "POST " + keptPath, body: in("type", "cert", "blob", "x"), status: 401, text: "requires authentication"},

		{name: "list", as: own.member, call: "GET " + keptPath, status: 200, fields: fields{"credentials.0.blob": blob, "credentials.1": gone{}, "links.self": s.ManagementURL() + keptPath}},
		{name: "list by type", as: own.member, call: "GET " + keptPath + "?type=cert", status: 200, fields: fields{"credentials": list{}}},
		{name: "list of a user to an administrator", as: s.admin, call: "GET " + keptPath + "?user_id=" + own.memberID, status: 200, fields: fields{"credentials.0.id": id, "credentials.0.blob": ""}},
		{name: "list of another user", as: other.member, call: "GET " + keptPath + "?user_id=" + own.memberID, status: 200, fields: fields{"credentials": list{}}},
		{name: "list of nobody", as: nobody, call: "GET " + keptPath, status: 401, text: "requires authentication"},
		{name: "show", as: own.member, call: "GET " + one, status: 200, fields: fields{"credential.blob": blob}},
		{name: "show to an administrator", as: s.admin, call: "GET " + one, status: 200, fields: fields{"credential.blob": "", "credential.user_id": own.memberID}},
		{name: "show another user's", as: own.reader, call: "GET " + one, status: 404, text: "Could not find credential: " + id},

		{name: "another secret", as: own.member, call: "PATCH " + one, body: in("blob", ec2Blob(access, "another0123456789")), status: 200, fields: fields{"credential.blob": ec2Blob(access, "another0123456789")}},
		{name: "another access key", as: own.member, call: "PATCH " + one, body: in("blob", ec2Blob(s.unknown(), "0123456789abcdef")), status: 400, text: "cannot be changed"},
		{name: "moved to a user", as: own.member, call: "PATCH " + one, body: in("user_id", other.memberID), status: 400, text: "'user_id'"},
		{name: "moved to a project", as: own.member, call: "PATCH " + one, body: in("project_id", other.project), status: 400, text: "'project_id'"},
		{name: "changed by a restricted one", as: robot, call: "PATCH " + one, body: in("blob", blob), status: 403, text: bound},
		{name: "change another user's", as: other.member, call: "PATCH " + one, body: in("blob", blob), status: 404, text: "Could not find credential"},
		{name: "delete another user's", as: other.member, call: "DELETE " + one, status: 404, text: "Could not find credential"},
		{name: "delete by a restricted one", as: robot, call: "DELETE " + one, status: 403, text: bound},
		{name: "delete", as: own.member, call: "DELETE " + one, status: 204},
		{name: "gone", as: own.member, call: "GET " + one, status: 404, text: "Could not find credential: " + id},
	})
	s.ec2Keys(own, other, robot)
}

func (s *scenario) ec2Keys(own, other *tenant, robot *actor) {
	at, tenant := ec2KeysOf(own.memberID), object{"tenant_id": own.project}
	made := s.post(own.member, at, tenant).has(fields{
		"credential.user_id": own.memberID, "credential.tenant_id": own.project, "credential.trust_id": nil,
		"credential.access": hexID, "credential.secret": hexID,
	})
	access, secret := made.text("credential.access"), made.text("credential.secret")
	one := at + "/" + access
	made.has(fields{"credential.links.self": s.ManagementURL() + one})
	const bound = "not allowed for managing additional application credentials"
	nowhere := "Could not find user: " + own.memberID
	s.rows([]row{
		{name: "EC2 key without a project", as: own.member, call: "POST " + at, body: object{}, status: 400, text: "'tenant_id'"},
		{name: "EC2 key for another project", as: own.member, call: "POST " + at, body: object{"tenant_id": other.project}, status: 403, text: "identity:ec2_create_credential"},
		{name: "EC2 key of a reader", as: own.reader, call: "POST " + ec2KeysOf(own.readerID), body: tenant, status: 403, text: "identity:ec2_create_credential"},
		{name: "EC2 key by a restricted one", as: robot, call: "POST " + at, body: tenant, status: 403, text: bound},
		{name: "EC2 key for another user", as: other.member, call: "POST " + at, body: tenant, status: 404, text: nowhere},
		{name: "an administrator makes one for a user", as: s.admin, call: "POST " + ec2KeysOf(own.readerID), body: tenant, status: 201, fields: fields{"credential.user_id": own.readerID, "credential.secret": hexID}},
		{name: "where the user holds no role", as: s.admin, call: "POST " + ec2KeysOf(own.readerID), body: object{"tenant_id": other.project}, status: 400, text: "holds no role"},
		{name: "list of EC2 keys", as: own.member, call: "GET " + at, status: 200, fields: fields{"credentials.0.access": access, "credentials.0.secret": secret, "credentials.1": gone{}, "links.next": nil}},
		{name: "list to an administrator", as: s.admin, call: "GET " + at, status: 200, fields: fields{"credentials.0.tenant_id": own.project, "credentials.0.secret": "", "credentials.0.access": ""}},
		{name: "list of another user", as: other.member, call: "GET " + at, status: 404, text: nowhere},
		{name: "show", as: own.member, call: "GET " + one, status: 200, fields: fields{"credential.secret": secret}},
		{name: "show to an administrator", as: s.admin, call: "GET " + one, status: 200, fields: fields{"credential.secret": "", "credential.access": access}},
		{name: "show another user's", as: other.member, call: "GET " + one, status: 404, text: nowhere},
		{name: "show an unknown one", as: own.member, call: "GET " + at + "/unknown", status: 404, text: "Could not find credential: unknown"},
		{name: "delete another user's", as: other.member, call: "DELETE " + one, status: 404, text: nowhere},
		{name: "delete an unknown one", as: own.member, call: "DELETE " + at + "/unknown", status: 404, text: "Could not find credential: unknown"},
		{name: "delete by a restricted one", as: robot, call: "DELETE " + one, status: 403, text: bound},
	})
	key := &actor{name: "member by EC2 key", access: access, secret: secret, project: own.project}
	s.ec2Signatures(own, other, key)
	s.rows([]row{
		{name: "signed delete", as: key, call: "DELETE " + one, status: 403, text: bound},
		{name: "delete", as: own.member, call: "DELETE " + one, status: 204},
		{name: "gone", as: own.member, call: "GET " + one, status: 404, text: "Could not find credential"},
		{name: "signs no more", as: key, call: "GET envs", status: 401, code: "APIG.1002", text: "unknown or the signature does not match"},
	})
}

// ec2Signatures: CVE-2025-65073, CVE-2020-12692, CVE-2026-43001. An EC2 key signs
// for its project, for 15 minutes, and its signatures buy no token.
func (s *scenario) ec2Signatures(own, other *tenant, key *actor) {
	but := func(change func(*actor)) *actor {
		k := *key
		change(&k)
		return &k
	}
	const mismatch = "unknown or the signature does not match"
	s.rows([]row{
		{name: "signed write", as: key, call: "POST envs", body: object{"name": "EC2"}, status: 201, fields: fields{"name": "EC2"}},
		{name: "its project without a header", as: but(func(k *actor) { k.project = "" }), call: "GET envs?name=EC2", status: 200, fields: fields{"total": 1}},
		{name: "identity", as: key, call: "GET /v3/auth/projects", status: 200, fields: fields{"projects.0.id": own.project}},
		{name: "another project", as: but(func(k *actor) { k.project = other.project }), call: "GET envs", status: 401, code: "APIG.1002", text: "X-Project-Id"},
		{name: "a department", as: but(func(k *actor) { k.project = "" }), call: "GET envs", headers: []string{"X-Domain-Id", "default"}, status: 401, code: "APIG.1002", text: "X-Domain-Id"},
		{name: "wrong secret", as: but(func(k *actor) { k.secret = "x" }), call: "GET envs", status: 401, code: "APIG.1002", text: mismatch},
		{name: "16 minutes late", as: but(func(k *actor) { k.signedAt = time.Now().Add(-16 * time.Minute) }), call: "GET envs", status: 401, code: "APIG.1001", text: "signature expired"},
		{name: "no access key", as: key, call: "POST " + credentialsPath, body: object{"credential": object{}}, status: 403, text: "identity:create_access_key"},
		{name: "no application credential", as: key, call: "POST " + appCredentialsOf(own.memberID), body: object{"application_credential": object{"name": "x"}}, status: 403, text: "not allowed for managing"},
	})
	captured := s.request(key, "POST envs", object{"name": "CAPTURED"})
	for _, path := range []string{"/v3/ec2tokens", "/v3/s3tokens", "/v2.0/ec2tokens"} {
		r := s.request(nobody, "POST "+path, object{"credentials": object{
			"access": key.access, "verb": "POST", "host": captured.Host, "path": captured.URL.Path, "signature": captured.Header.Get("Authorization"),
		}})
		r.Header = captured.Header
		if a := s.send(r, "captured: POST "+path); a.status != 404 || a.header.Get("X-Subject-Token") != "" {
			a.errorf("a signature buys something: %s", a.body)
		}
	}
}
