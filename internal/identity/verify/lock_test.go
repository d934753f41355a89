package verify

import (
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestLocks(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	l := newLocks(10)
	fail := func(n int) {
		for range n {
			l.failed("key", now)
		}
	}
	expect := func(when string, want bool) {
		t.Helper()
		if got := l.locked("key", now); got != want {
			t.Errorf("%s: locked is %v", when, got)
		}
	}
	expect("at first", false)
	fail(MaxFailures - 1)
	expect("after four failures", false)
	l.verified("key", now)
	fail(MaxFailures - 1)
	expect("four failures, a success, four failures", false)
	now = now.Add(24 * time.Hour)
	expect("a day later", false)
	fail(1)
	expect("a row does not end with time", true)
	if l.locked("other", now) {
		t.Error("another key is locked")
	}
	l.verified("key", now)
	expect("after a success that was under way", true)
	now = now.Add(LockTime - 1)
	fail(1)
	expect("just before the end", true)
	now = now.Add(1)
	expect("at the end, which a failure did not move", false)
	fail(MaxFailures - 1)
	expect("four failures after a lock", false)
	fail(1)
	expect("five failures after a lock", true)
	now = now.Add(LockTime)
	l.verified("key", now)
	if len(l.rows) != 0 || l.used.Load() != 0 {
		t.Errorf("%d rows are left, %d counted", len(l.rows), l.used.Load())
	}
}

// TestLocksAreBounded: whatever fails, the table stays as large as it may be, and
// the latest key is in it.
func TestLocksAreBounded(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	l := newLocks(10)
	for i := range 1000 {
		access := strconv.Itoa(i)
		for range MaxFailures {
			l.failed(access, now)
		}
		if len(l.rows) > 10 || l.used.Load() != int64(len(l.rows)) {
			t.Fatalf("%d rows, %d counted", len(l.rows), l.used.Load())
		}
		if !l.locked(access, now) {
			t.Fatalf("%s is not locked", access)
		}
	}
}

// TestLocksTogether: however many fail and look at once, a key is locked by five
// failures and by nothing less.
func TestLocksTogether(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	l := newLocks(100)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			own := strconv.Itoa(worker)
			for range 200 {
				for range MaxFailures - 1 {
					l.failed(own, now)
				}
				if l.locked(own, now) {
					t.Errorf("%s is locked after four failures in a row", own)
				}
				l.verified(own, now)
			}
			l.failed("shared", now)
		})
	}
	all.Wait()
	if !l.locked("shared", now) || len(l.rows) != 1 {
		t.Errorf("shared is locked: %v; %d rows", l.locked("shared", now), len(l.rows))
	}
}
