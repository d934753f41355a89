// Package clock is the injected source of time: signing windows, expiry and
// limits are tested by moving a Fake instead of sleeping.
//
// It owns reading the time of day only. Timers and deadlines of connections
// use the standard library, whose tests run under testing/synctest.
package clock

import (
	"sync/atomic"
	"time"
)

// Clock returns the present moment in UTC. Implementations are safe for
// concurrent use.
type Clock func() time.Time

// System reads the machine's clock.
func System() time.Time { return time.Now().UTC() }

// Fake is a clock that moves only when told. It is safe for concurrent use, and reading
// it takes no lock: benchmarks of several cores would measure that lock.
type Fake struct{ now atomic.Pointer[time.Time] }

// NewFake returns a clock that stands at start.
func NewFake(start time.Time) *Fake {
	f := new(Fake)
	start = start.UTC()
	f.now.Store(&start)
	return f
}

// Now is the Clock of the fake.
func (f *Fake) Now() time.Time { return *f.now.Load() }

// Advance moves the clock by d, which may be negative.
func (f *Fake) Advance(d time.Duration) {
	for {
		was := f.now.Load()
		next := was.Add(d)
		if f.now.CompareAndSwap(was, &next) {
			return
		}
	}
}
