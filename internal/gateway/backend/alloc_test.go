package backend_test

import "testing"

// TestSendAllocations gates what a call over a kept connection in clear text
// allocates, with a body that has come and without one: nothing.
func TestSendAllocations(t *testing.T) {
	if race {
		t.Skip("the race detector allocates and empties pools")
	}
	for _, size := range []int{0, 10 << 10} {
		l := newLoop(t, size)
		if n := testing.AllocsPerRun(500, l.call); n > 0 {
			t.Errorf("%d bytes sent: %v allocations per call", size, n)
		}
	}
}
