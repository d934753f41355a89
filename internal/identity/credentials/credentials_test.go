package credentials_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/credentials"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type object = identitytest.Object

const path = "/v3/credentials"

func ec2Path(userID string) string { return "/v3/users/" + userID + "/credentials/OS-EC2" }

func as(token string) []string { return []string{"X-Auth-Token", token} }

const access = "0123456789abcdef0123"

// blob is that of an EC2 key.
func blob(access, secret string) string {
	raw, _ := json.Marshal(object{"access": access, "secret": secret}) // two strings encode
	return string(raw)
}

var good = blob(access, "of-ones-own-choice")

func body(fields ...any) object {
	o := object{}
	for i := 0; i < len(fields); i += 2 {
		o[fields[i].(string)] = fields[i+1]
	}
	return object{"credential": o}
}

// credential makes an application credential for alice and answers a token of it.
func credential(w *identitytest.World, fields object) string {
	fields["name"] = fmt.Sprint(len(w.Audit()))
	made := w.Do("POST", "/v3/users/"+w.Alice.ID+"/application_credentials", object{"application_credential": fields}, as(w.LogIn("alice", nil))...).Want(201)
	return w.Do("POST", "/v3/auth/tokens", object{"auth": object{"identity": object{
		"methods": []string{"application_credential"}, "application_credential": object{
			"id": made.Text("application_credential.id"), "secret": made.Text("application_credential.secret"),
		},
	}}}).Want(201).Header.Get("X-Subject-Token")
}

func has(t *testing.T, r *wiretest.Response, want map[string]string) {
	t.Helper()
	for field, text := range want {
		if got := r.Text(field); got != text {
			t.Errorf("%s: %s is %q, want %q", r.Call, field, got, text)
		}
	}
}

