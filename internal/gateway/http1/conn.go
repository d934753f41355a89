package http1

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
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
// written: the body is read behind them. When there is little room behind them, the
// Conn takes another buffer and leaves the old one to the strings that point into it
// and, when they are gone, to the garbage collector. This is the only case in which a
// buffer is not given back.
//
// Buffers belong to a pool and are borrowed: a Conn that waits for the next
// message (Await) or for an answer (Exchange) has none. It asks the socket first, for
// one byte, and borrows a buffer when the poller says that there is something. That is
// why an idle connection costs a goroutine and this struct, and not 16 KB. Over TLS,
// where nobody can look, the first byte is read alone.
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
// not one for each message. (Writes over TLS are another matter: armWrite.)
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
	later     bool // a request came before
	skipped   bool // and an empty line behind it
	out       []byte
	outBuffer *[bufferSize]byte // that out began in; nil without out
	first     [1]byte           // what is read while there is no buffer

	// Turn, when it is set, serves a message in the wait for it: see Await.
	Turn   func() bool
	inside bool // Turn is under way
	turned bool // it was, and has ended the wait
	fd     int  // the socket's, for Turn alone

	reads, writes deadline
	interrupted   atomic.Bool

	// Of one use of raw to read.
	onRead func(uintptr) bool
	step   step
	into   []byte // nil: a buffer is to be borrowed
	n      int
	err    error

	// Of one use of raw to write.
	onWrite func(uintptr) bool
	leaving []byte
	failed  error
}

// Sizes in bytes.
const (
	// bufferSize holds the head and the body of nearly every message.
	bufferSize = 16 << 10
	// leastRoom is what must be free behind a head for the body to be read there. A
	// head that leaves one byte would have its body read byte by byte.
	leastRoom = bufferSize / 4
)

// ErrInterrupted is what a read, Await and Exchange answer after Interrupt. What was
// to be sent is sent all the same; reading may go on.
var ErrInterrupted = errors.New("http1: the wait was interrupted")

// ErrInside is what a read answers in Turn, which cannot wait: somebody holds the
// socket for reading, and that is the wait in which Turn is called.
var ErrInside = errors.New("http1: nothing can be waited for in the turn of a message")

// ErrStale says that a kept connection was closed by its peer, or had something to
// read before it was asked: nothing was sent on it.
var ErrStale = errors.New("http1: the kept connection cannot be used")

// New returns a Conn over nc. It reads from the descriptor of a socket of package
// net itself and of nothing else that has one: what wraps a socket may hold bytes that
// it has read already.
func New(nc net.Conn) *Conn {
	c := &Conn{nc: nc}
	if !rawReads {
		return c
	}
	switch s := nc.(type) {
	case *net.TCPConn:
		c.own(s)
	case *net.UnixConn:
		c.own(s)
	}
	return c
}

func (c *Conn) own(s syscall.Conn) {
	if raw, err := s.SyscallConn(); err == nil {
		c.raw = raw
		c.onRead, c.onWrite = c.readable, c.writable // once: each makes a value on the heap
	}
}

// Net is the connection below.
func (c *Conn) Net() net.Conn { return c.nc }

// Close closes the connection. Any goroutine may call it.
func (c *Conn) Close() error { return c.nc.Close() }

// Buffered is how many bytes were read and not used.
func (c *Conn) Buffered() int { return c.w - c.r }

// Next ends a message: the strings of its head are invalid from here on. Unused
// bytes are the beginning of the next message.
func (c *Conn) Next() {
	poisoned(c.buf[:c.r])
	c.pin = 0
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

// Drop gives the buffers back with all that was read and not used. The Conn cannot be
// used again.
func (c *Conn) Drop() {
	c.r = c.w
	c.Free()
	c.into, c.leaving = nil, nil // of the last read and write
}

// Await waits for the first byte of a message and holds no buffer meanwhile. It
// answers io.EOF when the peer has closed the connection.
//
// # Turns
//
// Every wait for a socket begins with a read that finds it empty, because the runtime's
// poller forgets what it knew when a wait begins: what has come until then it would not
// tell. It remembers while the wait lasts. So where Conn.Turn is set, Await calls it
// within the wait, when something has come that did not fill the buffer, so that
// the socket is empty, and the wait goes on from there without the question. That
// spares a system call, the beginning and the end of a wait, and asking for the socket to
// write: 1,600 instructions of a forwarded GET, user and kernel (bench/README.md).
//
// Turn serves what is there and reports true when it has used up all of it and set the
// next deadline. False ends the wait, and Await answers no error, whatever is
// left. Turn cannot read (ErrInside), and writes without asking for the socket.
//
// An end of the connection that came together with the message goes unnoticed in this
// way, until Interrupt ends the wait: the next one asks again. Package engine does that
// when a connection has been idle for a quarter of a second.
func (c *Conn) Await() error {
	for {
		if c.w > c.r {
			empty, err := c.skipEmptyLine()
			if err != nil || !empty || c.w > c.r {
				return err
			}
		}
		c.Free()
		if err := c.awaitByte(); err != nil {
			return err
		}
		if c.turned {
			c.turned = false
			return nil
		}
	}
}

func (c *Conn) awaitByte() error {
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
	c.w += n
	return err
}

// skipEmptyLine passes over one empty line before a request that is not the first,
// and reports whether there was one: some old clients send it behind a body (RFC
// 9112 §2.2). Await asks, so that the time until the request is not that of a head.
func (c *Conn) skipEmptyLine() (bool, error) {
	if !c.later || c.skipped || c.r == c.w || c.buf[c.r] != '\r' {
		return false, nil
	}
	for c.w-c.r < 2 {
		if err := c.fill(); err != nil {
			return false, err
		}
	}
	if c.buf[c.r+1] != '\n' {
		return false, nil
	}
	c.r += 2
	c.skipped = true
	return true, nil
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
		if len(c.buf)-c.pin < leastRoom {
			c.takeBuffer()
			c.pin, c.r, c.w = 0, 0, 0
		}
	}
	if c.w < len(c.buf) {
		return
	}
	if c.r > c.pin {
		c.w = c.pin + copy(c.buf[c.pin:], c.buf[c.r:c.w])
		c.r = c.pin
		return
	}
	// The head takes it all: see Conn. When it is still being read, which pin tells, it has
	// no strings yet.
	larger := takeLarge(max(2*(c.w-c.r), bufferSize))
	n := copy(larger, c.buf[c.r:c.w])
	if c.pin == 0 {
		c.putBuffer()
	}
	c.buf, c.foreign, c.pin, c.r, c.w = larger, true, 0, 0, n
}

func (c *Conn) readOnce(p []byte) (int, error) {
	if c.raw == nil {
		return c.nc.Read(p)
	}
	c.step, c.into, c.n, c.err = reading, p, 0, nil
	if p == nil {
		c.step = probing
	}
	if c.inside {
		return 0, ErrInside
	}
	if err := c.raw.Read(c.onRead); err != nil {
		return 0, err
	}
	return c.n, c.err
}

var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

func (c *Conn) takeBuffer() {
	c.buf, c.foreign = buffers.Get().(*[bufferSize]byte)[:], false
}

func (c *Conn) putBuffer() {
	if c.buf == nil {
		return
	}
	poisoned(c.buf)
	if c.foreign {
		putLarge(c.buf)
	} else {
		buffers.Put((*[bufferSize]byte)(c.buf))
	}
	c.buf, c.foreign = nil, false
}
