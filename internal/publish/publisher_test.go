package publish_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/publish"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

// house is a publisher on a database whose "rows" are a map: contributors
// answer what is in it.
type house struct {
	db    *store.DB
	rows  map[string]any
	sent  []definition.Record
	check func([]definition.Record) error
}

func open(db *store.DB) *house {
	h := &house{db: db, rows: map[string]any{}}
	p := publish.New(publish.Options{
		Contributors: map[definition.Kind]publish.Contributor{
			definition.KindApp: func(_ context.Context, _ store.Querier, id string) (any, error) { return h.rows[id], nil },
		},
		Check: func(r []definition.Record) error {
			if h.check != nil {
				return h.check(r)
			}
			return nil
		},
		Distribute: func(r []definition.Record) { h.sent = append(h.sent, r...) },
	})
	db.OnCommit(p.Commit)
	db.OnBatch(p.Release)
	return h
}

func (h *house) touch(t *testing.T, ids ...string) error {
	return h.db.Write(t.Context(), func(tx *store.Tx) error {
		for _, id := range ids {
			tx.Touch(string(definition.KindApp), id)
		}
		return nil
	})
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	storetest.Each(t, []fs.FS{publish.Schema()}, func(t *testing.T, db *store.DB) { f(t, open(db)) })
}

func TestRecordsFollowRows(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, step := range []struct {
			name  string
			row   any
			sends bool
		}{
			{"nothing there, nothing said", nil, false},
			{"new", definition.App{ID: "a", Key: "k"}, true},
			{"touched, not changed", definition.App{ID: "a", Key: "k"}, false},
			{"changed", definition.App{ID: "a", Key: "k2"}, true},
			{"gone", nil, true},
			{"gone already", nil, false},
		} {
			before := len(h.sent)
			h.rows["a"] = step.row
			if err := h.touch(t, "a"); err != nil {
				t.Fatal(step.name, err)
			}
			if sent := len(h.sent) > before; sent != step.sends {
				t.Errorf("%s: sent %v, want %v", step.name, sent, step.sends)
			}
		}
		if !h.sent[len(h.sent)-1].Deleted() {
			t.Error("the last record is no withdrawal")
		}
		for i, r := range h.sent {
			if r.Revision != uint64(i+1) {
				t.Errorf("record %d has revision %d", i, r.Revision)
			}
		}
		all, last, err := publish.All(t.Context(), h.db)
		if err != nil || len(all) != 0 || last != 3 {
			t.Errorf("All: %v, last %d, %v", all, last, err)
		}
	})
}

func TestRefusedBuildLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		refusal := errors.New("no gateway can serve this")
		h.check = func([]definition.Record) error { return refusal }
		h.rows["a"] = definition.App{ID: "a"}
		if err := h.touch(t, "a"); !errors.Is(err, refusal) {
			t.Errorf("answer %v", err)
		}
		all, last, err := publish.All(t.Context(), h.db)
		if err != nil || len(all) != 0 || last != 0 || len(h.sent) != 0 {
			t.Errorf("left %v, last %d, sent %v, %v", all, last, h.sent, err)
		}
		if err := h.db.Write(t.Context(), func(tx *store.Tx) error { tx.Touch("planet", "x"); return nil }); err == nil {
			t.Error("a kind without contributor was accepted")
		}
	})
}

// TestOrder: 20 writers at once; what gateways get is in revision order.
func TestOrder(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for i := range 20 {
			h.rows[fmt.Sprint(i)] = definition.App{ID: fmt.Sprint(i)}
		}
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if err := h.touch(t, fmt.Sprint(i)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(h.sent) != 20 || !slices.IsSortedFunc(h.sent, func(a, b definition.Record) int { return int(a.Revision) - int(b.Revision) }) {
			t.Errorf("sent %d records, in order: %v", len(h.sent), h.sent)
		}
	})
}

// TestSurpass: a database restored from a backup becomes newer than what its
// gateways hold.
func TestSurpass(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, id := range []string{"a", "b", "c"} {
			h.rows[id] = definition.App{ID: id}
			if err := h.touch(t, id); err != nil {
				t.Fatal(err)
			}
		}
		for _, floor := range []uint64{0, 3, 10} {
			if err := publish.Surpass(t.Context(), h.db, floor); err != nil {
				t.Fatal(err)
			}
		}
		all, last, err := publish.All(t.Context(), h.db)
		if err != nil || last != 13 {
			t.Fatalf("last %d, %v", last, err)
		}
		for i, r := range all {
			if want := uint64(11 + i); r.Revision != want || r.ID != string(rune('a'+i)) {
				t.Errorf("record %d: %s at %d, want %d", i, r.Key, r.Revision, want)
			}
		}
	})
}

// TestBatch: what a batch commits goes out once, at its end, or before
// somebody else decides.
func TestBatch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		touch := func(write func(context.Context, func(*store.Tx) error) error, id string) {
			t.Helper()
			h.rows[id] = definition.App{ID: id}
			if err := write(ctx, func(tx *store.Tx) error { tx.Touch(string(definition.KindApp), id); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		sent := func() string {
			var ids []string
			for _, r := range h.sent {
				ids = append(ids, r.ID)
			}
			return strings.Join(ids, " ")
		}
		failure := errors.New("half way")
		err := h.db.Batch(func(b *store.Batch) error {
			touch(b.Write, "a")
			touch(b.Write, "b")
			if sent() != "" {
				t.Errorf("sent %q before the end", sent())
			}
			if all, _, err := publish.All(ctx, h.db); err != nil || len(all) != 2 {
				t.Errorf("%d records are committed, %v", len(all), err)
			}
			if err := h.db.Write(ctx, func(*store.Tx) error { // touches nothing, but may read
				if sent() != "a b" {
					t.Errorf("another writer began when %q was sent", sent())
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
			touch(b.Write, "c")
			touch(h.db.Write, "d")
			if sent() != "a b c d" {
				t.Errorf("sent %q", sent())
			}
			touch(b.Write, "e")
			return failure
		})
		if err != failure || sent() != "a b c d e" {
			t.Errorf("answer %v, sent %q", err, sent())
		}
		// What is held may be what a dry build fails on.
		h.check = func(changed []definition.Record) error {
			if changed[0].ID == "g" && !strings.HasSuffix(sent(), "f") {
				return errors.New("f has the path of g")
			}
			return nil
		}
		err = h.db.Batch(func(b *store.Batch) error { touch(b.Write, "f"); touch(b.Write, "g"); return nil })
		if err != nil || sent() != "a b c d e f g" {
			t.Errorf("%v, sent %q", err, sent())
		}
	})
}