func TestRoutes(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, bob, root := w.LogIn("alice", nil), w.LogIn("bob", nil), w.LogIn("admin", nil)
		made := w.Do("POST", path, body("type", "ec2", "blob", good, "project_id", w.Region.ID, "user_id", w.Alice.ID), as(alice)...).Want(201)
		has(t, made, map[string]string{
			"credential.user_id": w.Alice.ID, "credential.project_id": w.Region.ID, "credential.type": "ec2", "credential.blob": good,
			"credential.id": "1bd8fd47297046f993e608e398d5905b00a33e163c6b1172dd38887fed05ed6a",
		})
		id := made.Text("credential.id")
		none := w.Do("POST", path, body("type", "cert", "blob", "-----BEGIN"), as(alice)...).Want(201)
		has(t, none, map[string]string{"credential.project_id": "<nil>"})
		cert := none.Text("credential.id")
		w.Do("GET", path, nil).Refused(401, "", "requires authentication")
		w.Do("POST", path, body("type", "cert", "blob", "x")).Refused(401, "", "requires authentication")
		for query, want := range map[string]int{
			"": 2, "?type=ec2": 1, "?type=cert": 1, "?type=x": 0, "?user_id=" + w.Alice.ID: 2, "?user_id=" + w.Bob.ID: 0, "?user_id=" + w.Alice.ID + "&type=cert": 1,
		} {
			for name, token := range map[string]string{"alice": alice, "root": root} {
				r := w.Do("GET", path+query, nil, as(token)...).Want(200)
				if n := len(r.Get("credentials").([]any)); n != want {
					t.Errorf("%s: %s lists %d, want %d", query, name, n, want)
				}
				// An administrator sees that it is there, not what it says.
				if shows := strings.Contains(string(r.Body), "BEGIN") || strings.Contains(string(r.Body), "choice"); shows && name == "root" || !shows && name == "alice" && want > 0 {
					t.Errorf("%s: %s sees %s", query, name, r.Body)
				}
			}
			// CVE-2019-19687: a filter never widens a list.
			if r := w.Do("GET", path+query, nil, as(bob)...).Want(200); len(r.Get("credentials").([]any)) != 0 {
				t.Errorf("%s: bob sees %s", query, r.Body)
			}
		}
		has(t, w.Do("GET", path+"/"+id, nil, as(alice)...).Want(200), map[string]string{"credential.blob": good})
		has(t, w.Do("GET", path+"/"+id, nil, as(root)...).Want(200), map[string]string{"credential.blob": "", "credential.user_id": w.Alice.ID})
		for _, other := range []string{id, "x"} {
			w.Do("GET", path+"/"+other, nil, as(bob)...).Refused(404, "", "Could not find credential: "+other)
			w.Do("PATCH", path+"/"+other, body("blob", good), as(bob)...).Refused(404, "", "Could not find credential: "+other)
			w.Do("DELETE", path+"/"+other, nil, as(bob)...).Refused(404, "", "Could not find credential: "+other)
		}
		w.Do("PATCH", path+"/"+id, body("blob", good), as(root)...).Refused(404, "", "Could not find credential")

		renewed := blob(access, "another-secret-of-mine")
		has(t, w.Do("PATCH", path+"/"+id, body("blob", renewed, "type", "ec2", "project_id", w.Region.ID, "user_id", w.Alice.ID), as(alice)...).Want(200),
			map[string]string{"credential.blob": renewed, "credential.id": id})
		has(t, w.Do("PATCH", path+"/"+cert, body("blob", "new"), as(alice)...).Want(200), map[string]string{"credential.blob": "new"})
		has(t, w.Do("PATCH", path+"/"+cert, body(), as(alice)...).Want(200), map[string]string{"credential.blob": "new"})
		w.Do("PATCH", path+"/"+cert, object{}, as(alice)...).Refused(400, "", "'credential'")
		w.Do("DELETE", path+"/"+cert, nil, as(root)...).Want(204)
		w.Do("DELETE", path+"/"+id, nil, as(alice)...).Want(204)
		w.Do("GET", path+"/"+id, nil, as(alice)...).Refused(404, "", "Could not find credential: "+id)

		made = w.Do("POST", ec2Path(w.Alice.ID), object{"tenant_id": w.Region.ID}, as(alice)...).Want(201)
		key := made.Text("credential.access")
		has(t, made, map[string]string{"credential.user_id": w.Alice.ID, "credential.tenant_id": w.Region.ID, "credential.trust_id": "<nil>"})
		if len(key) != 32 || len(made.Text("credential.secret")) != 32 || !strings.HasSuffix(made.Text("credential.links.self"), ec2Path(w.Alice.ID)+"/"+key) {
			t.Errorf("made %s", made.Body)
		}
		has(t, w.Do("GET", ec2Path(w.Alice.ID)+"/"+key, nil, as(alice)...).Want(200), map[string]string{"credential.secret": made.Text("credential.secret"), "credential.access": key})
		has(t, w.Do("GET", ec2Path(w.Alice.ID)+"/"+key, nil, as(root)...).Want(200), map[string]string{"credential.secret": "", "credential.access": key})
		has(t, w.Do("GET", ec2Path(w.Alice.ID), nil, as(alice)...).Want(200), map[string]string{"credentials.0.access": key, "credentials.0.secret": made.Text("credential.secret")})
		if r := w.Do("GET", ec2Path(w.Alice.ID), nil, as(root)...).Want(200); strings.Contains(string(r.Body), key) || r.Text("credentials.0.tenant_id") != w.Region.ID {
			t.Errorf("an administrator sees %s", r.Body)
		}
		for _, user := range []string{w.Alice.ID, "nobody"} {
			words := "Could not find user: " + user + "."
			w.Do("POST", ec2Path(user), object{"tenant_id": w.Workshop.ID}, as(bob)...).Refused(404, "", words)
			w.Do("GET", ec2Path(user), nil, as(bob)...).Refused(404, "", words)
			w.Do("GET", ec2Path(user)+"/"+key, nil, as(bob)...).Refused(404, "", words)
			w.Do("DELETE", ec2Path(user)+"/"+key, nil, as(bob)...).Refused(404, "", words)
		}
		w.Do("GET", ec2Path("nobody"), nil, as(root)...).Refused(404, "", "Could not find user: nobody.")
		for _, at := range []string{ec2Path(w.Alice.ID) + "/x", ec2Path(w.Root.ID) + "/" + key} {
			w.Do("GET", at, nil, as(root)...).Refused(404, "", "Could not find credential: ")
			w.Do("DELETE", at, nil, as(root)...).Refused(404, "", "Could not find credential: ")
		}
		w.Do("DELETE", ec2Path(w.Alice.ID)+"/"+key, nil, as(alice)...).Want(204)
		w.Covered(w.Credentials.Routes())
	})
}

