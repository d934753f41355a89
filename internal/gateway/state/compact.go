package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// passes is how often a compaction takes in what was appended meanwhile before it
// makes appending wait for the rest. Copying is faster than appending, which syncs
// each frame, so the second pass is short and the third finds next to nothing.
const passes = 8

// compaction is a new log that is written beside the current one, without the
// records that were superseded. Appending goes on meanwhile; what it adds is copied
// in further passes. It waits for the last of them, a frame at most unless it is
// faster than passes, and for the renames: whoever publishes must not wait until
// 100,000 records are copied.
type compaction struct {
	log   *Log
	from  *os.File // the current log, open until the compaction has ended
	next  *writer
	taken int64 // how far the current log was copied
}

// compactIfLong begins a compaction when most of the current log is superseded. The
// caller holds l.mu.
func (l *Log) compactIfLong() {
	c := &l.content
	if l.compacting != nil || l.ending || c.records < max(minCompact, l.again) || c.records <= 2*c.live {
		return
	}
	ended := make(chan struct{})
	l.compacting = ended
	work, revision, empty := &compaction{log: l, from: l.file, taken: headerSize}, c.revision, c.index.empty(c.live)
	go func() {
		defer close(ended)
		err := work.run(revision, empty)
		l.mu.Lock()
		defer l.mu.Unlock()
		// The records are safe; that the log stays long is for Status to tell.
		l.compact, l.compacting, l.again = err, nil, 0
		if err != nil {
			// What keeps it from ending, a full disk, is not gone with the next change.
			l.again = l.content.records + minCompact
		}
		// What came meanwhile may supersede most of it again, and nothing else need come.
		l.compactIfLong()
	}()
}

// run writes the new log, which begins at a revision of the current one, and makes
// it current.
func (c *compaction) run(revision uint64, empty *index) error {
	if err := c.start(revision, empty); err != nil {
		return err
	}
	for range passes {
		end := c.log.size()
		if c.taken > headerSize && end-c.taken <= frameSize {
			break
		}
		if err := c.pass(end); err != nil {
			return c.abandon(err)
		}
	}
	return c.finish()
}

// start begins next.log.
func (c *compaction) start(revision uint64, empty *index) (err error) {
	if c.next, err = c.log.create(revision, empty); err != nil {
		return fmt.Errorf("state: compact: %w", err)
	}
	c.next.closing = c.log.closing
	return nil
}

// pass copies the current log up to a place while appending goes on. A record that
// is superseded after it was copied does no harm: the newer one is copied later.
func (c *compaction) pass(end int64) error {
	err := c.next.take(c.from, c.taken, end, func(sum sum, at int64) bool {
		c.log.mu.Lock()
		defer c.log.mu.Unlock()
		return c.keeps(sum, at)
	})
	c.taken = end
	return errors.Join(err, c.next.finish())
}

// finish copies what no pass has and makes the new log current, while appending
// waits.
func (c *compaction) finish() error {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	if err := c.next.take(c.from, c.taken, c.log.content.size, c.keeps); err != nil {
		return c.abandon(err)
	}
	return c.log.install(c.next, previousName)
}

// keeps says whether the record at a place of the current log belongs into the new
// one. Deletions that the new log's header knows of do not: it has nothing that they
// delete. A later one may delete what an earlier pass has copied. The caller holds
// the log's mu.
func (c *compaction) keeps(sum sum, at int64) bool {
	p, _ := c.log.content.index.get(sum)
	return p.offset == at && (!p.dead || p.revision > c.next.begun)
}

// abandon gives back what a compaction that cannot end has taken of the disk.
func (c *compaction) abandon(err error) error {
	if !errors.Is(err, errClosing) {
		err = fmt.Errorf("state: compact: %w", err)
	}
	return errors.Join(err, c.next.file.Close(), c.log.root.Remove(nextName))
}

// size is how long the current log is.
func (l *Log) size() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.content.size
}

// settle waits until no compaction is under way: one may begin when another ends.
func (l *Log) settle() {
	for {
		l.mu.Lock()
		running := l.compacting
		l.mu.Unlock()
		if running == nil {
			return
		}
		<-running
	}
}

// begin writes a log of what is live in another, nil for nothing, and makes it
// current. A current log that was no good is kept as damaged.log; the previous one,
// which may be the only good one left, stays where it is.
func (l *Log) begin(from *loaded) error {
	revision, empty := uint64(0), newIndex()
	if from != nil {
		revision, empty = from.revision, from.index.empty(from.live)
	}
	w, err := l.create(revision, empty)
	if err != nil {
		return fmt.Errorf("state: %w", err)
	}
	if from != nil {
		live := func(sum sum, at int64) bool {
			p, _ := from.index.get(sum)
			return p.offset == at && !p.dead
		}
		if err := w.take(from.file, headerSize, from.size, live); err != nil {
			return errors.Join(err, w.file.Close())
		}
	}
	return l.install(w, damagedName)
}

// install makes next.log current and keeps what was current under old. A crash
// between the two renames leaves no current log; then the previous one, which
// says the same, is loaded. The caller holds l.mu.
func (l *Log) install(w *writer, old string) error {
	err := w.finish()
	if err == nil {
		err = l.root.Rename(currentName, old)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if err == nil {
		err = l.syncFolder()
	}
	if err == nil {
		err = l.root.Rename(nextName, currentName)
	}
	if err == nil {
		err = l.syncFolder()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("state: make a new %s: %w", currentName, err), w.file.Close())
	}
	if l.file != nil {
		// Everything in it is synced; only the descriptor is given back.
		_ = l.file.Close()
	}
	l.file, l.content = w.file, w.content
	return nil
}

// syncFolder makes renames durable.
func (l *Log) syncFolder() error {
	folder, err := l.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
