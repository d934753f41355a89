package accesstokens_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accesstokens"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

type object = identitytest.Object

const (
	one   = ghippo.Base + "/current-user/accesstoken"
	many  = one + "s"
	probe = "/v3/probe"
)

func as(w *identitytest.World, name string) []string {
	return []string{"X-Auth-Token", w.LogIn(name, nil)}
}

func of(user accounts.User) string { return ghippo.Base + "/users/" + user.ID + "/accesstoken" }

// TestAccessToken: made, shown once, listed, used, deleted (wire-facts §18.2).
func TestAccessToken(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := as(w, "alice")
		if got := string(w.Do("GET", many, nil, alice...).Want(200).Body); got != `{"items":[]}` {
			t.Errorf("an empty list is %s", got)
		}
		end := w.Clock.Now().Add(time.Hour)
		made := w.Do("POST", one, object{"name": "CI", "expiredAt": fmt.Sprint(end.UnixMilli())}, alice...).Want(200)
		if fields := made.JSON().(object); len(fields) != 2 {
			t.Errorf("creation answers %s", made.Body)
		}
		id, token := made.Text("id"), made.Text("token")
		w.Clock.Advance(time.Millisecond)
		w.Do("POST", one, object{"name": "forever", "expiredAt": "0"}, alice...).Want(200)
		list := w.Do("GET", many, nil, alice...).Want(200)
		for path, want := range map[string]string{
			"items.0.id": id, "items.0.name": "CI", "items.0.createdAt": fmt.Sprint(identitytest.Start.UnixMilli()), "items.0.updatedAt": "0",
			"items.0.expiredAt": fmt.Sprint(end.UnixMilli()), "items.1.name": "forever", "items.1.expiredAt": "0",
		} {
			if got := list.Text(path); got != want {
				t.Errorf("%s is %q, want %q", path, got, want)
			}
		}
		if strings.Contains(string(list.Body), token) || len(list.Get("items.0").(object)) != 5 {
			t.Errorf("list %s", list.Body)
		}
		use := func(status int) {
			t.Helper()
			w.Do("POST", probe, nil, "Authorization", "Bearer "+token).Want(status)
		}
		use(200)
		w.Clock.Advance(time.Hour - 2*time.Millisecond)
		use(200)
		w.Clock.Advance(time.Millisecond)
		use(401)
		if got := string(w.Do("DELETE", many+"/"+id, nil, alice...).Want(200).Body); got != "{}" {
			t.Errorf("deletion answers %s", got)
		}
		w.Do("DELETE", many+"/"+id, nil, alice...).Refused(404, "", id)
	})
}

// TestRightsAreTheUsers: as they are when the token is used, not when it was
// made (CVE-2020-12689 and its kin).
func TestRightsAreTheUsers(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		token := w.Do("POST", one, object{"name": "x"}, as(w, "alice")...).Want(200).Text("token")
		roles := func(project string) string {
			t.Helper()
			return fmt.Sprint(w.Do("POST", probe, nil, "Authorization", "Bearer "+token, "X-Project-Id", project).Want(200).Get("roles"))
		}
		if got := roles(w.Region.ID); got != "[member]" {
			t.Errorf("roles %s", got)
		}
		if err := w.Accounts.Assign(t.Context(), w.Alice.ID, accounts.RoleReader, accounts.OnProject, w.Region.ID); err != nil {
			t.Fatal(err)
		}
		if got := roles(w.Region.ID); got != "[member reader]" {
			t.Errorf("roles %s after another was given", got)
		}
		if err := w.Accounts.Unassign(t.Context(), w.Alice.ID, accounts.RoleReader, accounts.OnProject, w.Workshop.ID); err != nil {
			t.Fatal(err)
		}
		w.Do("POST", probe, nil, "Authorization", "Bearer "+token, "X-Project-Id", w.Workshop.ID).Want(401)
	})
}

func TestRefusedCreation(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := as(w, "alice")
		now := w.Clock.Now()
		for name, tt := range map[string]struct {
			body any
			text string
		}{
			"no name": {object{}, "name"}, "blank name": {object{"name": " \t"}, "name"}, "long name": {object{"name": strings.Repeat("名", 65)}, "name"},
			"name with a bell": {object{"name": "a\x07"}, "name"}, "name that is a number": {object{"name": 1}, "name"}, "no object": {`[]`, "object"},
			"past": {object{"name": "x", "expiredAt": fmt.Sprint(now.UnixMilli())}, "past"}, "long past": {object{"name": "x", "expiredAt": "2020-01-01T00:00:00Z"}, "past"},
			"within the second": {object{"name": "x", "expiredAt": fmt.Sprint(now.UnixMilli() + 500)}, "past"},
			"words":             {object{"name": "x", "expiredAt": "never"}, "expiredAt"}, "negative": {object{"name": "x", "expiredAt": "-1"}, "expiredAt"},
			"fraction": {object{"name": "x", "expiredAt": 1.5}, "expiredAt"}, "exponent": {object{"name": "x", "expiredAt": 1e20}, "expiredAt"},
			"too late": {object{"name": "x", "expiredAt": "253402300800000"}, "expiredAt"}, "a list": {object{"name": "x", "expiredAt": []int{1}}, "expiredAt"},
			"true": {object{"name": "x", "expiredAt": true}, "expiredAt"},
		} {
			if a := w.Do("POST", one, tt.body, alice...); a.Status != 400 || !strings.Contains(string(a.Body), tt.text) {
				t.Errorf("%s: %d %s", name, a.Status, a.Body)
			}
		}
		for _, end := range []any{"2026-01-02T05:00:00+01:00", "253402300799999", now.Add(time.Hour).UnixMilli(), "", "0", 0, nil} {
			w.Do("POST", one, object{"name": strings.Repeat("名", 64), "expiredAt": end}, alice...).Want(200)
		}
		w.Do("POST", one, object{"name": "x"}).Refused(401, "")
		w.Do("GET", many, nil).Refused(401, "")
		w.Do("DELETE", many+"/x", nil).Refused(401, "")
	})
}

