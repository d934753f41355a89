package roles_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
)

// Nobody gives what it does not have: a manager stays below the administrators
// and within its department, and members and readers give nothing
// (CVE-2020-12689, CVE-2020-12691, CVE-2026-33551, CVE-2026-43001).
func TestNobodyLiftsAnybodyAboveItself(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		c := play(w)
		admin, manager, member := c.RoleID("admin"), c.RoleID("manager"), c.RoleID("member")
		onAnnex, onDomain := "/v3/projects/"+c.Annex.ID, "/v3/domains/"+c.Domain.ID
		const rule = "identity:create_grant"
		c.table([]ask{
			{c.chief, "PUT " + onAnnex + "/users/" + c.Chief.ID + "/roles/" + admin, nil, 403, rule},
			{c.chief, "PUT " + onDomain + "/users/" + c.Chief.ID + "/roles/" + admin, nil, 403, rule},
			{c.chief, "PUT " + onAnnex + "/groups/" + c.Crew.ID + "/roles/" + admin, nil, 403, rule},
			{c.chief, "PUT " + onDomain + "/groups/" + c.Crew.ID + "/roles/" + admin, nil, 403, rule},
			{c.chief, "DELETE " + onAnnex + "/users/" + c.Chief.ID + "/roles/" + admin, nil, 403, "identity:revoke_grant"},
			{c.chief, "PUT /v3/projects/" + c.Region.ID + "/users/" + c.Chief.ID + "/roles/" + member, nil, 404, "Could not find project: " + c.Region.ID},
			{c.chief, "PUT /v3/domains/default/users/" + c.Chief.ID + "/roles/" + manager, nil, 404, "Could not find domain: default"},
			{c.chief, "PUT " + onAnnex + "/users/" + c.Alice.ID + "/roles/" + member, nil, 404, "Could not find user: " + c.Alice.ID},
			{c.clerk, "PUT " + onAnnex + "/users/" + c.Clerk.ID + "/roles/" + member, nil, 403, "identity:create_project_user_grant"},
			{c.stranger, "PUT " + onAnnex + "/users/" + c.Stranger.ID + "/roles/" + manager, nil, 403, "identity:create_project_user_grant"},
			// What it may: its own people, up to its own rank.
			{c.chief, "PUT " + onDomain + "/users/" + c.Clerk.ID + "/roles/" + manager, nil, 204, ""},
			{c.chief, "PUT " + onAnnex + "/users/" + c.Chief.ID + "/roles/" + manager, nil, 204, ""},
		})
		// Manager of a project is a member there, and no department's manager.
		onProject := w.Enter(c.Chief, identitytest.Project(c.Annex.ID))
		c.do(onProject, "PUT "+onAnnex+"/users/"+c.Clerk.ID+"/roles/"+member, nil).Refused(403, "", "identity:create_project_user_grant")

		// Who holds admin is none of a manager's business, and an administrator's.
		if err := w.Accounts.Assign(t.Context(), c.Clerk.ID, accounts.RoleAdmin, accounts.OnProject, w.Region.ID); err != nil {
			t.Fatal(err)
		}
		mine := onDomain + "/users/" + c.Clerk.ID + "/roles/" + manager
		c.do(c.chief, "DELETE "+mine, nil).Refused(403, "", "identity:revoke_grant")
		c.do(c.chief, "PUT "+onAnnex+"/users/"+c.Clerk.ID+"/roles/"+member, nil).Refused(403, "", rule)
		c.do(c.root, "DELETE "+mine, nil).Want(204)
		c.do(c.root, "PUT "+onAnnex+"/users/"+c.Clerk.ID+"/roles/"+admin, nil).Want(204)
	})
}

