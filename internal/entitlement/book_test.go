package entitlement_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestBook(t *testing.T) {
	full := errors.New("full")
	storetest.Each(t, []fs.FS{entitlement.Schema()}, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		configured, err := quota.Default().With(map[quota.Item]int{quota.Apps: 3})
		if err != nil {
			t.Fatal(err)
		}
		book := entitlement.New(configured)
		room := func(project string, item quota.Item, count int) error {
			return book.Room(ctx, db, project, item, count, full)
		}
		if err := room("p1", quota.Apps, 2); err != nil {
			t.Errorf("third of three: %v", err)
		}
		if err := room("p1", quota.Apps, 3); !errors.Is(err, full) {
			t.Errorf("fourth of three: %v", err)
		}
		write := func(f func(tx *store.Tx) error) error { return db.Write(ctx, f) }
		for _, n := range []int{9, 4} { // the last one holds
			if err := write(func(tx *store.Tx) error { return book.Set(ctx, tx, "p1", quota.Apps, n, time.Unix(1, 0)) }); err != nil {
				t.Fatal(err)
			}
		}
		if err := room("p1", quota.Apps, 3); err != nil {
			t.Errorf("fourth of four: %v", err)
		}
		if err := room("p1", quota.Apps, 4); !errors.Is(err, full) {
			t.Errorf("fifth of four: %v", err)
		}
		if err := room("p2", quota.Apps, 3); !errors.Is(err, full) {
			t.Errorf("another project's change was taken: %v", err)
		}
		if limits, err := book.For(ctx, db, "p1"); err != nil || limits.Of(quota.Groups) != 50 {
			t.Errorf("an item that was not changed: %d, %v", limits.Of(quota.Groups), err)
		}
		for _, bad := range []struct {
			item quota.Item
			n    int
		}{{"castles", 1}, {quota.Apps, -1}, {quota.Apps, quota.Most + 1}} {
			if err := write(func(tx *store.Tx) error { return book.Set(ctx, tx, "p1", bad.item, bad.n, time.Unix(1, 0)) }); err == nil {
				t.Errorf("%v was taken", bad)
			}
		}
		if err := write(func(tx *store.Tx) error { return entitlement.Reset(ctx, tx, "p1", quota.Apps) }); err != nil {
			t.Fatal(err)
		}
		if err := room("p1", quota.Apps, 3); !errors.Is(err, full) {
			t.Errorf("the configured number does not hold again: %v", err)
		}
	})
}

// TestSchemaFiles: the accounts of quotas came with identity's second block.
func TestSchemaFiles(t *testing.T) {
	names, err := fs.Glob(entitlement.Schema(), "*.sql")
	if want := []string{"0020_quotas.sql", "0158_quota_accounts.sql"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("%v, %v; want %v", names, err, want)
	}
}