func TestBodies(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := w.LogIn("alice", nil)
		for _, c := range []struct {
			in   object
			text string
		}{
			{object{}, "'credential'"},
			{body("blob", good), "'type'"},
			{body("type", "EC2", "blob", good), "'type'"},
			{body("type", "totp", "blob", "x"), "one-time passwords are not supported"},
			{body("type", "totp-2", "blob", "x"), "one-time passwords are not supported"},
			{body("type", "ec2"), "'blob'"},
			{body("type", "cert", "blob", ""), "'blob'"},
			{body("type", "cert", "blob", strings.Repeat("x", credentials.MaxBlob+1)), "'blob'"},
			{body("type", "cert", "blob", object{"access": access}), "'credential.blob': it must be a string"},
			{body("type", "ec2", "blob", "x"), "not valid JSON"},
			{body("type", "ec2", "blob", blob(access, "short")), "'secret' must have 16"},
			{body("type", "ec2", "blob", blob("short", "of-ones-own-choice")), "'access' must have 16"},
			{body("type", "ec2", "blob", strings.Replace(good, "}", `,"app_cred_id":"x"}`, 1)), "another name"},
		} {
			w.Do("POST", path, c.in, as(alice)...).Refused(400, "", c.text)
		}
		w.Do("POST", ec2Path(w.Alice.ID), object{}, as(alice)...).Refused(400, "", "'tenant_id'")
		w.Do("POST", path, body("type", "ec2", "blob", strings.Replace(good, "}", `,"trust_id":null}`, 1)), as(alice)...).Want(201)
		w.Do("POST", path, body("type", "ec2", "blob", good), as(alice)...).Refused(409, "", "Conflict occurred attempting to store credential")
		// The access key of somebody's permanent key cannot be taken.
		k, _, err := w.Keys.Create(t.Context(), w.Bob.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		w.Do("POST", path, body("type", "ec2", "blob", blob(k.Access, "of-ones-own-choice")), as(alice)...).Refused(409, "", "Duplicate entry")
		w.Do("POST", path, body("type", "cert", "blob", strings.Repeat("\x01", credentials.MaxBlob)), as(alice)...).Want(201)
		for range credentials.MaxPerUser - 2 {
			w.Do("POST", path, body("type", "cert", "blob", "x"), as(alice)...).Want(201)
		}
		const words = "Unable to create additional credentials, maximum of 100 already exceeded for user."
		w.Do("POST", path, body("type", "cert", "blob", "x"), as(alice)...).Refused(403, "", words)
		w.Do("POST", ec2Path(w.Alice.ID), object{"tenant_id": w.Region.ID}, as(alice)...).Refused(403, "", words)
	})
}

