//go:build !race

// The race detector makes sync.Pool forget at random, which allocates.

package sign_test

import "testing"

func TestSignDoesNotAllocate(t *testing.T) {
	p := typical(t)
	if n := testing.AllocsPerRun(1000, func() { once(t, p) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
