package users_test

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
)

// Wrong passwords count for all nodes, and a restart forgets none of them.
func TestLockOutIsShared(t *testing.T) {
	each(t, func(t *testing.T, w *works) {
		good := identitytest.Password("smith")
		there := w.node(t)
		wrong := func(at *works, n int) {
			t.Helper()
			for range n {
				at.Do("POST", tokensPath, at.body("smith", "wrong", nil)).Want(401)
			}
			if err := at.Accounts.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		wrong(w, 2)
		wrong(there, w.Policy.Failures-2)
		for _, at := range []*works{w, there, w.node(t)} { // the last one was started later
			at.Do("POST", tokensPath, at.body("smith", good, nil)).Refused(401, "", "requires authentication")
		}
		w.Clock.Advance(w.Policy.Lock - time.Second)
		wrong(there, 3) // prolongs nothing
		there.Do("POST", tokensPath, w.body("smith", good, nil)).Want(401)
		w.Clock.Advance(time.Second)
		there.Do("POST", tokensPath, w.body("smith", good, nil)).Want(201)
		var rows int
		if err := w.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM identity_login_failures`).Scan(&rows); err != nil || rows != 0 {
			t.Errorf("%d rows are left after a right password (%v)", rows, err)
		}
		// The wrong original of a change counts like a wrong log-in.
		for range w.Policy.Failures {
			w.change(w.smith, "wrong", "another password").Want(401)
		}
		w.Do("POST", tokensPath, w.body("smith", good, nil)).Want(401)
		w.change(w.smith, good, "another password").Refused(401, "", "requires authentication")
	})
}

// Of many guesses at once only the first few are judged: the lock holds for the
// others, and for the right password after them.
func TestGuessesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *works) {
		const guesses = 40
		statuses := make([]int, guesses)
		var all sync.WaitGroup
		for i := range guesses {
			all.Go(func() {
				statuses[i] = w.Do("POST", tokensPath, w.body("smith", "wrong", nil)).Status
			})
		}
		all.Wait()
		if slices.ContainsFunc(statuses, func(s int) bool { return s != 401 }) {
			t.Errorf("answered %v", statuses)
		}
		w.Do("POST", tokensPath, w.body("smith", identitytest.Password("smith"), nil)).Want(401)
		if err := w.Accounts.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		var failures int
		if err := w.DB.QueryRow(t.Context(), `SELECT failures FROM identity_login_failures WHERE user_id = $1`, w.smith).Scan(&failures); err != nil || failures != w.Policy.Failures {
			t.Errorf("%d failures were counted, want %d (%v)", failures, w.Policy.Failures, err)
		}
	})
}

func TestNoLockOut(t *testing.T) {
	each(t, func(t *testing.T, w *works) {
		w.as(w.foreman, "PATCH", path+"/"+w.smith, user(object{"options": object{"ignore_lockout_failure_attempts": true}})).Want(200)
		for range 3 * w.Policy.Failures {
			w.Do("POST", tokensPath, w.body("smith", "wrong", nil)).Want(401)
		}
		w.enter("smith", nil)
	})
}

// CVE-2026-32595, CVE-2021-38155: unknown, wrong, locked and disabled look the
// same and cost the same: one hash, whatever is asked for.
func TestNothingTellsWhoExists(t *testing.T) {
	each(t, func(t *testing.T, w *works) {
		locked, disabled := w.person("locked"), w.person("disabled")
		for range w.Policy.Failures {
			w.Do("POST", tokensPath, w.body("locked", "wrong", nil)).Want(401)
		}
		if err := w.Accounts.EnableUser(t.Context(), disabled, false); err != nil {
			t.Fatal(err)
		}
		good := func(name string) string { return identitytest.Password(name) }
		byID := func(id, password string) object {
			return object{"auth": object{"identity": object{"methods": []string{"password"}, "password": object{"user": object{"id": id, "password": password}}}}}
		}
		change := func(id, original string) (string, object) {
			return path + "/" + id + "/password", user(object{"original_password": original, "password": "another password"})
		}
		type call struct {
			name, path string
			body       object
		}
		calls := []call{
			{"unknown name", tokensPath, w.body("nobody", "x", nil)}, {"unknown id", tokensPath, byID("nobody", "x")},
			{"unknown domain", tokensPath, object{"auth": object{"identity": object{"methods": []string{"password"}, "password": object{
				"user": object{"name": "smith", "domain": object{"name": "Nowhere"}, "password": "x"}}}}}},
			{"wrong", tokensPath, w.body("smith", "x", nil)}, {"wrong by id", tokensPath, byID(w.smith, "x")},
			{"locked and wrong", tokensPath, w.body("locked", "x", nil)}, {"locked and right", tokensPath, w.body("locked", good("locked"), nil)},
			{"disabled and wrong", tokensPath, w.body("disabled", "x", nil)}, {"disabled and right", tokensPath, w.body("disabled", good("disabled"), nil)},
			{"over-long", tokensPath, w.body("smith", strings.Repeat("x", 2000), nil)}, // CVE-2021-3563
		}
		for name, who := range map[string][2]string{
			"unknown": {"nobody", "x"}, "wrong": {w.smith, "x"}, "locked": {locked, good("locked")}, "disabled": {disabled, good("disabled")},
		} {
			p, body := change(who[0], who[1])
			calls = append(calls, call{"change: " + name, p, body})
		}
		var first []byte
		for _, c := range calls {
			before := w.Hasher.Hashes()
			r := w.Do("POST", c.path, c.body).Want(401)
			if n := w.Hasher.Hashes() - before; n != 1 {
				t.Errorf("%s costs %d hashes, want 1", c.name, n)
			}
			if first == nil {
				first = r.Body
			}
			if !bytes.Equal(r.Body, first) {
				t.Errorf("%s is answered %s, others %s", c.name, r.Body, first)
			}
		}
	})
}

// A log-in is noted once a minute at most.
func TestLastLogin(t *testing.T) {
	each(t, func(t *testing.T, w *works) {
		last := func() time.Time {
			t.Helper()
			u, err := accounts.LoadUser(t.Context(), w.DB, w.smith)
			if err != nil {
				t.Fatal(err)
			}
			return u.LastLogin
		}
		if !last().Equal(identitytest.Start) {
			t.Errorf("after the first log-in: %v", last())
		}
		w.Clock.Advance(59 * time.Second)
		w.enter("smith", nil)
		if !last().Equal(identitytest.Start) {
			t.Errorf("noted again after 59 s: %v", last())
		}
		w.Clock.Advance(time.Second)
		w.Do("POST", tokensPath, w.body("smith", "wrong", nil)).Want(401)
		w.enter("smith", nil)
		if want := identitytest.Start.Add(time.Minute); !last().Equal(want) {
			t.Errorf("after a minute: %v, want %v", last(), want)
		}
	})
}
