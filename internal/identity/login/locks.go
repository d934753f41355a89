package login

import (
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
)

const (
	// MaxFailures is how many wrong passwords lock a user.
	MaxFailures = 5
	// FailureWindow is how close together they must be.
	FailureWindow = 15 * time.Minute
	// LockTime is how long the user stays locked. A right password does not
	// open the lock, nor does another wrong one prolong it.
	LockTime = 5 * time.Minute
	// maxCounted bounds the users that are counted.
	maxCounted = 10000
)

// locks counts wrong passwords of users that exist. The count is kept in
// memory: in SQL every guess of a stranger would be a write.
type locks struct {
	clock clock.Clock
	mu    sync.Mutex
	users map[string]*failures
}

type failures struct {
	count       int
	first       time.Time
	lockedUntil time.Time
}

func (f *failures) over(now time.Time) bool {
	return !now.Before(f.lockedUntil) && now.Sub(f.first) >= FailureWindow
}

// record notes the outcome of a password check and reports whether the user
// is locked, so that the outcome does not count.
func (l *locks) record(userID string, ok bool) (locked bool) {
	now := l.clock()
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.users[userID]
	if f != nil && now.Before(f.lockedUntil) {
		return true
	}
	if ok {
		delete(l.users, userID)
		return false
	}
	if f == nil || f.over(now) || !f.lockedUntil.IsZero() {
		l.makeRoom(now)
		f = &failures{first: now}
		l.users[userID] = f
	}
	if f.count++; f.count >= MaxFailures {
		f.lockedUntil = now.Add(LockTime)
	}
	return false
}

// makeRoom drops what is over and, if that is not enough, any other entry.
func (l *locks) makeRoom(now time.Time) {
	if len(l.users) < maxCounted {
		return
	}
	for id, f := range l.users {
		if f.over(now) {
			delete(l.users, id)
		}
	}
	for id := range l.users {
		if len(l.users) < maxCounted {
			return
		}
		delete(l.users, id)
	}
}
