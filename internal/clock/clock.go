// Package clock is the injected source of time: signing windows, expiry and
// limits are tested by moving a Fake instead of sleeping.
//
// It owns reading the time of day only. Timers and deadlines of connections
// use the standard library, whose tests run under testing/synctest.
package clock

import (
	"sync"
	"time"
)

// Clock returns the present moment in UTC. Implementations are safe for
// concurrent use.
type Clock func() time.Time

// System reads the machine's clock.
func System() time.Time { return time.Now().UTC() }

// Fake is a clock that moves only when told.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake returns a clock that stands at start.
func NewFake(start time.Time) *Fake { return &Fake{now: start.UTC()} }

// Now is the Clock of the fake.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Advance moves the clock by d, which may be negative.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}
