package profiles_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

const good = "Correct-Horse-7"

// sampleList is the reference's answer to a list of users, with the id of ours put
// in and the field that the published schema has since.
const sampleList = `{"items":[{"id":%q,"name":"a","email":"","description":"","firstname":"","lastname":"",
"source":"locale","enabled":true,"createdAt":"1660632794800","updatedAt":"0","lastLoginAt":"","canAuthorize":true}],
"pagination":{"page":1,"pageSize":10,"total":1}}`

func TestSampleOfTheReference(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		w.Clock.Advance(time.UnixMilli(1660632794800).Sub(w.Clock.Now()))
		o := open(t, w)
		// Of a department of its own, so that nobody else there has an "a".
		sample, err := w.Accounts.CreateDomain(t.Context(), "Sample", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Accounts.Assign(t.Context(), w.Bob.ID, accounts.RoleManager, accounts.OnDomain, sample.ID); err != nil {
			t.Fatal(err)
		}
		bob := w.LogIn("bob", object{"domain": object{"id": sample.ID}})
		id := o.done(bob, "POST /users", object{"name": "a", "password": good}).Text("id")
		var got, want any
		o.done(bob, "GET /users?page=1&pageSize=10&search=a", nil).Decode(&got)
		if err := json.Unmarshal(fmt.Appendf(nil, sampleList, id), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		// The same user by itself, and after a change and a log-in.
		w.Clock.Advance(time.Minute)
		o.nothing(bob, "PUT /users/"+id, object{"firstname": "A"})
		if r := o.done(bob, "GET /users/"+id, nil); r.Text("updatedAt") != "1660632854800" || r.Text("createdAt") != "1660632794800" || r.Text("firstname") != "A" {
			t.Errorf("after a change: %s", r.Body)
		}
		body := o.byPassword("a", good, nil)
		body["auth"].(object)["identity"].(object)["password"].(object)["user"] = object{"id": id, "password": good}
		w.Do("POST", "/v3/auth/tokens", body).Want(201)
		if r := o.done(bob, "GET /users/"+id, nil); !strings.HasPrefix(r.Text("lastLoginAt"), "16606328") {
			t.Errorf("after a log-in: %s", r.Body)
		}
	})
}

// CVE-2019-19687: what is out of reach is in no list, no total and no answer,
// whatever is asked; nor can it be told from what there never was.
func TestReachOfUsersCVE201919687(t *testing.T) {
	each(t, func(o *office) {
		o.lists(o.root, "GET /users", "admin alice bob carol dora erin fred stranger", 8)
		o.lists(o.manager, "GET /users", "dora erin fred", 3)
		o.lists(o.reader, "GET /users", "dora erin fred", 3)
		o.lists(o.alice, "GET /users", "alice", 1)
		o.lists(o.unprivileged, "GET /users", "dora", 1) // her department is not in scope
		o.lists(o.manager, "GET /users?search=ali", "", 0)
		o.refused("", "GET /users", nil, 401, "credentials")

		const unknown = "00000000000000000000000000000000"
		for _, c := range []struct{ token, id string }{
			{o.alice, o.Bob.ID}, {o.alice, o.Root.ID}, {o.manager, o.Alice.ID}, {o.reader, o.Stranger.ID},
			{o.unprivileged, o.erin.ID}, {o.root, unknown}, {o.manager, unknown}, {o.alice, unknown},
		} {
			for _, call := range []string{"GET /users/" + c.id, "GET /users/" + c.id + "/groups", "GET /users/" + c.id + "/roles"} {
				o.refused(c.token, call, nil, 404, "Could not find user: "+c.id+".")
			}
		}
		for _, id := range []string{o.Alice.ID, o.Stranger.ID, o.Root.ID, unknown} {
			o.refused(o.manager, "PUT /users/"+id, object{"email": "x@example.com"}, 404, "Could not find user: "+id+".")
			o.refused(o.manager, "PUT /users/"+id+"/password", object{"password": good}, 404, "Could not find user: "+id+".")
			o.refused(o.manager, "PUT /users/"+id+"/roles", object{"addRoles": []string{"member"}}, 404, "Could not find user: "+id+".")
			o.refused(o.manager, "DELETE /users/"+id, nil, 404, "Could not find user: "+id+".")
		}
		for call, body := range map[string]object{
			"POST /users": {"name": "x", "password": good}, "PUT /users/" + o.erin.ID: {"email": ""},
			"PUT /users/" + o.erin.ID + "/password": {"password": good}, "DELETE /users/" + o.erin.ID: nil,
			"PUT /users/" + o.erin.ID + "/roles": {"addRoles": []string{"member"}},
		} {
			for _, token := range []string{o.reader, o.alice, o.unprivileged} {
				o.refused(token, call, body, 403, "permission denied: ghippo:users:")
			}
		}
		// Who exists is told within reach only.
		for _, c := range []struct {
			token, name string
			existed     bool
		}{
			{o.root, "alice", true}, {o.root, "dora", false}, {o.root, "Alice", false}, {o.manager, "erin", true}, {o.manager, "alice", false},
			{o.alice, "alice", true}, {o.alice, "bob", false}, {o.alice, "nobody", false}, {o.unprivileged, "erin", false}, {o.unprivileged, "dora", true},
		} {
			if r := o.done(c.token, "GET /users/check/"+c.name, nil); r.Get("existed") != c.existed {
				o.t.Errorf("check %s: %s, want %v", c.name, r.Body, c.existed)
			}
		}
		o.refused("", "GET /users/check/alice", nil, 401, "credentials")
	})
}

