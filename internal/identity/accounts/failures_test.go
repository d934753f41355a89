package accounts_test

import (
	"context"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
)

const authTokens = "/v3/auth/tokens"

func guess(w *identitytest.World, n int) {
	for range n {
		w.Do("POST", authTokens, identitytest.ByPassword("alice", "wrong", nil)).Want(401)
	}
}

func counted(t *testing.T, w *identitytest.World, id string) (failures int, locked bool) {
	t.Helper()
	var until int64
	err := w.DB.QueryRow(t.Context(), `SELECT failures, locked_until FROM identity_login_failures WHERE user_id = $1`, id).Scan(&failures, &until)
	if err != nil {
		t.Fatal(err)
	}
	return failures, until != 0
}

// What could not be written stays pending and still counts; it is written once.
func TestFailuresSurviveAFailedWrite(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		guess(w, w.Policy.Failures-1)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		// The background may have been faster; then there is nothing to fail.
		_ = w.Accounts.Flush(gone)
		guess(w, 1)
		w.Do("POST", authTokens, identitytest.ByPassword("alice", identitytest.Password("alice"), nil)).Want(401)
		for range 2 {
			if err := w.Accounts.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n, locked := counted(t, w, w.Alice.ID); n != w.Policy.Failures || !locked {
			t.Errorf("%d failures, locked %v", n, locked)
		}
	})
}

// Wrong passwords reach the database by themselves, without a call of Flush.
func TestFailuresAreWrittenSoon(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		guess(w, 2)
		for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			n := 0
			if err := w.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM identity_login_failures WHERE failures = 2`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n == 1 {
				break
			}
			if time.Now().After(end) {
				t.Fatal("two wrong passwords are not written after 5 s")
			}
		}
		// Those too far apart begin a new row.
		w.Clock.Advance(w.Policy.Window)
		guess(w, 1)
		if err := w.Accounts.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, locked := counted(t, w, w.Alice.ID); n != 1 || locked {
			t.Errorf("%d failures, locked %v", n, locked)
		}
	})
}

// Close writes what is pending, and what comes later is not lost either.
func TestCloseWritesFailures(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		there := w.Node()
		served := w.Serve(there)
		for range 2 {
			served.Do("POST", authTokens, identitytest.ByPassword("alice", "wrong", nil)).Want(401)
		}
		for range 2 { // the second time by the end of the test
			if err := there.Accounts.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n, _ := counted(t, w, w.Alice.ID); n != 2 {
			t.Errorf("%d failures are written by Close", n)
		}
		served.Do("POST", authTokens, identitytest.ByPassword("alice", "wrong", nil)).Want(401)
		if err := there.Accounts.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, _ := counted(t, w, w.Alice.ID); n != 3 {
			t.Errorf("%d failures are written afterwards", n)
		}
	})
}

// Who reaches itself only changes what is about the person.
func TestOwnChanges(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		ctx, own := t.Context(), accounts.Reach{UserID: w.Alice.ID}
		email, locale, name := "alice@example.com", "zh-CN", "boss"
		u, err := w.Accounts.UpdateUser(ctx, own, w.Alice.ID, accounts.UserChange{Email: &email, Locale: &locale})
		if err != nil || u.Email != email || u.Locale != locale || u.Updated.IsZero() || u.Name != "alice" {
			t.Errorf("changed to %+v, %v", u, err)
		}
		on := true
		for what, c := range map[string]accounts.UserChange{
			"name": {Name: &name}, "enabled": {Enabled: &on}, "default project": {DefaultProjectID: &name},
			"options": {Options: func(o *accounts.UserOptions) { o.NoLockout = true }},
		} {
			if _, err := w.Accounts.UpdateUser(ctx, own, w.Alice.ID, c); err == nil {
				t.Errorf("a user changed its own %s", what)
			}
		}
		if err := w.Accounts.DeleteUser(ctx, own, w.Alice.ID); err == nil {
			t.Error("a user deleted itself")
		}
		for _, by := range []accounts.Reach{own, {}, {DomainID: "elsewhere"}} {
			if _, err := w.Accounts.UpdateUser(ctx, by, w.Bob.ID, accounts.UserChange{Email: &email}); err == nil {
				t.Errorf("%+v changed somebody else", by)
			}
		}
		if now, err := accounts.LoadUser(ctx, w.DB, w.Alice.ID); err != nil || now.Name != "alice" || now.Options.NoLockout {
			t.Errorf("left as %+v, %v", now, err)
		}
	})
}

// The pages of a list are those of the whole list, and its total counts what is
// within reach.
func TestUserPages(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		all, total, err := w.Accounts.Users(t.Context(), accounts.UserQuery{By: accounts.Everywhere})
		if err != nil || total != len(all) || total < 5 {
			t.Fatalf("%d of %d, %v", len(all), total, err)
		}
		for offset := range total + 1 {
			page, n, err := w.Accounts.Users(t.Context(), accounts.UserQuery{By: accounts.Everywhere, Offset: offset, Limit: 2})
			if err != nil || n != total || len(page) != min(2, total-offset) || len(page) > 0 && page[0].ID != all[offset].ID {
				t.Errorf("from %d: %d of %d, %v", offset, len(page), n, err)
			}
		}
		for _, q := range []accounts.UserQuery{{}, {By: accounts.Reach{DomainID: "x"}}, {By: accounts.Reach{UserID: "x"}, Limit: 5}, {By: accounts.Everywhere, GroupID: "x"}} {
			if page, n, err := w.Accounts.Users(t.Context(), q); err != nil || n != 0 || len(page) != 0 {
				t.Errorf("%+v lists %d of %d, %v", q, len(page), n, err)
			}
		}
		if page, _, err := w.Accounts.Users(t.Context(), accounts.UserQuery{By: accounts.Everywhere, Search: "LIC"}); err != nil || len(page) != 1 || page[0].Name != "alice" {
			t.Errorf("the search found %d, %v", len(page), err)
		}
	})
}
