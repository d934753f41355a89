package users_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

const tokensPath = "/v3/auth/tokens"

// change is the change of one's own password.
func (w *works) change(id, original, password string) *wiretest.Response {
	return w.Do("POST", path+"/"+id+"/password", user(object{"original_password": original, "password": password}))
}

func ownPassword(t *testing.T, w *works) {
	w = w.reporting(t)
	good := identitytest.Password("smith")
	smith := w.enter("smith", nil)
	for _, c := range []struct {
		text string
		body any
	}{
		{"'user'", object{}}, {"'original_password'", user(object{"password": "x"})}, {"'password'", user(object{"original_password": "x"})},
		{"a string", user(object{"password": 7, "original_password": "x"})}, {"request body", "{"},
		{"has 3 characters and must have at least 8", user(object{"password": "a1!", "original_password": good})},
		{"it must have 2 of", user(object{"password": "aaaaaaaaaa", "original_password": good})},
		{"1024 bytes", user(object{"password": strings.Repeat("a1", 600), "original_password": good})},
	} {
		w.Do("POST", path+"/"+w.smith+"/password", c.body).Refused(400, "", c.text)
	}
	// The rules are looked at first: they tell nothing about who exists.
	w.change("nobody", good, "short").Refused(400, "", "does not match the requirements")
	w.change(w.smith, good+"x", "another password").Refused(401, "", "The request you have made requires authentication.")
	w.change("nobody", good, "another password").Refused(401, "", "The request you have made requires authentication.")
	w.as(smith, "POST", "/v3/probe", nil).Want(200)

	if r := w.change(w.smith, good, "another password").Want(204); len(r.Body) != 0 {
		t.Errorf("answered %s", r.Body)
	}
	w.as(smith, "POST", "/v3/probe", nil).Refused(401, "")
	w.Do("POST", tokensPath, w.body("smith", good, nil)).Refused(401, "")
	w.Do("POST", tokensPath, w.body("smith", "another password", nil)).Want(201)
	last := w.Audit()[len(w.Audit())-2]
	if last.Action != "identity:authenticate" && last.Action != "identity:change_password" {
		t.Errorf("recorded %+v", last)
	}

	// lock_password: the user's own change alone is refused, to who knows it.
	w.as(w.foreman, "PATCH", path+"/"+w.smith, user(object{"options": object{"lock_password": true}})).Want(200)
	w.change(w.smith, "another password", "a third password").Refused(400, "", "by an administrator only")
	w.change(w.smith, "wrong", "a third password").Refused(401, "")
	w.as(w.foreman, "PATCH", path+"/"+w.smith, user(object{"password": "a third password", "options": object{"lock_password": false}})).Want(200)
	w.Do("POST", tokensPath, w.body("smith", "a third password", nil)).Want(201)
}

