package users_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type object = identitytest.Object

const path = "/v3/users"

// works is a department beside the World's own, with tokens of its people.
type works struct {
	*identitytest.World
	t                    *testing.T
	id, yard             string // the domain and a project in it
	smith                string // user id; smith is a member of the yard
	root, foreman, clerk string // tokens: administrator, manager, reader of the domain
	smithToken           string // in the yard
}

func each(t *testing.T, f func(t *testing.T, w *works)) {
	t.Helper()
	identitytest.Each(t, func(t *testing.T, world *identitytest.World) {
		w := &works{World: world, t: t}
		ctx, a := t.Context(), w.Accounts
		d, err := a.CreateDomain(ctx, "Works", "")
		if err != nil {
			t.Fatal(err)
		}
		p, err := a.CreateProject(ctx, accounts.NewProject{DomainID: d.ID, Name: "Yard"})
		if err != nil {
			t.Fatal(err)
		}
		w.id, w.yard = d.ID, p.ID
		foreman, clerk := w.person("foreman"), w.person("clerk")
		w.smith = w.person("smith")
		for _, err := range []error{
			a.Assign(ctx, foreman, accounts.RoleManager, accounts.OnDomain, d.ID),
			a.Assign(ctx, clerk, accounts.RoleReader, accounts.OnDomain, d.ID),
			a.Assign(ctx, w.smith, accounts.RoleMember, accounts.OnProject, p.ID),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		w.root = w.World.LogIn("admin", nil)
		w.foreman = w.enter("foreman", object{"domain": object{"id": d.ID}})
		w.clerk = w.enter("clerk", object{"domain": object{"id": d.ID}})
		w.smithToken = w.enter("smith", object{"project": object{"id": p.ID}})
		f(t, w)
	})
}

// reporting is w for a subtest.
func (w *works) reporting(t *testing.T) *works {
	copied, world := *w, *w.World
	world.Client = w.Client.For(t)
	copied.World, copied.t = &world, t
	return &copied
}

// person makes a user of the department and answers its id.
func (w *works) person(name string) string {
	w.t.Helper()
	u, err := w.Accounts.CreateUser(w.t.Context(), accounts.NewUser{DomainID: w.id, Name: name, Password: identitytest.Password(name)})
	if err != nil {
		w.t.Fatal(err)
	}
	return u.ID
}

// body is a log-in of a user of the department.
func (w *works) body(name, password string, scope any) object {
	user := object{"name": name, "password": password, "domain": object{"id": w.id}}
	auth := object{"identity": object{"methods": []string{"password"}, "password": object{"user": user}}}
	if scope != nil {
		auth["scope"] = scope
	}
	return object{"auth": auth}
}

func (w *works) enter(name string, scope any) string {
	return w.Do("POST", "/v3/auth/tokens", w.body(name, identitytest.Password(name), scope)).Want(201).Header.Get("X-Subject-Token")
}

func (w *works) as(token, method, path string, body any) *wiretest.Response {
	return w.Do(method, path, body, "X-Auth-Token", token)
}

func user(fields object) object { return object{"user": fields} }

func TestRoutes(t *testing.T) {
	each(t, func(t *testing.T, w *works) {
		t.Run("lists", func(t *testing.T) { lists(t, w) })
		t.Run("life", func(t *testing.T) { life(t, w) })
		t.Run("sample", func(t *testing.T) { sample(t, w) })
		t.Run("malformed", func(t *testing.T) { malformed(t, w) })
		t.Run("reach", func(t *testing.T) { reach(t, w) })
		t.Run("projects", func(t *testing.T) { projects(t, w) })
		t.Run("own password", func(t *testing.T) { ownPassword(t, w) })
		w.Covered(w.Users.Routes())
	})
}

func names(r *wiretest.Response) string {
	var all []string
	for _, v := range r.Want(200).Get("users").([]any) {
		all = append(all, v.(map[string]any)["name"].(string))
	}
	return strings.Join(all, " ")
}

func lists(t *testing.T, w *works) {
	w = w.reporting(t)
	if err := w.Accounts.EnableUser(t.Context(), w.smith, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct{ token, query, names string }{
		{w.root, "?domain_id=" + w.id, "clerk foreman smith"}, {w.root, "?name=clerk", "clerk"}, {w.root, "?name=CLERK", ""},
		{w.root, "?name=cler", ""}, {w.root, "?name=%25", ""}, {w.root, "?name__contains=LER", "clerk"}, {w.root, "?name__contains=%25", ""},
		{w.root, "?domain_id=x", ""}, {w.root, "?enabled=false&domain_id=" + w.id, "smith"}, {w.root, "?enabled=True&domain_id=" + w.id, "clerk foreman"},
		{w.foreman, "", "clerk foreman smith"}, {w.foreman, "?domain_id=default", ""}, {w.foreman, "?name=admin", ""},
		{w.clerk, "", "clerk foreman smith"}, {w.World.LogIn("alice", nil), "", "alice"}, {w.World.LogIn("alice", nil), "?name=bob", ""},
		{w.enter("foreman", "unscoped"), "", "foreman"},                                  // a role that is not in scope shows nothing
		{w.World.LogIn("alice", object{"domain": object{"id": "default"}}), "", "alice"}, // nor does a scope without a role
	} {
		r := w.For(t).Do("GET", path+want.query, nil, "X-Auth-Token", want.token)
		if got := names(r); got != want.names {
			t.Errorf("%q lists %q, want %q", want.query, got, want.names)
		}
		if self := r.Text("links.self"); self != "http://example.com/v3/users"+want.query || r.Get("links.next") != nil {
			t.Errorf("links of %q: %s", want.query, r.Text("links"))
		}
	}
	if n := len(w.as(w.root, "GET", path, nil).Want(200).Get("users").([]any)); n < 8 {
		t.Errorf("an administrator sees %d users", n)
	}
	for _, bad := range []string{"enabled=maybe", "enabled=2", "name__startswith=a", "password_expires_at=lt:2026-01-01T00:00:00Z", "idp_id=x"} {
		w.as(w.root, "GET", path+"?"+bad, nil).Refused(400, "", "'"+strings.Split(bad, "=")[0]+"'")
	}
	w.Do("GET", path, nil).Refused(401, "")
	if err := w.Accounts.EnableUser(t.Context(), w.smith, true); err != nil {
		t.Fatal(err)
	}
}

// life makes, changes and deletes a user as the manager of its department.
func life(t *testing.T, w *works) {
	w = w.reporting(t)
	made := w.as(w.foreman, "POST", path, user(object{
		"name": "wright", "password": "hammer and 9 nails", "email": "wright@example.com", "description": "carts",
		"default_project_id": w.yard, "options": object{"lock_password": true}, "something": "of newer editions",
	})).Want(201)
	id := made.Text("user.id")
	for field, want := range map[string]string{
		"name": "wright", "domain_id": w.id, "email": "wright@example.com", "description": "carts", "enabled": "true",
		"default_project_id": w.yard, "options": "map[lock_password:true]", "user_role": "domain_member",
		"links.self": "http://example.com/v3/users/" + id,
	} {
		if got := made.Text("user." + field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	one := path + "/" + id
	w.as(w.foreman, "POST", path, user(object{"name": "wright", "password": "hammer and 9 nails"})).
		Refused(409, "", "Conflict occurred attempting to store user - Duplicate entry found with name wright at domain ID "+w.id+".")
	w.as(w.foreman, "POST", path, user(object{"name": "Wright", "password": "hammer and 9 nails"})).Want(201)

	r := w.as(w.foreman, "PATCH", one, user(object{
		"name": "cartwright", "email": nil, "default_project_id": nil, "options": object{"lock_password": nil, "ignore_password_expiry": true},
		"domain_id": w.id, "enabled": false,
	})).Want(200)
	if r.Get("user.email") != nil || r.Has("user.default_project_id") || r.Text("user.options") != "map[ignore_password_expiry:true]" ||
		r.Text("user.name") != "cartwright" || r.Text("user.enabled") != "false" || r.Text("user.description") != "carts" {
		t.Errorf("changed to %s", r.Body)
	}
	w.as(w.foreman, "PATCH", one, user(object{"name": "smith"})).Refused(409, "", "name smith at domain ID "+w.id)
	w.Do("POST", "/v3/auth/tokens", w.body("cartwright", "hammer and 9 nails", nil)).Refused(401, "")
	w.as(w.foreman, "PATCH", one, user(object{"enabled": true})).Want(200)
	w.Clock.Advance(time.Second)
	token := w.Do("POST", "/v3/auth/tokens", w.body("cartwright", "hammer and 9 nails", nil)).Want(201).Header.Get("X-Subject-Token")
	w.as(token, "POST", "/v3/probe", nil).Want(200)

	w.as(w.foreman, "DELETE", one, nil).Want(204)
	w.as(token, "POST", "/v3/probe", nil).Refused(401, "")
	w.as(w.foreman, "GET", one, nil).Refused(404, "", "Could not find user: "+id+".")
	w.as(w.foreman, "DELETE", one, nil).Refused(404, "", "Could not find user: "+id+".")
	again := w.as(w.foreman, "POST", path, user(object{"name": "cartwright", "password": "hammer and 9 nails"})).Want(201)
	if again.Text("user.id") == id { // CVE-2026-55670: a recycled id is somebody else
		t.Error("an id was used twice")
	}
	// Without a password a user is made, and nobody can log in as it.
	w.as(w.root, "POST", path, user(object{"name": "thrall", "domain_id": w.id})).Want(201)
	for _, guess := range []string{"", "thrall", "null"} {
		w.Do("POST", "/v3/auth/tokens", w.body("thrall", guess, nil)).Refused(401, "")
	}
}

// sample replays the EOS reference (1.4) field by field.
func sample(t *testing.T, w *works) {
	w = w.reporting(t)
	made := w.as(w.root, "POST", path, user(object{"name": "test_user", "password": "new_secretsecret"})).Want(201)
	id := made.Text("user.id")
	r := w.as(w.root, "PATCH", path+"/"+id, user(object{"password": "new_secretsecret"})).Want(200)
	got := r.Get("user").(map[string]any)
	want := map[string]any{
		"name": "test_user", "enabled": true, "user_type": "individual", "email": nil, "user_role": "domain_member",
		"id": id, "domain_id": "default", "password_expires_at": nil,
	}
	for field, value := range want {
		if v, ok := got[field]; !ok || v != value {
			t.Errorf("%s is %v, want %v", field, v, value)
		}
	}
	if r.Text("user.links.self") != "http://example.com/v3/users/"+id || r.Text("user.extra") != "map[user_role:domain_member user_type:individual]" ||
		r.Text("user.federated") != "[]" || r.Text("user.options") != "map[]" {
		t.Errorf("answered %s", r.Body)
	}
	if r.Header.Get("RequestId") == "" || r.Header.Get("RequestId") != r.Header.Get("X-Request-Id") {
		t.Errorf("RequestId is %q", r.Header.Get("RequestId"))
	}
	for name, role := range map[string]string{"foreman": "domain_admin", "clerk": "domain_member", "admin": "cloud_admin"} {
		if got := w.as(w.root, "GET", path+"?name="+name, nil).Text("users.0.extra.user_role"); got != role {
			t.Errorf("%s is %s, want %s", name, got, role)
		}
	}
	if body := string(w.as(w.root, "GET", path, nil).Body); strings.Contains(body, "argon2") || strings.Contains(body, "password\"") {
		t.Error("a list shows hashes")
	}
}

func malformed(t *testing.T, w *works) {
	w = w.reporting(t)
	long := strings.Repeat("ä", 65)
	one := path + "/" + w.smith
	for _, c := range []struct {
		text string
		body any
	}{
		{"'user'", object{}}, {"request body", "{"}, {"twice", `{"user":{"enabled":false,"ENABLED":true}}`},
		{"'name'", user(object{"name": ""})}, {"'name'", user(object{"name": long})}, {"'name'", user(object{"name": "a\tb"})},
		{"a string", user(object{"name": 7})}, {"'email'", user(object{"name": "x", "email": strings.Repeat("x", 256)})},
		{"'description'", user(object{"name": "x", "description": "a\nb"})}, {"string or null", user(object{"name": "x", "email": 7})},
		// OSSA-2026-007: what is neither true nor false is neither.
		{"true or false", user(object{"name": "x", "enabled": "FALSE"})}, {"true or false", user(object{"name": "x", "enabled": 0})},
		{"'ignore_password_expiry'", user(object{"name": "x", "options": object{"ignore_password_expiry": "true"}})},
		{"'options'", user(object{"name": "x", "options": []string{}})}, {"'options'", user(object{"name": "x", "options": object{"new": true}})},
		{"second factor", user(object{"name": "x", "options": object{"multi_factor_auth_enabled": true}})},
		{"second factor", user(object{"name": "x", "options": object{"multi_factor_auth_rules": [][]string{{"password", "totp"}}}})},
		{"'federated'", user(object{"name": "x", "federated": []object{{"idp_id": "x"}}})},
		{"'user_role'", user(object{"name": "x", "user_role": "cloud_admin"})}, {"'user_type'", user(object{"name": "x", "user_type": "service"})},
		{"1024 bytes", user(object{"name": "x", "password": strings.Repeat("x", 1025)})}, // CVE-2021-3563: refused, not cut off
	} {
		w.as(w.root, "POST", path, c.body).Refused(400, "", c.text)
		w.as(w.root, "PATCH", one, c.body).Refused(400, "", c.text)
	}
	w.as(w.root, "POST", path, user(object{})).Refused(400, "", "'name'")
	w.as(w.root, "PATCH", one, user(object{"password": ""})).Refused(400, "", "'password'")
	w.as(w.root, "PATCH", one, user(object{"domain_id": "default"})).Refused(400, "", "'domain_id'")
	w.as(w.root, "POST", path, user(object{"name": "x", "domain_id": "nowhere"})).Refused(404, "", "Could not find domain: nowhere.")
	w.as(w.root, "POST", path, user(object{"name": "x", "default_project_id": "none"})).Refused(404, "", "Could not find project: none.")
	accepted := object{"multi_factor_auth_enabled": false, "multi_factor_auth_rules": []string{}}
	w.as(w.root, "PATCH", one, user(object{"options": accepted, "user_type": "individual", "federated": []string{}})).Want(200)
	if r := w.as(w.root, "GET", one, nil).Want(200); r.Text("user.name") != "smith" || r.Text("user.enabled") != "true" {
		t.Errorf("a refused change was made: %s", r.Body)
	}
}

// reach pins who may do what to whom: what is out of reach is not found, what is
// not allowed in one's own department is forbidden.
func reach(t *testing.T, w *works) {
	w = w.reporting(t)
	w.Clock.Advance(time.Second)
	w.smithToken = w.enter("smith", nil) // lists ended the first one
	alice, stranger := path+"/"+w.Alice.ID, path+"/"+w.Stranger.ID
	smith := path + "/" + w.smith
	fresh := user(object{"name": "x", "password": "hammer and 9 nails"})
	for _, foreign := range []string{alice, stranger, path + "/nobody", path + "/smith", path + "/%27"} {
		for _, token := range []string{w.foreman, w.clerk, w.smithToken} {
			w.as(token, "GET", foreign, nil).Refused(404, "", "Could not find user: ")
		}
		w.as(w.foreman, "PATCH", foreign, user(object{"enabled": false})).Refused(404, "", "Could not find user: ")
		w.as(w.foreman, "PATCH", foreign, user(object{"domain_id": "default"})).Refused(404, "", "Could not find user: ")
		w.as(w.foreman, "DELETE", foreign, nil).Refused(404, "", "Could not find user: ")
	}
	w.as(w.foreman, "POST", path, user(object{"name": "x", "domain_id": "default"})).Refused(404, "", "Could not find domain: default.")
	w.as(w.foreman, "POST", path, user(object{"name": "x", "default_project_id": w.Region.ID})).Refused(404, "", "Could not find project")
	w.as(w.foreman, "PATCH", smith, user(object{"default_project_id": w.Region.ID})).Refused(404, "", "Could not find project")
	// A reader, a member of a project and a user itself change nothing here.
	for _, token := range []string{w.clerk, w.smithToken, w.enter("foreman", "unscoped")} {
		w.as(token, "POST", path, fresh).Refused(403, "", "identity:create_user")
		w.as(token, "PATCH", smith, user(object{"enabled": false})).Refused(403, "", "identity:update_user")
		w.as(token, "DELETE", smith, nil).Refused(403, "", "identity:delete_user")
	}
	w.as(w.clerk, "GET", smith, nil).Want(200)
	w.as(w.smithToken, "GET", smith, nil).Want(200)
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		w.Do(method, smith, nil).Refused(401, "")
	}
	w.Do("POST", path, fresh).Refused(401, "")

	// CVE-2026-43001: a manager is not lifted above itself. A user of its own
	// department that administers the platform is out of its hands.
	overseer := w.person("overseer")
	if err := w.Accounts.Assign(t.Context(), overseer, accounts.RoleAdmin, accounts.OnProject, w.yard); err != nil {
		t.Fatal(err)
	}
	one := path + "/" + overseer
	w.as(w.foreman, "GET", one, nil).Want(200)
	w.as(w.foreman, "PATCH", one, user(object{"password": "taken over 1"})).Refused(403, "", "administers the platform")
	w.as(w.foreman, "PATCH", one, user(object{"name": "x"})).Refused(403, "", "administers the platform")
	w.as(w.foreman, "DELETE", one, nil).Refused(403, "", "administers the platform")
	w.enter("overseer", nil)

	// Whoever administers the platform alone cannot be lost.
	root := path + "/" + w.Root.ID
	disabled := user(object{"enabled": false})
	w.as(w.root, "PATCH", one, disabled).Want(200)
	w.as(w.root, "PATCH", root, disabled).Refused(403, "", "the last one who administers")
	w.as(w.root, "DELETE", root, nil).Refused(403, "", "the last one who administers")
	w.as(w.root, "PATCH", one, user(object{"enabled": true})).Want(200)
	w.as(w.root, "DELETE", one, nil).Want(204)
	w.as(w.root, "DELETE", root, nil).Refused(403, "", "the last one who administers")
}

func projects(t *testing.T, w *works) {
	w = w.reporting(t)
	count := func(token, id string) int {
		return len(w.For(t).Do("GET", path+"/"+id+"/projects", nil, "X-Auth-Token", token).Want(200).Get("projects").([]any))
	}
	if err := w.Accounts.Assign(t.Context(), w.smith, accounts.RoleReader, accounts.OnProject, w.Region.ID); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Second)
	smith := w.enter("smith", object{"project": object{"id": w.yard}})
	// The department sees what lies in it, not where else its user works.
	if a, b, c := count(w.root, w.smith), count(smith, w.smith), count(w.foreman, w.smith); a != 2 || b != 2 || c != 1 {
		t.Errorf("an administrator sees %d projects, the user %d, the manager %d", a, b, c)
	}
	r := w.as(w.foreman, "GET", path+"/"+w.smith+"/projects?enabled=true", nil).Want(200)
	if r.Text("projects.0.id") != w.yard || r.Text("projects.0.links.self") != "http://example.com/v3/projects/"+w.yard || r.Get("links.next") != nil {
		t.Errorf("lists %s", r.Body)
	}
	if got := w.as(w.foreman, "GET", path+"/"+w.smith+"/projects?enabled=false", nil).Want(200).Text("projects"); got != "[]" {
		t.Errorf("disabled ones: %s", got)
	}
	w.as(w.foreman, "GET", path+"/"+w.smith+"/projects?enabled=x", nil).Refused(400, "", "'enabled'")
	w.as(w.foreman, "GET", path+"/"+w.Alice.ID+"/projects", nil).Refused(404, "", "Could not find user")
	w.as(smith, "GET", path+"/nobody/projects", nil).Refused(404, "", "Could not find user")
	w.Do("GET", path+"/"+w.smith+"/projects", nil).Refused(401, "")
}
