package accounts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/store"
)

// references are the columns that refer to identity_users, by each engine's own
// catalogue.
var references = map[store.Engine]string{
	store.SQLite: `SELECT m.name || '.' || f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
		WHERE m.type = 'table' AND f."table" = 'identity_users'`,
	store.PostgreSQL: `SELECT c.conrelid::regclass::text || '.' || a.attname FROM pg_constraint c
		JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
		WHERE c.contype = 'f' AND c.confrelid = 'identity_users'::regclass`,
}

// Whatever refers to a user leaves with it.
func TestEverythingOfAUserLeaves(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		listed := accounts.Hangings()
		if listed[len(listed)-1] != "identity_users.id" {
			t.Errorf("the user itself must go last, the list is %v", listed)
		}
		found, err := store.List(t.Context(), w.DB, store.Text, references[w.DB.Engine()])
		if err != nil || len(found) < 5 {
			t.Fatalf("the catalogue knows %v (%v)", found, err)
		}
		for _, column := range found {
			if !slices.Contains(listed, column) {
				t.Errorf("%s refers to users: add it to accounts/leaving.go", column)
			}
		}
		for _, h := range listed[:len(listed)-1] {
			if !slices.Contains(found, h) {
				t.Logf("%s is listed and is no foreign key", h)
			}
		}
		// And with rows in all that can be filled from here.
		alice := w.Alice.ID
		if _, _, err := w.Keys.Create(t.Context(), alice, ""); err != nil {
			t.Fatal(err)
		}
		w.Do("POST", "/v3/auth/tokens", identitytest.ByPassword("alice", "wrong", nil)).Want(401)
		if err := w.Accounts.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.Accounts.DeleteUser(t.Context(), accounts.Everywhere, alice); err != nil {
			t.Fatal(err)
		}
		for _, h := range listed {
			table, column, _ := strings.Cut(h, ".")
			var rows int
			if err := w.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM `+table+` WHERE `+column+` = $1`, alice).Scan(&rows); err != nil || rows != 0 {
				t.Errorf("%s keeps %d rows (%v)", table, rows, err)
			}
		}
	})
}

// A wrong password that is written after its user has gone is dropped.
func TestFailuresOfTheGone(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		w.Do("POST", "/v3/auth/tokens", identitytest.ByPassword("bob", "wrong", nil)).Want(401)
		w.Do("POST", "/v3/auth/tokens", identitytest.ByPassword("carol", "wrong", nil)).Want(401)
		if err := w.Accounts.DeleteUser(t.Context(), accounts.Everywhere, w.Bob.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Accounts.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		var rows int
		if err := w.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM identity_login_failures`).Scan(&rows); err != nil || rows != 1 {
			t.Errorf("%d rows, want carol's (%v)", rows, err)
		}
	})
}
