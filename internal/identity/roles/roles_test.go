package roles_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type (
	object = identitytest.Object
	list   = []any
)

const path = "/v3/roles"

// cast is a department and the tokens of who plays in these tests.
type cast struct {
	*identitytest.World
	*identitytest.Department
	root, chief, clerk, stranger, alice string
}

func play(w *identitytest.World) *cast {
	d := w.Department()
	return &cast{
		World: w, Department: d, root: w.LogIn("admin", nil), alice: w.LogIn("alice", nil),
		chief: w.Enter(d.Chief, identitytest.Domain(d.Domain.ID)), clerk: w.Enter(d.Clerk, identitytest.Domain(d.Domain.ID)),
		stranger: w.Enter(w.Stranger, identitytest.Project(d.Annex.ID)),
	}
}

func (c *cast) do(token, call string, body any) *wiretest.Response {
	method, url, _ := strings.Cut(call, " ")
	return c.Do(method, url, body, "X-Auth-Token", token)
}

// ask is a line of a table: who asks for what, and the answer.
type ask struct {
	token, call string
	body        any
	status      int
	text        string
}

func (c *cast) table(asks []ask) {
	for _, a := range asks {
		if r := c.do(a.token, a.call, a.body); a.status < 300 {
			r.Want(a.status)
		} else {
			r.Refused(a.status, "", a.text)
		}
	}
}

func named(r *wiretest.Response, list string) string {
	var names []string
	for _, v := range r.Get(list).([]any) {
		names = append(names, v.(map[string]any)["name"].(string))
	}
	return strings.Join(names, " ")
}

func TestRoutes(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		c := play(w)
		c.life(t)
		c.empty(t)
		c.holdings(t)
		c.assignments(t)
		w.Covered(w.Roles.Routes())
	})
}

