package call

import (
	"errors"
	"io"
	"slices"
	"sync"
)

// MaxBody is the largest request body in bytes, 12 MB (wire-facts §13).
const MaxBody = 12 << 20

// BodyError is a failure to read the request body that the caller caused:
// malformed framing, too large, gone, too slow.
type BodyError struct{ Fault *Fault }

func (e *BodyError) Error() string { return "request body: " + e.Fault.Message }

// errBodyDone is what a late reader gets: the call is over.
var errBodyDone = errors.New("call: the request body was read after the call ended")

// body stands between the edge's reader and whoever reads the request body. It
// bounds the size, remembers the caller's failure, and can be read once more
// after it was buffered.
//
// It is not pooled. An HTTP client may still read it in a goroutine of its own
// after it has returned a response or an error; such a late reader must find
// an object of this call, closed, and never the next caller's body. An edge's
// reader must bear a Read that is under way while the call ends.
type body struct {
	mu     sync.Mutex
	src    io.Reader // nil once buffered
	left   int64
	data   []byte // buffered and not yet read again
	closed bool
	err    error
}

// LimitBody bounds the request body to limit bytes; reading further fails with
// RequestTooLarge. It does nothing for a call without a body.
func (c *Call) LimitBody(limit int64) {
	if c.Request.Body == nil || c.body != nil {
		return
	}
	c.body = &body{src: c.Request.Body, left: limit}
	c.Request.Body = c.body
}

// Buffer reads the whole request body, which stays readable from the start
// through Request.Body. It must not be called before LimitBody. The bytes are
// valid until the call ends.
func (c *Call) Buffer() ([]byte, *Fault) {
	if c.body == nil {
		return nil, nil
	}
	buf := c.scratch.body[:0]
	if n := c.Request.BodyLength; n > 0 {
		// One byte more lets the last Read see the end without growing. The
		// announced length is believed up to keepBytes only: memory is for
		// bytes that have come.
		buf = slices.Grow(buf, int(min(n, keepBytes))+1)
	}
	for {
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, 512)
		}
		n, err := c.body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		c.scratch.body = buf
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, c.BodyFault()
		}
	}
	c.body.rewind(buf)
	c.Request.BodyLength = int64(len(buf))
	return buf, nil
}

// BodyFault returns the fault of the caller that reading the request body met,
// or nil. A backend asks it before it blames its peer.
func (c *Call) BodyFault() *Fault {
	if c.body == nil {
		return nil
	}
	c.body.mu.Lock()
	defer c.body.mu.Unlock()
	if e, ok := errors.AsType[*BodyError](c.body.err); ok {
		return e.Fault
	}
	return nil
}

// Read implements io.Reader. The lock is not held while the edge reads, so that
// Close never waits for a slow caller.
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	if b.closed || b.err != nil || b.src == nil {
		defer b.mu.Unlock()
		return b.readKept(p)
	}
	src, left := b.src, b.left
	b.mu.Unlock()

	if int64(len(p)) > left+1 {
		p = p[:left+1]
	}
	n, err := src.Read(p)

	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return 0, errBodyDone
	}
	if int64(n) > b.left {
		n = int(b.left)
		err = &BodyError{RequestTooLarge}
	}
	b.left -= int64(n)
	b.err = callers(err)
	return n, b.err
}

// readKept serves what needs no edge: the buffered bytes, the end, an error.
func (b *body) readKept(p []byte) (int, error) {
	switch {
	case b.closed:
		return 0, errBodyDone
	case b.err != nil:
		return 0, b.err
	case len(b.data) == 0:
		return 0, io.EOF
	}
	n := copy(p, b.data)
	b.data = b.data[n:]
	return n, nil
}

// callers makes every failure of the edge's reader the caller's: only the
// caller's connection can fail there.
func callers(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if _, ok := errors.AsType[*BodyError](err); ok {
		return err
	}
	return &BodyError{BadBody}
}

func (b *body) rewind(data []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.src, b.data, b.err = nil, data, nil
}

// Close ends reading; the memory behind the body may be used again afterwards.
func (b *body) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed, b.data, b.src = true, nil, nil
	return nil
}
