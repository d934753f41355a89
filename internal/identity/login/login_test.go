package login_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
)

type object = identitytest.Object

const tokensPath = "/v3/auth/tokens"

func TestRoutes(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		t.Run("forms", func(t *testing.T) { forms(t, w) })
		t.Run("answer", func(t *testing.T) { answer(t, w) })
		t.Run("refused", func(t *testing.T) { refused(t, w) })
		t.Run("malformed", func(t *testing.T) { malformed(t, w) })
		t.Run("subject", func(t *testing.T) { subject(t, w) })
		t.Run("lists", func(t *testing.T) { lists(t, w) })
		w.Covered(w.Login.Routes())
	})
}

// user is the identity part of a log-in with the given user object.
func user(u object) object {
	return object{"methods": []string{"password"}, "password": object{"user": u}}
}

func forms(t *testing.T, w *identitytest.World) {
	password := identitytest.Password("alice")
	byID := object{"id": w.Alice.ID, "password": password}
	for name, c := range map[string]struct {
		user            object
		scope           any
		project, domain string // in scope
	}{
		"user by id":                        {user: byID, project: "RegionOne"},
		"user by name and domain id":        {user: object{"name": "alice", "password": password, "domain": object{"id": "default"}}, project: "RegionOne"},
		"user by name and domain name":      {user: object{"name": "alice", "password": password, "domain": object{"name": "Default"}}, project: "RegionOne"},
		"domain name in another case":       {user: object{"name": "alice", "password": password, "domain": object{"name": "default"}}, project: "RegionOne"},
		"project by id":                     {user: byID, scope: identitytest.Project(w.Workshop.ID), project: "Workshop"},
		"project by name and domain id":     {user: byID, scope: object{"project": object{"name": "Workshop", "domain": object{"id": "default"}}}, project: "Workshop"},
		"project by name and domain name":   {user: byID, scope: object{"project": object{"name": "Workshop", "domain": object{"name": "Default"}}}, project: "Workshop"},
		"project by name in the user's own": {user: byID, scope: object{"project": object{"name": "Workshop"}}, project: "Workshop"},
		"project and domain mean project":   {user: byID, scope: object{"project": object{"id": w.Workshop.ID}, "domain": object{"name": "nobody's"}}, project: "Workshop"},
		"unscoped as a text":                {user: byID, scope: "unscoped"},
		"unscoped as an object":             {user: byID, scope: object{"unscoped": object{}}},
		"null scope is no scope":            {user: byID, scope: nil, project: "RegionOne"},
		"no scope and no default project":   {user: object{"id": w.Bob.ID, "password": identitytest.Password("bob")}},
		"domain by id":                      {user: object{"id": w.Root.ID, "password": identitytest.Password("admin")}, scope: object{"domain": object{"id": "default"}}, domain: "default"},
		"domain by name":                    {user: object{"id": w.Root.ID, "password": identitytest.Password("admin")}, scope: object{"domain": object{"name": "Default"}}, domain: "default"},
		"one's own domain without a role":   {user: byID, scope: object{"domain": object{"id": "default"}}, domain: "default"},
	} {
		t.Run(name, func(t *testing.T) {
			auth := object{"identity": user(c.user), "scope": c.scope}
			r := w.For(t).Do("POST", tokensPath, object{"auth": auth}).Want(201)
			if c.project == "" != !r.Has("token.project") || c.project != "" && r.Text("token.project.name") != c.project {
				t.Errorf("project in scope: %s", r.Body)
			}
			if c.domain == "" != !r.Has("token.domain") || c.domain != "" && r.Text("token.domain.id") != c.domain {
				t.Errorf("domain in scope: %s", r.Body)
			}
			for _, part := range []string{"roles", "catalog"} {
				if scoped := c.project != "" || c.domain != ""; r.Has("token."+part) != scoped {
					t.Errorf("%s with scope %v: %s", part, scoped, r.Body)
				}
			}
			token := r.Header.Get("X-Subject-Token")
			seen := w.For(t).Do("POST", "/v3/probe", nil, "X-Auth-Token", token).Want(200)
			if seen.Text("project") != c.project || seen.Text("domain") != c.domain || seen.Text("kind") != "token" {
				t.Errorf("the token says %s", seen.Body)
			}
		})
	}
}