// TestAtMostTwenty: also when 40 ask at once; those whose time is over make room.
func TestAtMostTwenty(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := as(w, "alice")
		soon := object{"name": "soon", "expiredAt": fmt.Sprint(w.Clock.Now().Add(time.Minute).UnixMilli())}
		w.Do("POST", one, soon, alice...).Want(200)
		var all sync.WaitGroup
		var mu sync.Mutex
		answers := map[int]int{}
		for range 40 {
			all.Go(func() {
				status := w.Do("POST", one, object{"name": "x"}, alice...).Status
				mu.Lock()
				answers[status]++
				mu.Unlock()
			})
		}
		all.Wait()
		if answers[200] != accesstokens.MaxPerUser-1 || answers[429] != 40-answers[200] {
			t.Errorf("answers %v", answers)
		}
		w.Do("POST", one, soon, alice...).Refused(429, "", "20 access tokens")
		w.Clock.Advance(time.Minute)
		w.Do("POST", one, object{"name": "x"}, alice...).Want(200)
		if n := len(w.Do("GET", many, nil, alice...).Want(200).Get("items").([]any)); n != accesstokens.MaxPerUser {
			t.Errorf("%d in the list", n)
		}
	})
}

// TestAccessTokensOfOthers: an administrator makes them, a manager of the
// department sees and ends them, but not those of an administrator; to
// everybody else nothing is there.
func TestAccessTokensOfOthers(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		admin, alice := as(w, "admin"), as(w, "alice")
		domain := object{"domain": object{"id": "default"}}
		if err := w.Accounts.Assign(t.Context(), w.Carol.ID, accounts.RoleManager, accounts.OnDomain, "default"); err != nil {
			t.Fatal(err)
		}
		if err := w.Accounts.Assign(t.Context(), w.Bob.ID, accounts.RoleReader, accounts.OnDomain, "default"); err != nil {
			t.Fatal(err)
		}
		manager, reader := []string{"X-Auth-Token", w.LogIn("carol", domain)}, []string{"X-Auth-Token", w.LogIn("bob", domain)}
		made := w.Do("POST", of(w.Alice), object{"name": "given"}, admin...).Want(200)
		id := made.Text("id")
		if got := w.Do("POST", probe, nil, "Authorization", "Bearer "+made.Text("token")).Want(200).Text("user"); got != "alice" {
			t.Errorf("the token is %s's", got)
		}
		strange := w.Do("POST", of(w.Stranger), object{"name": "given"}, admin...).Want(200).Text("id")
		ruling := w.Do("POST", of(w.Root), object{"name": "given"}, admin...).Want(200).Text("id")
		for _, who := range [][]string{manager, reader, alice} {
			w.Do("POST", of(w.Alice), object{"name": "x"}, who...).Refused(403, "", "ghippo:users:accesstokens:create")
		}
		w.Do("POST", ghippo.Base+"/users/unknown/accesstoken", object{"name": "x"}, admin...).Refused(404, "", "unknown")
		w.Do("POST", of(w.Alice), object{}, admin...).Refused(400, "", "name")
		for _, who := range [][]string{admin, manager} {
			if got := w.Do("GET", of(w.Alice)+"s", nil, who...).Want(200).Text("items.0.id"); got != id {
				t.Errorf("listed %s, want %s", got, id)
			}
			w.Do("GET", ghippo.Base+"/users/unknown/accesstokens", nil, who...).Refused(404, "", "unknown")
			w.Do("DELETE", of(w.Alice)+"s/"+strange, nil, who...).Refused(404, "", strange)
		}
		for _, who := range [][]string{reader, alice} {
			w.Do("GET", of(w.Alice)+"s", nil, who...).Refused(403, "", "ghippo:users:accesstokens:list")
			w.Do("DELETE", of(w.Alice)+"s/"+id, nil, who...).Refused(403, "", "ghippo:users:accesstokens:delete")
		}
		w.Do("GET", of(w.Stranger)+"s", nil, manager...).Refused(404, "", w.Stranger.ID)
		w.Do("DELETE", of(w.Stranger)+"s/"+strange, nil, manager...).Refused(404, "", w.Stranger.ID)
		w.Do("GET", of(w.Root)+"s", nil, manager...).Refused(403, "")
		w.Do("DELETE", of(w.Root)+"s/"+ruling, nil, manager...).Refused(403, "")
		w.Do("DELETE", many+"/"+strange, nil, alice...).Refused(404, "", strange)
		w.Do("DELETE", of(w.Alice)+"s/"+id, nil, manager...).Want(200)
		w.Do("POST", probe, nil, "Authorization", "Bearer "+made.Text("token")).Want(401)
		w.Do("DELETE", of(w.Stranger)+"s/"+strange, nil, admin...).Want(200)
	})
}
