package http1

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Conn is a connection that speaks HTTP/1.1, at either end of it.
//
// # Who owns which bytes
//
// All that is read goes into one buffer, and nothing that is read is copied:
//
//	buf:   [ head of the message under way ][ ... ][ read, not used ][ free ]
//	       0                             pin       r                w
//
// A head is parsed where it lies, and its strings point into the buffer. So from the
// end of the head to Next, the bytes before pin must not move and must not be
// written: the body is read behind them. When there is no room behind them, the
// Conn takes another buffer and leaves the old one to the strings that point into it
// and, when they are gone, to the garbage collector. This is the only case in which a
// buffer is not given back.
//
// Buffers belong to a pool and are borrowed: a Conn that waits for the next
// message (Await) has none. It asks the socket first, with a buffer borrowed for the
// question, and gives it back when there is nothing to read. That is why an idle
// connection costs a goroutine and this struct, and not 16 KB.
//
// What is to be written is collected in out and leaves with one write (Flush): a
// packet, a system call and a wake-up of the peer cost more than everything else that
// this package does. Head and body of a short message leave together.
//
// # Deadlines
//
// Setting a deadline of a socket costs about as much as parsing a head. ReadBy and
// WriteBy only note when a wait must end. The socket's own deadline is set when
// there is none, or one that is later; one that is earlier, left by a message before,
// is left alone. When it passes too soon, it is moved and the wait goes on. With the
// same time-out for every message that is one setting for each time-out that passes,
// not one for each message.
//
// # Waking up
//
// Interrupt ends the wait for the peer from outside, because a caller has gone away
// or the gateway drains. It may come too late, when the Conn already serves
// another: ErrInterrupted is a question, not an answer. Whoever gets it looks
// whether it has reason to stop, and reads on if not.
type Conn struct {
	nc  net.Conn
	raw syscall.RawConn // nil where the bytes are not those of a socket: TLS

	buf       []byte
	pin, r, w int
	foreign   bool // buf is not the pool's
	later     bool // a message came before
	out       []byte
	outBuffer *[bufferSize]byte // that out began in; nil without out
	first     [1]byte           // what Await reads where there is no raw

	reads, writes deadline
	interrupted   atomic.Bool

	// Of one use of raw.
	onRead func(uintptr) bool
	step   step
	into   []byte // nil: a buffer is to be borrowed
	n      int
	err    error
}

// The sizes of buffers in bytes.
const (
	// bufferSize holds the head and the body of nearly every message.
	bufferSize = 16 << 10
	// writeBlock is how much must get through within one write time-out.
	writeBlock = 32 << 10
)

// ErrInterrupted is what a read answers after Interrupt.
var ErrInterrupted = errors.New("http1: the wait was interrupted")

// ErrStale says that a kept connection was closed by its peer, or had something to
// read before it was asked: nothing was sent on it.
var ErrStale = errors.New("http1: the kept connection cannot be used")

// New returns a Conn over nc.
func New(nc net.Conn) *Conn {
	c := &Conn{nc: nc}
	if s, ok := nc.(syscall.Conn); ok && rawReads {
		if raw, err := s.SyscallConn(); err == nil {
			c.raw = raw
			c.onRead = c.readable
		}
	}
	return c
}

// Net is the connection below.
func (c *Conn) Net() net.Conn { return c.nc }

// Instant is a moment on the monotonic clock of this process.
type Instant time.Duration

var epoch = time.Now()

// Now is the present.
func Now() Instant { return Instant(time.Since(epoch)) }

// Add is a moment so much later.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d) }

// deadline is one that is wanted, and the one that the socket has.
type deadline struct{ want, armed Instant }

// ReadBy bounds every wait to read until the next ReadBy.
func (c *Conn) ReadBy(at Instant) { c.reads.want = at }

// WriteBy bounds every wait to write until the next WriteBy; Flush of more than
// 32 KB moves it by the time that it was given.
func (c *Conn) WriteBy(at Instant) { c.writes.want = at }

// arm sets the socket's deadline when the one it has is later than the wanted one.
func (d *deadline) arm(set func(time.Time) error) error {
	if d.armed != 0 && d.armed <= d.want {
		return nil
	}
	d.armed = d.want
	return set(epoch.Add(time.Duration(d.want)))
}

// early reports whether a deadline has passed before its time, and forgets it.
func (d *deadline) early(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	d.armed = 0
	return Now() < d.want
}

// Interrupt ends a read that waits, or the next one, with ErrInterrupted. Any
// goroutine may call it at any time.
func (c *Conn) Interrupt() {
	c.interrupted.Store(true)
	c.nc.SetReadDeadline(time.Unix(1, 0))
}

