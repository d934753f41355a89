package projects_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type object = identitytest.Object

// world is a World in which carol manages the domain Elsewhere and bob the
// default domain.
type world struct {
	*identitytest.World
	t                  *testing.T
	elsewhere          string
	root, manager, bob string
}

func each(t *testing.T, f func(w *world)) {
	t.Helper()
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		x := &world{World: w, t: t, elsewhere: w.Stranger.DomainID}
		x.assign(w.Carol, accounts.RoleManager, accounts.OnDomain, x.elsewhere)
		x.assign(w.Bob, accounts.RoleManager, accounts.OnDomain, accounts.DefaultDomainID)
		x.root = w.LogIn("admin", identitytest.Project(w.Region.ID))
		x.manager = w.LogIn("carol", onDomain(x.elsewhere))
		x.bob = w.LogIn("bob", onDomain(accounts.DefaultDomainID))
		f(x)
	})
}

func onDomain(id string) object { return object{"domain": object{"id": id}} }

func (w *world) as(token, method, path string, body any) *wiretest.Response {
	w.t.Helper()
	return w.For(w.t).Do(method, path, body, "X-Auth-Token", token)
}

func (w *world) assign(u accounts.User, role string, scope accounts.Scope, id string) {
	w.t.Helper()
	if err := w.Accounts.Assign(w.t.Context(), u.ID, role, scope, id); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) project(token string, fields object) string {
	w.t.Helper()
	return w.as(token, "POST", "/v3/projects", object{"project": fields}).Want(201).Text("project.id")
}

func (w *world) names(token, query string) string {
	w.t.Helper()
	r := w.as(token, "GET", "/v3/projects?"+query, nil).Want(200)
	names := []string{}
	for _, p := range r.Get("projects").([]any) {
		names = append(names, p.(map[string]any)["name"].(string))
	}
	return strings.Join(names, " ")
}

func TestLifeOfAProject(t *testing.T) {
	each(t, func(w *world) {
		made := w.as(w.manager, "POST", "/v3/projects", object{"project": object{
			"name": "lab", "description": "d", "tags": []string{"b", "a", "b"}, "parent_id": w.elsewhere, "is_domain": false,
		}}).Want(201)
		id := made.Text("project.id")
		for field, want := range map[string]any{
			"name": "lab", "description": "d", "enabled": true, "domain_id": w.elsewhere, "parent_id": w.elsewhere, "is_domain": false,
			"tags.0": "a", "tags.1": "b", "links.self": "http://example.com/v3/projects/" + id,
		} {
			if got := made.Get("project." + field); got != want {
				t.Errorf("%s is %v, want %v", field, got, want)
			}
		}
		if made.Has("project.tags.2") {
			t.Error("a tag is there twice")
		}
		patch := func(body object) *wiretest.Response {
			return w.as(w.manager, "PATCH", "/v3/projects/"+id, object{"project": body})
		}
		w.project(w.manager, object{"name": "other"})
		taken := "Conflict occurred attempting to store project - Duplicate entry found with name other at domain ID " + w.elsewhere
		patch(object{"name": "other"}).Refused(409, "", taken)
		w.as(w.manager, "POST", "/v3/projects", object{"project": object{"name": "other"}}).Refused(409, "", taken)
		w.project(w.bob, object{"name": "other"}) // names are unique within a domain
		if r := patch(object{"name": "lab2", "tags": []string{}, "domain_id": w.elsewhere}).Want(200); r.Text("project.name") != "lab2" ||
			fmt.Sprint(r.Get("project.tags")) != "[]" || r.Text("project.description") != "d" {
			t.Errorf("changed to %s", r.Body)
		}
		for _, method := range []string{"GET", "DELETE"} {
			want := map[string]int{"GET": 200, "DELETE": 204}[method]
			w.as(w.manager, method, "/v3/projects/"+id, nil).Want(want)
		}
		w.as(w.manager, "GET", "/v3/projects/"+id, nil).Refused(404, "", "Could not find project: "+id)
		w.as(w.manager, "DELETE", "/v3/projects/"+id, nil).Refused(404, "", "Could not find project: "+id)
		patch(object{"name": "x"}).Refused(404, "", "Could not find project: "+id)
	})
}

