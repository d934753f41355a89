package tunnel

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// Options are the bounds of tunnels. All have to be given.
type Options struct {
	Most         int           // tunnels open at the same time
	Idle         time.Duration // without a byte in either direction
	WriteTimeout time.Duration // how long the caller may take for 32 KB
}

// Set is the tunnels that are open, and those that are being opened. It may be used by
// any number of goroutines.
type Set struct {
	handler call.Handler
	o       Options
	taken   atomic.Int64 // places, of Options.Most

	mu      sync.Mutex
	open    map[*tunnel]struct{}
	closing bool
	ended   sync.WaitGroup // calls between Enter and leave
}

// New returns an empty set. h finishes the calls.
func New(h call.Handler, o Options) *Set {
	return &Set{handler: h, o: o, open: map[*tunnel]struct{}{}}
}

// Count is how many tunnels are open, or being opened.
func (s *Set) Count() int64 { return s.taken.Load() }

// Take reserves a place for a request that may become a tunnel; false when there is
// none. It is given back with GiveBack or Leave, or when the tunnel ends.
func (s *Set) Take() bool {
	if s.taken.Add(1) <= int64(s.o.Most) {
		return true
	}
	s.taken.Add(-1)
	return false
}

// GiveBack returns a place that Take reserved.
func (s *Set) GiveBack() { s.taken.Add(-1) }

// Enter announces a call that will become a tunnel, so that Close waits for it
// while it is in nobody else's hands; false means that it is too late for one.
func (s *Set) Enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.ended.Add(1)
	return true
}

// Leave takes back what Enter announced, and gives the place back.
func (s *Set) Leave() {
	s.GiveBack()
	s.ended.Done()
}

// Unjoined ends a call that was to become a tunnel and has got none; the record says
// why.
func (s *Set) Unjoined(c *call.Call, why *call.Fault) {
	c.Response.Tunnel.Close()
	c.Fault, c.Response.Status = why, why.Status
	s.handler.Finish(c)
	call.Release(c)
}

func (s *Set) add(t *tunnel) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.open[t] = struct{}{}
	return true
}

func (s *Set) remove(t *tunnel) {
	s.mu.Lock()
	delete(s.open, t)
	s.mu.Unlock()
	s.Leave()
}

// Close ends all tunnels and waits until their calls are finished.
func (s *Set) Close() {
	s.mu.Lock()
	s.closing = true
	open := make([]*tunnel, 0, len(s.open))
	for t := range s.open {
		open = append(open, t)
	}
	s.mu.Unlock()
	for _, t := range open {
		t.close()
	}
	s.ended.Wait()
}
