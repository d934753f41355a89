package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestHookSeesEachMarkOnceInOrder(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		var steps []string
		db.OnCommit(func(ctx context.Context, tx *store.Tx, touched []store.Touched) (func(), error) {
			steps = append(steps, fmt.Sprint(touched), "sees "+names(t, tx))
			return func() { steps = append(steps, "committed, others see "+names(t, db)) }, nil
		})
		err := db.Write(ctx, func(tx *store.Tx) error {
			tx.Touch("app", "2")
			tx.Touch("api", "1/RELEASE")
			tx.Touch("app", "2")
			tx.Touch("app", "1")
			steps = append(steps, "write")
			return insert(ctx, tx, "1", "one", 1)
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"write", "[{app 2} {api 1/RELEASE} {app 1}]", "sees one", "committed, others see one"}
		if !slices.Equal(steps, want) {
			t.Errorf("steps\n%q, want\n%q", steps, want)
		}

		steps = nil
		if err := db.Write(ctx, func(tx *store.Tx) error { return insert(ctx, tx, "2", "two", 2) }); err != nil {
			t.Fatal(err)
		}
		if err := db.Write(ctx, func(tx *store.Tx) error { tx.Touch("app", "3"); return errors.New("no") }); err == nil {
			t.Error("the function's error is lost")
		}
		if steps != nil {
			t.Errorf("the hook ran for a write that touched nothing, or that failed: %q", steps)
		}
	})
}

func TestAFailingHookLeavesNothing(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx, refusal := t.Context(), errors.New("dry build failed")
		db.OnCommit(func(ctx context.Context, tx *store.Tx, _ []store.Touched) (func(), error) {
			if err := insert(ctx, tx, "2", "by the hook", 2); err != nil {
				return nil, err
			}
			return func() { t.Error("told others of a change that was not kept") }, refusal
		})
		err := db.Write(ctx, func(tx *store.Tx) error {
			tx.Touch("api", "1")
			return insert(ctx, tx, "1", "one", 1)
		})
		if err != refusal {
			t.Errorf("Write answers %v", err)
		}
		if got := names(t, db); got != "" {
			t.Errorf("kept %q", got)
		}
	})
}

// Revisions are given out by the hook; those who are told must hear of them in
// the same order, without one missing.
func TestCommittedFollowsTheOrderOfCommits(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		var told []int64
		db.OnCommit(func(ctx context.Context, tx *store.Tx, touched []store.Touched) (func(), error) {
			var revision int64
			if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM things").Scan(&revision); err != nil {
				return nil, err
			}
			if _, err := tx.Exec(ctx, "UPDATE things SET n = $1 WHERE id = $2", revision, touched[0].ID); err != nil {
				return nil, err
			}
			return func() { told = append(told, revision) }, nil
		})
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				id := fmt.Sprint(i)
				err := db.Write(ctx, func(tx *store.Tx) error {
					tx.Touch("thing", id)
					return insert(ctx, tx, id, id, 0)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for i, revision := range told {
			if revision != int64(i+1) {
				t.Fatalf("told of %v", told)
			}
		}
		if len(told) != 20 {
			t.Errorf("told of %d changes, want 20", len(told))
		}
	})
}
