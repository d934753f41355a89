package groups_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type object = identitytest.Object

const path = "/v3/groups"

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
		c.membership(t)
		w.Covered(w.Groups.Routes())
	})
}

func (c *cast) life(t *testing.T) {
	made := c.do(c.chief, "POST "+path, object{"group": object{"name": "night shift", "description": "awake", "type": "x"}}).Want(201)
	id := made.Text("group.id")
	for field, want := range map[string]string{
		"group.name": "night shift", "group.description": "awake", "group.domain_id": c.Domain.ID,
		"group.links.self": "http://example.com" + path + "/" + id,
	} {
		if got := made.Text(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	group := func(pairs ...any) object {
		o := object{}
		for i := 0; i+1 < len(pairs); i += 2 {
			o[pairs[i].(string)] = pairs[i+1]
		}
		return object{"group": o}
	}
	one := path + "/" + id
	for _, tt := range []struct {
		name, token, call string
		body              any
		status            int
		text              string
	}{
		{"taken name", c.chief, "POST " + path, group("name", "crew"), 409, "Duplicate entry found with name crew at domain ID " + c.Domain.ID},
		{"the same name elsewhere", c.root, "POST " + path, group("name", "crew", "domain_id", "default"), 201, ""},
		{"no name", c.chief, "POST " + path, group(), 400, "'name'"},
		{"long name", c.chief, "POST " + path, group("name", strings.Repeat("x", 65)), 400, "'name'"},
		{"long description", c.chief, "POST " + path, group("name", "x", "description", strings.Repeat("x", 256)), 400, "'description'"},
		{"wrong type", c.chief, "POST " + path, group("name", 1), 400, "'group.name'"},
		{"no group", c.chief, "POST " + path, object{}, 400, "'group'"},
		{"foreign department", c.chief, "POST " + path, group("name", "x", "domain_id", "default"), 404, "Could not find domain: default."},
		{"unknown department", c.root, "POST " + path, group("name", "x", "domain_id", "nowhere"), 404, "Could not find domain: nowhere."},
		{"no department", c.root, "POST " + path, group("name", "x", "domain_id", ""), 404, "Could not find domain: ."},
		{"creation by a reader", c.clerk, "POST " + path, group("name", "x"), 403, "identity:create_group"},
		{"creation by a member", c.alice, "POST " + path, group("name", "x"), 403, "identity:create_group"},

		{"show", c.clerk, "GET " + one, nil, 200, ""},
		{"show to an outsider", c.alice, "GET " + one, nil, 404, "Could not find group: " + id + "."},
		{"show to who is not in it", c.stranger, "GET " + one, nil, 404, "Could not find group: " + id + "."},
		{"show an unknown one", c.root, "GET " + path + "/x", nil, 404, "Could not find group: x."},
		{"a name is no id", c.root, "GET " + path + "/crew", nil, 404, "Could not find group: crew."},

		{"rename", c.chief, "PATCH " + one, group("name", "day shift", "id", id, "domain_id", c.Domain.ID), 200, ""},
		{"rename to a taken name", c.chief, "PATCH " + one, group("name", "crew"), 409, "Duplicate entry found with name crew"},
		{"move", c.root, "PATCH " + one, group("domain_id", "default"), 400, "Cannot change Domain ID."},
		{"another id", c.root, "PATCH " + one, group("id", "x"), 400, "Cannot change group ID."},
		{"a number for a description", c.chief, "PATCH " + one, group("description", 1), 400, "'group.description': it must be a string"},
		{"empty name", c.chief, "PATCH " + one, group("name", ""), 400, "'name'"},
		{"change without group", c.chief, "PATCH " + one, object{}, 400, "'group'"},
		{"change by a reader", c.clerk, "PATCH " + one, group("name", "x"), 403, "identity:update_group"},
		{"change of an unknown one", c.chief, "PATCH " + path + "/x", group("name", "x"), 404, "Could not find group: x."},

		{"deletion by a reader", c.clerk, "DELETE " + one, nil, 403, "identity:delete_group"},
		{"deletion of an unknown one", c.chief, "DELETE " + path + "/x", nil, 404, "Could not find group: x."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			method, url, _ := strings.Cut(tt.call, " ")
			r := c.For(t).Do(method, url, tt.body, "X-Auth-Token", tt.token)
			if tt.status < 300 {
				r.Want(tt.status)
				return
			}
			r.Refused(tt.status, "", tt.text)
		})
	}
	if r := c.do(c.chief, "GET "+one, nil).Want(200); r.Text("group.name") != "day shift" || r.Text("group.description") != "awake" {
		t.Errorf("changed to %s", r.Body)
	}
	if r := c.do(c.chief, "PATCH "+one, group("description", nil)).Want(200); r.Text("group.name") != "day shift" || r.Text("group.description") != "" {
		t.Errorf("cleared to %s", r.Body)
	}
	// Another department's group is as unknown as none at all, whatever is asked.
	foreign := c.do(c.root, "GET "+path+"?domain_id=default", nil).Want(200).Text("groups.0.id")
	for _, call := range []string{"PATCH", "DELETE"} {
		c.do(c.chief, call+" "+path+"/"+foreign, group("name", "x")).Refused(404, "", "Could not find group: "+foreign+".")
	}
	c.lists(t)
	c.do(c.chief, "DELETE "+one, nil).Want(204)
	c.do(c.chief, "GET "+one, nil).Refused(404, "", "Could not find group")
}

// lists: the department is a condition of the query (CVE-2019-19687).
func (c *cast) lists(t *testing.T) {
	for _, want := range []struct{ token, query, names string }{
		{c.root, "", "crew crew day shift"}, {c.root, "?name=crew", "crew crew"}, {c.root, "?name=CREW", ""},
		{c.root, "?domain_id=default", "crew"}, {c.root, "?domain_id=x", ""}, {c.root, "?name=%25", ""},
		{c.chief, "", "crew day shift"}, {c.clerk, "", "crew day shift"}, {c.chief, "?domain_id=default", ""},
		{c.stranger, "", "crew"}, {c.alice, "", ""}, {c.alice, "?domain_id=" + c.Domain.ID, ""},
	} {
		r := c.do(want.token, "GET "+path+want.query, nil).Want(200)
		if got := named(r, "groups"); got != want.names {
			t.Errorf("%q lists %q, want %q", want.query, got, want.names)
		}
		if self := r.Text("links.self"); self != "http://example.com"+path+want.query {
			t.Errorf("link of the list %q", self)
		}
	}
	c.Do("GET", path, nil).Refused(401, "")
}

func (c *cast) membership(t *testing.T) {
	crew := path + "/" + c.Crew.ID
	member := func(userID string) string { return crew + "/users/" + userID }
	for _, tt := range []struct {
		token, call string
		status      int
		text        string
	}{
		{c.chief, "PUT " + member(c.Clerk.ID), 204, ""},
		{c.chief, "PUT " + member(c.Clerk.ID), 204, ""}, // twice changes nothing
		{c.chief, "GET " + member(c.Clerk.ID), 204, ""},
		{c.stranger, "GET " + member(c.Stranger.ID), 204, ""}, // of oneself
		{c.stranger, "GET " + member(c.Clerk.ID), 404, "Could not find user: " + c.Clerk.ID},
		{c.chief, "GET " + member(c.Chief.ID), 404, "Could not find user " + c.Chief.ID + " in group " + c.Crew.ID},
		{c.alice, "GET " + member(c.Stranger.ID), 404, "Could not find group: " + c.Crew.ID},
		{c.clerk, "PUT " + member(c.Chief.ID), 403, "identity:add_user_to_group"},
		{c.chief, "PUT " + member(c.Alice.ID), 404, "Could not find user: " + c.Alice.ID}, // of another department
		{c.chief, "PUT " + member("x"), 404, "Could not find user: x"},
		{c.chief, "PUT " + path + "/x/users/" + c.Clerk.ID, 404, "Could not find group: x"},
		{c.root, "PUT " + member(c.Alice.ID), 204, ""},
		{c.chief, "DELETE " + member(c.Alice.ID), 404, "Could not find user: " + c.Alice.ID},
		{c.clerk, "DELETE " + member(c.Stranger.ID), 403, "identity:remove_user_from_group"},
		{c.chief, "DELETE " + member(c.Chief.ID), 404, "in group"},
		{c.chief, "DELETE " + path + "/x/users/" + c.Clerk.ID, 404, "Could not find group: x"},
		{c.alice, "GET /v3/users/" + c.Stranger.ID + "/groups", 404, "Could not find user: " + c.Stranger.ID},
		{c.alice, "GET " + crew + "x/users", 404, "Could not find group"},
	} {
		if r := c.do(tt.token, tt.call, nil); tt.status < 300 {
			r.Want(tt.status)
		} else {
			r.Refused(tt.status, "", tt.text)
		}
	}
	// HEAD is what clients ask with: 204 or 404, and no body.
	for url, status := range map[string]int{member(c.Clerk.ID): 204, member(c.Chief.ID): 404, member("x"): 404} {
		if r := c.do(c.chief, "HEAD "+url, nil).Want(status); status == 204 && len(r.Body) > 0 {
			t.Errorf("HEAD %s answers %q", url, r.Body)
		}
	}
	for _, want := range []struct{ token, url, list, names string }{
		{c.root, crew + "/users", "users", "alice clerk stranger"}, {c.root, crew + "/users?name=clerk", "users", "clerk"},
		{c.root, crew + "/users?enabled=false", "users", ""}, {c.root, crew + "/users?domain_id=default", "users", "alice"},
		{c.chief, crew + "/users", "users", "clerk stranger"}, {c.stranger, crew + "/users", "users", "stranger"},
		{c.root, "/v3/users/" + c.Stranger.ID + "/groups", "groups", "crew"},
		{c.stranger, "/v3/users/" + c.Stranger.ID + "/groups", "groups", "crew"},
		{c.chief, "/v3/users/" + c.Stranger.ID + "/groups?name=x", "groups", ""},
	} {
		r := c.do(want.token, "GET "+want.url, nil).Want(200)
		if got := named(r, want.list); got != want.names {
			t.Errorf("%s lists %q, want %q", want.url, got, want.names)
		}
		if self := r.Text("links.self"); self != "http://example.com"+want.url {
			t.Errorf("link of the list %q", self)
		}
	}
	c.do(c.root, "GET "+crew+"/users?enabled=FALSEY", nil).Refused(400, "", "'enabled'")
	c.do(c.chief, "DELETE "+member(c.Clerk.ID), nil).Want(204)
	c.do(c.clerk, "GET "+path, nil).Refused(401, "")
}

// A group gives its members what it holds, from the next log-in on; who leaves
// it loses that at once, and its tokens with it.
func TestMembersHoldWhatTheGroupHolds(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		c := play(w)
		member := path + "/" + c.Crew.ID + "/users/"
		annex := identitytest.Project(c.Annex.ID)
		c.do(c.chief, "PUT "+member+c.Clerk.ID, nil).Want(204)
		clerk := w.Enter(c.Clerk, annex)
		if got := c.do(clerk, "POST /v3/probe/project", nil).Want(200).Get("roles").([]any); !slices.Equal(got, []any{"member"}) {
			t.Errorf("the clerk has the roles %v in the project", got)
		}
		c.do(c.stranger, "POST /v3/probe/project", nil).Want(200)

		c.do(c.chief, "DELETE "+member+c.Clerk.ID, nil).Want(204)
		c.do(clerk, "POST /v3/probe", nil).Refused(401, "")
		c.do(c.stranger, "POST /v3/probe/project", nil).Want(200) // the other members stay

		w.Clock.Advance(time.Second)
		c.do(c.chief, "DELETE "+path+"/"+c.Crew.ID, nil).Want(204)
		c.do(c.stranger, "POST /v3/probe", nil).Refused(401, "")
		c.do(c.chief, "GET "+path+"/"+c.Crew.ID, nil).Refused(404, "", "Could not find group")
		c.do(c.chief, "POST /v3/probe", nil).Want(200)
		var left int
		if err := w.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM identity_holdings WHERE target_id = $1`, c.Annex.ID).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d holdings are left of the group (%v)", left, err)
		}
	})
}

// A disabled member stays barred when its group goes: what ends tokens up to
// now must not replace what ends them for good.
func TestDeletionKeepsBars(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		c := play(w)
		if err := w.Accounts.EnableUser(t.Context(), w.Stranger.ID, false); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Second)
		c.do(c.chief, "DELETE "+path+"/"+c.Crew.ID, nil).Want(204)
		var before int64
		row := w.DB.QueryRow(t.Context(), `SELECT void_before FROM identity_revocations WHERE kind = 'user' AND id = $1`, w.Stranger.ID)
		if err := row.Scan(&before); err != nil || before <= w.Clock.Now().UnixMicro() {
			t.Errorf("tokens end up to %d only (%v)", before, err)
		}
	})
}

// A department's manager must not become an administrator of the platform, nor
// make one, through a group (CVE-2020-12689 and CVE-2026-43001 are of that
// kind).
func TestManagersDoNotReachAdmin(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		c := play(w)
		ctx, everywhere := t.Context(), accounts.Everywhere
		board, err := w.Accounts.CreateGroup(ctx, everywhere, accounts.NewGroup{DomainID: c.Domain.ID, Name: "board"})
		if err != nil {
			t.Fatal(err)
		}
		admin, region := w.RoleID(accounts.RoleAdmin), accounts.Place{Scope: accounts.OnProject, ID: w.Region.ID}
		if err := w.Accounts.Grant(ctx, everywhere, accounts.Holder{GroupID: board.ID}, region, admin); err != nil {
			t.Fatal(err)
		}
		boss, err := w.Accounts.CreateUser(ctx, accounts.NewUser{DomainID: c.Domain.ID, Name: "boss", Password: identitytest.Password("boss")})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Accounts.AddMember(ctx, everywhere, board.ID, boss.ID); err != nil {
			t.Fatal(err)
		}
		one := path + "/" + board.ID
		for _, call := range []struct{ call, rule string }{
			{"PUT " + one + "/users/" + c.Chief.ID, "identity:add_user_to_group"},
			{"PUT " + one + "/users/" + c.Clerk.ID, "identity:add_user_to_group"},
			{"DELETE " + one + "/users/" + boss.ID, "identity:remove_user_from_group"},
			{"PATCH " + one, "identity:update_group"},
			{"DELETE " + one, "identity:delete_group"},
			{"PUT " + path + "/" + c.Crew.ID + "/users/" + boss.ID, "identity:add_user_to_group"}, // admin through a group
		} {
			c.do(c.chief, call.call, object{"group": object{"name": "x"}}).Refused(403, "", call.rule)
		}
		c.do(c.chief, "GET "+one, nil).Want(200)
		c.do(c.root, "PUT "+one+"/users/"+c.Chief.ID, nil).Want(204)
		c.do(c.root, "PATCH "+one, object{"group": object{"name": "council"}}).Want(200)
		c.do(c.root, "DELETE "+one, nil).Want(204)
	})
}