// answer pins the body to the letter (wire-facts §16.2).
func answer(t *testing.T, w *identitytest.World) {
	r := w.For(t).Do("POST", tokensPath, identitytest.ByPassword("alice", identitytest.Password("alice"), nil)).Want(201)
	for path, want := range map[string]string{
		"token.methods.0":   "password",
		"token.user.id":     w.Alice.ID,
		"token.user.name":   "alice",
		"token.user.domain": "map[id:default name:Default]",
		"token.project.id":  w.Region.ID, "token.project.domain": "map[id:default name:Default]",
		"token.roles.0.name":                    "member",
		"token.is_domain":                       "false",
		"token.issued_at":                       "2026-01-02T03:04:05.000000Z",
		"token.expires_at":                      "2026-01-03T03:04:05.000000Z",
		"token.catalog.0.type":                  "identity",
		"token.catalog.1.endpoints.0.interface": "public",
		"token.catalog.1.endpoints.0.url":       "http://example.com/v1.0/apigw",
	} {
		if got := r.Text(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if v := r.Get("token.user.password_expires_at"); v != nil {
		t.Errorf("password_expires_at is %v", v)
	}
	if ids := r.Get("token.audit_ids").([]any); len(ids) != 1 {
		t.Errorf("audit_ids %v", ids)
	}
	if strings.Contains(string(r.Body), identitytest.Password("alice")) {
		t.Error("the answer repeats the password")
	}
	for _, query := range []string{"?nocatalog", "?nocatalog=", "?nocatalog=false"} {
		r := w.For(t).Do("POST", tokensPath+query, identitytest.ByPassword("alice", identitytest.Password("alice"), nil)).Want(201)
		if r.Has("token.catalog") {
			t.Errorf("%s: %s", query, r.Body)
		}
	}
}

// refused pins that everything wrong with a log-in looks the same.
func refused(t *testing.T, w *identitytest.World) {
	good := identitytest.Password("alice")
	if err := w.Accounts.EnableUser(t.Context(), w.Carol.ID, false); err != nil {
		t.Fatal(err)
	}
	expired := w.LogIn("alice", nil)
	w.Clock.Advance(24 * time.Hour)
	other := w.LogIn("bob", nil)
	mixed := identitytest.ByPassword("alice", good, nil)
	part := mixed["auth"].(object)["identity"].(object)
	part["methods"], part["token"] = []string{"password", "token"}, object{"id": other}
	var text string
	for name, body := range map[string]object{
		"wrong password":                identitytest.ByPassword("alice", good+"x", nil),
		"empty password":                identitytest.ByPassword("alice", "", nil),
		"over-long password":            identitytest.ByPassword("alice", strings.Repeat("x", passwords.MaxLength+1), nil),
		"unknown user":                  identitytest.ByPassword("mallory", good, nil),
		"unknown domain":                {"auth": object{"identity": user(object{"name": "alice", "password": good, "domain": object{"id": "x"}})}},
		"unknown user id":               {"auth": object{"identity": user(object{"id": w.Region.ID, "password": good})}},
		"disabled user":                 identitytest.ByPassword("carol", identitytest.Password("carol"), nil),
		"project without a role":        identitytest.ByPassword("bob", identitytest.Password("bob"), identitytest.Project(w.Region.ID)),
		"unknown project":               identitytest.ByPassword("alice", good, identitytest.Project("x")),
		"unknown project name":          identitytest.ByPassword("alice", good, object{"project": object{"name": "workshop"}}),
		"unknown domain of the project": identitytest.ByPassword("alice", good, object{"project": object{"name": "Workshop", "domain": object{"id": "x"}}}),
		"domain without a role":         {"auth": object{"identity": user(object{"id": w.Stranger.ID, "password": identitytest.Password("stranger")}), "scope": object{"domain": object{"id": "default"}}}},
		"unknown domain in scope":       identitytest.ByPassword("alice", good, object{"domain": object{"id": "x"}}),
		"no token":                      identitytest.ByToken("x", nil),
		"expired token":                 identitytest.ByToken(expired, nil),
		"token of another user":         mixed,
	} {
		t.Run(name, func(t *testing.T) {
			r := w.For(t).Do("POST", tokensPath, body).Refused(401, "")
			if text == "" {
				text = string(r.Body)
			}
			if string(r.Body) != text {
				t.Errorf("answered %s, others %s", r.Body, text)
			}
			if r.Header.Get("X-Subject-Token") != "" {
				t.Error("a token was given all the same")
			}
			if h := r.Header.Get("WWW-Authenticate"); !strings.HasPrefix(h, "Keystone uri=") {
				t.Errorf("WWW-Authenticate %q", h)
			}
		})
	}
	unsupported := object{"auth": object{"identity": object{"methods": []string{"totp"}}}}
	w.For(t).Do("POST", tokensPath, unsupported).Refused(401, "", "unsupported method")
}

func malformed(t *testing.T, w *identitytest.World) {
	with := func(scope any) object {
		return identitytest.ByPassword("alice", identitytest.Password("alice"), scope)
	}
	methods := func(n int) object {
		body := with(nil)
		body["auth"].(object)["identity"].(object)["methods"] = slices.Repeat([]string{"password"}, n)
		return body
	}
	w.For(t).Do("POST", tokensPath, methods(8)).Want(201) // CVE-2014-2828: the same one again and again counts once
	for text, body := range map[string]any{
		"'auth'":        object{},
		"'methods'":     methods(9),
		"'methods' ":    object{"auth": object{"identity": object{"methods": []string{}}}},
		"'password'":    object{"auth": object{"identity": object{"methods": []string{"password"}}}},
		"'user'":        object{"auth": object{"identity": user(object{"password": "x"})}},
		"'user' ":       object{"auth": object{"identity": user(object{"name": "alice", "password": "x"})}},
		"'user'  ":      object{"auth": object{"identity": user(object{"name": "alice", "password": "x", "domain": object{}})}},
		"'token'":       object{"auth": object{"identity": object{"methods": []string{"token"}}}},
		"'scope'":       with("scoped"),
		"'scope' ":      with(object{}),
		"'scope'  ":     with(object{"unscoped": object{}, "domain": object{"id": "default"}}),
		"'project'":     with(object{"project": object{}}),
		"'domain'":      with(object{"domain": object{}}),
		"System scope":  with(object{"system": object{"all": true}}),
		"Trusts":        with(object{"OS-TRUST:trust": object{"id": "x"}}),
		"twice":         `{"auth":{"identity":{"methods":["password"],"METHODS":["token"]}}}`,
		"a string":      with(object{"project": object{"id": 7}}),
		"request body":  `{"auth":`,
		"request body ": "",
	} {
		w.For(t).Do("POST", tokensPath, body).Refused(400, "", strings.TrimRight(text, " "))
	}
	w.For(t).Do("POST", tokensPath, `{"auth":"`+strings.Repeat("x", 70<<10)+`"}`).Refused(413, "")
}

func subject(t *testing.T, w *identitytest.World) {
	c := w.For(t)
	alice, bob, root := w.LogIn("alice", nil), w.LogIn("bob", nil), w.LogIn("admin", nil)
	for _, method := range []string{"GET", "HEAD"} {
		c.Do(method, tokensPath, nil, "X-Auth-Token", alice, "X-Subject-Token", alice).Want(200)
		c.Do(method, tokensPath, nil, "X-Auth-Token", root, "X-Subject-Token", alice).Want(200)
		for _, wrong := range []string{"x", alice + "x", alice[:len(alice)-1]} {
			c.Do(method, tokensPath, nil, "X-Auth-Token", alice, "X-Subject-Token", wrong).Want(404)
		}
	}
	r := c.Do("GET", tokensPath, nil, "X-Auth-Token", alice, "X-Subject-Token", alice).Want(200)
	if r.Text("token.user.name") != "alice" || r.Text("token.roles.0.name") != "member" || !r.Has("token.catalog") {
		t.Errorf("shown as %s", r.Body)
	}
	if c.Do("GET", tokensPath+"?nocatalog", nil, "X-Auth-Token", alice, "X-Subject-Token", alice).Has("token.catalog") {
		t.Error("nocatalog has a catalog")
	}
	for _, method := range []string{"GET", "DELETE"} {
		c.Do(method, tokensPath, nil, "X-Auth-Token", alice).Refused(400, "", "X-Subject-Token")
		c.Do(method, tokensPath, nil, "X-Auth-Token", bob, "X-Subject-Token", alice).Refused(403, "", "identity:")
		c.Do(method, tokensPath, nil, "X-Subject-Token", alice).Refused(401, "")
		c.Do(method, tokensPath, nil, "X-Auth-Token", alice, "X-Subject-Token", "x").Refused(404, "", "Could not find token")
	}
	c.Do("DELETE", tokensPath, nil, "X-Auth-Token", alice, "X-Subject-Token", alice).Want(204)
	c.Do("POST", "/v3/probe", nil, "X-Auth-Token", alice).Want(401)
	c.Do("GET", tokensPath, nil, "X-Auth-Token", root, "X-Subject-Token", alice).Want(404)
	c.Do("POST", tokensPath, identitytest.ByToken(alice, nil)).Want(401)
	c.Do("DELETE", tokensPath, nil, "X-Auth-Token", root, "X-Subject-Token", bob).Want(204)
	c.Do("POST", "/v3/probe", nil, "X-Auth-Token", bob).Want(401)
}

func lists(t *testing.T, w *identitytest.World) {
	alice := w.LogIn("alice", "unscoped")
	c := w.For(t)
	r := c.Do("GET", "/v3/auth/projects", nil, "X-Auth-Token", alice).Want(200)
	if list := r.Get("projects").([]any); len(list) != 2 || r.Text("projects.0.name") != "RegionOne" || r.Text("projects.1.name") != "Workshop" {
		t.Errorf("projects %s", r.Body)
	}
	if r.Text("projects.0.links.self") != "http://example.com/v3/projects/"+w.Region.ID || r.Text("links.self") != "http://example.com/v3/auth/projects" || r.Get("links.next") != nil {
		t.Errorf("links %s", r.Body)
	}
	r = c.Do("GET", "/v3/auth/domains", nil, "X-Auth-Token", alice).Want(200)
	if r.Text("domains.0.id") != "default" || r.Text("domains.0.links.self") != "http://example.com/v3/domains/default" {
		t.Errorf("domains %s", r.Body)
	}
	r = c.Do("GET", "/v3/auth/catalog", nil, "X-Auth-Token", alice).Want(200)
	if len(r.Get("catalog").([]any)) != 2 || r.Text("links.self") != "http://example.com/v3/auth/catalog" {
		t.Errorf("catalog %s", r.Body)
	}
	for _, path := range []string{"projects", "domains", "catalog"} {
		c.Do("GET", "/v3/auth/"+path, nil).Refused(401, "")
		c.Do("GET", "/v3/auth/"+path, nil, "X-Auth-Token", "x").Refused(401, "")
	}
}

func TestTokenMethod(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		first := w.Do("POST", tokensPath, identitytest.ByPassword("alice", identitytest.Password("alice"), "unscoped")).Want(201)
		w.Clock.Advance(time.Hour)
		second := w.Do("POST", tokensPath, identitytest.ByToken(first.Header.Get("X-Subject-Token"), identitytest.Project(w.Workshop.ID))).Want(201)
		third := w.Do("POST", tokensPath, identitytest.ByToken(second.Header.Get("X-Subject-Token"), nil)).Want(201)
		for _, r := range []interface{ Text(string) string }{second, third} {
			if r.Text("token.expires_at") != first.Text("token.expires_at") || r.Text("token.issued_at") == first.Text("token.issued_at") {
				t.Errorf("issued %s, expires %s", r.Text("token.issued_at"), r.Text("token.expires_at"))
			}
			if r.Text("token.audit_ids.1") != first.Text("token.audit_ids.0") {
				t.Errorf("audit ids %s", r.Text("token.audit_ids"))
			}
			if r.Text("token.methods") != "[password token]" {
				t.Errorf("methods %s", r.Text("token.methods"))
			}
		}
		if second.Text("token.project.name") != "Workshop" || second.Text("token.roles.0.name") != "reader" {
			t.Errorf("scope %s", second.Body)
		}
		w.Clock.Advance(23*time.Hour - time.Second)
		w.Do("POST", "/v3/probe", nil, "X-Auth-Token", second.Header.Get("X-Subject-Token")).Want(200)
		w.Clock.Advance(time.Second)
		w.Do("POST", "/v3/probe", nil, "X-Auth-Token", second.Header.Get("X-Subject-Token")).Want(401)
	})
}

