package snapshot

import (
	"context"
	"errors"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// Restoring is a snapshot that gets back the records that this gateway has kept. It
// is the quick way: that their plans can be built was tried when they came, and a
// restart has no time to try again. A newer program may judge otherwise, hence
// Verify once calls are served.
type Restoring struct {
	snapshot *Snapshot
	change   *change
}

// Restore begins. Apply and Check wait until Done.
func (s *Snapshot) Restore() *Restoring {
	s.mu.Lock()
	return &Restoring{s, newChange()}
}

// Take takes records, in any order, and keeps no memory of theirs. Nothing of them
// is served yet.
func (r *Restoring) Take(records []definition.Record) {
	r.snapshot.takeAll(records, r.change, true)
}

// Done serves what was taken; the error joins a *RecordError for each record that
// is not served.
func (r *Restoring) Done() error {
	defer r.snapshot.mu.Unlock()
	return r.snapshot.show(r.change)
}

// Verify builds the plan of every API that was restored and not built since, and
// takes out of service what cannot be built; the error joins a *RecordError for
// each. It rests three times as long as it works, so that it takes a quarter of one
// processor, and ends early with ctx. Calls and changes go on meanwhile.
//
// The plans that it builds are garbage at once, 4 KB each: of 100,000 APIs four times what
// is live. It calls tidy, which may give memory back, after each eighth of them, but not
// for fewer than make it worth while.
func (s *Snapshot) Verify(ctx context.Context, tidy func()) error {
	const (
		piece = 64
		rest  = 3 // times as long as it has worked
	)
	var errs []error
	began := time.Now()
	list := s.unsound()
	part := max(worthGivingBack, len(list)/8/piece*piece)
	for i, v := range list {
		if err := s.try(v); err != nil {
			errs = append(errs, &RecordError{v.api.key(), v.revision, err})
		}
		if i%piece < piece-1 {
			continue
		}
		if (i+1)%part == 0 {
			tidy()
		}
		select {
		case <-ctx.Done():
			return errors.Join(append(errs, context.Cause(ctx))...)
		case <-time.After(rest * time.Since(began)):
		}
		began = time.Now()
	}
	return errors.Join(errs...)
}

// unsound lists the versions that nobody has tried to build.
func (s *Snapshot) unsound() []*version {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*version
	for _, a := range s.apis {
		if v := a.current; v != nil && !v.sound.Load() {
			list = append(list, v)
		}
	}
	return list
}

// try builds a version unless a call has done so, and keeps nothing of it.
func (s *Snapshot) try(v *version) error {
	if v.sound.Load() {
		return nil
	}
	h := v.head()
	if _, err := s.compile(v.api.key(), v.body, &h); err != nil {
		s.withdraw(v, err)
		return err
	}
	v.sound.Store(true)
	return nil
}
