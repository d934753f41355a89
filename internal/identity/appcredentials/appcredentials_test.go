package appcredentials_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/appcredentials"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type object = identitytest.Object

func pathOf(userID string) string { return "/v3/users/" + userID + "/application_credentials" }

func as(token string) []string { return []string{"X-Auth-Token", token} }

// create makes one for alice in RegionOne; more are fields of the body.
func create(w *identitytest.World, token string, more object) *wiretest.Response {
	body := object{"name": "robot"}
	for k, v := range more {
		body[k] = v
	}
	return w.Do("POST", pathOf(w.Alice.ID), object{"application_credential": body}, as(token)...)
}

// by is the body of a log-in with an application credential.
func by(id, secret string) object {
	return identity(object{"id": id, "secret": secret})
}

func identity(credential object) object {
	return object{"auth": object{"identity": object{
		"methods": []string{"application_credential"}, "application_credential": credential,
	}}}
}

// enter answers the token of a log-in with a credential.
func enter(w *identitytest.World, made *wiretest.Response) string {
	const at = "application_credential."
	return w.Do("POST", "/v3/auth/tokens", by(made.Text(at+"id"), made.Text(at+"secret"))).Want(201).Header.Get("X-Subject-Token")
}

func TestRoutes(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, bob, root := w.LogIn("alice", nil), w.LogIn("bob", nil), w.LogIn("admin", nil)
		made := create(w, alice, object{"description": "for the night"}).Want(201)
		const at = "application_credential."
		for field, want := range map[string]string{
			"name": "robot", "description": "for the night", "project_id": w.Region.ID, "unrestricted": "false",
			"expires_at": "<nil>", "access_rules": "[]", "roles.0.name": "member", "roles.0.domain_id": "<nil>",
		} {
			if got := made.Text(at + field); got != want {
				t.Errorf("%s is %q, want %q", field, got, want)
			}
		}
		id, text := made.Text(at+"id"), made.Text(at+"secret")
		if len(text) != 43 || made.Has(at+"roles.1") {
			t.Errorf("made as %s", made.Body)
		}
		if self := made.Text(at + "links.self"); !strings.HasSuffix(self, pathOf(w.Alice.ID)+"/"+id) {
			t.Errorf("links to %q", self)
		}
		create(w, alice, nil).Refused(409, "", "Conflict occurred attempting to store application_credential - Duplicate entry found with name robot.")
		for _, token := range []string{alice, root} {
			for _, path := range []string{pathOf(w.Alice.ID), pathOf(w.Alice.ID) + "?name=robot", pathOf(w.Alice.ID) + "/" + id} {
				r := w.Do("GET", path, nil, as(token)...).Want(200)
				if strings.Contains(string(r.Body), text) || strings.Contains(string(r.Body), `"secret"`) || !strings.Contains(string(r.Body), id) {
					t.Errorf("%s: %s", path, r.Body)
				}
			}
			if r := w.Do("GET", pathOf(w.Alice.ID)+"?name=Robot", nil, as(token)...).Want(200); len(r.Get("application_credentials").([]any)) != 0 {
				t.Errorf("another name lists %s", r.Body)
			}
		}
		// A user out of reach is as unknown as one that is not there.
		for _, user := range []string{w.Alice.ID, "nobody"} {
			for _, call := range []string{"GET " + pathOf(user), "GET " + pathOf(user) + "/" + id, "DELETE " + pathOf(user) + "/" + id} {
				method, path, _ := strings.Cut(call, " ")
				w.Do(method, path, nil, as(bob)...).Refused(404, "", "Could not find user: "+user+".")
			}
			w.Do("POST", pathOf(user), object{"application_credential": object{"name": "x"}}, as(w.LogIn("carol", nil))...).Refused(401, "", "project in the scope")
		}
		w.Do("GET", pathOf("nobody"), nil, as(root)...).Refused(404, "", "Could not find user: nobody.")
		create(w, root, object{"name": "other"}).Refused(403, "", "identity:create_application_credential")
		for _, path := range []string{pathOf(w.Alice.ID) + "/x", pathOf(w.Root.ID) + "/" + id} {
			w.Do("GET", path, nil, as(root)...).Refused(404, "", "Could not find Application Credential: ")
			w.Do("DELETE", path, nil, as(root)...).Refused(404, "", "Could not find Application Credential: ")
		}
		w.Do("DELETE", pathOf(w.Alice.ID)+"/"+id, nil, as(alice)...).Want(204)
		w.Do("GET", pathOf(w.Alice.ID)+"/"+id, nil, as(alice)...).Refused(404, "", "Could not find Application Credential: "+id+".")
		w.Covered(w.AppCredentials.Routes())
	})
}

