package profiles_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

const unknown = "00000000000000000000000000000000"

func TestLifeOfAGroup(t *testing.T) {
	each(t, func(o *office) {
		id := o.done(o.manager, "POST /groups", object{"name": "night shift", "description": "late"}).Text("id")
		one := "/groups/" + id
		want := fmt.Sprintf(`{"group":{"id":"%s","name":"night shift","userCount":0,"description":"late","createdAt":"%d","canAuthorize":true}}`, id, o.Clock.Now().UnixMilli())
		if r := o.done(o.manager, "GET "+one, nil); string(r.Body) != want {
			o.t.Errorf("got %s, want %s", r.Body, want)
		}
		o.refused(o.manager, "POST /groups", object{"name": "night shift"}, 409, "night shift")
		o.refused(o.manager, "POST /groups", object{}, 400, `"name"`)
		o.refused(o.manager, "POST /groups", `{"name":7}`, 400, "name")
		o.nothing(o.manager, "PUT "+one, object{"description": ""})
		o.nothing(o.manager, "PUT "+one, object{"name": "day shift"})
		o.refused(o.manager, "PUT "+one, object{"name": ""}, 400, "name")
		other := o.done(o.manager, "POST /groups", object{"name": "pool"}).Text("id")
		o.refused(o.manager, "PUT "+one, object{"name": "pool"}, 409, "pool")

		o.nothing(o.manager, "POST "+one+"/members/"+o.erin.ID, nil)
		o.nothing(o.manager, "POST "+one+"/members/"+o.dora.ID, object{})
		o.nothing(o.root, "POST "+one+"/members/"+o.Alice.ID, nil) // across departments: administrators only
		o.refused(o.manager, "POST "+one+"/members/"+o.Bob.ID, nil, 404, "Could not find user")
		o.refused(o.manager, "POST "+one+"/members/"+unknown, nil, 404, "Could not find user")
		o.refused(o.manager, "POST /groups/"+unknown+"/members/"+o.erin.ID, nil, 404, "Could not find group")
		manager, reader := o.logIn("dora", o.inSales()), o.logIn("erin", o.inSales())
		o.lists(o.root, "GET "+one+"/members", "alice dora erin", 3)
		o.lists(manager, "GET "+one+"/members", "dora erin", 2) // alice is another department's
		r := o.lists(reader, "GET "+one+"/members?search=ER&pageSize=1", "erin", 1)
		if fields := len(r.Get("items.0").(object)); fields != 6 {
			o.t.Errorf("a member has %d fields, want the reference's 6: %s", fields, r.Body)
		}
		o.lists(o.LogIn("alice", nil), "GET "+one+"/members", "alice", 1)
		if r := o.done(manager, "GET "+one, nil); r.Get("group.userCount") != 3.0 || r.Text("group.name") != "day shift" || r.Text("group.description") != "" {
			o.t.Errorf("shown as %s", r.Body)
		}
		r = o.lists(reader, "GET /users/"+o.erin.ID+"/groups", "day shift", 1)
		if fields := len(r.Get("items.0").(object)); fields != 2 {
			o.t.Errorf("a user's group has %d fields, want the reference's 2: %s", fields, r.Body)
		}
		o.lists(manager, "GET /groups", "day shift pool", 2)
		o.lists(manager, "GET /groups?search=POOL", "pool", 1)
		o.lists(manager, "GET /groups?search=_", "", 0)
		o.lists(manager, "GET /groups?page=2&pageSize=1", "pool", 2)

		o.nothing(manager, "DELETE "+one+"/members/"+o.erin.ID, nil)
		o.refused(reader, "GET /current-user", nil, 401, "credentials") // what it held through the group is over
		o.refused(manager, "DELETE "+one+"/members/"+o.erin.ID, nil, 404, "Could not find user")
		o.nothing(manager, "DELETE "+one, nil)
		for _, call := range []string{"GET " + one, "DELETE " + one, "GET " + one + "/members", "GET " + one + "/roles"} {
			o.refused(o.root, call, nil, 404, "Could not find group: "+id+".")
		}
		o.lists(o.root, "GET /groups", "pool", 1)
		o.lists(o.root, "GET /groups/"+other+"/members", "", 0)
	})
}