func TestWhatAProjectIsNot(t *testing.T) {
	each(t, func(w *world) {
		id := w.project(w.manager, object{"name": "lab"})
		for _, c := range []struct {
			project any
			field   string
		}{
			{nil, "'project'"},
			{object{"name": ""}, "'name'"},
			{object{"name": strings.Repeat("ä", 65)}, "'name'"},
			{object{"name": "a\u0007b"}, "'name'"},
			{object{"name": "x", "description": strings.Repeat("x", 1001)}, "'description'"},
			{object{"name": "x", "parent_id": id}, "'parent_id'"},
			{object{"name": "x", "is_domain": true}, "'is_domain'"},
			{object{"name": "x", "is_domain": "false"}, "is_domain"},
			{object{"name": "x", "enabled": "FALSE"}, "enabled"}, // OSSA-2026-007
			{object{"name": "x", "options": object{"immutable": true}}, "'options'"},
			{object{"name": "x", "tags": []string{"a,b"}}, "'tags'"},
			{object{"name": "x", "tags": []string{"a/b"}}, "'tags'"},
			{object{"name": "x", "tags": []string{""}}, "'tags'"},
			{object{"name": "x", "tags": []string{strings.Repeat("x", 256)}}, "'tags'"},
			{object{"name": "x", "tags": make([]string, 81)}, "'tags'"},
		} {
			w.as(w.manager, "POST", "/v3/projects", object{"project": c.project}).Refused(400, "", c.field)
			w.as(w.manager, "PATCH", "/v3/projects/"+id, object{"project": c.project}).Refused(400, "", c.field)
		}
		w.as(w.manager, "POST", "/v3/projects", object{"project": object{}}).Refused(400, "", "'name'")
		w.as(w.manager, "PATCH", "/v3/projects/"+id, object{"project": object{"domain_id": "default"}}).Refused(400, "", "'domain_id'")
		for _, query := range []string{"enabled=yes", "is_domain=2", "tags=" + strings.Repeat("x,", 81)} {
			w.as(w.manager, "GET", "/v3/projects?"+query, nil).Refused(400, "", "query parameter")
		}
		if got := w.names(w.manager, ""); got != "lab" {
			t.Errorf("there are %q", got)
		}
	})
}