func TestBodies(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := w.LogIn("alice", nil)
		for _, c := range []struct {
			more object
			text string
		}{
			{object{"name": " "}, "'name'"},
			{object{"name": strings.Repeat("ä", 256)}, "'name'"},
			{object{"name": "a\tb"}, "'name'"},
			{object{"description": strings.Repeat("x", 256)}, "'description'"},
			{object{"secret": "1234567"}, "'secret'"},
			{object{"secret": strings.Repeat("x", 256)}, "'secret'"},
			{object{"access_rules": []object{{"path": "/v2.1/servers", "method": "GET", "service": "compute"}}}, "access rules are not supported"},
			{object{"unrestricted": "true"}, "'application_credential.unrestricted'"},
			{object{"expires_at": "tomorrow"}, "'expires_at'"},
			{object{"expires_at": "2026-01-02T03:04:05Z"}, "'expires_at': it is in the past"}, // now
			{object{"expires_at": "2026-01-02T03:04:04.999999"}, "in the past"},
			{object{"roles": []object{}}, "'roles'"},
			{object{"roles": []object{{}}}, "'roles'"},
			{object{"roles": []object{{"name": "admin"}}}, "Could not find role assignment with role: admin"},
			{object{"roles": []object{{"name": "no such role"}}}, "Could not find role assignment with role: no such role"},
			{object{"roles": []object{{"name": "member", "id": "x"}}}, "Could not find role assignment"},
			{object{"project_id": w.Workshop.ID}, "'project_id'"},
			{object{"user_id": w.Root.ID}, "'user_id'"},
		} {
			create(w, alice, c.more).Refused(400, "", c.text)
		}
		w.Do("POST", pathOf(w.Alice.ID), object{}, as(alice)...).Refused(400, "", "'application_credential'")
		create(w, w.LogIn("alice", identitytest.Project(w.Workshop.ID)), nil).Refused(403, "", "identity:create_application_credential") // a reader
		for i, c := range []struct {
			more object
			want map[string]string
		}{
			{object{"expires_at": "2026-01-02T03:04:05.000001"}, map[string]string{"expires_at": "2026-01-02T03:04:05.000001"}},
			{object{"expires_at": "2030-01-01T01:00:00+01:00", "secret": "of my own"}, map[string]string{"expires_at": "2030-01-01T00:00:00.000000", "secret": "of my own"}},
			{object{"roles": []object{{"name": "member"}, {"name": "member"}}, "project_id": w.Region.ID, "user_id": w.Alice.ID, "access_rules": []object{}}, map[string]string{"roles.0.name": "member"}},
			{object{"unrestricted": true, "expires_at": nil}, map[string]string{"unrestricted": "true", "expires_at": "<nil>"}},
		} {
			c.more["name"] = fmt.Sprint("good ", i)
			r := create(w, alice, c.more).Want(201)
			for field, want := range c.want {
				if got := r.Text("application_credential." + field); got != want {
					t.Errorf("%v: %s is %q, want %q", c.more, field, got, want)
				}
			}
		}
		for i := 4; i < appcredentials.MaxPerUser; i++ {
			create(w, alice, object{"name": fmt.Sprint(i)}).Want(201)
		}
		create(w, alice, nil).Refused(403, "", "Unable to create additional application credentials, maximum of 20 already exceeded for user.")
	})
}

