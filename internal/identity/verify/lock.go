package verify

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// MaxFailures wrong signatures in a row lock an access key for LockTime
	// (wire-facts §4).
	MaxFailures = 5
	LockTime    = 5 * time.Minute
	// maxLocks bounds the access keys whose failures are remembered, known ones
	// and others each.
	maxLocks = 10000
)

// locks counts wrong signatures by access key. A row ends with a right signature
// or a lock, not with time. In a full table a new row takes the place of any
// other: which one is left to the order of maps, so that nobody can aim at it.
type locks struct {
	max  int
	used atomic.Int64 // rows; without any, nobody waits for mu
	mu   sync.RWMutex
	rows map[string]row
}

// row is a row of failures.
type row struct {
	failures int
	until    time.Time // zero: not locked yet
}

func newLocks(size int) *locks { return &locks{max: size, rows: make(map[string]row)} }

// locked reports whether an access key is locked.
func (l *locks) locked(access string, now time.Time) bool {
	if l.used.Load() == 0 {
		return false
	}
	return now.Before(l.find(access).until)
}

func (l *locks) find(access string) row {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.rows[access]
}

// failed counts a wrong signature. A lock in force is not made longer by one: it
// was made at the same time as those that locked the key.
func (l *locks) failed(access string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, there := l.rows[access]
	switch {
	case now.Before(r.until):
		return
	case !r.until.IsZero(): // a lock that has ended
		r = row{}
	case !there:
		l.room()
	}
	if r.failures++; r.failures == MaxFailures {
		r.until = now.Add(LockTime)
	}
	// Also for a key that is there: an assignment takes the new string, which came
	// as a part of a header.
	l.rows[strings.Clone(access)] = r
	l.used.Store(int64(len(l.rows)))
}

func (l *locks) room() {
	if len(l.rows) < l.max {
		return
	}
	for other := range l.rows {
		delete(l.rows, other)
		return
	}
}

// verified ends a row of failures. It ends no lock: the signature was under way
// when the key was locked.
func (l *locks) verified(access string, now time.Time) {
	if l.used.Load() == 0 || l.find(access) == (row{}) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if r, there := l.rows[access]; there && !now.Before(r.until) {
		delete(l.rows, access)
		l.used.Store(int64(len(l.rows)))
	}
}