func TestLockOut(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		try := func(password string) int {
			return w.Do("POST", tokensPath, identitytest.ByPassword("alice", password, nil)).Status
		}
		good := identitytest.Password("alice")
		wrong := func(n int) {
			for range n {
				if got := try("wrong"); got != 401 {
					t.Fatalf("wrong password: %d", got)
				}
			}
		}
		step := func(what string, status int) {
			t.Helper()
			if got := try(good); got != status {
				t.Errorf("%s: %d, want %d", what, got, status)
			}
		}
		wrong(w.Policy.Failures - 1)
		step("one before the limit", 201)
		wrong(w.Policy.Failures - 1)
		w.Clock.Advance(w.Policy.Window)
		wrong(1)
		step("failures far apart", 201)
		wrong(w.Policy.Failures)
		step("at the limit", 401)
		w.LogIn("bob", nil) // the others are not concerned
		w.Clock.Advance(w.Policy.Lock - time.Second)
		wrong(1) // does not prolong it
		step("one second before the end", 401)
		w.Clock.Advance(time.Second)
		step("at the end", 201)
	})
}

// A disabled project keeps its tokens out at once, here and, after a look, on
// other nodes; the default project falls back to an unscoped token.
func TestDisabledProject(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		token := w.LogIn("alice", nil)
		w.Do("POST", "/v3/probe", nil, "X-Auth-Token", token).Want(200)
		there := w.Node()
		if err := w.Accounts.EnableProject(t.Context(), w.Region.ID, false); err != nil {
			t.Fatal(err)
		}
		w.Do("POST", "/v3/probe", nil, "X-Auth-Token", token).Want(401)
		if err := there.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := there.Tokens.Verify(token); err == nil {
			t.Error("another node accepts the token")
		}
		w.Do("POST", tokensPath, identitytest.ByPassword("alice", identitytest.Password("alice"), identitytest.Project(w.Region.ID))).Want(401)
		r := w.Do("POST", tokensPath, identitytest.ByPassword("alice", identitytest.Password("alice"), nil)).Want(201)
		if r.Has("token.project") {
			t.Errorf("scope %s", r.Body)
		}
		if err := w.Accounts.EnableProject(t.Context(), w.Region.ID, true); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Microsecond)
		w.Do("POST", "/v3/probe", nil, "X-Auth-Token", token).Want(401)
		w.Do("POST", "/v3/probe", nil, "X-Auth-Token", w.LogIn("alice", nil)).Want(200)
	})
}