// The reach is a condition of every query and change (CVE-2019-19687), and what
// is foreign is told apart from what is not there by nobody.
func TestReachOfProjects(t *testing.T) {
	each(t, func(w *world) {
		id := w.project(w.manager, object{"name": "lab"})
		alice := w.LogIn("alice", identitytest.Project(w.Region.ID))
		for query, want := range map[string]map[string]string{
			"":                         {w.root: "RegionOne Workshop lab", w.manager: "lab", w.bob: "RegionOne Workshop", alice: "RegionOne Workshop"},
			"name=lab":                 {w.root: "lab", w.manager: "lab", w.bob: "", alice: ""},
			"domain_id=" + w.elsewhere: {w.root: "lab", w.manager: "lab", w.bob: "", alice: ""},
			"parent_id=default":        {w.root: "RegionOne Workshop", w.manager: "", w.bob: "RegionOne Workshop", alice: "RegionOne Workshop"},
			"is_domain=true":           {w.root: "", w.manager: "", w.bob: "", alice: ""},
			"enabled=false":            {w.root: "", w.manager: "", w.bob: "", alice: ""},
		} {
			for token, names := range want {
				if got := w.names(token, query); got != names {
					t.Errorf("?%s lists %q, want %q", query, got, names)
				}
			}
		}
		for _, target := range []string{w.Workshop.ID, "nothing"} { // foreign and unknown are one
			for _, call := range []struct {
				method, path string
				body         any
			}{
				{"GET", "", nil},
				{"PATCH", "", object{"project": object{"name": "x"}}},
				{"DELETE", "", nil},
				{"GET", "/tags", nil},
				{"PUT", "/tags", object{"tags": []string{"x"}}},
				{"DELETE", "/tags", nil},
				{"GET", "/tags/x", nil},
				{"PUT", "/tags/x", nil},
				{"DELETE", "/tags/x", nil},
			} {
				r := w.as(w.manager, call.method, "/v3/projects/"+target+call.path, call.body)
				r.Refused(404, "", "Could not find project: "+target+".")
			}
		}
		w.as(w.manager, "POST", "/v3/projects", object{"project": object{"name": "x", "domain_id": "default"}}).Refused(404, "", "Could not find domain: default")
		w.as(w.root, "POST", "/v3/projects", object{"project": object{"name": "x", "domain_id": "nothing"}}).Refused(404, "", "Could not find domain: nothing")
		reader := w.token("stranger", w.elsewhere)
		for who, token := range map[string]string{"a member of a project": alice, "a reader of the domain": reader} {
			w.as(token, "POST", "/v3/projects", object{"project": object{"name": "x"}}).Refused(403, "", "identity:create_project")
			w.as(token, "PATCH", "/v3/projects/"+id, object{"project": object{"name": who}}).Refused(403, "", "identity:update_project")
			w.as(token, "DELETE", "/v3/projects/"+id, nil).Refused(403, "", "identity:delete_project")
			w.as(token, "PUT", "/v3/projects/"+id+"/tags/x", nil).Refused(403, "", "identity:create_project_tag")
		}
		w.as(reader, "GET", "/v3/projects/"+id, nil).Want(200)
	})
}

// token makes the stranger a reader of the domain and logs it in there.
func (w *world) token(name, domainID string) string {
	w.t.Helper()
	w.assign(w.Stranger, accounts.RoleReader, accounts.OnDomain, domainID)
	return w.For(w.t).Do("POST", "/v3/auth/tokens", object{"auth": object{
		"identity": object{"methods": []string{"password"}, "password": object{"user": object{"id": w.Stranger.ID, "password": identitytest.Password(name)}}},
		"scope":    onDomain(domainID),
	}}).Want(201).Header.Get("X-Subject-Token")
}

// Without domain_id a project is made where the caller is.
func TestHomeOfAProject(t *testing.T) {
	each(t, func(w *world) {
		made := w.project(w.root, object{"name": "in the project's domain"})
		if got := w.as(w.root, "GET", "/v3/projects/"+made, nil).Text("project.domain_id"); got != "default" {
			t.Errorf("made in %s", got)
		}
		w.assign(w.Root, accounts.RoleAdmin, accounts.OnDomain, w.elsewhere)
		there := w.LogIn("admin", onDomain(w.elsewhere))
		made = w.project(there, object{"name": "in the domain in scope"})
		if got := w.as(w.root, "GET", "/v3/projects/"+made, nil).Text("project.domain_id"); got != w.elsewhere {
			t.Errorf("made in %s", got)
		}
	})
}

