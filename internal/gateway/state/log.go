package state

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// The names in the folder are fixed: none is made from an id, which would let
// whoever chooses ids choose files.
const (
	currentName  = "current.log"
	previousName = "previous.log"
	nextName     = "next.log"
	damagedName  = "damaged.log"
	lockName     = "lock"
)

const (
	// minCompact keeps small logs from being rewritten at every other change.
	minCompact = 1024
	// MaxPending bounds what is kept in memory while the disk refuses writes.
	MaxPending = 16 << 20
)

// ErrNotLoaded is returned by Append before a successful Load or Reset: what a
// log holds must be known before it is added to.
var ErrNotLoaded = errors.New("state: the log is not loaded; call Load first, and Reset if Load fails")

// Log is the on-disk log of one gateway. All methods are safe for concurrent
// use.
type Log struct {
	root *os.Root
	lock *os.File

	mu      sync.Mutex
	file    *os.File // nil until loaded
	content content
	pending []frame
	waiting int   // bytes of pending
	lost    error // why nothing is written any more

	compacting <-chan struct{} // closed when the compaction under way has ended; nil for none
	compact    error           // why the last compaction failed
	again      int             // after a failure: how many records there are before the next try
	ending     bool            // Close was called
	closing    chan struct{}   // closed then
}

// content is what a log file holds, without the bodies.
type content struct {
	index    *index
	records  int    // in the file, superseded ones included
	live     int    // in the index, deletions not included
	size     int64  // where the next frame goes
	revision uint64 // highest ever appended
}

// place is the newest record of a key.
type place struct {
	revision uint64
	offset   int64 // in the file
	dead     bool
}

// frame is a frame to be written.
type frame struct {
	data    []byte
	records []placed
}

// placed is a record within a frame.
type placed struct {
	sum   sum
	place place // the offset is that within the frame
}

// Open opens the log in dir, which is made if need be. One process at a time
// may have it open. Load it before use; Close it after.
func Open(dir string) (*Log, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	lock, err := root.OpenFile(lockName, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		if err = exclusive(lock); err != nil {
			err = errors.Join(fmt.Errorf("another process uses this folder; give each gateway its own: %w", err), lock.Close())
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("state: %s: %w", dir, err), root.Close())
	}
	return &Log{root: root, lock: lock, closing: make(chan struct{})}, nil
}

// Close releases the folder. What is pending is tried once more; a compaction under
// way is given up.
func (l *Log) Close() error {
	l.end()
	l.settle()
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	if l.file != nil {
		errs = append(errs, l.flush(), l.file.Close())
		l.file = nil
	}
	errs = append(errs, l.lock.Close(), l.root.Close())
	return errors.Join(errs...)
}

// end keeps compactions from beginning and ends the one that is under way.
func (l *Log) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ending {
		l.ending = true
		close(l.closing)
	}
}

// Append makes records durable, in this order. An error means that not all of
// them are on disk: those that cannot be encoded never will be, all others are
// kept and written with the next Append.
func (l *Log) Append(records []definition.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil {
		return l.lost
	}
	if l.file == nil {
		return ErrNotLoaded
	}
	frames, err := encode(records, l.content.index)
	for _, f := range frames {
		l.pending = append(l.pending, f)
		l.waiting += len(f.data)
	}
	if flushed := l.flush(); flushed != nil {
		return errors.Join(err, flushed)
	}
	l.compactIfLong()
	return err
}

// encode cuts records into frames. What cannot be encoded is left out and
// reported.
func encode(records []definition.Record, x *index) ([]frame, error) {
	var frames []frame
	var errs []error
	f := frame{data: openFrame(make([]byte, 0, room(records))), records: make([]placed, 0, len(records))}
	for _, r := range records {
		at := len(f.data)
		data, err := appendRecord(f.data, r)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		f.data = data
		f.records = append(f.records, placed{
			sum: x.sum(r.Key), place: place{revision: r.Revision, offset: int64(at), dead: r.Deleted()},
		})
		if len(f.data) >= frameSize {
			closeFrame(f.data)
			frames = append(frames, f)
			f = frame{data: openFrame(nil)}
		}
	}
	if len(f.records) > 0 {
		closeFrame(f.data)
		frames = append(frames, f)
	}
	return frames, errors.Join(errs...)
}

// room is about what the first frame of records takes.
func room(records []definition.Record) int {
	const between = 56 // `{"kind":"","id":"","revision":}`, digits and line breaks
	n := prefixSize
	for i := range records {
		r := &records[i]
		if n += between + len(r.Kind) + len(r.ID) + len(r.Body); n > frameSize {
			break
		}
	}
	return n
}

// flush writes what is pending, each frame after the one before is on disk.
func (l *Log) flush() error {
	for len(l.pending) > 0 {
		f := l.pending[0]
		_, err := l.file.WriteAt(f.data, l.content.size)
		if err == nil {
			err = l.file.Sync()
		}
		if err != nil {
			// Should this fail too, the next attempt overwrites the place.
			_ = l.file.Truncate(l.content.size)
			return l.stall(err)
		}
		for _, r := range f.records {
			r.place.offset += l.content.size
			l.content.add(r.sum, r.place)
		}
		l.content.size += int64(len(f.data))
		l.pending, l.waiting = l.pending[1:], l.waiting-len(f.data)
	}
	l.pending = nil
	return nil
}

// stall reports a failed write. When too much is waiting it gives up for good:
// the log stays a sound prefix, at an older revision.
func (l *Log) stall(err error) error {
	if l.waiting <= MaxPending {
		return fmt.Errorf("state: %s stays at revision %d, %d bytes wait to be written: %w", currentName, l.content.revision, l.waiting, err)
	}
	l.pending, l.waiting = nil, 0
	l.lost = fmt.Errorf("state: %s stays at revision %d until the gateway is restarted, because more than %d bytes could not be written: %w",
		currentName, l.content.revision, MaxPending, err)
	return l.lost
}

// add notes a record of the file.
func (c *content) add(sum sum, p place) {
	c.records++
	c.revision = max(c.revision, p.revision)
	old, held, newer := c.index.put(sum, p)
	if !newer {
		return
	}
	if held && !old.dead {
		c.live--
	}
	if !p.dead {
		c.live++
	}
}

// Status is what operators want to know of the log.
type Status struct {
	Records  int    // in the current log, superseded ones included
	Live     int    // keys that are not deleted
	Bytes    int64  // of the current log
	Revision uint64 // what is on disk
	Pending  int    // bytes that wait to be written
	Compact  error  // why the last compaction failed; the log works but grows
}

// Status describes the log.
func (l *Log) Status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Status{
		Records: l.content.records, Live: l.content.live, Bytes: l.content.size,
		Revision: l.content.revision, Pending: l.waiting, Compact: l.compact,
	}
}