func TestPages(t *testing.T) {
	each(t, func(o *office) {
		o.lists(o.root, "GET /users?pageSize=3", "admin alice bob", 8)
		r := o.lists(o.root, "GET /users?page=3&pageSize=3", "fred stranger", 8)
		if r.Get("pagination.page") != 3.0 || r.Get("pagination.pageSize") != 3.0 {
			o.t.Errorf("pagination: %s", r.Body)
		}
		o.lists(o.root, "GET /users?page=4&pageSize=3", "", 8)
		o.lists(o.root, "GET /users?page=2147483647&pageSize=1000", "", 8)
		if string(o.done(o.root, "GET /users?page=2", nil).Body[:11]) != `{"items":[]` {
			o.t.Error("an empty page is not an empty list")
		}
		for _, bad := range []string{
			"page=0", "page=-1", "page=%2B1", "page=", "page=1.0", "page=1e1", "page=%201", "page=0x1", "page=1_0", "page=2147483648", "page=99999999999999999999",
			"page=1&page=2", "pageSize=0", "pageSize=1001", "pageSize=ten", "pageSize=10&pageSize=10", "search=a&search=b",
			"search=" + strings.Repeat("x", 256),
		} {
			for _, list := range []string{"/users", "/groups", "/users/" + o.Alice.ID + "/groups", "/users/" + o.Alice.ID + "/roles"} {
				o.refused(o.root, "GET "+list+"?"+bad, nil, 400, "query parameter")
			}
		}
		// A search is a part of the name or the address, without case; its
		// characters mean themselves.
		o.nothing(o.root, "PUT /users/"+o.Carol.ID, object{"email": "100%_sure@Example.com"})
		for search, want := range map[string]string{
			"": "admin alice bob carol dora erin fred stranger", "AL": "alice", "li": "alice", "example.COM": "carol", "%25_s": "carol", "_": "carol", "%25": "carol",
			"a%25e": "", "%5C": "", "'": "", "nobody": "",
		} {
			o.lists(o.root, "GET /users?search="+search, want, len(strings.Fields(want)))
		}
	})
}

