package function

import (
	"context"
	"sync"
	"time"
)

// cores bounds how many modules of one project compute at the same moment.
// Compiled code yields its processor only at checks and after 10 ms, so a
// project that could take all of them would make every other call of the
// gateway wait. Whoever sleeps computes nothing and lets another go on.
type cores struct {
	each int // of one project

	mu    sync.Mutex
	lanes map[string]*lane
}

// lane is one project's: how many compute, and who waits, in order.
type lane struct {
	taken   int
	waiting []chan struct{}
}

// core is the right of one call to compute. It belongs to the goroutine of the
// call.
type core struct {
	of      *cores
	project string
	held    bool
}

func newCores(each int) *cores { return &cores{each: each, lanes: map[string]*lane{}} }

// take waits for a core. Whoever gets one gives it back.
func (c *cores) take(ctx context.Context, project string) (*core, error) {
	own := &core{of: c, project: project}
	return own, own.take(ctx)
}

func (own *core) take(ctx context.Context) error {
	c := own.of
	c.mu.Lock()
	l := c.lanes[own.project]
	if l == nil {
		l = &lane{}
		c.lanes[own.project] = l
	}
	if l.taken < c.each {
		l.taken++
		c.mu.Unlock()
		own.held = true
		return nil
	}
	turn := make(chan struct{})
	l.waiting = append(l.waiting, turn)
	c.mu.Unlock()
	select {
	case <-turn:
		own.held = true
		return nil
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, w := range l.waiting {
		if w == turn {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			return ctx.Err()
		}
	}
	c.pass(own.project, l) // the turn came at the same moment
	return ctx.Err()
}

// give gives the core back, if there is one.
func (own *core) give() {
	if !own.held {
		return
	}
	own.held = false
	c := own.of
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pass(own.project, c.lanes[own.project])
}

// pass hands a core to the next who waits.
func (c *cores) pass(project string, l *lane) {
	if len(l.waiting) > 0 {
		close(l.waiting[0])
		l.waiting = l.waiting[1:]
		return
	}
	if l.taken--; l.taken == 0 {
		delete(c.lanes, project)
	}
}

// sleep is a pause that ends with the call; the host's own would outlast it. In
// the meantime the core is another's. A call that does not get one again has no
// time left, and ends at its next check.
func (own *core) sleep(ctx context.Context, d time.Duration) {
	own.give()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
	_ = own.take(ctx)
}
