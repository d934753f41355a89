package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func send(ctx context.Context, tx *store.Tx, id, name string) error {
	return tx.Send(ctx, "INSERT INTO things (id, name, n) VALUES ($1, $2, 0)", id, name)
}

// TestSend: what was sent is there for whoever asks next, and with the commit.
func TestSend(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := errors.Join(send(ctx, tx, "1", "one"), send(ctx, tx, "2", "two")); err != nil {
				return err
			}
			if got := names(t, tx); got != "one two" {
				t.Errorf("inside the transaction: %q", got)
			}
			n, err := tx.Exec(ctx, "UPDATE things SET name = 'zwei' WHERE name = 'two'")
			if n != 1 {
				t.Errorf("%d rows", n)
			}
			return errors.Join(err, send(ctx, tx, "3", "zz"), tx.Send(ctx, "UPDATE things SET name = 'drei' WHERE id = $1", "3"))
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, db); got != "drei one zwei" {
			t.Errorf("after the commit: %q", got)
		}
	})
}

// TestSendFails: a failure of what was sent refuses the whole write with its
// kind, whoever comes to hear of it, and the next write finds a good connection.
func TestSendFails(t *testing.T) {
	tests := map[string]func(ctx context.Context, tx *store.Tx) error{
		"at the commit": func(context.Context, *store.Tx) error { return nil },
		"at the next question": func(ctx context.Context, tx *store.Tx) error {
			var n int
			return tx.QueryRow(ctx, "SELECT COUNT(*) FROM things").Scan(&n)
		},
		"at the next list": func(ctx context.Context, tx *store.Tx) error {
			_, err := store.List(ctx, tx, store.Text, "SELECT name FROM things")
			return err
		},
		"at the next statement": func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, "9", "nine", 9) },
		"among others":          func(ctx context.Context, tx *store.Tx) error { return send(ctx, tx, "3", "three") },
	}
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		if err := db.Write(ctx, func(tx *store.Tx) error { return send(ctx, tx, "1", "one") }); err != nil {
			t.Fatal(err)
		}
		for name, then := range tests {
			err := db.Write(ctx, func(tx *store.Tx) error {
				if err := send(ctx, tx, "2", "two"); err != nil {
					return err
				}
				if err := send(ctx, tx, "1", "again"); err != nil {
					return err
				}
				return then(ctx, tx)
			})
			if !errors.Is(err, store.ErrDuplicate) {
				t.Errorf("%s: %v", name, err)
			}
			if got := names(t, db); got != "one" {
				t.Errorf("%s: kept %q", name, got)
			}
		}
	})
}

// TestSwallowedFailure: a transaction in which a statement failed is not
// committed by PostgreSQL, and must not look as if it were.
func TestSwallowedFailure(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := insert(ctx, tx, "1", "one", 1); err != nil {
				return err
			}
			_ = insert(ctx, tx, "1", "one", 1) // what the test is about
			return nil
		})
		kept := names(t, db)
		switch db.Engine() {
		case store.PostgreSQL:
			if err == nil || !strings.Contains(err.Error(), "ROLLBACK") || kept != "" {
				t.Errorf("%v, kept %q", err, kept)
			}
		case store.SQLite: // one statement failed, and it alone
			if err != nil || kept != "one" {
				t.Errorf("%v, kept %q", err, kept)
			}
		}
	})
}

// TestSendUnstorable: the text is refused when it is sent, not later.
func TestSendUnstorable(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := send(ctx, tx, "1", "nul\x00"); err == nil {
				t.Error("NUL was taken")
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
