package accesskeys_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accesskeys"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/store"
)

type object = identitytest.Object

const path = "/v3.0/OS-CREDENTIAL/credentials"

func TestRoutes(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, bob, root := w.LogIn("alice", nil), w.LogIn("bob", nil), w.LogIn("admin", nil)
		as := func(token string) []string { return []string{"X-Auth-Token", token} }

		made := w.Do("POST", path, object{"credential": object{"user_id": w.Alice.ID, "description": "first"}}, as(alice)...).Want(201)
		access, secret := made.Text("credential.access"), made.Text("credential.secret")
		if len(access) != 20 || len(secret) != 40 {
			t.Errorf("access %q, secret of %d characters", access, len(secret))
		}
		for field, want := range map[string]string{
			"status": "active", "user_id": w.Alice.ID, "description": "first", "create_time": "2026-01-02T03:04:05.000000Z",
		} {
			if got := made.Text("credential." + field); got != want {
				t.Errorf("%s is %q, want %q", field, got, want)
			}
		}
		w.Do("POST", path, object{"credential": object{}}, as(alice)...).Want(201) // one's own by default
		w.Do("POST", path, object{"credential": object{}}, as(alice)...).Refused(400, "", "akSkNumExceed")
		w.Do("POST", path, object{"credential": object{"user_id": w.Bob.ID}}, as(alice)...).Refused(403, "", "identity:create_access_key")
		w.Do("POST", path, object{"credential": object{"user_id": w.Bob.ID}}, as(root)...).Want(201)
		w.Do("POST", path, object{"credential": object{"user_id": "nobody"}}, as(root)...).Refused(404, "", "Could not find user: nobody.")
		w.Do("POST", path, object{}, as(root)...).Refused(400, "", "'credential'")
		for _, bad := range []string{strings.Repeat("ä", 256), "a\tb"} {
			w.Do("POST", path, object{"credential": object{"description": bad}}, as(root)...).Refused(400, "", "'description'")
		}
		w.Do("POST", path, object{"credential": object{}}).Refused(401, "")

		list := w.Do("GET", path, nil, as(alice)...).Want(200)
		if n := len(list.Get("credentials").([]any)); n != 2 || strings.Contains(string(list.Body), "secret") {
			t.Errorf("lists %s", list.Body)
		}
		w.Do("GET", path+"?user_id="+w.Alice.ID, nil, as(bob)...).Refused(403, "", "identity:list_access_keys")
		if r := w.Do("GET", path+"?user_id="+w.Alice.ID, nil, as(root)...).Want(200); len(r.Get("credentials").([]any)) != 2 {
			t.Errorf("the administrator sees %s", r.Body)
		}

		one := path + "/" + access
		for _, token := range []string{alice, root} {
			if r := w.Do("GET", one, nil, as(token)...).Want(200); r.Text("credential.access") != access || r.Has("credential.secret") || r.Has("credential.last_use_time") {
				t.Errorf("shown as %s", r.Body)
			}
		}
		// A foreign key is as unknown as none at all.
		for _, url := range []string{one, path + "/" + strings.ToLower(access), path + "/x"} {
			w.Do("GET", url, nil, as(bob)...).Refused(404, "", "Could not find credential")
			w.Do("PUT", url, object{"credential": object{"status": "inactive"}}, as(bob)...).Refused(404, "", "Could not find credential")
			w.Do("DELETE", url, nil, as(bob)...).Refused(404, "", "Could not find credential")
		}

		r := w.Do("PUT", one, object{"credential": object{"status": "INACTIVE", "description": "second", "user_id": w.Bob.ID}}, as(alice)...).Want(200)
		if r.Text("credential.status") != "inactive" || r.Text("credential.description") != "second" || r.Text("credential.user_id") != w.Alice.ID {
			t.Errorf("changed to %s", r.Body)
		}
		r = w.Do("PUT", one, object{"credential": object{"status": "active"}}, as(root)...).Want(200)
		if r.Text("credential.status") != "active" || r.Text("credential.description") != "second" {
			t.Errorf("changed to %s", r.Body)
		}
		w.Do("PUT", one, object{"credential": object{"status": "asleep"}}, as(alice)...).Refused(400, "", "'status'")
		w.Do("PUT", one, object{"credential": object{"description": "a\x01"}}, as(alice)...).Refused(400, "", "'description'")
		w.Do("PUT", one, object{}, as(alice)...).Refused(400, "", "'credential'")

		w.Do("DELETE", one, nil, as(alice)...).Want(204)
		w.Do("GET", one, nil, as(alice)...).Refused(404, "", "Could not find credential: "+access+".")
		w.Do("POST", path, object{"credential": object{}}, as(alice)...).Want(201)
		w.Covered(w.Keys.Routes())
	})
}

func TestSecretIsSealed(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		k, text, err := w.Keys.Create(t.Context(), w.Bob.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		var stored string
		if err := w.DB.QueryRow(t.Context(), `SELECT secret FROM identity_access_keys WHERE access = $1`, k.Access).Scan(&stored); err != nil {
			t.Fatal(err)
		}
		if stored == "" || strings.Contains(stored, text.Reveal()) {
			t.Error("the secret is stored in the clear")
		}
		loaded, err := accesskeys.Load(t.Context(), w.DB, k.Access)
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := w.Keys.Secret(loaded); err != nil || string(plain) != text.Reveal() {
			t.Errorf("the secret opens as something else (%v)", err)
		}
		// A sealed secret does not open under another access key.
		other, _, err := w.Keys.Create(t.Context(), w.Bob.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		swap(t, w.DB, stored, other.Access)
		if loaded, err = accesskeys.Load(t.Context(), w.DB, other.Access); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Keys.Secret(loaded); err == nil || strings.Contains(err.Error(), text.Reveal()) {
			t.Errorf("a secret that was moved opens: %v", err)
		}
		swap(t, w.DB, "not base64", other.Access)
		if loaded, err = accesskeys.Load(t.Context(), w.DB, other.Access); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Keys.Secret(loaded); err == nil {
			t.Error("a damaged secret opens")
		}
	})
}

func swap(t *testing.T, db *store.DB, sealed, access string) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE identity_access_keys SET secret = $1 WHERE access = $2`, sealed, access)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestLastUse(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		k, _, err := w.Keys.Create(t.Context(), w.Bob.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		last := func() time.Time {
			t.Helper()
			loaded, err := accesskeys.Load(t.Context(), w.DB, k.Access)
			if err != nil {
				t.Fatal(err)
			}
			return loaded.LastUse
		}
		flush := func() {
			t.Helper()
			if err := w.Keys.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.Keys.Used(k.Access, identitytest.Start)
		if !last().IsZero() {
			t.Error("a use was written at once")
		}
		flush()
		if want := identitytest.Start.Truncate(time.Minute); !last().Equal(want) {
			t.Errorf("last use %v, want %v", last(), want)
		}
		w.Keys.Used(k.Access, identitytest.Start.Add(-time.Hour)) // from a node that is behind
		flush()
		if want := identitytest.Start.Truncate(time.Minute); !last().Equal(want) {
			t.Errorf("last use went back to %v", last())
		}
		r := w.Do("GET", path+"/"+k.Access, nil, "X-Auth-Token", w.LogIn("bob", nil)).Want(200)
		if got := r.Text("credential.last_use_time"); got != "2026-01-02T03:04:00.000000Z" {
			t.Errorf("shown as %q", got)
		}
		if _, err := accesskeys.Load(t.Context(), w.DB, "x"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("unknown key: %v", err)
		}
	})
}
