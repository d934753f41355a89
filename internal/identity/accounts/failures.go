package accounts

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	// gatherFailures is how long wrong passwords are gathered before they are
	// written: whatever the flood, a node writes that often and no oftener.
	gatherFailures = 50 * time.Millisecond
	// failuresTime bounds one writing of them.
	failuresTime = 2 * time.Second
	// maxPending bounds the users whose wrong passwords are not written yet. The
	// hasher lets some 60 guesses a second through, so that many are pending only
	// when the database does not take them; then the answer waits for it.
	maxPending = 10000
	// maxBatch bounds the users of one transaction.
	maxBatch = 500
)

const selectFailures = `SELECT failures, first_time, locked_until FROM identity_login_failures WHERE user_id = $1`

const putFailures = `
INSERT INTO identity_login_failures (user_id, failures, first_time, locked_until) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id) DO UPDATE SET failures = excluded.failures, first_time = excluded.first_time, locked_until = excluded.locked_until`

const deleteFailures = `DELETE FROM identity_login_failures WHERE user_id = $1`

const userExists = `SELECT id FROM identity_users WHERE id = $1`

// failureRow is a row of wrong passwords as it is stored; the zero value is none.
type failureRow struct {
	count       int
	first       time.Time
	lockedUntil time.Time // zero: not locked
}

func loadFailures(ctx context.Context, q store.Querier, userID string) (failureRow, error) {
	var r failureRow
	var first, until int64
	err := q.QueryRow(ctx, selectFailures, userID).Scan(&r.count, &first, &until)
	if errors.Is(err, store.ErrNotFound) {
		return failureRow{}, nil
	}
	r.first, r.lockedUntil = moment(first), moment(until)
	return r, err
}

// pending are the wrong passwords of a user that are not written yet.
type pending struct {
	count int
	last  time.Time
}

// failures counts wrong passwords. The rows in SQL are the truth for all nodes;
// what this node has still to write is added to them, so that here a guess
// counts from the moment of its judgement on. Writing is left to the background:
// an answer that waited for it would tell who exists (CVE-2021-38155).
type failures struct {
	// moving is held for writing while pending ones become rows, and for reading
	// while both are looked at, so that none is seen twice or missed.
	moving sync.RWMutex

	mu      sync.Mutex
	users   map[string]pending
	writing bool
	writers sync.WaitGroup
	closed  chan struct{} // nil until somebody writes; closed by Close
	ended   bool
}

// judge decides on a password that was just hashed, and counts a wrong one. Of
// many guesses at once only the first few to come back can be right.
func (a *Area) judge(ctx context.Context, u *User, right bool) (locked, clean bool, err error) {
	if a.Policy.Failures <= 0 {
		return false, true, nil
	}
	f := &a.failures
	f.moving.RLock()
	defer f.moving.RUnlock()
	// Also for a user that does not exist, so that it costs the same.
	row, err := loadFailures(ctx, a.DB, u.ID)
	if err != nil || u.ID == "" || u.Options.NoLockout {
		return false, row.count == 0, err
	}
	now := a.Clock()
	f.mu.Lock()
	defer f.mu.Unlock()
	waiting := f.users[u.ID]
	if waiting.count > 0 && now.Sub(waiting.last) >= max(a.Policy.Lock, a.Policy.Window) {
		delete(f.users, u.ID)
		waiting = pending{}
	}
	count := waiting.count
	if !a.over(row, now) {
		count += row.count
	}
	if now.Before(row.lockedUntil) || count >= a.Policy.Failures {
		return true, false, nil
	}
	if !right {
		if f.users == nil {
			f.users = map[string]pending{}
		}
		f.users[u.ID] = pending{waiting.count + 1, now}
	}
	return false, row.count == 0 && waiting.count == 0, nil
}

// over reports whether a row no longer counts: its lock has ended, or its first
// failure is too long ago.
func (a *Area) over(r failureRow, now time.Time) bool {
	if !r.lockedUntil.IsZero() {
		return !now.Before(r.lockedUntil)
	}
	return now.Sub(r.first) >= a.Policy.Window
}

