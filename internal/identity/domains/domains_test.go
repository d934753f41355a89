package domains_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type object = identitytest.Object

// world is a World with an administrator and shorthands.
type world struct {
	*identitytest.World
	t    *testing.T
	root string
}

func each(t *testing.T, f func(w *world)) {
	t.Helper()
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		f(&world{w, t, w.LogIn("admin", identitytest.Project(w.Region.ID))})
	})
}

func (w *world) as(token, method, path string, body any) *wiretest.Response {
	w.t.Helper()
	return w.For(w.t).Do(method, path, body, "X-Auth-Token", token)
}

func (w *world) do(method, path string, body any) *wiretest.Response {
	w.t.Helper()
	return w.as(w.root, method, path, body)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// enter logs a user of any domain in; its password is Password(name).
func (w *world) enter(u accounts.User, scope any) *wiretest.Response {
	w.t.Helper()
	auth := object{"identity": object{
		"methods":  []string{"password"},
		"password": object{"user": object{"id": u.ID, "password": identitytest.Password(u.Name)}},
	}}
	if scope != nil {
		auth["scope"] = scope
	}
	return w.For(w.t).Do("POST", "/v3/auth/tokens", object{"auth": auth})
}

func (w *world) token(u accounts.User, scope any) string {
	w.t.Helper()
	return w.enter(u, scope).Want(201).Header.Get("X-Subject-Token")
}

func (w *world) user(domainID, name string) accounts.User {
	w.t.Helper()
	u, err := w.Accounts.CreateUser(w.t.Context(), accounts.NewUser{DomainID: domainID, Name: name, Password: identitytest.Password(name)})
	w.must(err)
	return u
}

func (w *world) assign(u accounts.User, role string, scope accounts.Scope, id string) {
	w.t.Helper()
	w.must(w.Accounts.Assign(w.t.Context(), u.ID, role, scope, id))
}

// works reports whether a token is accepted.
func (w *world) works(token string) bool {
	w.t.Helper()
	return w.as(token, "POST", "/v3/probe", nil).Status == 200
}

func onDomain(id string) object { return object{"domain": object{"id": id}} }

func TestLifeOfADomain(t *testing.T) {
	each(t, func(w *world) {
		made := w.do("POST", "/v3/domains", object{"domain": object{"name": "Lab", "description": "d"}}).Want(201)
		id := made.Text("domain.id")
		if made.Get("domain.enabled") != true || made.Text("domain.description") != "d" || made.Text("domain.links.self") != "http://example.com/v3/domains/"+id {
			t.Errorf("made %s", made.Body)
		}
		for _, name := range []string{"Lab", "LAB", "default"} {
			w.do("POST", "/v3/domains", object{"domain": object{"name": name}}).
				Refused(409, "", "Conflict occurred attempting to store domain - Duplicate entry found with name "+name)
		}
		if r := w.do("GET", "/v3/domains?name=lab", nil).Want(200); r.Text("domains.0.id") != id || r.Has("domains.1") || r.Get("links.next") != nil {
			t.Errorf("by name: %s", r.Body)
		}
		patch := func(body object) *wiretest.Response {
			return w.do("PATCH", "/v3/domains/"+id, object{"domain": body})
		}
		patch(object{"name": "Laboratory", "description": ""}).Want(200)
		patch(object{"name": "Default"}).Refused(409, "", "name Default")
		if r := patch(object{}).Want(200); r.Text("domain.name") != "Laboratory" || r.Text("domain.description") != "" {
			t.Errorf("changed to %s", r.Body)
		}
		w.do("DELETE", "/v3/domains/"+id, nil).Refused(403, "", "Cannot delete a domain that is enabled, please disable it first.")
		if r := patch(object{"enabled": false}).Want(200); r.Get("domain.enabled") != false {
			t.Errorf("disabled: %s", r.Body)
		}
		if r := w.do("GET", "/v3/domains?enabled=false", nil).Want(200); r.Text("domains.0.id") != id || r.Has("domains.1") {
			t.Errorf("disabled ones: %s", r.Body)
		}
		w.do("DELETE", "/v3/domains/"+id, nil).Want(204)
		for _, method := range []string{"GET", "DELETE"} {
			w.do(method, "/v3/domains/"+id, nil).Refused(404, "", "Could not find domain: "+id)
		}
		patch(object{"name": "x"}).Refused(404, "", "Could not find domain: "+id)
		w.do("POST", "/v3/domains", object{"domain": object{"name": "Lab", "enabled": false}}).Want(201)
	})
}

func TestWhatADomainIsNot(t *testing.T) {
	each(t, func(w *world) {
		for _, c := range []struct {
			domain any
			field  string
		}{
			{nil, "'domain'"},
			{object{}, "'name'"},
			{object{"name": " "}, "'name'"},
			{object{"name": strings.Repeat("x", 65)}, "'name'"},
			{object{"name": "a\nb"}, "'name'"},
			{object{"name": 1}, "domain.name"},
			{object{"name": "x", "enabled": "FALSE"}, "domain.enabled"}, // OSSA-2026-007
			{object{"name": "x", "description": strings.Repeat("x", 1001)}, "'description'"},
			{object{"name": "x", "tags": []string{"a"}}, "'tags'"},
			{object{"name": "x", "options": object{"immutable": true}}, "'options'"},
			{object{"name": "x", "explicit_domain_id": "0123"}, "'explicit_domain_id'"}, // an id of old must not come back (CVE-2026-55670)
		} {
			w.do("POST", "/v3/domains", object{"domain": c.domain}).Refused(400, "", c.field)
		}
		// What cannot matter is ignored.
		w.do("POST", "/v3/domains", object{"domain": object{"name": "x", "tags": []string{}, "options": object{}, "color": "red"}}).Want(201)
		w.do("GET", "/v3/domains?enabled=yes", nil).Refused(400, "", "'enabled'")
		for _, body := range []object{{"enabled": false}, {"enabled": false, "name": "x2"}} {
			w.do("PATCH", "/v3/domains/default", object{"domain": body}).Refused(403, "", "default domain")
		}
		w.do("DELETE", "/v3/domains/default", nil).Refused(403, "", "default domain")
	})
}

// Disabling keeps everybody out at once, whichever way a token belongs to the
// domain, and enabling lets in who was not disabled besides.
func TestDisablingADomain(t *testing.T) {
	each(t, func(w *world) {
		ctx, id := t.Context(), w.Stranger.DomainID
		open, err := w.Accounts.CreateProject(ctx, accounts.NewProject{DomainID: id, Name: "open"})
		w.must(err)
		shut, err := w.Accounts.CreateProject(ctx, accounts.NewProject{DomainID: id, Name: "shut", Disabled: true})
		w.must(err)
		out := w.user(id, "out")
		for _, project := range []string{open.ID, shut.ID} {
			w.assign(w.Bob, accounts.RoleMember, accounts.OnProject, project) // of another domain
		}
		w.assign(w.Carol, accounts.RoleManager, accounts.OnDomain, id)
		w.assign(w.Stranger, accounts.RoleReader, accounts.OnProject, w.Workshop.ID)
		w.must(w.Accounts.EnableUser(ctx, out.ID, false))
		logIns := map[string]func() *wiretest.Response{
			"its user":                      func() *wiretest.Response { return w.enter(w.Stranger, nil) },
			"its user in another domain":    func() *wiretest.Response { return w.enter(w.Stranger, identitytest.Project(w.Workshop.ID)) },
			"a foreign user in its project": func() *wiretest.Response { return w.enter(w.Bob, identitytest.Project(open.ID)) },
			"its foreign manager":           func() *wiretest.Response { return w.enter(w.Carol, onDomain(id)) },
		}
		before := map[string]string{}
		for who, logIn := range logIns {
			before[who] = logIn().Want(201).Header.Get("X-Subject-Token")
		}
		elsewhere := w.token(w.Bob, identitytest.Project(w.Workshop.ID))
		switchTo := func(enabled bool) {
			w.t.Helper()
			w.do("PATCH", "/v3/domains/"+id, object{"domain": object{"enabled": enabled}}).Want(200)
		}
		switchTo(false)
		for who, logIn := range logIns {
			if w.works(before[who]) {
				t.Errorf("%s still works in a disabled domain", who)
			}
			logIn().Refused(401, "", "requires authentication")
		}
		if !w.works(elsewhere) {
			t.Error("a token that has nothing to do with the domain ended")
		}
		// A project that is enabled now is so only when the domain is.
		w.do("PATCH", "/v3/projects/"+open.ID, object{"project": object{"enabled": true}}).Want(200)
		w.enter(w.Bob, identitytest.Project(open.ID)).Want(401)
		if w.do("GET", "/v3/projects/"+open.ID, nil).Want(200).Get("project.enabled") != false {
			t.Error("a project of a disabled domain is shown as enabled")
		}
		w.Clock.Advance(time.Second)
		switchTo(true)
		for who, logIn := range logIns {
			if w.works(before[who]) {
				t.Errorf("%s: the old token came back to life", who)
			}
			w.Clock.Advance(time.Second)
			if !w.works(logIn().Want(201).Header.Get("X-Subject-Token")) {
				t.Errorf("%s is still barred", who)
			}
		}
		w.enter(out, nil).Want(401)
		w.enter(w.Bob, identitytest.Project(shut.ID)).Want(401)
		w.do("PATCH", "/v3/projects/"+shut.ID, object{"project": object{"enabled": true}}).Want(200)
		w.Clock.Advance(time.Second)
		if !w.works(w.token(w.Bob, identitytest.Project(shut.ID))) {
			t.Error("the project stays barred after it was enabled")
		}
	})
}

// Deleting takes everything of the domain along, and the tokens of all whom it
// concerned.
func TestDeletingADomain(t *testing.T) {
	each(t, func(w *world) {
		ctx, id := t.Context(), w.Stranger.DomainID
		project, err := w.Accounts.CreateProject(ctx, accounts.NewProject{DomainID: id, Name: "p"})
		w.must(err)
		group, err := w.Accounts.CreateGroup(ctx, accounts.Everywhere, accounts.NewGroup{DomainID: id, Name: "g"})
		w.must(err)
		for _, u := range []accounts.User{w.Stranger, w.Bob} {
			w.must(w.Accounts.AddMember(ctx, accounts.Everywhere, group.ID, u.ID))
		}
		role, err := w.Accounts.RoleByName(ctx, accounts.RoleMember)
		w.must(err)
		for _, place := range []accounts.Place{{Scope: accounts.OnProject, ID: project.ID}, {Scope: accounts.OnProject, ID: w.Region.ID}, {Scope: accounts.OnDomain, ID: id}} {
			w.must(w.Accounts.Grant(ctx, accounts.Everywhere, accounts.Holder{GroupID: group.ID}, place, role.ID))
		}
		w.assign(w.Stranger, accounts.RoleMember, accounts.OnProject, w.Workshop.ID)
		w.assign(w.Carol, accounts.RoleManager, accounts.OnDomain, id)
		w.assign(w.Carol, accounts.RoleReader, accounts.OnProject, project.ID)
		_, _, err = w.Keys.Create(ctx, w.Stranger.ID, "")
		w.must(err)
		w.Clock.Advance(time.Second)
		// What bob holds through the group on another domain's project.
		through := w.token(w.Bob, identitytest.Project(w.Region.ID))
		carol := w.token(w.Carol, onDomain(id))
		w.do("PATCH", "/v3/domains/"+id, object{"domain": object{"enabled": false}}).Want(200)
		if !w.works(through) {
			t.Fatal("the token of a foreign member ended too early to show anything")
		}
		w.do("DELETE", "/v3/domains/"+id, nil).Want(204)
		for who, token := range map[string]string{"a member of its group": through, "its manager": carol} {
			if w.works(token) {
				t.Errorf("%s still works", who)
			}
		}
		for path, text := range map[string]string{
			"/v3/domains/" + id: "domain", "/v3/projects/" + project.ID: "project", "/v3/users/" + w.Stranger.ID: "user",
		} {
			w.do("GET", path, nil).Refused(404, "", "Could not find "+text)
		}
		w.enter(w.Stranger, nil).Want(401)
		w.enter(w.Bob, identitytest.Project(w.Region.ID)).Want(401)
		w.enter(w.Bob, identitytest.Project(w.Workshop.ID)).Want(201)
		w.leftovers(id, project.ID, group.ID, w.Stranger.ID)
	})
}

// leftovers fails for each row of identity that still names one of the ids;
// revocations are to.
func (w *world) leftovers(ids ...string) {
	w.t.Helper()
	for _, column := range []string{
		"identity_domains.id", "identity_projects.id", "identity_projects.domain_id", "identity_users.id", "identity_users.domain_id",
		"identity_users.default_project_id", "identity_groups.id", "identity_groups.domain_id", "identity_memberships.user_id",
		"identity_memberships.group_id", "identity_assignments.user_id", "identity_assignments.target_id",
		"identity_group_assignments.group_id", "identity_group_assignments.target_id", "identity_access_keys.user_id",
	} {
		table, name, _ := strings.Cut(column, ".")
		for _, id := range ids {
			var n int
			w.must(w.DB.QueryRow(w.t.Context(), `SELECT COUNT(*) FROM `+table+` WHERE `+name+` = $1`, id).Scan(&n))
			if n != 0 {
				w.t.Errorf("%d rows of %s still have %s", n, column, id)
			}
		}
	}
}

// A project that owns something keeps its domain.
func TestOwnedThingsKeepTheDomain(t *testing.T) {
	each(t, func(w *world) {
		id := w.Stranger.DomainID
		p, err := w.Accounts.CreateProject(t.Context(), accounts.NewProject{DomainID: id, Name: "busy"})
		w.must(err)
		w.Accounts.Owned = func(_ context.Context, _ store.Querier, projectID string) ([]string, error) {
			if projectID == p.ID {
				return []string{"3 groups", "1 app"}, nil
			}
			return nil, nil
		}
		w.do("PATCH", "/v3/domains/"+id, object{"domain": object{"enabled": false}}).Want(200)
		w.do("DELETE", "/v3/domains/"+id, nil).Refused(409, "", "Cannot delete domain Elsewhere", "project busy still owns 3 groups, 1 app")
		w.do("GET", "/v3/users/"+w.Stranger.ID, nil).Want(200)
		w.Accounts.Owned = nil
		w.do("DELETE", "/v3/domains/"+id, nil).Want(204)
	})
}

// Lists carry the reach in SQL (CVE-2019-19687), and only administrators write.
func TestReachOfDomains(t *testing.T) {
	each(t, func(w *world) {
		id := w.Stranger.DomainID
		w.assign(w.Stranger, accounts.RoleManager, accounts.OnDomain, id)
		w.assign(w.Carol, accounts.RoleReader, accounts.OnDomain, id)
		third := w.do("POST", "/v3/domains", object{"domain": object{"name": "Third"}}).Want(201).Text("domain.id")
		for _, c := range []struct {
			who, token, seen string
		}{
			{"an administrator", w.root, "Default Elsewhere Third"},
			{"a member of a project", w.token(w.Alice, identitytest.Project(w.Region.ID)), "Default"},
			{"somebody without a scope", w.token(w.Carol, "unscoped"), "Default"},
			{"a manager", w.token(w.Stranger, onDomain(id)), "Elsewhere"},
			{"a reader of a foreign domain", w.token(w.Carol, onDomain(id)), "Default Elsewhere"},
		} {
			list := w.as(c.token, "GET", "/v3/domains", nil).Want(200)
			var names []string
			for _, d := range list.Get("domains").([]any) {
				names = append(names, d.(map[string]any)["name"].(string))
			}
			if got := strings.Join(names, " "); got != c.seen {
				t.Errorf("%s sees %q, want %q", c.who, got, c.seen)
			}
			if c.token == w.root {
				continue
			}
			w.as(c.token, "GET", "/v3/domains/"+third, nil).Refused(404, "", "Could not find domain: "+third)
			if w.as(c.token, "GET", "/v3/domains?name=Third", nil).Want(200).Has("domains.0") {
				t.Errorf("%s finds a foreign domain by name", c.who)
			}
			w.as(c.token, "POST", "/v3/domains", object{"domain": object{"name": "x"}}).Refused(403, "", "identity:create_domain")
			for _, target := range []string{id, third, "nothing"} { // the same for own, foreign and unknown
				w.as(c.token, "PATCH", "/v3/domains/"+target, object{"domain": object{"name": "x"}}).Refused(403, "", "identity:update_domain")
				w.as(c.token, "DELETE", "/v3/domains/"+target, nil).Refused(403, "", "identity:delete_domain")
			}
		}
	})
}