func TestReachOfGroups(t *testing.T) {
	each(t, func(o *office) {
		sales := o.done(o.manager, "POST /groups", object{"name": "sales"}).Text("id")
		ours := o.done(o.root, "POST /groups", object{"name": "ours"}).Text("id")
		o.nothing(o.root, "POST /groups/"+ours+"/members/"+o.Alice.ID, nil)
		o.alice = o.LogIn("alice", nil)
		o.lists(o.root, "GET /groups", "ours sales", 2)
		o.lists(o.manager, "GET /groups", "sales", 1)
		o.lists(o.reader, "GET /groups", "sales", 1)
		o.lists(o.alice, "GET /groups", "ours", 1)
		o.lists(o.unprivileged, "GET /groups", "", 0)
		for _, c := range []struct{ token, id string }{{o.manager, ours}, {o.alice, sales}, {o.unprivileged, sales}, {o.manager, unknown}, {o.root, unknown}} {
			for _, call := range []string{"GET /groups/" + c.id, "GET /groups/" + c.id + "/members", "GET /groups/" + c.id + "/roles"} {
				o.refused(c.token, call, nil, 404, "Could not find group: "+c.id+".")
			}
		}
		writes := func(id string) map[string]object {
			return map[string]object{
				"PUT /groups/" + id: {"name": "x"}, "DELETE /groups/" + id: nil, "PUT /groups/" + id + "/roles": {"addRoles": []string{"member"}},
				"POST /groups/" + id + "/members/" + o.erin.ID: nil, "DELETE /groups/" + id + "/members/" + o.erin.ID: nil,
			}
		}
		for call, body := range writes(ours) {
			o.refused(o.manager, call, body, 404, "Could not find group: "+ours+".")
		}
		for _, token := range []string{o.reader, o.alice, o.unprivileged} {
			for call, body := range writes(sales) {
				o.refused(token, call, body, 403, "permission denied: ghippo:groups:")
			}
			o.refused(token, "POST /groups", object{"name": "x"}, 403, "permission denied: ghippo:groups:create")
		}
		o.refused("", "GET /groups", nil, 401, "credentials")
		// A group that makes administrators is not its department's to change.
		role, err := o.Accounts.RoleByName(o.t.Context(), accounts.RoleAdmin)
		if err != nil {
			o.t.Fatal(err)
		}
		if err := o.Accounts.Grant(o.t.Context(), accounts.Everywhere, accounts.Holder{GroupID: sales}, accounts.Place{Scope: accounts.OnProject, ID: o.Region.ID}, role.ID); err != nil {
			o.t.Fatal(err)
		}
		for call, body := range writes(sales) {
			o.refused(o.manager, call, body, 403, "not authorized")
		}
		if r := o.lists(o.manager, "GET /groups", "sales", 1); r.Get("items.0.canAuthorize") != false {
			o.t.Errorf("canAuthorize: %s", r.Body)
		}
		if r := o.done(o.root, "GET /groups/"+sales, nil); r.Get("group.canAuthorize") != true {
			o.t.Errorf("canAuthorize: %s", r.Body)
		}
	})
}

func TestRoles(t *testing.T) {
	each(t, func(o *office) {
		if _, err := o.Accounts.CreateRole(o.t.Context(), "Auditor_1", "looks"); err != nil {
			o.t.Fatal(err)
		}
		group := o.done(o.manager, "POST /groups", object{"name": "sales"}).Text("id")
		for _, c := range []struct {
			holder, list string
			held         string
		}{{"/users/" + o.erin.ID, "roles", "reader"}, {"/groups/" + group, "items", ""}} {
			call := c.holder + "/roles"
			shows := func(query, want string, authorized int) {
				o.t.Helper()
				r := o.done(o.manager, "GET "+call+query, nil)
				if got := names(r, c.list); got != want || r.Get("authorizedCount") != float64(authorized) {
					o.t.Errorf("GET %s%s: %q with %v, want %q with %d", call, query, got, r.Get("authorizedCount"), want, authorized)
				}
			}
			n := len(strings.Fields(c.held))
			shows("", "Auditor_1 admin manager member reader", n)
			shows("?authorized=true", c.held, n)
			shows("?type=system&search=M", "admin manager member", n)
			shows("?type=custom", "Auditor_1", n)
			shows("?search=r_1", "Auditor_1", n)
			shows("?search=%25", "", n)
			shows("?page=2&pageSize=2", "manager member", n)
			shows("?page=9", "", n)
			// OSSA-2026-007: a text is no truth value.
			for _, bad := range []string{"authorized=FALSE", "authorized=0", "authorized=true&authorized=false", "type=root", "page=x"} {
				o.refused(o.manager, "GET "+call+"?"+bad, nil, 400, "query parameter")
			}
			o.nothing(o.manager, "PUT "+call, object{"addRoles": []string{"member", "Auditor_1", "member"}})
			shows("?authorized=true", strings.TrimSpace("Auditor_1 member "+c.held), n+2)
			// All of it or nothing.
			o.refused(o.manager, "PUT "+call, object{"addRoles": []string{"manager", "admin"}}, 403, "not authorized")
			o.refused(o.manager, "PUT "+call, object{"addRoles": []string{"manager"}, "removeRoles": []string{"admin"}}, 403, "not authorized")
			o.refused(o.root, "PUT "+call, object{"addRoles": []string{"manager"}, "removeRoles": []string{"admin"}}, 404, "Could not find role assignment")
			o.refused(o.manager, "PUT "+call, object{"addRoles": []string{"manager"}, "removeRoles": []string{"nothing"}}, 400, "removeRoles")
			o.refused(o.manager, "PUT "+call, object{"addRoles": []string{"Member"}}, 400, "addRoles")
			o.refused(o.manager, "PUT "+call, object{"addRoles": []string{"manager"}, "removeRoles": []string{"manager"}}, 400, "same role")
			o.refused(o.manager, "PUT "+call, object{"addRoles": make([]string, 101)}, 400, "100")
			o.refused(o.manager, "PUT "+call, object{"addRoles": "manager"}, 400, "addRoles")
			shows("?authorized=true", strings.TrimSpace("Auditor_1 member "+c.held), n+2)
			o.nothing(o.manager, "PUT "+call, object{"addRoles": []string{"manager"}, "removeRoles": []string{"member"}})
			shows("?authorized=true", strings.TrimSpace("Auditor_1 manager "+c.held), n+2)
			o.nothing(o.manager, "PUT "+call, object{})
		}
		// What was given is in force with the next token, and what was taken ended the old ones.
		o.refused(o.reader, "GET /current-user", nil, 401, "credentials")
		o.Clock.Advance(time.Second)
		o.nothing(o.logIn("erin", o.inSales()), "PUT /users/"+o.erin.ID, object{"description": "promoted"})
		// Everybody sees what it holds itself.
		if r := o.done(o.alice, "GET /users/"+o.Alice.ID+"/roles?authorized=true", nil); names(r, "roles") != "" || r.Get("authorizedCount") != 0.0 {
			o.t.Errorf("alice holds %s", r.Body)
		}
	})
}
