package call

import (
	"sync"

	"github.com/lintel-gateway/lintel/internal/lane"
)

// shelf is where a core keeps calls that were released there for the next ones that it
// takes. A sync.Pool has room for one in its short way, and as many calls as wait for
// their backends come back one after the other. The lock is nobody else's but for a
// goroutine that was moved.
type shelf struct {
	mu    sync.Mutex
	n     int
	calls [shelfRoom]*pooled // the first n; what is behind them is in use
	_     [64]byte           // the next shelf is on another cache line
}

// shelfRoom bounds what stays when a burst is over; what is more lies in the pool, which
// the garbage collector empties.
const shelfRoom = 16

var (
	// Twice as many as there are lanes now: main has not yet said how many there will be.
	shelves = make([]shelf, 2*lane.Count())
	pool    = sync.Pool{New: func() any { return newPooled() }}
)

func shelfHere() *shelf { return &shelves[lane.Current()&uint32(len(shelves)-1)] }

func take() *pooled {
	s := shelfHere()
	s.mu.Lock()
	if s.n > 0 {
		s.n--
		p := s.calls[s.n]
		s.mu.Unlock()
		return p
	}
	s.mu.Unlock()
	return pool.Get().(*pooled)
}

func put(p *pooled) {
	s := shelfHere()
	s.mu.Lock()
	if s.n < len(s.calls) {
		s.calls[s.n] = p
		s.n++
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	pool.Put(p)
}