// TestOwnerAndProjectComeFromTheToken: CVE-2020-12689, CVE-2020-12691,
// CVE-2026-33551, CVE-2026-43001.
func TestOwnerAndProjectComeFromTheToken(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, root := w.LogIn("alice", nil), w.LogIn("admin", nil)
		reader, unscoped := w.LogIn("alice", identitytest.Project(w.Workshop.ID)), w.LogIn("alice", "unscoped")
		const create, createEC2 = "identity:create_credential", "identity:ec2_create_credential"
		for name, c := range map[string]struct {
			token, project string
		}{
			"a project out of scope, where she holds a role": {alice, w.Workshop.ID},
			"an unknown project":                             {alice, "x"},
			"a reader":                                       {reader, w.Workshop.ID},
			"without a scope":                                {unscoped, w.Region.ID},
			"a department in scope":                          {w.LogIn("alice", object{"domain": object{"id": "default"}}), w.Region.ID},
		} {
			w.Do("POST", ec2Path(w.Alice.ID), object{"tenant_id": c.project}, as(c.token)...).Refused(403, "", createEC2)
			if r := w.Do("POST", path, body("type", "ec2", "blob", good, "project_id", c.project), as(c.token)...); r.Status != 403 || !strings.Contains(string(r.Body), create) {
				t.Errorf("%s: %d %s", name, r.Status, r.Body)
			}
		}
		w.Do("POST", path, body("type", "cert", "blob", "x", "user_id", w.Bob.ID), as(alice)...).Refused(403, "", create)
		w.Do("POST", path, body("type", "cert", "blob", "x", "user_id", "nobody"), as(alice)...).Refused(403, "", create)
		w.Do("POST", path, body("type", "cert", "blob", "x", "user_id", "nobody"), as(root)...).Refused(404, "", "Could not find user: nobody.")
		w.Do("POST", ec2Path(w.Bob.ID), object{"tenant_id": w.Region.ID}, as(root)...).Refused(400, "", "holds no role")
		w.Do("POST", ec2Path(w.Bob.ID), object{"tenant_id": w.Workshop.ID}, as(root)...).Want(201)

		id := w.Do("POST", path, body("type", "ec2", "blob", good), as(alice)...).Want(201).Text("credential.id")
		for field, value := range map[string]string{"user_id": w.Root.ID, "project_id": w.Workshop.ID, "type": "cert"} {
			w.Do("PATCH", path+"/"+id, body(field, value), as(alice)...).Refused(400, "", "'"+field+"': it cannot be changed")
		}
		for _, other := range []string{blob("another-access-key", "of-ones-own-choice"), "x", ""} {
			w.Do("PATCH", path+"/"+id, body("blob", other), as(alice)...).Refused(400, "", "'blob'")
		}
		has(t, w.Do("GET", path+"/"+id, nil, as(alice)...).Want(200), map[string]string{
			"credential.blob": good, "credential.project_id": w.Region.ID, "credential.user_id": w.Alice.ID,
		})
	})
}

// TestBoundCallers: CVE-2026-33551, CVE-2026-43001. Who holds less than its user
// neither makes nor sees what gives more.
func TestBoundCallers(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		if err := w.Accounts.Assign(t.Context(), w.Alice.ID, accounts.RoleManager, accounts.OnProject, w.Region.ID); err != nil {
			t.Fatal(err)
		}
		alice := w.LogIn("alice", nil)
		strong := w.Do("POST", ec2Path(w.Alice.ID), object{"tenant_id": w.Region.ID}, as(alice)...).Want(201)
		cert := w.Do("POST", path, body("type", "cert", "blob", "private"), as(alice)...).Want(201)
		at, member := ec2Path(w.Alice.ID)+"/"+strong.Text("credential.access"), []object{{"name": "member"}}

		restricted := credential(w, object{"roles": member})
		const words = "not allowed for managing additional application credentials"
		w.Do("POST", path, body("type", "cert", "blob", "x"), as(restricted)...).Refused(403, "", words)
		w.Do("POST", ec2Path(w.Alice.ID), object{"tenant_id": w.Region.ID}, as(restricted)...).Refused(403, "", words)
		w.Do("PATCH", path+"/"+cert.Text("credential.id"), body("blob", "x"), as(restricted)...).Refused(403, "", words)
		w.Do("DELETE", path+"/"+cert.Text("credential.id"), nil, as(restricted)...).Refused(403, "", words)
		w.Do("DELETE", at, nil, as(restricted)...).Refused(403, "", words)
		w.Do("POST", "/v3.0/OS-CREDENTIAL/credentials", body(), as(restricted)...).Refused(403, "", "identity:create_access_key")

		free := credential(w, object{"roles": member, "unrestricted": true})
		for _, token := range []string{restricted, free} {
			has(t, w.Do("GET", at, nil, as(token)...).Want(200), map[string]string{"credential.secret": "", "credential.tenant_id": w.Region.ID})
			if r := w.Do("GET", path, nil, as(token)...).Want(200); strings.Contains(string(r.Body), strong.Text("credential.secret")) || strings.Contains(string(r.Body), "private") {
				t.Errorf("sees %s", r.Body)
			}
		}
		for _, id := range []string{cert.Text("credential.id"), w.Do("GET", path+"?type=ec2", nil, as(alice)...).Want(200).Text("credentials.0.id")} {
			w.Do("PATCH", path+"/"+id, body("blob", good), as(free)...).Refused(403, "", "identity:update_credential")
		}
		// Its own key is as weak as it is, so it may see it.
		weak := w.Do("POST", ec2Path(w.Alice.ID), object{"tenant_id": w.Region.ID}, as(free)...).Want(201)
		has(t, w.Do("GET", ec2Path(w.Alice.ID)+"/"+weak.Text("credential.access"), nil, as(free)...).Want(200),
			map[string]string{"credential.secret": weak.Text("credential.secret")})
		sign := func(method, path, content string) []string {
			return w.Sign(weak.Text("credential.access"), []byte(weak.Text("credential.secret")), method, path, content)
		}
		has(t, w.Do("POST", "/v3/probe", "{}", sign("POST", "/v3/probe", "{}")...).Want(200), map[string]string{"roles": "[member]"})
		// Permanent keys know no bounds, so neither of them makes one.
		w.Do("POST", "/v3.0/OS-CREDENTIAL/credentials", body(), as(free)...).Refused(403, "", "identity:create_access_key")
		const keys = "/v3.0/OS-CREDENTIAL/credentials"
		w.Do("POST", keys, `{"credential":{}}`, sign("POST", keys, `{"credential":{}}`)...).Refused(403, "", "identity:create_access_key")
		ends := credential(w, object{"unrestricted": true, "expires_at": "2026-06-01T00:00:00"})
		w.Do("POST", ec2Path(w.Alice.ID), object{"tenant_id": w.Region.ID}, as(ends)...).Refused(403, "", "that one would not end")
	})
}

