package appcredentials

import (
	"sync"
	"time"
)

const (
	// MaxFailures is how many wrong secrets lock a credential.
	MaxFailures = 5
	// FailureWindow is how close together they must be.
	FailureWindow = 15 * time.Minute
	// LockTime is how long it stays locked. A right secret does not open the
	// lock, nor does another wrong one prolong it.
	LockTime = 5 * time.Minute
	// maxCounted bounds the credentials that are counted.
	maxCounted = 10000
)

// guesses counts wrong secrets of credentials that exist. The count is kept in
// memory: in SQL every guess of a stranger would be a write, and a secret that
// was generated cannot be guessed at all.
type guesses struct {
	mu   sync.Mutex
	rows map[string]*guess // by id of the credential
}

type guess struct {
	count       int
	first       time.Time
	lockedUntil time.Time // zero: not locked yet
}

func (g *guess) over(now time.Time) bool {
	return !now.Before(g.lockedUntil) && (!g.lockedUntil.IsZero() || now.Sub(g.first) >= FailureWindow)
}

// record notes the outcome of a check and reports whether the credential is
// locked, so that the outcome does not count.
func (l *guesses) record(id string, ok bool, now time.Time) (locked bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.rows[id]
	switch {
	case g != nil && now.Before(g.lockedUntil):
		return true
	case ok:
		delete(l.rows, id)
		return false
	case g == nil || g.over(now):
		l.room(now)
		g = &guess{first: now}
		l.rows[id] = g
	}
	if g.count++; g.count >= MaxFailures {
		g.lockedUntil = now.Add(LockTime)
	}
	return false
}

// room drops what is over and, if that is not enough, any other row: which one
// is left to the order of maps, so that nobody can aim at it.
func (l *guesses) room(now time.Time) {
	if len(l.rows) < maxCounted {
		return
	}
	for id, g := range l.rows {
		if g.over(now) {
			delete(l.rows, id)
		}
	}
	for id := range l.rows {
		if len(l.rows) < maxCounted {
			return
		}
		delete(l.rows, id)
	}
}