// Close closes the connection. Any goroutine may call it.
func (c *Conn) Close() error { return c.nc.Close() }

// Buffered is how many bytes were read and not used.
func (c *Conn) Buffered() int { return c.w - c.r }

// Next ends a message: the strings of its head are invalid from here on. Unused
// bytes are the beginning of the next message.
func (c *Conn) Next() {
	c.pin, c.later = 0, true
	if c.r == c.w {
		c.r, c.w = 0, 0
	}
}

// Free gives the buffers back. The Conn can be used again, and begins with Await.
func (c *Conn) Free() {
	c.Next()
	if c.w == 0 {
		c.putBuffer()
	}
	if len(c.out) == 0 {
		c.putOut()
	}
}

// Await waits for the first byte of a message and holds no buffer meanwhile. It
// answers io.EOF when the peer has closed the connection.
func (c *Conn) Await() error {
	if c.w > c.r {
		return nil
	}
	c.Free()
	if c.raw == nil {
		n, err := c.read(c.first[:])
		if n == 0 {
			return err
		}
		c.takeBuffer()
		c.buf[0], c.w = c.first[0], 1
		return nil
	}
	n, err := c.read(nil)
	c.w = n
	return err
}

// fill reads once, behind what is there. It answers no error when something came.
func (c *Conn) fill() error {
	c.makeRoom()
	n, err := c.read(c.buf[c.w:])
	c.w += n
	if n > 0 {
		return nil
	}
	if err == nil {
		return io.ErrNoProgress
	}
	return err
}

func (c *Conn) makeRoom() {
	if c.buf == nil {
		c.takeBuffer()
	}
	if c.r == c.w {
		c.r, c.w = c.pin, c.pin
	}
	if c.w < len(c.buf) {
		return
	}
	if c.r > c.pin {
		c.w = c.pin + copy(c.buf[c.pin:], c.buf[c.r:c.w])
		c.r = c.pin
		return
	}
	// The head takes it all: see Conn.
	larger := make([]byte, max(2*(c.w-c.r), bufferSize))
	c.w = copy(larger, c.buf[c.r:c.w])
	c.buf, c.foreign, c.pin, c.r = larger, true, 0, 0
}

// read reads once into p, or into a borrowed buffer when p is nil.
func (c *Conn) read(p []byte) (int, error) {
	for {
		if err := c.reads.arm(c.nc.SetReadDeadline); err != nil {
			return 0, err
		}
		if c.interrupted.Load() {
			c.interrupted.Store(false)
			c.reads.armed = 0
			return 0, ErrInterrupted
		}
		n, err := c.readOnce(p)
		if n > 0 || err == nil {
			return n, err
		}
		if !c.reads.early(err) && !c.interrupted.Load() {
			return 0, err
		}
	}
}

func (c *Conn) readOnce(p []byte) (int, error) {
	if c.raw == nil {
		return c.nc.Read(p)
	}
	c.step, c.into, c.n, c.err = reading, p, 0, nil
	if err := c.raw.Read(c.onRead); err != nil {
		return 0, err
	}
	return c.n, c.err
}

// Out is what the next Flush sends: append to it and hand the result to SetOut.
// Its memory is borrowed until then.
func (c *Conn) Out() []byte {
	if c.out == nil {
		c.outBuffer = buffers.Get().(*[bufferSize]byte)
		c.out = c.outBuffer[:0]
	}
	return c.out
}

// SetOut replaces what the next Flush sends.
func (c *Conn) SetOut(b []byte) { c.out = b }

// Flush sends what was collected.
func (c *Conn) Flush() error {
	err := c.Send(c.out)
	c.putOut()
	return err
}

func (c *Conn) putOut() {
	if c.outBuffer != nil {
		buffers.Put(c.outBuffer)
	}
	c.out, c.outBuffer = nil, nil
}

// Send sends p at once, from where it lies.
func (c *Conn) Send(p []byte) error {
	patience := c.writes.want - Now()
	for len(p) > 0 {
		block := p[:min(len(p), writeBlock)]
		if err := c.writes.arm(c.nc.SetWriteDeadline); err != nil {
			return err
		}
		n, err := c.nc.Write(block)
		p = p[n:]
		switch {
		case err == nil && len(p) > 0:
			c.writes.want = max(c.writes.want, Now()+patience)
		case err != nil && !c.writes.early(err):
			return err
		}
	}
	return nil
}

var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

func (c *Conn) takeBuffer() {
	c.buf, c.foreign = buffers.Get().(*[bufferSize]byte)[:], false
}

func (c *Conn) putBuffer() {
	if c.buf == nil {
		return
	}
	if !c.foreign {
		buffers.Put((*[bufferSize]byte)(c.buf))
	}
	c.buf, c.foreign = nil, false
}