func TestLogIn(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := w.LogIn("alice", nil)
		made := create(w, alice, object{"expires_at": "2026-01-02T06:00:00"}).Want(201)
		id, text := made.Text("application_credential.id"), made.Text("application_credential.secret")
		owner := object{"name": "alice", "domain": object{"name": "Default"}}
		for name, body := range map[string]object{
			"id":                by(id, text),
			"name and user id":  identity(object{"name": "robot", "user": object{"id": w.Alice.ID}, "secret": text}),
			"name and user":     identity(object{"name": "robot", "user": owner, "secret": text}),
			"methods repeated":  {"auth": object{"identity": object{"methods": []string{"application_credential", "application_credential"}, "application_credential": object{"id": id, "secret": text}}}},
			"scope that is not": {"auth": object{"scope": nil, "identity": by(id, text)["auth"].(object)["identity"]}},
		} {
			r := w.Do("POST", "/v3/auth/tokens", body).Want(201)
			for field, want := range map[string]string{
				"methods": "[application_credential]", "user.id": w.Alice.ID, "project.id": w.Region.ID, "roles.0.name": "member",
				"application_credential.id": id, "application_credential.name": "robot", "application_credential.restricted": "true",
				"expires_at": "2026-01-02T06:00:00.000000Z", // not a day: the credential ends sooner
			} {
				if got := r.Text("token." + field); got != want {
					t.Errorf("by %s: %s is %q, want %q", name, field, got, want)
				}
			}
			token := r.Header.Get("X-Subject-Token")
			shown := w.Do("GET", "/v3/auth/tokens", nil, "X-Auth-Token", token, "X-Subject-Token", token).Want(200)
			if shown.Text("token.application_credential.id") != id {
				t.Errorf("by %s: shown as %s", name, shown.Body)
			}
			if p := w.Do("POST", "/v3/probe/project", nil, as(token)...).Want(200); p.Text("user") != "alice" || p.Text("project") != "RegionOne" || p.Text("roles") != "[member]" {
				t.Errorf("by %s: acts as %s", name, p.Body)
			}
		}
		scoped := by(id, text)
		scoped["auth"].(object)["scope"] = identitytest.Project(w.Region.ID)
		w.Do("POST", "/v3/auth/tokens", scoped).Refused(401, "", "Application credentials cannot request a scope.")
		scoped["auth"].(object)["scope"] = "unscoped"
		w.Do("POST", "/v3/auth/tokens", scoped).Refused(401, "", "Application credentials cannot request a scope.")
		mixed := identitytest.ByPassword("alice", identitytest.Password("alice"), nil)
		mixed["auth"].(object)["identity"].(object)["methods"] = []string{"password", "application_credential"}
		w.Do("POST", "/v3/auth/tokens", mixed).Refused(401, "", "cannot be combined")
		for _, bad := range []object{{}, {"name": "robot"}, {"name": "robot", "user": object{}}, {"name": "robot", "user": object{"name": "alice"}}} {
			w.Do("POST", "/v3/auth/tokens", identity(bad)).Refused(400, "", "'application_credential'")
		}
		none := identity(object{})
		delete(none["auth"].(object)["identity"].(object), "application_credential")
		w.Do("POST", "/v3/auth/tokens", none).Refused(400, "", "'application_credential'")
		w.Clock.Advance(time.Date(2026, 1, 2, 6, 0, 0, 0, time.UTC).Sub(identitytest.Start))
		w.Do("POST", "/v3/auth/tokens", by(id, text)).Refused(401, "", "requires authentication")
	})
}

// TestRescoping: CVE-2020-12689, CVE-2026-44394. The token of a credential is never
// exchanged, not even for one of the same scope.
func TestRescoping(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		made := create(w, w.LogIn("alice", nil), object{"unrestricted": true}).Want(201)
		token := enter(w, made)
		for _, scope := range []any{nil, identitytest.Project(w.Region.ID), identitytest.Project(w.Workshop.ID), object{"domain": object{"id": "default"}}, "unscoped"} {
			w.Do("POST", "/v3/auth/tokens", identitytest.ByToken(token, scope)).Refused(403, "", "cannot be exchanged")
		}
		both := identitytest.ByPassword("alice", identitytest.Password("alice"), nil)
		id := both["auth"].(object)["identity"].(object)
		id["methods"], id["token"] = []string{"password", "token"}, object{"id": token}
		w.Do("POST", "/v3/auth/tokens", both).Refused(403, "", "cannot be exchanged")
	})
}