func (c *cast) life(t *testing.T) {
	made := c.do(c.root, "POST "+path, object{"role": object{"name": "operator", "description": "turns knobs", "domain_id": nil, "options": object{"immutable": false}}}).Want(201)
	id := made.Text("role.id")
	for field, want := range map[string]string{
		"role.name": "operator", "role.description": "turns knobs", "role.links.self": "http://example.com" + path + "/" + id,
	} {
		if got := made.Text(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	if made.Get("role.domain_id") != nil || len(made.Get("role.options").(map[string]any)) > 0 {
		t.Errorf("made %s", made.Body)
	}
	role := func(pairs ...any) object {
		o := object{}
		for i := 0; i+1 < len(pairs); i += 2 {
			o[pairs[i].(string)] = pairs[i+1]
		}
		return object{"role": o}
	}
	one, member := path+"/"+id, path+"/"+c.RoleID("member")
	c.table([]ask{
		{c.root, "POST " + path, role("name", "operator"), 409, "Duplicate entry found with name operator"},
		{c.root, "POST " + path, role("name", "Admin"), 409, "Duplicate entry found with name Admin"},
		{c.root, "POST " + path, role(), 400, "'name'"},
		{c.root, "POST " + path, role("name", "x\n"), 400, "'name'"},
		{c.root, "POST " + path, role("name", "x", "description", strings.Repeat("x", 256)), 400, "'description'"},
		{c.root, "POST " + path, role("name", "x", "domain_id", "default"), 400, "'domain_id'"},
		{c.root, "POST " + path, role("name", "x", "options", object{"immutable": true}), 400, "'options'"},
		{c.root, "POST " + path, role("name", "x", "options", object{"immutable": "false"}), 400, "'options'"},
		{c.root, "POST " + path, object{}, 400, "'role'"},
		{c.chief, "POST " + path, role("name", "x"), 403, "identity:create_role"},
		{c.alice, "GET " + one, nil, 200, ""},
		{c.alice, "GET " + path + "/operator", nil, 404, "Could not find role: operator."},
		{c.root, "PATCH " + one, role("name", "switcher", "id", id), 200, ""},
		{c.root, "PATCH " + one, role("name", "auditor"), 409, "Duplicate entry found with name auditor"},
		{c.root, "PATCH " + one, role("name", "ADMIN"), 409, "Duplicate entry found with name ADMIN"},
		{c.root, "PATCH " + one, role("id", "x"), 400, "Cannot change role ID."},
		{c.root, "PATCH " + one, role("domain_id", "default"), 400, "'domain_id'"},
		{c.root, "PATCH " + one, role("name", " "), 400, "'name'"},
		{c.root, "PATCH " + one, role("description", list{}), 400, "'role.description': it must be a string"},
		{c.root, "PATCH " + one, role("description", nil), 200, ""},
		{c.root, "PATCH " + one, object{}, 400, "'role'"},
		{c.root, "PATCH " + path + "/x", role("name", "x"), 404, "Could not find role: x."},
		{c.chief, "PATCH " + one, role("name", "x"), 403, "identity:update_role"},
		{c.root, "PATCH " + member, role("name", "resident"), 403, "The role member is built in"},
		{c.root, "PATCH " + member, role("name", "member", "description", "works"), 200, ""},
		{c.root, "DELETE " + member, nil, 403, "The role member is built in"},
		{c.root, "DELETE " + path + "/x", nil, 404, "Could not find role: x."},
		{c.chief, "DELETE " + one, nil, 403, "identity:delete_role"},
	})
	for _, want := range []struct{ token, query, names string }{
		{c.root, "", "admin auditor manager member reader switcher"}, {c.alice, "?name=reader", "reader"}, {c.alice, "?name=READER", ""},
		{c.alice, "?domain_id=default", ""}, {c.alice, "?domain_id=null&name=admin", "admin"}, {c.alice, "?domain_id=&name=admin", "admin"},
	} {
		if got := named(c.do(want.token, "GET "+path+want.query, nil).Want(200), "roles"); got != want.names {
			t.Errorf("%q lists %q, want %q", want.query, got, want.names)
		}
	}
	c.Do("GET", path, nil).Refused(401, "")
	c.do(c.root, "DELETE "+one, nil).Want(204)
	c.do(c.root, "GET "+one, nil).Refused(404, "", "Could not find role: "+id+".")
}

// empty: roles imply nothing here, and the lists say so.
func (c *cast) empty(t *testing.T) {
	admin := c.RoleID("admin")
	r := c.do(c.alice, "GET "+path+"/"+admin+"/implies", nil).Want(200)
	if r.Text("role_inference.prior_role.name") != "admin" || r.Text("role_inference.implies") != "[]" {
		t.Errorf("implied: %s", r.Body)
	}
	if r := c.do(c.alice, "GET /v3/role_inferences", nil).Want(200); r.Text("role_inferences") != "[]" || r.Text("links.self") != "http://example.com/v3/role_inferences" {
		t.Errorf("inferences: %s", r.Body)
	}
	c.do(c.alice, "GET "+path+"/x/implies", nil).Refused(404, "", "Could not find role: x.")
	c.Do("GET", "/v3/role_inferences", nil).Refused(401, "")
	c.do(c.root, "PUT "+path+"/"+admin+"/implies/"+c.RoleID("reader"), nil).Refused(404, "")
}

// holdings gives, checks, lists and takes a role in each of the four forms.
func (c *cast) holdings(t *testing.T) {
	auditor := c.Auditor.ID
	for _, place := range []struct{ kind, id, foreign string }{{"project", c.Annex.ID, c.Region.ID}, {"domain", c.Domain.ID, "default"}} {
		for _, who := range []struct{ kind, id, foreign string }{{"user", c.Clerk.ID, c.Alice.ID}, {"group", c.Crew.ID, "x"}} {
			at := func(place, who string) string { return "/v3/" + place + "/" + who + "/roles" }
			on := place.kind + "s/" + place.id
			of := who.kind + "s/" + who.id
			list := at(on, of)
			one := list + "/" + auditor
			foreignPlace := at(place.kind+"s/"+place.foreign, of) + "/" + auditor
			foreignHolder := at(on, who.kind+"s/"+who.foreign) + "/" + auditor
			rule := place.kind + "_" + who.kind
			c.table([]ask{
				{c.chief, "DELETE " + one, nil, 404, "Could not find role assignment with role: " + auditor},
				{c.chief, "GET " + one, nil, 404, "Could not find role assignment with role: " + auditor},
				{c.clerk, "PUT " + one, nil, 403, "identity:create_" + rule + "_grant"},
				{c.alice, "PUT " + one, nil, 403, "identity:create_" + rule + "_grant"},
				{c.stranger, "GET " + one, nil, 403, "identity:check_" + rule + "_grant"},
				{c.stranger, "GET " + list, nil, 403, "identity:list_" + rule + "_grants"},
				{c.chief, "PUT " + one, nil, 204, ""},
				{c.chief, "PUT " + one, nil, 204, ""}, // twice changes nothing
				{c.chief, "GET " + one, nil, 204, ""},
				{c.clerk, "HEAD " + one, nil, 204, ""},
				{c.clerk, "GET " + one, nil, 204, ""},
				{c.clerk, "DELETE " + one, nil, 403, "identity:revoke_" + rule + "_grant"},
				{c.chief, "GET " + list + "/x", nil, 404, "Could not find role: x."},
				{c.chief, "PUT " + list + "/x", nil, 404, "Could not find role: x."},
				{c.chief, "DELETE " + list + "/x", nil, 404, "Could not find role: x."},
			})
			for _, method := range []string{"PUT ", "GET ", "DELETE "} {
				c.do(c.chief, method+foreignPlace, nil).Refused(404, "", "Could not find "+place.kind+": "+place.foreign+".")
				c.do(c.chief, method+foreignHolder, nil).Refused(404, "", "Could not find "+who.kind+": "+who.foreign+".")
			}
			c.do(c.chief, "GET "+at(place.kind+"s/"+place.foreign, of), nil).Refused(404, "", "Could not find "+place.kind)
			c.do(c.chief, "GET "+at(on, who.kind+"s/"+who.foreign), nil).Refused(404, "", "Could not find "+who.kind)
			r := c.do(c.clerk, "GET "+list, nil).Want(200)
			if !strings.Contains(named(r, "roles"), "auditor") || r.Text("links.self") != "http://example.com"+list {
				t.Errorf("%s lists %s", list, r.Body)
			}
			c.do(c.chief, "DELETE "+one, nil).Want(204)
			if who.kind == "user" {
				c.do(c.clerk, "GET "+list, nil).Refused(401, "") // its tokens have ended
			} else {
				c.do(c.stranger, "GET /v3/auth/projects", nil).Refused(401, "") // a member's too
			}
			c.Clock.Advance(time.Second)
			c.clerk = c.Enter(c.Clerk, identitytest.Domain(c.Domain.ID))
			c.stranger = c.Enter(c.Stranger, identitytest.Project(c.Annex.ID))
			c.do(c.chief, "HEAD "+one, nil).Want(404)
		}
	}
}

// held is a line of role_assignments: who, role, where, and both links.
func held(v any) string {
	m := v.(map[string]any)
	id := func(path ...string) string {
		at := any(m)
		for _, key := range path {
			o, ok := at.(map[string]any)
			if !ok {
				return ""
			}
			at = o[key]
		}
		s, _ := at.(string)
		return s
	}
	return strings.Join([]string{
		id("user", "id") + id("group", "id"), id("role", "id"), id("scope", "project", "id") + id("scope", "domain", "id"),
		strings.TrimPrefix(id("links", "assignment"), "http://example.com/v3"), strings.TrimPrefix(id("links", "membership"), "http://example.com/v3"),
	}, " ")
}

func (c *cast) assignments(t *testing.T) {
	member, manager, reader := c.RoleID("member"), c.RoleID("manager"), c.RoleID("reader")
	annex, crew, domain := c.Annex.ID, c.Crew.ID, c.Domain.ID
	direct := func(kind, who, role, where, at string) string {
		return who + " " + role + " " + at + " /" + where + "s/" + at + "/" + kind + "s/" + who + "/roles/" + role + " "
	}
	ofCrew := direct("group", crew, member, "project", annex)
	ofStranger := c.Stranger.ID + " " + member + " " + annex + " /projects/" + annex + "/groups/" + crew + "/roles/" + member + " /groups/" + crew + "/users/" + c.Stranger.ID
	ofChief := direct("user", c.Chief.ID, manager, "domain", domain)
	ofClerk := direct("user", c.Clerk.ID, reader, "domain", domain)
	ofAlice := direct("user", c.Alice.ID, member, "project", c.Region.ID)
	alsoAlice := direct("user", c.Alice.ID, reader, "project", c.Workshop.ID)
	for _, want := range []struct {
		token, query string
		lines        []string
	}{
		{c.chief, "", []string{ofChief, ofClerk, ofCrew}},
		{c.clerk, "", []string{ofChief, ofClerk, ofCrew}},
		{c.chief, "?effective", []string{ofChief, ofClerk, ofStranger}},
		{c.chief, "?effective=True", []string{ofChief, ofClerk, ofStranger}},
		{c.chief, "?effective=false", []string{ofChief, ofClerk, ofCrew}},
		{c.chief, "?effective=FALSE&include_names=0", []string{ofChief, ofClerk, ofCrew}},
		{c.root, "?scope.project.id=" + annex, []string{ofCrew}},
		{c.root, "?scope.project.id=" + annex + "&effective=1", []string{ofStranger}},
		{c.root, "?scope.project.id=" + annex + "&include_subtree", []string{ofCrew}},
		{c.root, "?scope.domain.id=" + domain, []string{ofChief, ofClerk}},
		{c.root, "?scope.domain.id=" + annex, nil},
		{c.root, "?user.id=" + c.Stranger.ID, nil},
		{c.root, "?user.id=" + c.Stranger.ID + "&effective", []string{ofStranger}},
		{c.root, "?group.id=" + crew, []string{ofCrew}},
		{c.root, "?role.id=" + manager, []string{ofChief}},
		{c.root, "?user.id=" + c.Alice.ID, []string{ofAlice, alsoAlice}},
		{c.root, "?user.id=nobody", nil},
		{c.root, "?scope.system=all", nil},
		{c.root, "?scope.OS-INHERIT:inherited_to=projects", nil},
		{c.alice, "", []string{ofAlice, alsoAlice}},
		{c.stranger, "", []string{ofCrew}},
		{c.stranger, "?effective", []string{ofStranger}},
		{c.alice, "?scope.project.id=" + annex, nil},
		{c.chief, "?user.id=" + c.Alice.ID, nil},
		{c.chief, "?scope.project.id=" + c.Region.ID, nil},
		{c.chief, "?scope.domain.id=default&effective", nil},
	} {
		r := c.do(want.token, "GET /v3/role_assignments"+want.query, nil).Want(200)
		got := []string{}
		for _, v := range r.Get("role_assignments").([]any) {
			got = append(got, held(v))
		}
		slices.Sort(got)
		slices.Sort(want.lines)
		if !slices.Equal(got, want.lines) {
			t.Errorf("%q lists\n%s\nwant\n%s", want.query, strings.Join(got, "\n"), strings.Join(want.lines, "\n"))
		}
		if self := r.Text("links.self"); self != "http://example.com/v3/role_assignments"+want.query {
			t.Errorf("link of the list %q", self)
		}
	}
	list := "GET /v3/role_assignments?"
	c.table([]ask{
		{c.root, list + "effective=no", nil, 400, "'effective'"},
		{c.root, list + "include_names=2", nil, 400, "'include_names'"},
		{c.root, list + "include_subtree=true", nil, 400, "scope.project.id must be specified"},
		{c.root, list + "effective&group.id=" + crew, nil, 400, "effective and group filter"},
		{c.root, list + "user.id=a&group.id=b", nil, 400, "a user or group, not both"},
		{c.root, list + "scope.project.id=a&scope.domain.id=b", nil, 400, "a domain or project, not both"},
		{c.root, list + "scope.system=all&scope.domain.id=b", nil, 400, "not two of them"},
	})
	c.Do("GET", "/v3/role_assignments", nil).Refused(401, "")
	c.names(t)
}

func (c *cast) names(t *testing.T) {
	for query, fields := range map[string]map[string]string{
		"include_names&effective&user.id=" + c.Stranger.ID: {
			"user.name": "stranger", "user.domain.name": "Elsewhere", "user.domain.id": c.Domain.ID, "role.name": "member",
			"scope.project.name": "Annex", "scope.project.domain.id": c.Domain.ID, "scope.project.domain.name": "Elsewhere",
		},
		"include_names=true&group.id=" + c.Crew.ID: {"group.name": "crew", "group.domain.name": "Elsewhere", "role.name": "member"},
		"include_names=true&user.id=" + c.Chief.ID: {"scope.domain.id": c.Domain.ID, "scope.domain.name": "Elsewhere", "role.name": "manager"},
	} {
		r := c.do(c.chief, "GET /v3/role_assignments?"+query, nil).Want(200)
		for field, want := range fields {
			if got := r.Text("role_assignments.0." + field); got != want {
				t.Errorf("%s: %s is %q, want %q", query, field, got, want)
			}
		}
		if strings.Contains(query, "effective") && r.Has("role_assignments.0.group") {
			t.Errorf("an effective list shows a group: %s", r.Body)
		}
	}
	if r := c.do(c.chief, "GET /v3/role_assignments", nil).Want(200); strings.Contains(string(r.Body), "Elsewhere") {
		t.Errorf("names nobody asked for: %s", r.Body)
	}
}
