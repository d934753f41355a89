package channel

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// checksAtOnce bounds the connections that a gateway's checks hold, and
	// checksPerChannel what one channel of dead members takes of them.
	checksAtOnce     = 512
	checksPerChannel = 16
	// firstWithin bounds the wait for a member's first check.
	firstWithin = 10 * time.Second
)

// checked is what checks have found out about a member.
type checked struct {
	mu        sync.Mutex
	due       time.Time // of the next check
	successes int       // in a row
	failures  int       // in a row
}

// watch checks the members of one form of a channel. There is one goroutine for
// each, and one for each check under way.
type watch struct {
	channel string
	members []*member
	health  *health
	dial    Dial
	log     *slog.Logger
	all     chan struct{} // checks of this gateway under way

	ctx  context.Context
	stop context.CancelFunc
	done chan struct{}
}

func newWatch(s *Channels, l *live, h *health) *watch {
	w := &watch{channel: l.id, members: l.members, health: h, dial: s.dial, log: s.log, all: s.checks, done: make(chan struct{})}
	w.ctx, w.stop = context.WithCancel(s.ctx)
	return w
}

// end cuts the checks short and returns what is closed when they are over. A nil
// watch has none.
func (w *watch) end() <-chan struct{} {
	if w == nil {
		return nil
	}
	w.stop()
	return w.done
}

// run checks until the watch ends; first it waits until the one before it is over,
// so that no member is checked twice at once.
func (w *watch) run(before <-chan struct{}) {
	defer close(w.done)
	defer w.stop()
	if before != nil {
		<-before
	}
	var checks sync.WaitGroup
	defer checks.Wait()
	own := make(chan struct{}, checksPerChannel)
	for {
		m, due := w.next()
		if !sleep(w.ctx, time.Until(due)) || !take(w.ctx, own) {
			return
		}
		if !take(w.ctx, w.all) {
			return
		}
		m.checked.plan(time.Now().Add(w.health.interval))
		checks.Go(func() {
			defer func() { <-w.all; <-own }()
			w.check(m)
		})
	}
}

// next is the member whose check is due first.
func (w *watch) next() (first *member, due time.Time) {
	for _, m := range w.members {
		if at := m.checked.when(w.health.interval); first == nil || at.Before(due) {
			first, due = m, at
		}
	}
	return first, due
}

// when is the moment of the next check. The first one is put at random, and one
// that was far ahead under another interval comes sooner.
func (c *checked) when(interval time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	latest := time.Now().Add(interval)
	switch {
	case c.due.IsZero():
		c.due = time.Now().Add(rand.N(min(interval, firstWithin)))
	case c.due.After(latest):
		c.due = latest
	}
	return c.due
}

func (c *checked) plan(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.due = at
}

// check checks a member once and draws the conclusion.
func (w *watch) check(m *member) {
	err := w.health.probe(w.ctx, w.dial, m.host)
	c := &m.checked
	c.mu.Lock()
	defer c.mu.Unlock()
	if w.ctx.Err() != nil {
		return // cut short: it says nothing, and somebody else may have the member now
	}
	if err != nil {
		c.successes, c.failures = 0, c.failures+1
		if c.failures >= w.health.abnormal && m.sick.CompareAndSwap(false, true) {
			w.log.Warn("channel member is abnormal", "channel_id", w.channel, "remote", m.address, "error", err)
		}
		return
	}
	c.successes, c.failures = c.successes+1, 0
	if c.successes >= w.health.normal && m.sick.CompareAndSwap(true, false) {
		w.log.Info("channel member is normal again", "channel_id", w.channel, "remote", m.address)
	}
}

// take enters a bounded set, or answers false when the context ends first.
func take(ctx context.Context, set chan<- struct{}) bool {
	select {
	case <-ctx.Done():
		return false
	case set <- struct{}{}:
		return true
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
