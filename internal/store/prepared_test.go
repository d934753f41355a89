package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

// TestSameQuestionInside: a question that comes back is prepared, and may be put
// again while the rows of the first are being read.
func TestSameQuestionInside(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		if url[:6] != "sqlite" {
			t.Skip("a connection of PostgreSQL answers one question at a time")
		}
		db, ctx := storetest.Open(t, url, schemas()...), t.Context()
		const question = "SELECT id FROM things WHERE n < $1 ORDER BY id"
		for round := range 4 {
			var pairs []string
			err := db.Write(ctx, func(tx *store.Tx) error {
				if err := insert(ctx, tx, fmt.Sprint(round), fmt.Sprint("name ", round), 0); err != nil {
					return err
				}
				_, err := store.List(ctx, tx, func(row store.Scanner) (id string, err error) {
					if err := row.Scan(&id); err != nil {
						return "", err
					}
					inner, err := store.List(ctx, tx, store.Text, question, 100)
					for _, other := range inner {
						pairs = append(pairs, id+other)
					}
					return id, err
				}, question, 100)
				return err
			})
			if want := (round + 1) * (round + 1); err != nil || len(pairs) != want {
				t.Errorf("round %d: %d pairs, want %d: %v; %v", round, len(pairs), want, pairs, err)
			}
		}
	})
}

// TestStatementsAfterAChangeOfTheSchema: what was prepared sees the new columns.
func TestStatementsAfterAChangeOfTheSchema(t *testing.T) {
	db, ctx := storetest.Open(t, "sqlite:"+t.TempDir()+"/test.db", schemas()...), t.Context()
	columns := func() (n int) {
		err := db.Write(ctx, func(tx *store.Tx) error {
			rows, err := tx.Query(ctx, "SELECT * FROM things")
			if err != nil {
				return err
			}
			defer rows.Close()
			names, err := rows.Columns()
			n = len(names)
			return errors.Join(err, rows.Err())
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	columns()
	columns()
	had := columns()
	err := db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "ALTER TABLE things ADD COLUMN later TEXT")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	columns() // SQLite prepares anew while it steps
	if now := columns(); now != had+1 {
		t.Errorf("%d columns, were %d and one was added", now, had)
	}
}

// TestManyStatements: more than are kept, each several times, some in the middle
// of others, and one that fails.
func TestManyStatements(t *testing.T) {
	db, ctx := storetest.Open(t, "sqlite:"+t.TempDir()+"/test.db", schemas()...), t.Context()
	for round := range 4 {
		for n := range 300 {
			err := db.Write(ctx, func(tx *store.Tx) error {
				id := fmt.Sprintf("%d %d", round, n)
				for range 5 { // one text often
					if err := tx.Send(ctx, "DELETE FROM things WHERE id = $1", id); err != nil {
						return err
					}
				}
				text := fmt.Sprintf("INSERT INTO things (id, name, n) VALUES ($1, $2, %d)", n)
				if err := tx.Send(ctx, text, id, id); err != nil {
					return err
				}
				if err := tx.Send(ctx, text, id, id); !errors.Is(err, store.ErrDuplicate) {
					t.Errorf("a second one: %v", err)
				}
				var got int
				err := tx.QueryRow(ctx, fmt.Sprintf("SELECT n FROM things WHERE id = $1 AND n = %d", n), id).Scan(&got)
				if err == nil && got != n {
					t.Errorf("%s holds %d", id, got)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var all int
	if err := db.QueryRow(ctx, "SELECT COUNT(*) FROM things").Scan(&all); err != nil || all != 1200 {
		t.Errorf("%d rows, want 1200; %v", all, err)
	}
}

// TestCloseWhileWriting: whoever writes then is told, and nothing is half done.
func TestCloseWhileWriting(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		db := storetest.Open(t, url, schemas()...)
		ctx, begun := context.Background(), make(chan struct{}, 1000)
		var all sync.WaitGroup
		for n := range 4 {
			all.Go(func() {
				for i := 0; ; i++ {
					err := db.Write(ctx, func(tx *store.Tx) error { return send(ctx, tx, fmt.Sprint(n, " ", i), fmt.Sprint(n, " ", i)) })
					if err != nil {
						if !errors.Is(err, store.ErrUnavailable) {
							t.Errorf("write: %v", err)
						}
						return
					}
					select {
					case begun <- struct{}{}:
					default:
					}
				}
			})
		}
		for range 100 {
			<-begun
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		all.Wait()
	})
}

// TestGoneBetweenStatements: a write whose client has gone ends at the next
// statement and leaves nothing, whatever the engine.
func TestGoneBetweenStatements(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		for _, kept := range []bool{false, true} { // the third time, SQLite's statement is a kept one
			ctx, leave := context.WithCancel(t.Context())
			err := db.Write(ctx, func(tx *store.Tx) error {
				if err := insert(ctx, tx, "first", "first", 0); err != nil {
					return err
				}
				leave()
				if err := insert(ctx, tx, "second", "second", 0); err == nil {
					t.Errorf("kept %v: a statement after the client has gone succeeded", kept)
				}
				return nil // what the function says must not matter
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("kept %v: Write says %v", kept, err)
			}
			var n int
			if err := db.QueryRow(t.Context(), "SELECT COUNT(*) FROM things").Scan(&n); err != nil || n != 0 {
				t.Errorf("kept %v: %d rows, %v", kept, n, err)
			}
			for range 3 {
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					if err := insert(t.Context(), tx, "other", "other", 0); err != nil {
						return err
					}
					_, err := tx.Exec(t.Context(), "DELETE FROM things")
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
