package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestOpenMigrates(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		late := file("0010_late.sql", "-- +goose Up\nCREATE TABLE late (id TEXT PRIMARY KEY);\n")
		db := storetest.Open(t, url, append(schemas(), late)...)
		err := db.Write(t.Context(), func(tx *store.Tx) error { return insert(t.Context(), tx, "1", "kept", 1) })
		if err != nil {
			t.Fatal(err)
		}
		// A newer release adds a file to an area with a lower number.
		more := file("0002_more.sql", "-- +goose Up\nALTER TABLE things ADD COLUMN more TEXT NOT NULL DEFAULT 'x';\n")
		again := storetest.Open(t, url, append(schemas(), late, more)...)
		list, err := store.List(t.Context(), again, store.Text, "SELECT name || more FROM things")
		if err != nil || strings.Join(list, " ") != "keptx" {
			t.Errorf("%q, %v", list, err)
		}
	})
}

// One process alone opens a SQLite file; nodes share PostgreSQL.
func TestNodesOpenAtOnce(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "sqlite:") {
			return
		}
		var nodes sync.WaitGroup
		for range 2 {
			nodes.Go(func() {
				db, err := store.Open(t.Context(), url, store.Options{Schemas: schemas()})
				if err != nil {
					t.Error(err)
					return
				}
				db.Close()
			})
		}
		nodes.Wait()
	})
}

func TestAFailingMigrationIsUndone(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		bad := file("0002_bad.sql", "-- +goose Up\nCREATE TABLE half (id TEXT);\nCREATE NONSENSE;\n")
		_, err := store.Open(t.Context(), url, store.Options{Schemas: append(schemas(), bad)})
		if err == nil || !strings.Contains(err.Error(), "0002_bad.sql") {
			t.Fatalf("%v does not name the file", err)
		}
		good := file("0002_good.sql", "-- +goose Up\nCREATE TABLE half (id TEXT);\n")
		storetest.Open(t, url, append(schemas(), good)...)
	})
}

// A file of one engine is passed over by the other, which could not read it.
func TestSchemaFilesOfOneEngine(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		mine, other := "postgresql", "sqlite"
		if strings.HasPrefix(url, "sqlite:") {
			mine, other = other, mine
		}
		db := storetest.Open(t, url, append(schemas(),
			file("0002_mine."+mine+".sql", "-- +goose Up\nCREATE TABLE tuned (id TEXT);\n"),
			file("0003_other."+other+".sql", "-- +goose Up\nNONSENSE;\n"))...)
		if _, err := store.List(t.Context(), db, store.Text, "SELECT id FROM tuned"); err != nil {
			t.Error(err)
		}
	})
}

func TestSchemaFilesAreNumberedOnce(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	for name, want := range map[string]string{
		"0001_again.sql":            `"0001_again.sql"`,
		"0001_again.postgresql.sql": `"0001_again.postgresql.sql"`,
		"0002_tune.mysql.sql":       `"0002_tune.mysql.sql"`,
		"1_short.sql":               `"1_short.sql"`,
		"0002_Upper.sql":            `"0002_Upper.sql"`,
		"README.md":                 `"README.md"`,
	} {
		_, err := store.Open(t.Context(), url, store.Options{Schemas: []fs.FS{schemas()[0], file(name, things)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpenRefusals(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "not.db"), []byte(strings.Repeat("not a database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ url, want string }{
		{"mysql://root:hunter2@h/db", `"mysql"`},
		{"hunter2", "unknown scheme"},
		{"sqlite:", "file path"},
		{"sqlite::memory:", "file path"},
		{"sqlite:" + dir, "directory"},
		{"sqlite:" + filepath.Join(dir, "none", "x.db"), "no such file"},
		{"sqlite:" + filepath.Join(dir, "not.db"), "not a database"},
		{"postgres://u:hunter2@h:port/db", "port"},
		{"postgres://u:hunter2@127.0.0.1:1/db?default_query_exec_mode=simple_protocol", "simple_protocol"},
	} {
		_, err := store.Open(t.Context(), c.url, store.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.url, err)
		}
		if err != nil && c.url != "hunter2" && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the password is in %v", err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err := store.Open(ctx, "postgres://u:hunter2@127.0.0.1:1/db", store.Options{})
	if !errors.Is(err, store.ErrUnavailable) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestSQLiteFilesBelongToTheOwner(t *testing.T) {
	// A path with every character that a DSN could trip over.
	path := filepath.Join(t.TempDir(), "a ?&=%41#;.db")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, "sqlite:"+path, schemas()...)
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return insert(t.Context(), tx, "1", "one", 1) }); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Error(err)
		} else if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%q has mode %o", suffix, mode)
		}
	}
}

func TestSQLiteSettings(t *testing.T) {
	db := storetest.Open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	one := func(q store.Querier, query, want string) {
		t.Helper()
		var got string
		if err := q.QueryRow(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", query, got, err, want)
		}
	}
	one(db, "PRAGMA query_only", "1")
	one(db, "PRAGMA journal_mode", "wal")
	one(db, "SELECT sqlite_version()", "3.53.4") // a change of version is looked at, see oldestSQLite
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		one(tx, "PRAGMA synchronous", "2")
		one(tx, "PRAGMA foreign_keys", "1")
		one(tx, "PRAGMA busy_timeout", "5000")
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAFullDiskIsUnavailable(t *testing.T) {
	db := storetest.Open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), schemas()...)
	ctx := t.Context()
	err := db.Write(ctx, func(tx *store.Tx) error {
		var pages int
		if err := tx.QueryRow(ctx, "PRAGMA max_page_count = 12").Scan(&pages); err != nil {
			return err
		}
		return insert(ctx, tx, "1", strings.Repeat("x", 1<<20), 1)
	})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("full: %v", err)
	}
	if got := names(t, db); got != "" {
		t.Errorf("kept %d bytes", len(got))
	}
	if err := db.Write(ctx, func(tx *store.Tx) error { return insert(ctx, tx, "1", "small", 1) }); err != nil {
		t.Errorf("after a full disk: %v", err)
	}
}