func TestChangesEndTokens(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		for name, change := range map[string]func() error{
			"password": func() error { return w.Accounts.SetPassword(t.Context(), w.Bob.ID, identitytest.Password("bob")) },
			"disabled": func() error {
				if err := w.Accounts.EnableUser(t.Context(), w.Bob.ID, false); err != nil {
					return err
				}
				return w.Accounts.EnableUser(t.Context(), w.Bob.ID, true)
			},
			"role": func() error {
				if err := w.Accounts.Unassign(t.Context(), w.Bob.ID, accounts.RoleReader, accounts.OnProject, w.Workshop.ID); err != nil {
					return err
				}
				return w.Accounts.Assign(t.Context(), w.Bob.ID, accounts.RoleReader, accounts.OnProject, w.Workshop.ID)
			},
		} {
			t.Run(name, func(t *testing.T) {
				w.Clock.Advance(time.Second)
				token := w.LogIn("bob", identitytest.Project(w.Workshop.ID))
				w.For(t).Do("POST", "/v3/probe", nil, "X-Auth-Token", token).Want(200)
				if err := change(); err != nil {
					t.Fatal(err)
				}
				w.For(t).Do("POST", "/v3/probe", nil, "X-Auth-Token", token).Want(401)
			})
		}
	})
}

func TestAudit(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		w.LogIn("alice", nil)
		records := w.Audit()
		if len(records) == 0 {
			t.Fatal("no record of the log-in")
		}
		if last := records[len(records)-1]; last.Action != "identity:authenticate" {
			t.Errorf("recorded %+v", last)
		}
	})
}
