//go:build !race

// The race detector makes sync.Pool forget at random, which allocates.

package answer_test

import "testing"

func TestWordDoesNotAllocate(t *testing.T) {
	a := typical(t)
	if n := testing.AllocsPerRun(1000, func() { once(a, t) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
