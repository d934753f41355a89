package appcredentials_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
)

// TestRolesAreThoseOfTheToken: CVE-2020-12689, CVE-2020-12691, CVE-2026-33551,
// CVE-2026-43001. A credential has no role that the token of its maker has not.
func TestRolesAreThoseOfTheToken(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		ctx := t.Context()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		old := w.LogIn("alice", nil)
		must(w.Accounts.Assign(ctx, w.Alice.ID, accounts.RoleManager, accounts.OnProject, w.Region.ID))
		// The token was made before "manager" was given, so it does not hold it.
		if r := create(w, old, object{"name": "old"}).Want(201); r.Has("application_credential.roles.1") {
			t.Errorf("has more than the token: %s", r.Body)
		}
		create(w, old, object{"name": "more", "roles": []object{{"name": "manager"}}}).Refused(400, "", "Could not find role assignment")
		fresh := w.LogIn("alice", nil)
		both := create(w, fresh, object{"name": "both", "unrestricted": true}).Want(201)
		if both.Text("application_credential.roles.0.name") != "manager" || both.Text("application_credential.roles.1.name") != "member" {
			t.Errorf("made with %s", both.Body)
		}
		less := create(w, fresh, object{"name": "less", "unrestricted": true, "roles": []object{{"name": "member"}}}).Want(201)
		// What a credential makes has no more than it has itself.
		child := enter(w, less)
		create(w, child, object{"name": "child", "roles": []object{{"name": "manager"}}}).Refused(400, "", "Could not find role assignment")
		if r := create(w, child, object{"name": "child"}).Want(201); r.Has("application_credential.roles.1") {
			t.Errorf("a child has more than its maker: %s", r.Body)
		}
		// What the user loses, the credential loses.
		must(w.Accounts.Unassign(ctx, w.Alice.ID, accounts.RoleMember, accounts.OnProject, w.Region.ID))
		w.Clock.Advance(time.Second)
		if p := w.Do("POST", "/v3/probe", nil, as(enter(w, both))...).Want(200); p.Text("roles") != "[manager]" {
			t.Errorf("acts with %s", p.Body)
		}
		w.Do("POST", "/v3/auth/tokens", by(less.Text("application_credential.id"), less.Text("application_credential.secret"))).
			Refused(401, "", "requires authentication")
	})
}

// TestRestricted: CVE-2026-33551. The token of a restricted credential makes and
// deletes no credentials; one that is unrestricted makes none that lasts longer.
func TestRestricted(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := w.LogIn("alice", nil)
		made := create(w, alice, nil).Want(201)
		id, token := made.Text("application_credential.id"), enter(w, made)
		const words = "Using method 'application_credential' is not allowed for managing additional application credentials."
		create(w, token, object{"name": "child"}).Refused(403, "", words)
		w.Do("DELETE", pathOf(w.Alice.ID)+"/"+id, nil, as(token)...).Refused(403, "", words)
		w.Do("GET", pathOf(w.Alice.ID)+"/"+id, nil, as(token)...).Want(200)

		ends := create(w, alice, object{"name": "ends", "unrestricted": true, "expires_at": "2026-06-01T00:00:00"}).Want(201)
		token = enter(w, ends)
		if r := create(w, token, object{"name": "a"}).Want(201); r.Text("application_credential.expires_at") != "2026-06-01T00:00:00.000000" {
			t.Errorf("outlives its maker: %s", r.Body)
		}
		create(w, token, object{"name": "b", "expires_at": "2026-06-01T00:00:00.000001"}).Refused(400, "", "'expires_at': it is after the end")
		create(w, token, object{"name": "c", "expires_at": "2026-05-31T00:00:00"}).Want(201)
		w.Do("DELETE", pathOf(w.Alice.ID)+"/"+id, nil, as(token)...).Want(204)
	})
}

// TestEnds: what ends a credential ends its tokens, and those of no other.
func TestEnds(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := w.LogIn("alice", nil)
		first, second := create(w, alice, object{"name": "first"}).Want(201), create(w, alice, object{"name": "second"}).Want(201)
		a, b := enter(w, first), enter(w, second)
		w.Do("DELETE", pathOf(w.Alice.ID)+"/"+first.Text("application_credential.id"), nil, as(alice)...).Want(204)
		w.Do("POST", "/v3/probe", nil, as(a)...).Refused(401, "")
		w.Do("POST", "/v3/probe", nil, as(b)...).Want(200)
		w.Do("POST", "/v3/auth/tokens", by(first.Text("application_credential.id"), first.Text("application_credential.secret"))).Refused(401, "")

		// A new password leaves the credential; a user or project that stops, stops it.
		if err := w.Accounts.SetPassword(t.Context(), w.Alice.ID, "another password of alice"); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Second)
		enter(w, second)
		login := by(second.Text("application_credential.id"), second.Text("application_credential.secret"))
		for name, enable := range map[string]func(bool) error{
			"user":    func(on bool) error { return w.Accounts.EnableUser(t.Context(), w.Alice.ID, on) },
			"project": func(on bool) error { return w.Accounts.EnableProject(t.Context(), w.Region.ID, on) },
		} {
			if err := enable(false); err != nil {
				t.Fatal(err)
			}
			w.Do("POST", "/v3/auth/tokens", login).Refused(401, "", "requires authentication")
			if err := enable(true); err != nil {
				t.Fatal(err)
			}
			w.Clock.Advance(time.Second)
			if w.Do("POST", "/v3/auth/tokens", login).Status != 201 {
				t.Errorf("the %s is back and the credential is not", name)
			}
		}
		if err := w.Accounts.DeleteUser(t.Context(), accounts.Everywhere, w.Alice.ID); err != nil {
			t.Fatal(err)
		}
		w.Do("POST", "/v3/auth/tokens", login).Refused(401, "", "requires authentication")
		var n int
		if err := w.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM identity_app_credentials`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d are left of a deleted user (%v)", n, err)
		}
	})
}

func TestProjectTakesItsCredentials(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		made := create(w, w.LogIn("alice", nil), nil).Want(201)
		if err := w.Accounts.DeleteProject(t.Context(), accounts.Everywhere, w.Region.ID); err != nil {
			t.Fatal(err)
		}
		w.Do("POST", "/v3/auth/tokens", by(made.Text("application_credential.id"), made.Text("application_credential.secret"))).Refused(401, "")
		w.Do("GET", pathOf(w.Alice.ID)+"/"+made.Text("application_credential.id"), nil, as(w.LogIn("alice", "unscoped"))...).Refused(404, "")
	})
}

func TestSecretIsHashed(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		made := create(w, w.LogIn("alice", nil), object{"secret": "of my own choice"}).Want(201)
		var stored string
		if err := w.DB.QueryRow(t.Context(), `SELECT secret FROM identity_app_credentials WHERE id = $1`,
			made.Text("application_credential.id")).Scan(&stored); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(stored, "$argon2id$") || strings.Contains(stored, "own choice") {
			t.Errorf("stored as %q", stored)
		}
		for _, record := range w.Audit() {
			if strings.Contains(record.Action, "application_credential") && record.Resource != made.Text("application_credential.id") {
				t.Errorf("recorded as %+v", record)
			}
		}
	})
}
