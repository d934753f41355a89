package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

// add writes a row and leaves a mark.
func add(t *testing.T, db *store.DB, mark store.Mark, id string) (left store.Mark, alone bool) {
	t.Helper()
	left, err := db.WriteAfter(t.Context(), mark, func(tx *store.Tx, only bool) error {
		alone = only
		if id == "" {
			return nil
		}
		return send(t.Context(), tx, id, id)
	})
	if err != nil {
		t.Fatal(err)
	}
	return left, alone
}

// marked writes until it knows what it left: other databases of the server may
// be written at any time.
func marked(t *testing.T, db *store.DB, name string) store.Mark {
	t.Helper()
	for n := range 1000 {
		if left, _ := add(t, db, store.Mark{}, fmt.Sprint(name, " ", n)); left != (store.Mark{}) {
			return left
		}
	}
	t.Fatal("no write leaves a mark")
	return store.Mark{}
}

// TestWriteAfterAlone: one's own writes do not count as somebody's, whether they
// wrote or not.
func TestWriteAfterAlone(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		for _, second := range []string{"wrote", ""} {
			for n := 0; ; n++ {
				left := marked(t, db, fmt.Sprint("first ", second, n))
				left, alone := add(t, db, left, second)
				_, again := add(t, db, left, "")
				if alone && again {
					break
				}
				if second != "" {
					second = fmt.Sprint("wrote ", n)
				}
				// Others write to the server of the tests, but not all the time.
				if db.Engine() == store.SQLite || n == 500 {
					t.Fatalf("after a write of %q: alone is %v, and then %v", second, alone, again)
				}
			}
		}
	})
}

// TestWriteAfterOthers: whatever somebody else has committed is noticed, and a
// mark holds for one state alone.
func TestWriteAfterOthers(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		ctx := t.Context()
		db := storetest.Open(t, url, schemas()...)
		other := storetest.Open(t, url, schemas()...) // another process
		write := func(db *store.DB, id string) func() {
			return func() {
				if err := db.Write(ctx, func(tx *store.Tx) error { return send(ctx, tx, id, id) }); err != nil {
					t.Fatal(err)
				}
			}
		}
		for name, between := range map[string]func(){
			"a write":                          write(db, "a"),
			"one of another node":              write(other, "b"),
			"one that follows without a mark":  func() { add(t, db, store.Mark{}, "c") },
			"one of another node with a mark":  func() { marked(t, other, "d") },
			"a write, and then one of nothing": func() { write(db, "e")(); _, _ = add(t, db, store.Mark{}, "") },
			"one in a batch": func() {
				err := db.Batch(func(b *store.Batch) error {
					return b.Write(ctx, func(tx *store.Tx) error { return send(ctx, tx, "f", "f") })
				})
				if err != nil {
					t.Fatal(err)
				}
			},
		} {
			left := marked(t, db, name)
			between()
			if _, alone := add(t, db, left, ""); alone {
				t.Errorf("%s was not noticed", name)
			}
		}
		early := marked(t, db, "early")
		add(t, db, early, "late")
		if _, alone := add(t, db, early, ""); alone {
			t.Error("a mark holds twice")
		}
	})
}

// TestWriteAfterNothing: an update that finds no row is no write to PostgreSQL.
// What comes after it is noticed all the same.
func TestWriteAfterNothing(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		for n := range 20 {
			left, err := db.WriteAfter(ctx, marked(t, db, fmt.Sprint("first ", n)), func(tx *store.Tx, _ bool) error {
				return tx.Send(ctx, "UPDATE things SET n = 1 WHERE id = 'nobody'")
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Write(ctx, func(tx *store.Tx) error { return send(ctx, tx, fmt.Sprint(n), fmt.Sprint(n)) }); err != nil {
				t.Fatal(err)
			}
			if _, alone := add(t, db, left, ""); alone {
				t.Fatal("a write went unnoticed")
			}
		}
	})
}

// TestWriteAfterFails: one that fails leaves no mark.
func TestWriteAfterFails(t *testing.T) {
	fault := errors.New("no")
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		for name, then := range map[string]func(ctx context.Context, tx *store.Tx) error{
			"in its function": func(context.Context, *store.Tx) error { return fault },
			"at the commit":   func(ctx context.Context, tx *store.Tx) error { return send(ctx, tx, "1", "twice") },
		} {
			left, err := db.WriteAfter(t.Context(), store.Mark{}, func(tx *store.Tx, alone bool) error {
				if alone {
					t.Error("the zero mark holds")
				}
				if err := send(t.Context(), tx, "1", "once"); err != nil {
					return err
				}
				return then(t.Context(), tx)
			})
			if err == nil || left != (store.Mark{}) {
				t.Errorf("%s: %v, and a mark %v", name, err, left)
			}
		}
	})
}
