package telemetry

import (
	"bytes"
	"cmp"
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
		wake: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	n := max(1, min(maxLanes(), o.Buffer/pageShare/leastPage))
	l.lanes = make([]lane, 1<<(bits.Len(uint(n))-1))
	l.page = min(mostPage, o.Buffer/pageShare/len(l.lanes))
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
// A core encodes into the page of its lane. A page that is full is handed over as it
// is, under a short lock, and comes back to its lane when it is written: no line is
// copied, and the memory stays with the core that writes it. Pages were copied into
// one buffer for all before, each to where the other core had written a moment ago.
// A channel of records would have cost an allocation and a round trip through the
// scheduler for each call; writing under the lock would have made every call wait for
// the slowest disk. The lines of one lane are in order; those of two cores within a
// second (AccessOptions.Flush) are not.
//
// Pages are made when they are needed, and those of a lane that has written nothing
// between two flushes are forgotten: a gateway at rest holds none.
type lines struct {
	w     io.WriteCloser
	log   *slog.Logger
	limit int // bytes that are handed over and not taken for writing

	lanes []lane // a power of two of them
	page  int    // size of a page, in bytes

	wake    chan struct{} // half of what may wait does
	stop    chan struct{}
	stopped chan struct{}

	_       [64]byte // what is above is read in each call
	mu      sync.Mutex
	full    []page // in the order in which they are to be written
	waiting int    // bytes of them
	closed  bool

	dropped atomic.Uint64

	taken   []page // only the goroutine of run touches these
	quietTo time.Time
	err     error // of the last flush and of closing; set before stopped is closed
}

// page is lines of a lane.
type page struct {
	of    *lane
	lines []byte
}

// lane is where one core writes. Its lock is nobody else's but for a flush, for the return of
// pages, and for a goroutine that was moved to another core meanwhile.
type lane struct {
	mu     sync.Mutex
	lines  []byte // nil while there are none
	last   familiar
	closed bool
	free   [][]byte // pages that are written: those of all lanes take no more than what may wait
	_      [64]byte // the next lane is on another cache line
}

const (
	// Pages are as large as this, so that one write is worth it, and no larger: with 16, 32
	// and 64 KB BenchmarkAccessRecordParallel took 124 to 139, 117 to 122 and 123 to 132 ns
	// on one core.
	mostPage = 32 << 10
	// They are smaller when many lanes are to share the room.
	leastPage = 8 << 10
	// pageShare is how much of what may wait all lanes together hold beside it.
	pageShare = 4
)

// put queues the line of r.
func (l *lines) put(number uint32, r *AccessRecord) {
	p := &l.lanes[number&uint32(len(l.lanes)-1)]
	p.mu.Lock()
	if p.closed {
		l.dropped.Add(1)
	} else {
		p.lines = r.append(p.lines, &p.last)
		// What a line takes at most without hostile texts has to fit behind it.
		if len(p.lines) > l.page-2*fixed {
			l.hand(p)
		}
	}
	p.mu.Unlock()
}

// hand queues the page of a lane, whose lock is held. Lines that do not fit are
// dropped.
func (l *lines) hand(p *lane) {
	one, lost := page{p, p.lines}, 0
	l.mu.Lock()
	before := l.waiting
	if room := l.limit - before; len(one.lines) > room {
		kept := bytes.LastIndexByte(one.lines[:room], '\n') + 1
		lost = bytes.Count(one.lines[kept:], []byte("\n"))
		one.lines = one.lines[:kept]
	}
	if len(one.lines) > 0 {
		l.full = append(l.full, one)
	}
	l.waiting += len(one.lines)
	after := l.waiting
	l.mu.Unlock()
	if lost > 0 {
		l.dropped.Add(uint64(lost))
	}
	switch n := len(p.free); {
	case len(one.lines) == 0:
		p.lines = p.lines[:0]
	case n > 0:
		p.lines, p.free = p.free[n-1], p.free[:n-1]
	default:
		p.lines = make([]byte, 0, l.page)
	}
	// Only what crosses the middle wakes the writer.
	if half := l.limit / 2; before < half && after >= half {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// gather hands over what is in all lanes, and closes them when they are to take no
// more.
func (l *lines) gather(closing bool) {
	for i := range l.lanes {
		p := &l.lanes[i]
		p.mu.Lock()
		if len(p.lines) > 0 {
			l.hand(p)
		} else {
			p.lines, p.free = nil, nil
		}
		p.closed = p.closed || closing
		p.mu.Unlock()
	}
}

// give returns a page that is written to its lane.
func (l *lines) give(one page) {
	if cap(one.lines) > 2*l.page { // of hostile texts
		return
	}
	p := one.of
	p.mu.Lock()
	if len(p.free) < l.limit/l.page/len(l.lanes) {
		p.free = append(p.free, one.lines[:0])
	}
	p.mu.Unlock()
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

// flush writes what waits, and answers the first failure.
func (l *lines) flush() (first error) {
	l.gather(false)
	l.mu.Lock()
	l.taken, l.full = l.full, l.taken[:0]
	l.waiting = 0
	l.mu.Unlock()
	for i, one := range l.taken {
		if n, err := l.w.Write(one.lines); err != nil {
			first = cmp.Or(first, err)
			lost := bytes.Count(one.lines[n:], []byte("\n"))
			l.dropped.Add(uint64(lost))
			l.complain(err, lost)
		}
		l.give(one)
		l.taken[i] = page{}
	}
	return first
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