func TestTags(t *testing.T) {
	each(t, func(w *world) {
		for name, tags := range map[string][]string{
			"p0": {}, "p1": {"red"}, "p2": {"red", "blue"}, "p3": {"Red", `a"red"b`, "reddish", `back\slash`, "50%", "ü<&>"},
		} {
			w.project(w.manager, object{"name": name, "tags": tags})
		}
		for query, want := range map[string]string{
			"tags=red": "p1 p2", "tags=red,blue": "p2", "tags=blue,red": "p2", "tags=Red": "p3", "tags=re": "", "tags=%22red%22": "",
			"tags=reddish": "p3", "tags=back%5Cslash": "p3", "tags=50%25": "p3", "tags=%C3%BC%3C%26%3E": "p3", "tags=a%22red%22b": "p3",
			"tags-any=blue,reddish": "p2 p3", "not-tags=red,blue": "p0 p1 p3", "not-tags-any=red,reddish": "p0", "tags=red&not-tags-any=blue": "p1",
			"tags=%25": "", "tags=,": "",
		} {
			if got := w.names(w.manager, query); got != want {
				t.Errorf("?%s lists %q, want %q", query, got, want)
			}
		}
		at := "/v3/projects/" + w.project(w.manager, object{"name": "p4"}) + "/tags"
		list := func(want string) {
			t.Helper()
			if got := fmt.Sprint(w.as(w.manager, "GET", at, nil).Want(200).Get("tags")); got != want {
				t.Errorf("the tags are %s, want %s", got, want)
			}
		}
		list("[]")
		if r := w.as(w.manager, "PUT", at+"/two", nil).Want(201); len(r.Body) > 0 {
			t.Errorf("a body: %s", r.Body)
		}
		w.as(w.manager, "PUT", at+"/two", nil).Want(201)
		w.as(w.manager, "PUT", at+"/one", nil).Want(201)
		list("[one two]")
		w.as(w.manager, "HEAD", at+"/one", nil).Want(204)
		w.as(w.manager, "GET", at+"/one", nil).Want(204)
		w.as(w.manager, "GET", at+"/three", nil).Refused(404, "", "Could not find project tag: three")
		w.as(w.manager, "DELETE", at+"/three", nil).Refused(404, "", "Could not find project tag: three")
		w.as(w.manager, "PUT", at+"/a,b", nil).Refused(400, "", "'tags'")
		w.as(w.manager, "DELETE", at+"/one", nil).Want(204)
		list("[two]")
		if r := w.as(w.manager, "PUT", at, object{"tags": []string{"y", "x", "y"}}).Want(200); fmt.Sprint(r.Get("tags")) != "[x y]" {
			t.Errorf("replaced: %s", r.Body)
		}
		w.as(w.manager, "PUT", at, object{}).Refused(400, "", "'tags'")
		w.as(w.manager, "PUT", at, object{"tags": []string{"a/b"}}).Refused(400, "", "'tags'")
		list("[x y]")
		w.as(w.manager, "DELETE", at, nil).Want(204)
		list("[]")
		for i := range accounts.MaxTags {
			w.as(w.manager, "PUT", fmt.Sprintf("%s/t%d", at, i), nil).Want(201)
		}
		w.as(w.manager, "PUT", at+"/more", nil).Refused(400, "", "80")
	})
}

// Disabling a project ends its tokens at once; deleting it too, for good.
func TestTokensOfAProject(t *testing.T) {
	each(t, func(w *world) {
		id := w.project(w.bob, object{"name": "short"})
		w.assign(w.Alice, accounts.RoleMember, accounts.OnProject, id)
		logIn := func() *wiretest.Response {
			w.Clock.Advance(time.Second)
			return w.For(t).Do("POST", "/v3/auth/tokens", identitytest.ByPassword("alice", identitytest.Password("alice"), identitytest.Project(id)))
		}
		works := func(token string) bool { return w.as(token, "POST", "/v3/probe", nil).Status == 200 }
		enable := func(on bool) {
			w.as(w.bob, "PATCH", "/v3/projects/"+id, object{"project": object{"enabled": on}}).Want(200)
		}
		token := logIn().Want(201).Header.Get("X-Subject-Token")
		w.as(w.bob, "PATCH", "/v3/projects/"+id, object{"project": object{"name": "shorter"}}).Want(200)
		if !works(token) {
			t.Error("a new name ended a token")
		}
		enable(false)
		if works(token) {
			t.Error("a token of a disabled project works")
		}
		logIn().Refused(401, "", "requires authentication")
		if got := w.names(w.bob, "enabled=false"); got != "shorter" {
			t.Errorf("disabled are %q", got)
		}
		enable(true)
		if works(token) {
			t.Error("an old token came back to life")
		}
		token = logIn().Want(201).Header.Get("X-Subject-Token")
		if !works(token) {
			t.Error("the project stays barred")
		}
		w.as(w.bob, "DELETE", "/v3/projects/"+id, nil).Want(204)
		if works(token) {
			t.Error("a token of a deleted project works")
		}
		logIn().Refused(401, "", "requires authentication")
	})
}

