package profiles_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
)

func TestCurrentUser(t *testing.T) {
	each(t, func(o *office) {
		r := o.done(o.reader, "GET /current-user", nil)
		if want := `{"uid":"` + o.erin.ID + `","username":"erin","email":"","locale":""}`; string(r.Body) != want {
			o.t.Errorf("got %s, want %s", r.Body, want)
		}
		o.refused("", "GET /current-user", nil, 401, "credentials")
		// One's own address and language are nobody else's business, whatever
		// the role in scope: a reader's, and an administrator's of the platform.
		for token, id := range map[string]string{o.reader: o.erin.ID, o.tokenOf("fred", identitytest.Password("fred")): o.fred.ID} {
			o.nothing(token, "PUT /current-user/email", object{"email": "e@example.com"})
			o.nothing(token, "PUT /current-user/language", object{"locale": "zh-CN", "uid": o.Root.ID})
			if r := o.done(token, "GET /current-user", nil); r.Text("email") != "e@example.com" || r.Text("locale") != "zh-CN" || r.Text("uid") != id {
				o.t.Errorf("changed to %s", r.Body)
			}
		}
		o.nothing(o.reader, "PUT /current-user/email", object{"email": ""})
		for call, bodies := range map[string][]any{
			"PUT /current-user/email":    {object{}, object{"email": strings.Repeat("x", 1000)}, object{"email": "a\u0007@example.com"}, object{"email": 1}, `{"email":null}`},
			"PUT /current-user/language": {object{}, object{"locale": ""}, object{"locale": "../../etc"}, object{"locale": strings.Repeat("en-", 20)}, object{"locale": []string{"en"}}},
		} {
			for _, body := range bodies {
				o.refused(o.reader, call, body, 400, "")
			}
			o.refused("", call, bodies[0], 401, "credentials")
		}
	})
}

// A token alone changes no password: who picked one up must not get the account.
func TestOwnPassword(t *testing.T) {
	each(t, func(o *office) {
		const call = "PUT /current-user/password"
		old := identitytest.Password("erin")
		o.refused(o.reader, call, object{"password": good}, 400, "originalPassword")
		o.refused(o.reader, call, object{"originalPassword": old}, 400, `"password"`)
		o.refused(o.reader, call, object{"originalPassword": "wrong", "password": good}, 403, "original password")
		o.refused("", call, object{"originalPassword": old, "password": good}, 401, "credentials")
		for _, token := range []string{o.root, o.manager} { // nor by way of the administrator's reset
			id := o.done(token, "GET /current-user", nil).Text("uid")
			o.refused(token, "PUT /users/"+id+"/password", object{"password": good}, 403, "/current-user/password")
		}
		o.nothing(o.reader, call, object{"originalPassword": old, "password": good})
		o.refused(o.reader, "GET /current-user", nil, 401, "credentials") // it ends all tokens
		o.Do("POST", "/v3/auth/tokens", o.byPassword("erin", old, nil)).Want(401)
		token := o.tokenOf("erin", good)

		o.refused(o.manager, "PUT /users/"+o.erin.ID+"/password", object{}, 400, `"password"`)
		o.nothing(o.manager, "PUT /users/"+o.erin.ID+"/password", object{"password": "Another-Horse-8"})
		o.refused(token, "GET /current-user", nil, 401, "credentials")
		o.tokenOf("erin", "Another-Horse-8")
		for _, record := range o.Audit() {
			if strings.Contains(fmt.Sprintf("%+v", record), "Horse") {
				o.t.Errorf("a password in the audit trail: %+v", record)
			}
		}
	})
}

func TestGlobalPermissions(t *testing.T) {
	each(t, func(o *office) {
		const all = "ListUser CreateUser UpdateUser DeleteUser AuthorizeUser ListGroup CreateGroup UpdateGroup DeleteGroup UpdateGroupUser AuthorizeGroup GetRole"
		for _, c := range []struct{ who, token, want string }{
			{"administrator", o.root, all}, {"manager", o.manager, all}, {"reader of the department", o.reader, "ListUser ListGroup GetRole"},
			{"member of a project", o.alice, ""}, {"manager without a scope", o.unprivileged, ""},
		} {
			r := o.done(c.token, "GET /current-user/global-permissions", nil)
			var got []string
			for _, p := range r.Get("permissions").([]any) {
				got = append(got, p.(string))
			}
			if strings.Join(got, " ") != c.want {
				o.t.Errorf("%s: %s, want %s", c.who, got, c.want)
			}
		}
		o.refused("", "GET /current-user/global-permissions", nil, 401, "credentials")
	})
}

// CVE-2026-33551 class: a credential that may make no credentials must not get
// round that by way of a password.
func TestRestrictedCredentialsResetNoPasswords(t *testing.T) {
	each(t, func(o *office) {
		credential := func(unrestricted bool) string {
			made := o.Do("POST", "/v3/users/"+o.Root.ID+"/application_credentials", object{"application_credential": object{
				"name": fmt.Sprint("robot ", unrestricted), "unrestricted": unrestricted,
			}}, "X-Auth-Token", o.root).Want(201)
			return o.Do("POST", "/v3/auth/tokens", object{"auth": object{"identity": object{
				"methods":                []string{"application_credential"},
				"application_credential": object{"id": made.Text("application_credential.id"), "secret": made.Text("application_credential.secret")},
			}}}).Want(201).Header.Get("X-Subject-Token")
		}
		restricted, unrestricted := credential(false), credential(true)
		reset := "PUT /users/" + o.Carol.ID + "/password"
		o.refused(restricted, reset, object{"password": good}, 403, "ghippo:users:password")
		o.refused(restricted, "PUT /users/"+o.Root.ID+"/password", object{"password": good}, 403, "ghippo:users:password")
		o.nothing(restricted, "PUT /users/"+o.Carol.ID, object{"description": "makes no credential"})
		o.nothing(unrestricted, reset, object{"password": good})
	})
}
