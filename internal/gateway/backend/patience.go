package backend

import (
	"sync"
	"time"
)

// patience is the time that a backend has until its response header. It runs
// while the backend is waited for and stands still while the caller's body is:
// a slow upload is not the backend's slowness. It must not fire during such a
// wait either, because net/http ends a round trip only after the body's Read
// has returned.
type patience struct {
	mu     sync.Mutex
	timer  *time.Timer
	left   time.Duration
	since  time.Time
	paused bool
	over   bool // fired or ended
	fired  bool
}

func newPatience(d time.Duration, giveUp func()) *patience {
	p := &patience{left: d, since: time.Now()}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(d, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.over || p.paused {
			return
		}
		p.over, p.fired = true, true
		giveUp()
	})
	return p
}

func (p *patience) pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over || p.paused {
		return
	}
	p.paused = true
	p.timer.Stop()
	p.left -= time.Since(p.since)
}

func (p *patience) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over || !p.paused {
		return
	}
	p.paused = false
	p.since = time.Now()
	p.timer.Reset(max(p.left, 0))
}

// end stops the watch and reports whether the header came in time.
func (p *patience) end() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	p.timer.Stop()
	return !p.fired
}
