package lane_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/lane"
)

// TestCurrent: lanes lie within what Count says, and goroutines that run at the same
// time on all processors see more than one.
func TestCurrent(t *testing.T) {
	n := runtime.GOMAXPROCS(0)
	if count := lane.Count(); count < n || count&(count-1) != 0 {
		t.Fatalf("%d lanes for %d processors", count, n)
	}
	seen := make([]map[uint32]bool, n)
	var ready, all sync.WaitGroup
	ready.Add(n)
	for i := range seen {
		seen[i] = map[uint32]bool{}
		all.Go(func() {
			ready.Done()
			ready.Wait()
			for range 1_000_000 {
				seen[i][lane.Current()] = true
			}
		})
	}
	all.Wait()
	union := map[uint32]bool{}
	for _, s := range seen {
		for number := range s {
			union[number] = true
			if number >= uint32(n) {
				t.Errorf("lane %d of %d", number, n)
			}
		}
	}
	if n > 1 && len(union) < 2 {
		t.Errorf("%d goroutines on %d processors saw the lanes %v", n, n, union)
	}
}

func BenchmarkCurrent(b *testing.B) {
	for b.Loop() {
		lane.Current()
	}
}
