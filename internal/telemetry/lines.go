package telemetry

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
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
type lines struct {
	w     io.WriteCloser
	log   *slog.Logger
	limit int

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

// put queues a copy of line.
func (l *lines) put(line []byte) {
	l.mu.Lock()
	if l.closed || len(l.filling)+len(line) > l.limit {
		l.mu.Unlock()
		l.dropped.Add(1)
		return
	}
	before := len(l.filling)
	l.filling = append(l.filling, line...)
	after := len(l.filling)
	l.mu.Unlock()
	// Only the line that crosses the middle wakes the writer.
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
