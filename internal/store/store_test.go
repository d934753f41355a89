package store_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

const things = `-- +goose Up
CREATE TABLE things (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, n BIGINT NOT NULL);
CREATE TABLE parts (
	id       TEXT PRIMARY KEY,
	thing_id TEXT NOT NULL REFERENCES things (id)
);
CREATE TABLE locks (
	id       TEXT PRIMARY KEY,
	thing_id TEXT NOT NULL REFERENCES things (id) ON DELETE RESTRICT
);
`

func schemas() []fs.FS { return []fs.FS{file("0001_things.sql", things)} }

func file(name, text string) fs.FS {
	return fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}
}

func insert(ctx context.Context, tx *store.Tx, id, name string, n int64) error {
	_, err := tx.Exec(ctx, "INSERT INTO things (id, name, n) VALUES ($1, $2, $3)", id, name, n)
	return err
}

func names(t *testing.T, q store.Querier) string {
	t.Helper()
	list, err := store.List(t.Context(), q, store.Text, "SELECT name FROM things ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

func TestWriteKeepsAllOrNothing(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := insert(ctx, tx, "1", "one", 1<<62); err != nil {
				return err
			}
			if got := names(t, tx); got != "one" {
				t.Errorf("inside the transaction: %q", got)
			}
			if got := names(t, db); got != "" {
				t.Errorf("outside, before the commit: %q", got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var n int64
		if err := db.QueryRow(ctx, "SELECT n FROM things WHERE id = $1", "1").Scan(&n); err != nil || n != 1<<62 {
			t.Errorf("n = %d, %v", n, err)
		}

		refusal := errors.New("no")
		err = db.Write(ctx, func(tx *store.Tx) error {
			if err := insert(ctx, tx, "2", "two", 2); err != nil {
				return err
			}
			return refusal
		})
		if err != refusal {
			t.Errorf("Write answers %v, want the function's own error", err)
		}
		if got := names(t, db); got != "one" {
			t.Errorf("after a roll back: %q", got)
		}
	})
}

func TestWriteRollsBackAPanic(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			db.Write(ctx, func(tx *store.Tx) error {
				if err := insert(ctx, tx, "1", "one", 1); err != nil {
					t.Error(err)
				}
				panic("fault in an area")
			})
		}()
		// The writer is free again, and nothing is left.
		if err := db.Write(ctx, func(tx *store.Tx) error { return insert(ctx, tx, "1", "one", 1) }); err != nil {
			t.Error(err)
		}
	})
}

func TestOneWriterAtATime(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		// Two handles on one database, as two nodes would have.
		dbs := []*store.DB{storetest.Open(t, url, schemas()...), storetest.Open(t, url, schemas()...)}
		ctx := t.Context()
		if err := dbs[0].Write(ctx, func(tx *store.Tx) error { return insert(ctx, tx, "1", "sum", 0) }); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				// Reading and then writing loses updates unless writers are alone.
				err := dbs[i%2].Write(ctx, func(tx *store.Tx) error {
					var n int64
					if err := tx.QueryRow(ctx, "SELECT n FROM things WHERE id = $1", "1").Scan(&n); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, "UPDATE things SET n = $1 WHERE id = $2", n+1, "1")
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		var n int64
		if err := dbs[0].QueryRow(ctx, "SELECT n FROM things").Scan(&n); err != nil || n != 20 {
			t.Errorf("n = %d, %v; want 20", n, err)
		}
	})
}