// Somebody always administers the platform, directly or through a group; who is
// disabled does not count.
func TestTheLastAdministratorStays(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		c := play(w)
		admin := c.RoleID("admin")
		ofRoot := func(place string) string { return "/v3/" + place + "/users/" + w.Root.ID + "/roles/" + admin }
		board := "/v3/groups/" + c.do(c.root, "POST /v3/groups", object{"group": object{"name": "board"}}).Want(201).Text("group.id")
		onBoard := "/v3/domains/default" + strings.TrimPrefix(board, "/v3") + "/roles/" + admin
		const last = "Nobody would be left who administers the platform"
		root := func(scope object) string { w.Clock.Advance(time.Second); return w.LogIn("admin", scope) }

		c.do(c.root, "DELETE "+ofRoot("projects/"+w.Region.ID), nil).Want(204)
		token := root(identitytest.Domain("default"))
		c.do(token, "DELETE "+ofRoot("domains/default"), nil).Refused(403, "", last)
		c.do(token, "GET "+ofRoot("domains/default"), nil).Want(204) // nothing was taken, and the token is still good

		c.do(token, "PUT "+onBoard, nil).Want(204)
		c.do(token, "DELETE "+ofRoot("domains/default"), nil).Refused(403, "", last) // the board is empty
		c.do(token, "PUT "+board+"/users/"+w.Bob.ID, nil).Want(204)
		if err := w.Accounts.EnableUser(t.Context(), w.Bob.ID, false); err != nil {
			t.Fatal(err)
		}
		c.do(token, "DELETE "+ofRoot("domains/default"), nil).Refused(403, "", last)
		if err := w.Accounts.EnableUser(t.Context(), w.Bob.ID, true); err != nil {
			t.Fatal(err)
		}
		c.do(token, "DELETE "+ofRoot("domains/default"), nil).Want(204)

		w.Clock.Advance(time.Second)
		token = w.LogIn("bob", identitytest.Domain("default"))
		for _, call := range []string{"DELETE " + board, "DELETE " + board + "/users/" + w.Bob.ID, "DELETE " + onBoard} {
			c.do(token, call, nil).Refused(403, "", last)
		}
		c.do(token, "PUT "+ofRoot("domains/default"), nil).Want(204)
		c.do(token, "DELETE "+board, nil).Want(204)
	})
}

// A role that goes is held by nobody, and who held it logs in anew; so does who
// holds one with a new name, which tokens repeat.
func TestRolesThatGo(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		c := play(w)
		auditor := path + "/" + c.Auditor.ID
		crew := accounts.Holder{GroupID: c.Crew.ID}
		if err := w.Accounts.Grant(t.Context(), accounts.Everywhere, crew, accounts.Place{Scope: accounts.OnDomain, ID: c.Domain.ID}, c.Auditor.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Accounts.Assign(t.Context(), w.Carol.ID, "auditor", accounts.OnProject, w.Workshop.ID); err != nil {
			t.Fatal(err)
		}
		carol := w.LogIn("carol", identitytest.Project(w.Workshop.ID))
		if roles := c.do(carol, "POST /v3/probe", nil).Want(200).Text("roles"); roles != "[auditor]" {
			t.Errorf("carol has the roles %s", roles)
		}
		w.Clock.Advance(time.Second)
		c.do(c.root, "PATCH "+auditor, object{"role": object{"description": "looks"}}).Want(200)
		c.do(carol, "POST /v3/probe", nil).Want(200)
		c.do(c.root, "PATCH "+auditor, object{"role": object{"name": "inspector"}}).Want(200)
		c.do(carol, "POST /v3/probe", nil).Refused(401, "")
		c.do(c.stranger, "POST /v3/probe", nil).Refused(401, "")

		w.Clock.Advance(time.Second)
		carol = w.LogIn("carol", identitytest.Project(w.Workshop.ID))
		if roles := c.do(carol, "POST /v3/probe", nil).Want(200).Text("roles"); roles != "[inspector]" {
			t.Errorf("carol has the roles %s", roles)
		}
		stranger := w.Enter(w.Stranger, identitytest.Project(c.Annex.ID))
		w.Clock.Advance(time.Second)
		c.do(c.root, "DELETE "+auditor, nil).Want(204)
		c.do(carol, "POST /v3/probe", nil).Refused(401, "")
		c.do(stranger, "POST /v3/probe", nil).Refused(401, "")
		c.do(c.chief, "POST /v3/probe", nil).Want(200) // who did not hold it
		c.Do("POST", "/v3/auth/tokens", identitytest.ByPassword("carol", identitytest.Password("carol"), identitytest.Project(w.Workshop.ID))).Refused(401, "")
	})
}

// A role given through the API works with the next request of an access key,
// and a role taken away no longer does: keys are cached with their roles.
func TestKeysFollowHoldings(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		c := play(w)
		key, text, err := w.Keys.Create(t.Context(), c.Clerk.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		probe := func() int {
			headers := w.Sign(key.Access, []byte(text.Reveal()), "POST", "/v3/probe/project", "", "X-Project-Id", c.Annex.ID)
			return c.Do("POST", "/v3/probe/project", nil, headers...).Status
		}
		crew := "/v3/groups/" + c.Crew.ID + "/users/" + c.Clerk.ID
		held := "/v3/projects/" + c.Annex.ID + "/users/" + c.Clerk.ID + "/roles/" + c.RoleID("member")
		for i, step := range []struct {
			call   string
			status int
		}{
			{"GET " + path, 401}, // nothing yet
			{"PUT " + held, 200}, {"DELETE " + held, 401}, {"PUT " + crew, 200}, {"DELETE " + crew, 401},
		} {
			c.do(c.chief, step.call, nil)
			if got := probe(); got != step.status {
				t.Errorf("step %d, %s: the key gets %d, want %d", i, step.call, got, step.status)
			}
		}
	})
}