func TestHistory(t *testing.T) {
	each(t, func(t *testing.T, w *works) {
		now := identitytest.Password("smith")
		to := func(next string, status int) {
			t.Helper()
			r := w.For(t).Do("POST", path+"/"+w.smith+"/password", user(object{"original_password": now, "password": next}))
			if status == 400 {
				r.Refused(400, "", "choose another")
				return
			}
			r.Want(status)
			now = next
		}
		to(now, 400) // the present one
		for _, next := range []string{"number 1", "number 2", "number 3", "number 4"} {
			to(next, 204)
		}
		to(identitytest.Password("smith"), 400) // the fifth from the end
		to("number 1", 400)
		to("number 5", 204)
		to(identitytest.Password("smith"), 204)
		// What an administrator sets is remembered too, and is bound by no rule.
		w.as(w.root, "PATCH", path+"/"+w.smith, user(object{"password": "number 5"})).Want(200)
		now = "number 5"
		to("number 5", 400)
		to("number 6", 204)
		var rows int
		if err := w.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM identity_password_history WHERE user_id = $1`, w.smith).Scan(&rows); err != nil || rows != 5 {
			t.Errorf("%d passwords are kept, want 5 (%v)", rows, err)
		}
	})
}

// node serves another node of the same installation with the World's present
// policy.
func (w *works) node(t *testing.T) *works {
	t.Helper()
	copied, world := *w, *w.World
	world.Identity = w.Node()
	world.Client = w.Serve(world.Identity)
	copied.World = &world
	return &copied
}

func TestExpiry(t *testing.T) {
	each(t, func(t *testing.T, w *works) {
		w.Policy.Expiry = 90 * 24 * time.Hour
		w = w.node(t)
		good := identitytest.Password("smith")
		text := "2026-04-02T03:04:05.000000"
		r := w.Do("POST", tokensPath, w.body("smith", good, nil)).Want(201)
		if got := r.Text("token.user.password_expires_at"); got != text {
			t.Errorf("the token says %q, want %q", got, text)
		}
		if got := w.as(w.root, "GET", path+"/"+w.smith, nil).Text("user.password_expires_at"); got != text {
			t.Errorf("the user says %q", got)
		}
		// The first administrator's password has no date: it counts from its making.
		if got := w.as(w.root, "GET", path+"?name=admin", nil).Text("users.0.password_expires_at"); got != text {
			t.Errorf("the administrator says %q", got)
		}
		w.Clock.Advance(90*24*time.Hour - time.Microsecond)
		w.Do("POST", tokensPath, w.body("smith", good, nil)).Want(201)
		w.Clock.Advance(time.Microsecond)
		w.Do("POST", tokensPath, w.body("smith", good, nil)).Refused(401, "", "The password is expired and needs to be changed for user: "+w.smith+".")
		// Who does not know the password learns nothing of it.
		w.Do("POST", tokensPath, w.body("smith", "wrong", nil)).Refused(401, "", "requires authentication")
		if r := w.change(w.smith, good, "a new password").Want(204); r.Status != http.StatusNoContent {
			t.Error("not changed")
		}
		w.Do("POST", tokensPath, w.body("smith", "a new password", nil)).Want(201)

		clerk, err := accounts.FindUser(t.Context(), w.DB, w.id, "clerk")
		if err != nil {
			t.Fatal(err)
		}
		w.Do("POST", tokensPath, w.body("clerk", identitytest.Password("clerk"), nil)).Refused(401, "", "is expired")
		_, err = w.Accounts.UpdateUser(t.Context(), accounts.Everywhere, clerk.ID, accounts.UserChange{Options: func(o *accounts.UserOptions) { o.NoExpiry = true }})
		if err != nil {
			t.Fatal(err)
		}
		r = w.Do("POST", tokensPath, w.body("clerk", identitytest.Password("clerk"), nil)).Want(201)
		if r.Get("token.user.password_expires_at") != nil {
			t.Errorf("an excepted password expires: %s", r.Body)
		}
	})
}

func TestFirstUse(t *testing.T) {
	each(t, func(t *testing.T, w *works) {
		w.Policy.FirstUse = true
		w = w.node(t)
		const given = "given to you 1"
		id := w.as(w.foreman, "POST", path, user(object{"name": "wright", "password": given})).Want(201).Text("user.id")
		w.Do("POST", tokensPath, w.body("wright", given, nil)).Refused(401, "", "needs to be changed for user: "+id)
		w.Do("POST", tokensPath, w.body("wright", "wrong", nil)).Refused(401, "", "requires authentication")
		w.change(id, given, "chosen by me 1").Want(204)
		w.Do("POST", tokensPath, w.body("wright", "chosen by me 1", nil)).Want(201)
		w.as(w.foreman, "PATCH", path+"/"+id, user(object{"password": given})).Want(200)
		w.Do("POST", tokensPath, w.body("wright", given, nil)).Refused(401, "", "needs to be changed")
		w.as(w.foreman, "PATCH", path+"/"+id, user(object{"options": object{"ignore_change_password_upon_first_use": true}})).Want(200)
		w.Do("POST", tokensPath, w.body("wright", given, nil)).Want(201)
		// Those who were there before are not concerned.
		w.enter("smith", nil)
	})
}

// An administrator's reset obeys no rule, ends the tokens, unlocks, and the user
// is told after logging in (EOS reference 1.4).
func TestReset(t *testing.T) {
	each(t, func(t *testing.T, w *works) {
		one := path + "/" + w.smith
		for range w.Policy.Failures {
			w.Do("POST", tokensPath, w.body("smith", "wrong", nil)).Want(401)
		}
		w.Do("POST", tokensPath, w.body("smith", identitytest.Password("smith"), nil)).Want(401)
		r := w.as(w.foreman, "PATCH", one, user(object{"password": "x"})).Want(200)
		if strings.Contains(string(r.Body), `"x"`) {
			t.Errorf("the answer repeats the password: %s", r.Body)
		}
		w.as(w.smithToken, "POST", "/v3/probe", nil).Refused(401, "")
		w.Clock.Advance(time.Second)
		in := w.Do("POST", tokensPath, w.body("smith", "x", nil)).Want(201)
		if in.Text("token.user.password_notice.code") != "weak_password" || !strings.Contains(in.Text("token.user.password_notice.message"), "Please change it") {
			t.Errorf("told %s", in.Body)
		}
		token := in.Header.Get("X-Subject-Token")
		for _, c := range []struct{ header, value, want string }{
			{"X-Language", "zh-cn", "修改密码"}, {"Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8", "修改密码"}, {"Accept-Language", "en, zh;q=0.5", "Please"},
			{"Accept-Language", "zh;q=x", "Please"}, {"Accept-Language", "zh;q=NaN", "Please"}, {"Accept-Language", strings.Repeat("zh,", 100), "Please"}, {"X-Language", "en-us", "Please"},
		} {
			r := w.Do("POST", tokensPath, w.body("smith", "x", nil), c.header, c.value).Want(201)
			if got := r.Text("token.user.password_notice.message"); !strings.Contains(got, c.want) {
				t.Errorf("%s %s: %q", c.header, c.value, got)
			}
			r = w.Do("GET", tokensPath, nil, c.header, c.value, "X-Auth-Token", token, "X-Subject-Token", token).Want(200)
			if got := r.Text("token.user.password_notice.message"); !strings.Contains(got, c.want) {
				t.Errorf("shown with %s %s: %q", c.header, c.value, got)
			}
		}
		w.change(w.smith, "x", "a password of my own").Want(204)
		if r := w.Do("POST", tokensPath, w.body("smith", "a password of my own", nil)).Want(201); r.Has("token.user.password_notice") {
			t.Errorf("told again: %s", r.Body)
		}
		w.as(w.foreman, "PATCH", one, user(object{"password": "strong enough 1"})).Want(200)
		if r := w.Do("POST", tokensPath, w.body("smith", "strong enough 1", nil)).Want(201); r.Has("token.user.password_notice") {
			t.Errorf("told of a strong one: %s", r.Body)
		}
		// A creation is bound by the rules, also for administrators.
		w.as(w.root, "POST", path, user(object{"name": "weak", "password": "x"})).Refused(400, "", "does not match the requirements")
	})
}

// CVE-2026-33551: a restricted application credential of an administrator must
// not reset passwords, for with one it could log in without the restriction.
func TestRestrictedCredentialsResetNothing(t *testing.T) {
	each(t, func(t *testing.T, w *works) {
		for unrestricted, status := range map[bool]int{false: 403, true: 200} {
			credential := object{"application_credential": object{"name": map[bool]string{true: "free", false: "bound"}[unrestricted], "unrestricted": unrestricted}}
			made := w.as(w.root, "POST", path+"/"+w.Root.ID+"/application_credentials", credential).Want(201)
			auth := object{"auth": object{"identity": object{"methods": []string{"application_credential"}, "application_credential": object{
				"id": made.Text("application_credential.id"), "secret": made.Text("application_credential.secret"),
			}}}}
			token := w.Do("POST", tokensPath, auth).Want(201).Header.Get("X-Subject-Token")
			w.as(token, "PATCH", path+"/"+w.smith, user(object{"password": "a new password"})).Want(status)
			w.as(token, "PATCH", path+"/"+w.smith, user(object{"description": "changed"})).Want(200)
		}
	})
}
