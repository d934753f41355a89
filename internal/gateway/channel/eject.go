package channel

import (
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

const (
	// failuresToEject in a row put a member out.
	failuresToEject = 5
	// ejectionStep is how long the first ejection lasts; each further one lasts a
	// step longer.
	ejectionStep = 10 * time.Second
	ejectionMost = 5 * time.Minute
	// successesToForget in a row, and the next ejection is a first one again.
	successesToForget = 20
)

// ejection is what calls have found out about a member.
type ejection struct {
	failures  atomic.Int32 // in a row
	successes atomic.Int32 // in a row since it was out
	times     atomic.Int32 // ejections that are not forgotten
	until     atomic.Int64 // Unix nanoseconds; 0 when the member is in
	trial     atomic.Bool  // a call tries a member whose time is over
}

// backends reports whether a fault is the backend's doing. A fault that is not
// known here is nobody's: an innocent member must never go.
func backends(f *call.Fault) bool {
	return f == call.BackendUnavailable || f == call.BackendTimeout || f == call.NameNotResolved
}

// learn draws the conclusion from a call that a member got.
func (l *live) learn(s *search, m *member, trial bool, f *call.Fault) {
	e := &m.ejection
	switch {
	case f == nil:
		l.succeeded(m, trial || s.lastResort)
	case !backends(f):
	case trial:
		l.eject(s, m, true)
	case e.failures.Add(1) >= failuresToEject && e.until.Load() == 0:
		l.eject(s, m, false)
	}
	if trial {
		e.trial.Store(false)
	}
}

func (l *live) succeeded(m *member, tried bool) {
	e := &m.ejection
	if e.failures.Load() != 0 {
		e.failures.Store(0)
	}
	if tried && e.until.Load() != 0 {
		e.successes.Store(0)
		e.until.Store(0)
	}
	if e.times.Load() != 0 && e.successes.Add(1) >= successesToForget {
		e.times.Store(0)
	}
}

// eject puts a member out, if enough others remain. again says that it is out
// already and failed its trial.
func (l *live) eject(s *search, m *member, again bool) {
	l.turns.mu.Lock()
	defer l.turns.mu.Unlock()
	e := &m.ejection
	e.failures.Store(0)
	if !again {
		if e.until.Load() != 0 {
			return // another call was faster
		}
		out, in := 1, 0
		for i := range l.entries {
			switch other := l.entries[i].member; {
			case other == m:
			case other.ejection.until.Load() != 0:
				out++
			case !other.sick.Load():
				in++
			}
		}
		if in == 0 || 2*out > len(l.entries) {
			return
		}
	}
	length := min(time.Duration(e.times.Add(1))*ejectionStep, ejectionMost)
	// The call may have taken long, so the time of its beginning is of no use.
	e.until.Store(s.clock().Add(length).UnixNano())
}
