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
// It is used for one call only, unless SettleBody was called. An HTTP client may
// still read it in a goroutine of its own after it has returned a response or an
// error; such a late reader must find an object of this call, closed, and never the
// next caller's body. An edge's reader must bear a Read that is under way while the
// call ends.
type body struct {
	mu      sync.Mutex
	src     io.Reader // nil once buffered
	left    int64
	data    []byte // buffered and not yet read again
	closed  bool
	settled bool // nobody reads it any more
	err     error
	// piece is what Next hands out of where src hands out nothing.
	piece *[pieceBytes]byte
}

// pieceBytes is the largest piece in bytes of a source that has no memory to hand
// out.
const pieceBytes = 16 << 10

var piecesPool = sync.Pool{New: func() any { return new([pieceBytes]byte) }}

// LimitBody bounds the request body to limit bytes; reading further fails with
// RequestTooLarge. It does nothing for a call without a body.
func (c *Call) LimitBody(limit int64) {
	if c.Request.Body == nil || c.body != nil {
		return
	}
	b := c.spareBody
	if b == nil {
		b = &body{}
	}
	c.body, c.spareBody = b, nil
	b.src, b.left = c.Request.Body, limit
	b.closed, b.settled, b.err = false, false, nil
	c.Request.Body = b
}

// SettleBody says that whoever has read the request body does not read it again, in
// this goroutine or in another, so that what stands before it may serve the next
// call. Who never calls it costs an allocation.
func (c *Call) SettleBody() {
	if c.body != nil {
		c.body.settled = true
	}
}

// BodySettled reports whether SettleBody was called: the edge's reader may serve the
// next call as well then.
func (c *Call) BodySettled() bool { return c.body != nil && c.body.settled }

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

// Next implements Pieces. A source that hands out nothing is copied from, and
// without wait it answers that nothing is there: only a Read could tell.
func (b *body) Next(wait bool) ([]byte, error) {
	b.mu.Lock()
	if b.closed || b.err != nil || b.src == nil {
		defer b.mu.Unlock()
		return b.nextKept()
	}
	src, left := b.src, b.left
	b.mu.Unlock()

	pieces, ok := src.(Pieces)
	switch {
	case ok:
	case !wait:
		return nil, nil
	default:
		return b.nextCopied()
	}
	p, err := pieces.Next(wait)

	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, errBodyDone
	}
	if int64(len(p)) > left {
		p, err = nil, &BodyError{RequestTooLarge}
	}
	b.left -= int64(len(p))
	b.err = callers(err)
	return p, b.err
}

// nextKept is readKept for Next.
func (b *body) nextKept() ([]byte, error) {
	if b.closed || b.err != nil || len(b.data) == 0 {
		_, err := b.readKept(nil)
		return nil, err
	}
	p := b.data
	b.data = nil
	return p, nil
}

func (b *body) nextCopied() ([]byte, error) {
	if b.piece == nil {
		b.piece = piecesPool.Get().(*[pieceBytes]byte)
	}
	for {
		n, err := b.Read(b.piece[:])
		if n > 0 {
			return b.piece[:n], nil // an error is there for the next call too
		}
		if err != nil {
			piecesPool.Put(b.piece)
			b.piece = nil
			return nil, err
		}
	}
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