func TestSealedAtRest(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := w.LogIn("alice", nil)
		a := w.Do("POST", path, body("type", "cert", "blob", "first content"), as(alice)...).Want(201).Text("credential.id")
		b := w.Do("POST", path, body("type", "cert", "blob", "second content"), as(alice)...).Want(201).Text("credential.id")
		var stored string
		if err := w.DB.QueryRow(t.Context(), `SELECT blob FROM identity_credentials WHERE id = $1`, a).Scan(&stored); err != nil || strings.Contains(stored, "content") {
			t.Errorf("stored as %q, %v", stored, err)
		}
		// A blob that was moved to another row does not open, and the answer says nothing.
		swap(t, w, `UPDATE identity_credentials SET blob = $1 WHERE id = $2`, stored, b)
		if r := w.Do("GET", path+"/"+b, nil, as(alice)...).Want(500); strings.Contains(string(r.Body), "content") || strings.Contains(string(r.Body), "sealed") {
			t.Errorf("says %s", r.Body)
		}
	})
}

func TestLeaveWithUserAndProject(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := w.LogIn("alice", nil)
		w.Do("POST", path, body("type", "cert", "blob", "x", "project_id", w.Region.ID), as(alice)...).Want(201)
		w.Do("POST", path, body("type", "ec2", "blob", good, "project_id", ""), as(alice)...).Refused(403, "", "identity:create_credential")
		key := w.Do("POST", ec2Path(w.Alice.ID), object{"tenant_id": w.Region.ID}, as(alice)...).Want(201)
		bobs := w.Do("POST", ec2Path(w.Bob.ID), object{"tenant_id": w.Workshop.ID}, as(w.LogIn("admin", nil))...).Want(201)
		if err := w.Accounts.DeleteUser(t.Context(), accounts.Everywhere, w.Alice.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Accounts.DeleteProject(t.Context(), accounts.Everywhere, w.Workshop.ID); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := w.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM identity_credentials`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d are left (%v)", n, err)
		}
		for _, k := range []*wiretest.Response{key, bobs} {
			headers := w.Sign(k.Text("credential.access"), []byte(k.Text("credential.secret")), "POST", "/v3/probe", "")
			w.Do("POST", "/v3/probe", nil, headers...).Refused(401, "")
		}
	})
}

func swap(t *testing.T, w *identitytest.World, statement string, args ...any) {
	t.Helper()
	if err := w.DB.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), statement, args...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