func TestLifeOfAUser(t *testing.T) {
	each(t, func(o *office) {
		id := o.done(o.manager, "POST /users", object{
			"name": "gwen", "password": good, "description": "sells", "email": "gwen@example.com", "firstname": "Gwen", "lastname": "Doe", "domain_id": "default",
		}).Text("id")
		r := o.done(o.manager, "GET /users/"+id, nil)
		for field, want := range map[string]any{
			"name": "gwen", "description": "sells", "email": "gwen@example.com", "firstname": "Gwen", "lastname": "Doe", "enabled": true, "canAuthorize": true, "source": "locale",
		} {
			if r.Get(field) != want {
				o.t.Errorf("%s is %v, want %v", field, r.Get(field), want)
			}
		}
		// The department comes from the credentials, whatever the body says.
		if u, err := accounts.LoadUser(o.t.Context(), o.DB, id); err != nil || u.DomainID != o.sales.ID || u.MustChange {
			o.t.Errorf("stored as %+v, %v", u, err)
		}
		o.refused(o.manager, "POST /users", object{"name": "gwen", "password": good}, 409, "gwen")
		for _, bad := range []struct {
			body any
			text string
		}{
			{object{"password": good}, `"name"`}, {object{"name": "x"}, `"password"`}, {object{"name": "x", "password": ""}, `"password"`},
			{object{"name": "a\u0001b", "password": good}, "name"}, {object{"name": strings.Repeat("x", 65), "password": good}, "name"},
			// OSSA-2026-007: a text is no truth value.
			{`{"name":"x","password":"` + good + `","enabled":"FALSE"}`, "enabled"}, {`{"name":"x","password":"` + good + `","temporary":1}`, "temporary"},
			{`{"name":`, "not valid JSON"}, {`[]`, "object"}, {`{"name":"x","NAME":"y"}`, "twice"},
		} {
			o.refused(o.manager, "POST /users", bad.body, 400, bad.text)
		}
		one := "/users/" + id
		o.nothing(o.manager, "PUT "+one, object{"description": "", "lastname": "Roe"})
		if r := o.done(o.reader, "GET "+one, nil); r.Text("description") != "" || r.Text("lastname") != "Roe" || r.Text("firstname") != "Gwen" || r.Get("canAuthorize") != false {
			o.t.Errorf("changed to %s", r.Body)
		}
		o.refused(o.manager, "PUT "+one, `{"enabled":"no"}`, 400, "enabled")
		// Disabling keeps out at once and ends what was given out.
		token := o.tokenOf("gwen", good)
		o.done(token, "GET /current-user", nil)
		o.nothing(o.manager, "PUT "+one, object{"enabled": false})
		o.refused(token, "GET /current-user", nil, 401, "credentials")
		o.Do("POST", "/v3/auth/tokens", o.byPassword("gwen", good, nil)).Want(401)
		o.nothing(o.manager, "PUT "+one, object{"enabled": true})
		o.refused(token, "GET /current-user", nil, 401, "credentials")
		token = o.tokenOf("gwen", good)
		o.nothing(o.manager, "DELETE "+one, nil)
		o.refused(token, "GET /current-user", nil, 401, "credentials")
		for _, call := range []string{"GET " + one, "DELETE " + one} {
			o.refused(o.manager, call, nil, 404, "Could not find user: "+id+".")
		}
		// CVE-2026-55670: the name comes back, the id does not.
		if again := o.done(o.manager, "POST /users", object{"name": "gwen", "password": good, "enabled": false, "temporary": true}).Text("id"); again == id {
			o.t.Error("an id was given twice")
		} else if u, err := accounts.LoadUser(o.t.Context(), o.DB, again); err != nil || u.Active || !u.MustChange {
			o.t.Errorf("stored as %+v, %v", u, err)
		}
		// An administrator's new user belongs to its own department.
		if u, err := accounts.LoadUser(o.t.Context(), o.DB, o.done(o.root, "POST /users", object{"name": "hugo", "password": good}).Text("id")); err != nil || u.DomainID != accounts.DefaultDomainID {
			o.t.Errorf("stored as %+v, %v", u, err)
		}
	})
}

// tokenOf answers a token of somebody of Sales.
func (o *office) tokenOf(name, password string) string {
	o.t.Helper()
	return o.Do("POST", "/v3/auth/tokens", o.byPassword(name, password, nil)).Want(201).Header.Get("X-Subject-Token")
}

// A manager must not become an administrator of the platform by way of one who
// belongs to its department.
func TestManagersDoNotTouchAdministrators(t *testing.T) {
	each(t, func(o *office) {
		one := "/users/" + o.fred.ID
		for call, body := range map[string]object{
			"PUT " + one: {"enabled": false}, "PUT " + one + "/password": {"password": good}, "DELETE " + one: nil,
			"PUT " + one + "/roles": {"addRoles": []string{"member"}}, "PUT /users/" + o.erin.ID + "/roles": {"addRoles": []string{"admin"}},
			"PUT /users/" + o.dora.ID + "/roles": {"addRoles": []string{"admin"}},
		} {
			o.refused(o.manager, call, body, 403, "")
		}
		for id, can := range map[string]bool{o.fred.ID: false, o.erin.ID: true, o.dora.ID: true} {
			if r := o.done(o.manager, "GET /users/"+id, nil); r.Get("canAuthorize") != can {
				o.t.Errorf("canAuthorize of %s: %s", r.Text("name"), r.Body)
			}
		}
		o.nothing(o.root, "PUT "+one+"/password", object{"password": good})
		o.tokenOf("fred", good)
	})
}

// A bearer token has no scope of its own: what a manager may do comes with the
// department that it names, and no other one.
func TestScopeOfBearerTokens(t *testing.T) {
	each(t, func(o *office) {
		token := o.done(o.unprivileged, "POST /current-user/accesstoken", object{"name": "desk"}).Text("token")
		list := func(headers ...string) *wiretest.Response {
			return o.Do("GET", ghippo.Base+"/users", nil, append(headers, "Authorization", "Bearer "+token)...)
		}
		if got := names(list("X-Domain-Id", o.sales.ID).Want(200), "items"); got != "dora erin fred" {
			o.t.Errorf("with her department: %s", got)
		}
		if got := names(list().Want(200), "items"); got != "dora" {
			o.t.Errorf("without: %s", got)
		}
		list("X-Domain-Id", accounts.DefaultDomainID).Want(401)
		user := object{"name": "ivan", "password": good}
		o.Do("POST", ghippo.Base+"/users", user, "Authorization", "Bearer "+token).Want(403)
		o.Do("POST", ghippo.Base+"/users", user, "Authorization", "Bearer "+token, "X-Domain-Id", o.sales.ID).Want(200)
	})
}