// A manager takes "admin" from nobody, not even by way of the project.
func TestManagersStayBelowAdministrators(t *testing.T) {
	each(t, func(w *world) {
		region := "/v3/projects/" + w.Region.ID
		w.as(w.bob, "DELETE", region, nil).Refused(403, "", "only an administrator")
		w.as(w.bob, "PATCH", region, object{"project": object{"enabled": false}}).Refused(403, "", "only an administrator")
		w.as(w.bob, "PATCH", region, object{"project": object{"description": "mine"}}).Want(200)
		// Held by a group without members it counts too.
		id := w.project(w.bob, object{"name": "held"})
		group, err := w.Accounts.CreateGroup(t.Context(), accounts.Everywhere, accounts.NewGroup{DomainID: "default", Name: "g"})
		if err != nil {
			t.Fatal(err)
		}
		admin, err := w.Accounts.RoleByName(t.Context(), accounts.RoleAdmin)
		if err != nil {
			t.Fatal(err)
		}
		place := accounts.Place{Scope: accounts.OnProject, ID: id}
		if err := w.Accounts.Grant(t.Context(), accounts.Everywhere, accounts.Holder{GroupID: group.ID}, place, admin.ID); err != nil {
			t.Fatal(err)
		}
		w.as(w.bob, "DELETE", "/v3/projects/"+id, nil).Refused(403, "", "only an administrator")
		w.as(w.root, "DELETE", "/v3/projects/"+id, nil).Want(204)
		w.as(w.root, "PATCH", "/v3/projects/"+w.Workshop.ID, object{"project": object{"enabled": false}}).Want(200)
	})
}

// What a project owns keeps it, and is asked for in the transaction.
func TestOwnedThingsKeepTheProject(t *testing.T) {
	each(t, func(w *world) {
		asked := ""
		w.Accounts.Owned = func(_ context.Context, q store.Querier, projectID string) ([]string, error) {
			asked = projectID
			if _, inside := q.(*store.Tx); !inside {
				t.Error("asked outside the transaction")
			}
			return []string{"3 groups", "1 app"}, nil
		}
		at := "/v3/projects/" + w.Workshop.ID
		w.as(w.root, "DELETE", at, nil).Refused(409, "", "Cannot delete project Workshop: it still owns 3 groups, 1 app.")
		if asked != w.Workshop.ID {
			t.Errorf("asked about %q", asked)
		}
		w.as(w.root, "GET", at, nil).Want(200)
		w.Accounts.Owned = nil
		w.as(w.root, "DELETE", at, nil).Want(204)
	})
}

// Whoever administers the platform alone keeps the role, also when what it is
// held on would go.
func TestLastAdministratorKeepsItsProject(t *testing.T) {
	each(t, func(w *world) {
		lab := w.project(w.root, object{"name": "lab"})
		w.assign(w.Alice, accounts.RoleAdmin, accounts.OnProject, lab)
		alice := w.LogIn("alice", identitytest.Project(lab))
		for _, held := range []struct {
			scope accounts.Scope
			id    string
		}{{accounts.OnProject, w.Region.ID}, {accounts.OnDomain, accounts.DefaultDomainID}} {
			if err := w.Accounts.Unassign(w.t.Context(), w.Root.ID, accounts.RoleAdmin, held.scope, held.id); err != nil {
				w.t.Fatal(err)
			}
		}
		w.as(alice, "DELETE", "/v3/projects/"+lab, nil).Refused(403, "", "Nobody would be left who administers the platform")
		w.as(alice, "GET", "/v3/projects/"+lab, nil).Want(200)
		w.assign(w.Root, accounts.RoleAdmin, accounts.OnProject, w.Region.ID)
		w.as(alice, "DELETE", "/v3/projects/"+lab, nil).Want(204)
	})
}