func TestKindsOfRefusals(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		exec := func(query string, args ...any) error {
			return db.Write(ctx, func(tx *store.Tx) error { _, err := tx.Exec(ctx, query, args...); return err })
		}
		for _, insert := range []string{
			"INSERT INTO things (id, name, n) VALUES ('1', 'one', 1)",
			"INSERT INTO things (id, name, n) VALUES ('2', 'two', 1)",
			"INSERT INTO parts (id, thing_id) VALUES ('p', '1')",
			"INSERT INTO locks (id, thing_id) VALUES ('l', '2')",
		} {
			if err := exec(insert); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			name, query string
			args        []any
			want        error
		}{
			{"primary key", "INSERT INTO things (id, name, n) VALUES ($1, 'x', 1)", []any{"1"}, store.ErrDuplicate},
			{"unique name", "INSERT INTO things (id, name, n) VALUES ($1, $2, 1)", []any{"3", "one"}, store.ErrDuplicate},
			{"update to a taken name", "UPDATE things SET name = $1 WHERE id = $2", []any{"one", "2"}, store.ErrDuplicate},
			{"delete what has parts", "DELETE FROM things WHERE id = $1", []any{"1"}, store.ErrInUse},
			{"delete what is restricted", "DELETE FROM things WHERE id = $1", []any{"2"}, store.ErrInUse},
			{"part of nothing", "INSERT INTO parts (id, thing_id) VALUES ($1, 'none')", []any{"q"}, store.ErrInUse},
		} {
			err := exec(c.query, c.args...)
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
			if err == c.want {
				t.Errorf("%s: the engine's own error is lost", c.name)
			}
		}
		err := exec("SELEC nonsense")
		for _, kind := range []error{store.ErrNotFound, store.ErrDuplicate, store.ErrInUse, store.ErrUnavailable} {
			if err == nil || errors.Is(err, kind) {
				t.Errorf("a fault of ours is %v", err)
			}
		}
	})
}

func TestNotFound(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		var name string
		for _, id := range []string{"none", "", "a\x00b", "\xff\xfe", "'; DROP TABLE things; --"} {
			err := db.QueryRow(t.Context(), "SELECT name FROM things WHERE id = $1", id).Scan(&name)
			if err != store.ErrNotFound {
				t.Errorf("id %q: %v", id, err)
			}
		}
		list, err := store.List(t.Context(), db, store.Text, "SELECT name FROM things")
		if err != nil || list == nil || len(list) != 0 {
			t.Errorf("empty list: %v, %v", list, err)
		}
	})
}

func TestTextThatCannotBeStored(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		for _, name := range []string{"a\x00b", "\xff"} {
			err := db.Write(t.Context(), func(tx *store.Tx) error { return insert(t.Context(), tx, "1", name, 1) })
			if err == nil || !strings.Contains(err.Error(), "$2") || strings.Contains(err.Error(), name) {
				t.Errorf("%q: %v", name, err)
			}
		}
		if got := names(t, db); got != "" {
			t.Errorf("stored %q", got)
		}
	})
}

func TestDeadlines(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		entered, leave := make(chan struct{}), make(chan struct{})
		var holder sync.WaitGroup
		holder.Go(func() {
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				close(entered)
				<-leave
				return insert(t.Context(), tx, "1", "one", 1)
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-entered
		never := func(*store.Tx) error { t.Error("ran beside another writer"); return nil }
		brief, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if err := db.Write(brief, never); !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("out of time: %v", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.Write(gone, never); !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnavailable) {
			t.Errorf("caller went away: %v", err)
		}
		if _, err := db.Query(gone, "SELECT 1"); !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnavailable) {
			t.Errorf("caller of a read went away: %v", err)
		}
		close(leave)
		holder.Wait()
	})
}

func TestACancelledWriteKeepsNothing(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Write(ctx, func(tx *store.Tx) error {
			err := insert(ctx, tx, "1", "one", 1)
			cancel()
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Write answers %v", err)
		}
		if got := names(t, db); got != "" {
			t.Errorf("kept %q", got)
		}
	})
}

func TestClosedIsUnavailable(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		db, err := store.Open(t.Context(), url, store.Options{Schemas: schemas()})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		err = db.Write(t.Context(), func(*store.Tx) error { t.Error("ran"); return nil })
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("Write: %v", err)
		}
		var n int
		if err := db.QueryRow(t.Context(), "SELECT 1").Scan(&n); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("QueryRow: %v", err)
		}
	})
}
