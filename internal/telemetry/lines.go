package telemetry

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

// AccessOptions say how an AccessLog behaves; zero values mean the defaults.
type AccessOptions struct {
	// Buffer bounds the records that wait for the disk, in bytes (1 MB: about
	// 1,400 records; a second one of the same size is being written).
	Buffer int
	// Flush is how long a record may wait (1 s).
	Flush time.Duration
	// Log hears of write failures, at most one line a minute.
	Log *slog.Logger
}

// NewAccessLog starts an access log on w, which it owns: Close flushes and
// closes w.
func NewAccessLog(w io.WriteCloser, o AccessOptions) *AccessLog {
	if o.Buffer <= 0 {
		o.Buffer = 1 << 20
	}
	if o.Flush <= 0 {
		o.Flush = time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l := &lines{
		w: w, log: o.Log, limit: o.Buffer,
		filling: make([]byte, 0, o.Buffer), spare: make([]byte, 0, o.Buffer),
		wake: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	l.prepare()
	go l.run(o.Flush)
	return &AccessLog{lines: l}
}

// Close writes what waits and closes the file, or gives up when ctx ends: a
// blocked standard output must not hold up the end of the process. Records
// that come later are dropped.
func (l *AccessLog) Close(ctx context.Context) error {
	if l == nil {
		return nil
	}
	return l.lines.close(ctx)
}

// lines is a bounded buffer of whole lines between many writers and one file.
//
// Two equal buffers take turns: callers append to one under a short lock while
// the other is written without the lock. A channel of records would have cost
// an allocation and a scheduler round trip per call; writing under the lock
// would have made every call wait for the slowest disk.
//
// A lock that all cores take in each call costs them more than the record does, so
// in front of the buffer lie pages: a core encodes into the page of its lane, and
// moves it to the buffer when it is full. The lines of one page are in order;
// those of two cores within a second (AccessOptions.Flush) are not. A small buffer
// has no pages, so that it stays as small as it was asked for.
type lines struct {
	w     io.WriteCloser
	log   *slog.Logger
	limit int

	pages []page // a power of two of them, or none

	mu      sync.Mutex
	filling []byte
	closed  bool

	spare   []byte // only the goroutine of run touches it
	quietTo time.Time

	dropped atomic.Uint64
	wake    chan struct{} // the buffer is half full
	stop    chan struct{}
	stopped chan struct{}
	err     error // of the last write and of closing; set before stopped is closed
}

// page is the lines of a core. Its lock is nobody else's but for a flush, and for a goroutine
// that was moved to another core meanwhile.
type page struct {
	mu     sync.Mutex
	lines  []byte
	last   familiar
	closed bool
	_      [64]byte // the next page is on another cache line
}

const (
	pageSize = 8 << 10
	// pageShare is how much of the buffer all pages together may be.
	pageShare = 4
)

// prepare makes the pages.
func (l *lines) prepare() {
	n := min(maxLanes(), l.limit/pageShare/pageSize)
	if n > 0 {
		l.pages = make([]page, 1<<(bits.Len(uint(n))-1))
	}
	for i := range l.pages {
		l.pages[i].lines = make([]byte, 0, pageSize)
	}
}

// put queues the line of r.
func (l *lines) put(lane uint32, r *AccessRecord) {
	if len(l.pages) == 0 {
		// Encoded on the stack, outside the lock; a record that is larger than this
		// (long hostile headers) moves to the heap.
		var space [2 << 10]byte
		l.move(r.append(space[:0], new(familiar)))
		return
	}
	p := &l.pages[lane&uint32(len(l.pages)-1)]
	p.mu.Lock()
	if p.closed {
		l.dropped.Add(1)
	} else {
		p.lines = r.append(p.lines, &p.last)
		// What a line takes at most without hostile texts has to fit behind it.
		if len(p.lines) > pageSize-2*fixed {
			l.empty(p)
		}
	}
	p.mu.Unlock()
}

// empty moves what is in a page, whose lock is held, to the buffer.
func (l *lines) empty(p *page) {
	if len(p.lines) > 0 {
		l.move(p.lines)
	}
	if p.lines = p.lines[:0]; cap(p.lines) > 2*pageSize {
		p.lines = make([]byte, 0, pageSize)
	}
}

// gather empties all pages, and closes them when they are to take no more.
func (l *lines) gather(closing bool) {
	for i := range l.pages {
		p := &l.pages[i]
		p.mu.Lock()
		l.empty(p)
		p.closed = p.closed || closing
		p.mu.Unlock()
	}
}

// move queues a copy of some lines. What does not fit is dropped line by line.
func (l *lines) move(some []byte) {
	l.mu.Lock()
	before := len(l.filling)
	for len(some) > 0 {
		part := some
		if l.closed || len(l.filling)+len(some) > l.limit {
			part = some[:bytes.IndexByte(some, '\n')+1]
		}
		if l.closed || len(l.filling)+len(part) > l.limit {
			l.dropped.Add(1)
		} else {
			l.filling = append(l.filling, part...)
		}
		some = some[len(part):]
	}
	after := len(l.filling)
	l.mu.Unlock()
	// Only what crosses the middle wakes the writer.
	if half := l.limit / 2; before < half && after >= half {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

func (l *lines) run(every time.Duration) {
	defer close(l.stopped)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-l.wake:
		case <-tick.C:
		case <-l.stop:
			err := l.flush()
			if cerr := l.w.Close(); err == nil {
				err = cerr
			}
			l.err = err
			return
		}
		// A failure is counted and logged in flush; the next lines are tried again.
		_ = l.flush()
	}
}

// flush swaps the buffers and writes the full one.
func (l *lines) flush() error {
	l.gather(false)
	l.mu.Lock()
	full := l.filling
	l.filling = l.spare[:0]
	l.mu.Unlock()
	l.spare = full
	if len(full) == 0 {
		return nil
	}
	n, err := l.w.Write(full)
	if err != nil {
		lost := bytes.Count(full[n:], []byte("\n"))
		l.dropped.Add(uint64(lost))
		l.complain(err, lost)
	}
	return err
}

// complain keeps a full disk from filling the log as well.
func (l *lines) complain(err error, lost int) {
	now := time.Now()
	if now.Before(l.quietTo) {
		return
	}
	l.quietTo = now.Add(time.Minute)
	l.log.Error("access records are lost: writing failed", KeyError, err, KeyCount, lost)
}

func (l *lines) close(ctx context.Context) error {
	l.gather(true)
	l.mu.Lock()
	first := !l.closed
	l.closed = true
	l.mu.Unlock()
	if first {
		close(l.stop)
	}
	select {
	case <-l.stopped:
		return l.err
	case <-ctx.Done():
		return fmt.Errorf("telemetry: the access log is not written completely: %w", ctx.Err())
	}
}
