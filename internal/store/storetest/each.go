package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

// Each runs f as the subtests "sqlite" and "postgresql", each with a database
// of its own that holds the given schemas and is gone afterwards.
func Each(t *testing.T, schemas []fs.FS, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) { f(t, Open(t, url, schemas...)) })
}

// EachURL is Each for tests that open the database themselves, perhaps twice:
// the URL is that of an empty one.
func EachURL(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		f(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	})
	t.Run("postgresql", func(t *testing.T) {
		f(t, postgresql(t))
	})
}

// Open opens a database for the length of the test.
func Open(t *testing.T, url string, schemas ...fs.FS) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url, store.Options{Schemas: schemas})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return db
}

// postgresql creates a database on the test server and answers its URL.
// A database, not a schema: advisory locks are per database, and parallel
// tests must not wait for each other's writers.
func postgresql(t *testing.T) string {
	t.Helper()
	server := os.Getenv("LINTEL_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(`LINTEL_TEST_POSTGRES is not set; run: eval "$(scripts/engines.sh start)"`)
		}
		t.Skip(`LINTEL_TEST_POSTGRES is not set; to run this: eval "$(scripts/engines.sh start)"`)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("LINTEL_TEST_POSTGRES is not a URL") // its text may hold a password
	}
	name := "lintel_test_" + random()
	administer(t, server, `CREATE DATABASE "`+name+`"`)
	t.Cleanup(func() { administer(t, server, `DROP DATABASE "`+name+`" WITH (FORCE)`) })
	u.Path = "/" + name
	return u.String()
}

// administer runs one statement outside of any transaction, which is what
// creating and dropping databases needs.
func administer(t *testing.T, server, statement string) {
	t.Helper()
	// Not t.Context(), which is over when clean-up runs.
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	pool, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

func random() string {
	b := make([]byte, 8)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Numbered fails the test unless an area's schema files are numbered from
// first on without a gap: a number that was skipped or given away twice within
// the range of an area is a mistake in merging branches.
func Numbered(t *testing.T, first int, schema fs.FS) {
	t.Helper()
	entries, err := fs.ReadDir(schema, ".") // sorted by name
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) == 0 {
		t.Error("the schema has no files")
	}
	for i, entry := range entries {
		if want := fmt.Sprintf("%04d_", first+i); !strings.HasPrefix(entry.Name(), want) {
			t.Errorf("schema file %q: want a name that begins with %s", entry.Name(), want)
		}
	}
}
