package edge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// errOver is what a reader gets that outlived its call.
var errOver = errors.New("edge: the request body was read after the call ended")

// body reads one request body: it holds the caller to a pace, says whose fault
// a failure is, and knows whether the connection can be used again.
//
// It is not pooled, because an HTTP client may still be reading it when the call
// ends (call.Call.LimitBody has the same reason).
type body struct {
	src       io.ReadCloser
	ctx       context.Context
	rc        *http.ResponseController
	http2     bool
	talk      bool // HTTP/2 without a length: may be a conversation
	expects   bool // the caller waits for 100 Continue
	announced int64
	idle      time.Duration
	grace     time.Duration
	rate      int64

	mu      sync.Mutex
	n       int64 // bytes read
	waited  time.Duration
	armed   time.Time // the read deadline in force
	reading bool
	eof     bool
	failed  *call.BodyError
	over    bool
}

// openBody returns the body of r, or nil when it has none.
func (s *Server) openBody(w http.ResponseWriter, r *http.Request) *body {
	if r.ContentLength == 0 || r.Body == http.NoBody {
		return nil
	}
	b := &body{
		src: r.Body, ctx: r.Context(), rc: http.NewResponseController(w),
		http2: r.ProtoMajor == 2, talk: r.ProtoMajor == 2 && r.ContentLength < 0,
		expects: r.Header["Expect"] != nil, announced: r.ContentLength,
		idle: s.o.IdleTimeout, grace: s.o.BodyGrace, rate: int64(s.o.BodyRate),
	}
	if r.ContentLength > s.o.MaxBody {
		b.failed = &call.BodyError{Fault: call.RequestTooLarge}
	}
	return b
}

// Read implements io.Reader. Its errors are *call.BodyError, but for the end.
func (b *body) Read(p []byte) (int, error) {
	if err := b.begin(); err != nil {
		return 0, err
	}
	start := time.Now()
	n, err := b.src.Read(p)
	return b.done(n, err, time.Since(start))
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
	b.arm(time.Now())
	return nil
}

// arm sets the read deadline to when the caller's time is used up. It moves with
// every byte; like a write deadline it is set a quarter too far and left alone
// until then.
func (b *body) arm(now time.Time) {
	left := b.grace + time.Duration(b.n)*time.Second/time.Duration(b.rate) - b.waited
	if b.talk {
		left = b.idle
	}
	until := now.Add(left)
	if !b.armed.Before(until) {
		return
	}
	b.armed = until.Add(b.grace / 4)
	b.rc.SetReadDeadline(b.armed)
}

func (b *body) done(n int, err error, waited time.Duration) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reading = false
	b.n += int64(n)
	b.waited += waited
	switch {
	case err == io.EOF || b.n == b.announced && err == nil:
		b.eof = true
		return n, err
	case err == nil:
		return n, nil
	}
	b.failed = &call.BodyError{Fault: blame(b.ctx, err)}
	return n, b.failed
}

// blame names the caller's fault. net/http says "unexpected EOF" when an HTTP/1
// connection ends within a body. When a stream is reset its context has ended
// before the read fails. When an HTTP/2 connection ends, the context ends a moment
// later, and the error has no exported name; TestHTTP2Faults watches its text. What
// is left is bad framing.
func blame(ctx context.Context, err error) *call.Fault {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return call.CallerSlow
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET),
		err.Error() == "client disconnected", ctx.Err() != nil:
		return call.CallerGone
	}
	return call.BadBody
}

// What the edge reads of a body that nobody wanted, to keep the connection.
const (
	drainBytes = 256 << 10
	drainTime  = time.Second
)

// settled reports, before the head of a response is written, whether the
// connection may carry another request after it: only when the body has been read
// to its end. net/http would drain and reuse, but it does not look at the
// errors of that when the response has been started first, and the rest of a
// malformed body would be served as a request.
//
// A body that nobody wanted and that is short is drained here, unless the
// response streams (both may still be moving) or the caller waits for 100
// Continue and has not sent it.
func (b *body) settled(streams bool) bool {
	if b == nil || b.http2 {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.eof {
		return true
	}
	if streams || b.expects || b.reading || b.failed != nil || b.announced-b.n > drainBytes {
		return false
	}
	b.armed = time.Now().Add(drainTime)
	b.rc.SetReadDeadline(b.armed)
	n, err := io.CopyN(io.Discard, b.src, drainBytes+1)
	b.n += n
	b.eof = err == io.EOF
	return b.eof
}

// end makes later reads fail and returns how much was read. A body that has not
// ended leaves a short deadline for net/http, which will look for its end before it
// closes the connection.
func (b *body) end() int64 {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	if !b.eof && !b.http2 {
		until := time.Now()
		if b.failed == nil { // who was too slow has had his time
			until = until.Add(drainTime)
		}
		b.rc.SetReadDeadline(until)
	}
	return b.n
}
