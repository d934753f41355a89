package engine

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// errOver is what a reader gets that outlived its call.
var errOver = errors.New("engine: the request body was read after the call ended")

// body reads one request body: it holds the caller to a pace, says whose fault
// a failure is, and knows whether the connection can be used again. It implements
// io.Reader and call.Pieces.
//
// It serves the next call of the connection only when call.SettleBody was called. An HTTP
// client may still ask for it in a goroutine of its own when the call has ended, and
// must find the body of its own call, which is over; the pieces lie in the buffer of
// the connection, in which the next call is read.
type body struct {
	k         *conn
	src       http1.Body
	announced int64

	mu      sync.Mutex
	n       int64 // bytes read
	waited  time.Duration
	owes    bool // the caller waits for 100 Continue
	reading bool
	idle    chan struct{} // closed when reading ends; nil: nobody waits for that
	failed  *call.BodyError
	over    bool
}

// openBody gives the call the body that its head announces. It is nil when there is
// none.
func (k *conn) openBody(c *call.Call, h *http1.Request) *body {
	if h.Length <= 0 && !h.Chunked {
		return nil
	}
	b := k.spare
	if b == nil {
		b = new(body)
	}
	k.spare = nil
	*b = body{k: k, announced: h.Length, owes: h.Expects}
	b.src.Request(k.c, &h.Framing)
	if h.Length > k.e.o.MaxBody {
		b.failed = &call.BodyError{Fault: call.RequestTooLarge}
	}
	c.Request.Body, c.Request.BodyLength = b, h.Length
	return b
}

// Next implements call.Pieces. Its errors are *call.BodyError, but for the end.
func (b *body) Next(wait bool) ([]byte, error) {
	if err := b.begin(); err != nil {
		return nil, err
	}
	p, err := b.src.Next(false)
	if p == nil && err == nil && wait {
		p, err = b.wait()
	}
	return p, b.done(len(p), err)
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if err := b.begin(); err != nil {
		return 0, err
	}
	n, err := b.take(p)
	return n, b.done(n, err)
}

func (b *body) take(p []byte) (int, error) {
	there, err := b.src.Next(false)
	if there == nil && err == nil {
		there, err = b.wait()
	}
	n := copy(p, there)
	if n < len(there) {
		b.src.Back(len(there) - n)
	}
	return n, err
}

func (b *body) begin() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.over:
		return errOver
	case b.failed != nil:
		return b.failed
	}
	b.reading = true
	return nil
}

// wait waits for the next piece, until the caller's time is used up: the grace, and
// a second for so many bytes that came. Only the time that was waited counts.
func (b *body) wait() ([]byte, error) {
	o := &b.k.e.o
	if err := b.invite(); err != nil {
		return nil, err
	}
	start := http1.Now()
	b.k.c.ReadBy(start.Add(o.BodyGrace + time.Duration(b.n)*time.Second/time.Duration(o.BodyRate) - b.waited))
	for {
		p, err := b.src.Next(true)
		if errors.Is(err, http1.ErrInterrupted) && !b.ended() {
			continue
		}
		b.waited += time.Duration(http1.Now() - start)
		return p, err
	}
}

func (b *body) ended() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.over
}

// invite sends the 100 Continue that the caller waits for. The lock keeps it
// out of an answer that has begun.
func (b *body) invite() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.owes || b.over {
		return nil
	}
	b.owes = false
	b.k.c.WriteBy(http1.Now().Add(b.k.e.o.WriteTimeout))
	return b.k.c.Send(goOn)
}

var goOn = []byte("HTTP/1.1 100 Continue\r\n\r\n")

func (b *body) done(n int, err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reading = false
	if b.idle != nil {
		close(b.idle)
		b.idle = nil
	}
	b.n += int64(n)
	switch {
	case err == nil || err == io.EOF:
		return err
	case b.over:
		return errOver
	}
	b.failed = &call.BodyError{Fault: blame(err)}
	return b.failed
}

// blame names the caller's fault. What is neither malformed nor late is a connection
// that has ended.
func blame(err error) *call.Fault {
	if _, refused := errors.AsType[*http1.Refusal](err); refused {
		return call.BadBody
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return call.CallerSlow
	}
	return call.CallerGone
}

// What the edge reads of a body that nobody wanted, to keep the connection.
const (
	drainBytes = 256 << 10
	drainTime  = time.Second
)

// settled reports, before the head of a response is written, whether the
// connection may carry another request after it: only when the body has been read
// to its end.
//
// A body that nobody wanted and that is short is drained here, unless the
// response streams (both may still be moving) or the caller waits for 100
// Continue and has not sent it. After this no 100 Continue is sent.
func (b *body) settled(streams bool) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	owed := b.owes
	b.owes = false
	switch {
	case b.reading:
		return false
	case b.src.Ended():
		return true
	case streams || owed || b.failed != nil || b.announced-b.n > drainBytes:
		return false
	}
	b.k.c.ReadBy(http1.Now().Add(drainTime))
	for b.n <= drainBytes {
		p, err := b.src.Next(true)
		b.n += int64(len(p))
		if err != nil && !errors.Is(err, http1.ErrInterrupted) {
			break
		}
	}
	return b.src.Ended()
}

// end makes later reads fail and returns how much was read. When somebody reads at
// this moment it waits until he has stopped.
func (b *body) end() int64 {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	b.over = true
	if b.reading {
		idle := make(chan struct{})
		b.idle = idle
		b.k.c.Interrupt()
		b.mu.Unlock()
		<-idle
		b.mu.Lock()
	}
	defer b.mu.Unlock()
	return b.n
}
