package main

import (
	"testing"
	"time"
)

// TestHeld: the time counts from when the attackers were all there, and not the
// descriptors that come and go.
func TestHeld(t *testing.T) {
	start := time.Now()
	w := watch{before: state{at: start, files: 50}}
	for i, n := range []int{60, 1050, 2051, 2043, 2055, 2050, 900, 80, 65, 52, 69, 50} {
		w.all = append(w.all, state{at: start.Add(time.Duration(i) * time.Second), files: n})
	}
	if got := w.held(); got != 5*time.Second { // from 2,051 to 80
		t.Errorf("held for %v", got)
	}
	if got := w.most(files); got != 2055 {
		t.Errorf("%v at most", got)
	}
}

// TestAvailable reads what slowhttptest writes with -v 1, colours included.
func TestAvailable(t *testing.T) {
	yes := "closed:      \x1b[0;32m0\nservice available:\x1b[1;32m   \x1b[1;32mYES\x1b[0m\n"
	no := "service available:\x1b[1;32m   \x1b[1;31mNO\x1b[0m\n"
	for text, want := range map[string]string{"": "none", yes + yes: "available throughout", yes + no + yes: "1 of 3 found it unavailable"} {
		if got := available(text); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}

// TestCompared: twice is too much, but not below what a busy machine does by itself.
func TestCompared(t *testing.T) {
	of := func(d time.Duration) latencies { return latencies{[]time.Duration{d}, []time.Duration{d}} }
	for _, c := range []struct {
		before, meanwhile time.Duration
		held              bool
	}{
		{time.Millisecond, 4 * time.Millisecond, true},
		{time.Millisecond, 6 * time.Millisecond, false},
		{10 * time.Millisecond, 19 * time.Millisecond, true},
		{10 * time.Millisecond, 21 * time.Millisecond, false},
	} {
		if got := compared(of(c.before), of(c.meanwhile)); got.held != c.held {
			t.Errorf("%v, %v: %+v", c.before, c.meanwhile, got)
		}
	}
}
