package engine

import (
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// glance is how often callers are looked at, and how long a call lasts before its
// caller is.
const glance = 250 * time.Millisecond

// errGone is why the context of a call ended whose caller has left.
var errGone = &call.BodyError{Fault: call.CallerGone}

// watch ends the calls of callers that have left, as long as there are connections, and
// wakes those that have been idle for a while, so that they give their stacks back
// (conn.run).
//
// net/http has a goroutine read each connection while its call is under way: two
// more switches between goroutines for each call, to learn of something that concerns
// one call in thousands. Most calls are over before anybody could have looked. So only
// long ones are looked at, all of them with one system call.
func (e *Engine) watch() {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	var l lookout
	for {
		select {
		case <-e.conns.none:
			return
		case <-tick.C:
		}
		if e.conns.rest() {
			return
		}
		now := http1.Now()
		l.conns = l.conns[:0]
		for k := range e.conns.busy {
			switch began := http1.Instant(k.began.Load()); {
			case began > 0 && now-began >= http1.Instant(glance) && k.raw != nil && k.ctx.Err() == nil:
				l.conns = append(l.conns, k)
			case began < 0 && now+began >= rest:
				k.c.Interrupt() // so that it moves
			}
		}
		l.look(func(k *conn) { k.leave(errGone) })
		clear(l.conns)
	}
}

// rest reports that there is no connection, and that whoever enters the next has to
// start watch again.
func (s *conns) rest() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == 0 {
		s.watching = false
	}
	return s.open == 0
}