// forget drops what is not written yet when write, which removes the row, has
// succeeded. Nothing moves from the one to the other meanwhile.
func (f *failures) forget(userID string, write func() error) error {
	f.moving.RLock()
	defer f.moving.RUnlock()
	if err := write(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.users, userID)
	return nil
}

// keepFailures sees to it that pending failures are written soon; when there are
// too many it waits for that.
func (a *Area) keepFailures(ctx context.Context) error {
	f := &a.failures
	f.mu.Lock()
	crowded := len(f.users) >= maxPending
	if !crowded && !f.writing && !f.ended && len(f.users) > 0 {
		if f.closed == nil {
			f.closed = make(chan struct{})
		}
		f.writing = true
		f.writers.Add(1)
		go a.writeFailures(context.WithoutCancel(ctx), f.closed)
	}
	f.mu.Unlock()
	if crowded {
		return a.Flush(ctx)
	}
	return nil
}

// writeFailures gathers for a moment and writes. What cannot be written stays
// pending for the next wrong password or the next call of Flush.
func (a *Area) writeFailures(ctx context.Context, closed <-chan struct{}) {
	f := &a.failures
	defer f.writers.Done()
	wait := time.NewTimer(gatherFailures)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-closed:
	}
	f.mu.Lock()
	f.writing = false // what comes from here on has its own writer
	f.mu.Unlock()
	_ = a.Flush(ctx) // identity calls it again and logs what is wrong
}

// Flush writes wrong passwords that are pending, those of 500 users at most,
// within 2 s.
func (a *Area) Flush(ctx context.Context) error {
	f := &a.failures
	if f.empty() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, failuresTime)
	defer cancel()
	f.moving.Lock()
	defer f.moving.Unlock()
	batch := f.batch()
	if err := a.DB.Write(ctx, func(tx *store.Tx) error {
		for id, p := range batch {
			if err := a.addFailures(ctx, tx, id, p); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	// Nobody counts while moving is held, so what is there now was written.
	f.mu.Lock()
	defer f.mu.Unlock()
	for id := range batch {
		delete(f.users, id)
	}
	return nil
}

// batch copies some of what is pending.
func (f *failures) batch() map[string]pending {
	f.mu.Lock()
	defer f.mu.Unlock()
	batch := make(map[string]pending, min(len(f.users), maxBatch))
	for id, p := range f.users {
		if len(batch) == maxBatch {
			break
		}
		batch[id] = p
	}
	return batch
}

func (f *failures) empty() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.users) == 0
}

// addFailures adds to a row. A lock in force is not made longer by guesses that
// were made at the same time as those that led to it.
func (a *Area) addFailures(ctx context.Context, tx *store.Tx, userID string, p pending) error {
	if err := tx.QueryRow(ctx, userExists, userID).Scan(&userID); errors.Is(err, store.ErrNotFound) {
		return nil // deleted meanwhile
	} else if err != nil {
		return err
	}
	row, err := loadFailures(ctx, tx, userID)
	if err != nil || p.last.Before(row.lockedUntil) {
		return err
	}
	if a.over(row, p.last) {
		row = failureRow{first: p.last}
	}
	row.count += p.count
	until := int64(0)
	if row.count >= a.Policy.Failures {
		until = store.Micros(p.last.Add(a.Policy.Lock))
	}
	_, err = tx.Exec(ctx, putFailures, userID, row.count, store.Micros(row.first), until)
	return err
}

// Close writes what is pending and ends what writes it. The area keeps
// answering; what is counted afterwards is written by Flush alone.
func (a *Area) Close(ctx context.Context) error {
	f := &a.failures
	f.mu.Lock()
	if !f.ended && f.closed != nil {
		close(f.closed)
	}
	f.ended = true
	f.mu.Unlock()
	f.writers.Wait()
	return a.Flush(ctx)
}