// TestSamePriceAndWords: CVE-2021-38155, CVE-2026-32595. Whatever is wrong with a
// log-in, the answer is one, and so is the number of hashes: one.
func TestSamePriceAndWords(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := w.LogIn("alice", nil)
		made := create(w, alice, nil).Want(201)
		id, text := made.Text("application_credential.id"), made.Text("application_credential.secret")
		expired := create(w, alice, object{"name": "short", "expires_at": "2026-01-02T03:05:00"}).Want(201)
		bobs := w.Accounts.Assign(t.Context(), w.Bob.ID, accounts.RoleMember, accounts.OnProject, w.Region.ID)
		if bobs != nil {
			t.Fatal(bobs)
		}
		disabled := w.Do("POST", pathOf(w.Bob.ID), object{"application_credential": object{"name": "bot"}},
			as(w.LogIn("bob", identitytest.Project(w.Region.ID)))...).Want(201)
		if err := w.Accounts.EnableUser(t.Context(), w.Bob.ID, false); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Minute)
		var first string
		for name, body := range map[string]object{
			"unknown id":        by("x", text),
			"wrong secret":      by(id, text[1:]),
			"truncated secret":  by(id, text[:42]), // CVE-2026-27840
			"longer secret":     by(id, text+"x"),
			"over-long secret":  by(id, strings.Repeat("x", 2000)), // CVE-2021-3563
			"no secret":         by(id, ""),
			"expired":           by(expired.Text("application_credential.id"), expired.Text("application_credential.secret")),
			"disabled user":     by(disabled.Text("application_credential.id"), disabled.Text("application_credential.secret")),
			"unknown user":      identity(object{"name": "robot", "user": object{"id": "x"}, "secret": text}),
			"user of elsewhere": identity(object{"name": "robot", "user": object{"name": "alice", "domain": object{"name": "Elsewhere"}}, "secret": text}),
			"unknown name":      identity(object{"name": "x", "user": object{"id": w.Alice.ID}, "secret": text}),
		} {
			w.Clock.Advance(appcredentials.FailureWindow) // no lock among these
			before := w.Hasher.Hashes()
			r := w.Do("POST", "/v3/auth/tokens", body).Refused(401, "", "The request you have made requires authentication.")
			if n := w.Hasher.Hashes() - before; n != 1 {
				t.Errorf("%s: costs %d hashes, want 1", name, n)
			}
			if first == "" {
				first = string(r.Body)
			}
			if string(r.Body) != first {
				t.Errorf("%s: answered as %s, others as %s", name, r.Body, first)
			}
		}
	})
}

func TestLock(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		made := create(w, w.LogIn("alice", nil), object{"secret": "guessable"}).Want(201)
		id := made.Text("application_credential.id")
		try := func(secret string, status int) {
			t.Helper()
			w.Do("POST", "/v3/auth/tokens", by(id, secret)).Want(status)
		}
		for range appcredentials.MaxFailures - 1 {
			try("guess", 401)
		}
		try("guessable", 201) // a right one ends the row
		for range appcredentials.MaxFailures {
			try("guess", 401)
		}
		try("guessable", 401)
		w.LogIn("alice", nil) // the user is not locked
		w.Clock.Advance(appcredentials.LockTime - time.Second)
		try("guessable", 401)
		w.Clock.Advance(time.Second)
		try("guessable", 201)
		for range appcredentials.MaxFailures * 2 { // far apart
			try("guess", 401)
			w.Clock.Advance(appcredentials.FailureWindow)
		}
		try("guessable", 201)
	})
}
