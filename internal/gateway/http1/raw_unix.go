//go:build unix

package http1

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// rawReads says that sockets are read by their descriptors here.
const rawReads = true

// step is what readable does next.
type step uint8

const (
	reading  step = iota
	probing       // the first of Await
	awaiting      // the others of Await
	asking        // the first of Exchange
	unsent        // Exchange could not send everything at once
)

// readable is called by the runtime's poller with the descriptor, first at once
// and then whenever something has come. It answers false to be called again.
func (c *Conn) readable(fd uintptr) bool {
	switch c.step {
	case asking:
		return c.ask(int(fd))
	case probing:
		return c.probe(int(fd))
	}
	p := c.into
	if p == nil {
		c.takeBuffer()
		p = c.buf
	}
	n, err := readNow(int(fd), p)
	if c.into == nil && n <= 0 {
		c.putBuffer()
	}
	if err == syscall.EAGAIN {
		return false
	}
	// An empty line before the message is Await's.
	if c.step == awaiting && c.Turn != nil && n > 0 && n < len(p) && p[0] != '\r' {
		c.w, c.fd = n, int(fd)
		return !c.turn()
	}
	c.n, c.err = n, err
	if n == 0 && err == nil {
		c.err = io.EOF
	}
	return true
}

// turn has what has come served within the wait, and reports whether the wait goes on.
func (c *Conn) turn() bool {
	c.inside = true
	on := c.Turn()
	c.inside = false
	if !on {
		c.turned = true
		return false
	}
	c.Free()
	c.err = c.armRead()
	if c.err == nil && c.stopped() { // in this order, as in read
		c.err = ErrInterrupted
	}
	return c.err == nil
}

// probe looks whether something has come before the wait for it begins. Nearly
// always nothing has, so that no buffer is borrowed for the question. When there is
// something, the rest is read at once. An end that this finds the next read finds again,
// and a reset as an end.
func (c *Conn) probe(fd int) bool {
	c.step = awaiting
	n, err := readNow(fd, c.first[:])
	switch {
	case err == syscall.EAGAIN:
		return false
	case n == 0:
		if c.err = err; err == nil {
			c.err = io.EOF
		}
		return true
	}
	c.takeBuffer()
	c.buf[0], c.n = c.first[0], 1
	if n, _ := readNow(fd, c.buf[1:]); n > 0 {
		c.n += n
	}
	return true
}

// writable is readable for Send.
func (c *Conn) writable(fd uintptr) bool {
	for len(c.leaving) > 0 {
		n, err := writeNow(int(fd), c.leaving)
		c.leaving = c.leaving[n:]
		if err == syscall.EAGAIN {
			return false
		}
		if err != nil {
			c.failed = err
			return true
		}
	}
	return true
}

// ask is the first half of Exchange.
func (c *Conn) ask(fd int) bool {
	c.step = reading
	if _, err := readNow(fd, c.first[:]); err != syscall.EAGAIN {
		// Closed, or it speaks before it is asked, which is no answer to us.
		c.err = ErrStale
		return true
	}
	n, err := writeNow(fd, c.out)
	if err != nil && err != syscall.EAGAIN {
		c.err = ErrStale
		return true
	}
	if n < len(c.out) {
		c.out = c.out[:copy(c.out, c.out[n:])]
		c.step = unsent
		return true
	}
	c.putOut()
	if c.stopped() {
		// It came before the deadline was set, and did not end this wait.
		c.err = ErrInterrupted
		return true
	}
	return false
}

// Exchange sends what was collected on a connection that was kept, and waits for
// the first bytes of the answer.
//
// A kept connection may have been closed meanwhile, or its peer may have sent
// something that nobody asked for and that must not become the answer to this
// request. Looking costs nothing here: the read that finds the socket empty, with
// which every wait begins, is made before the request is written and not after it.
// That loses no answer: the poller forgets what it knew before RawConn.Read calls for
// the first time and not between the calls, so that whatever comes after that read,
// an answer to this very request included, ends the wait.
//
// ErrStale means that nothing was sent, so that anything may be sent again
// elsewhere. Any other error leaves open what the peer has seen.
func (c *Conn) Exchange() error {
	if c.raw == nil || c.w > c.r {
		return c.exchangeBlind()
	}
	for {
		if err := c.armRead(); err != nil {
			return ErrStale
		}
		c.step, c.into, c.n, c.err = asking, nil, 0, nil
		if c.buf != nil {
			c.makeRoom()
			c.into = c.buf[c.w:]
		}
		err := c.raw.Read(c.onRead)
		switch {
		case err == nil && c.step == unsent: // the socket's own buffer was full
			if err := c.Flush(); err != nil {
				return err
			}
			return c.fill()
		case err == nil:
			c.w += c.n
			return c.err
		case !errors.Is(err, os.ErrDeadlineExceeded):
			if c.step == asking {
				return ErrStale
			}
			return err
		case c.reads.early(err):
			if c.step != asking {
				return c.fill()
			}
			// An interrupt that is left over from before does not keep it from being
			// sent: ask finds the mark.
		case c.step != asking && c.stopped():
			return ErrInterrupted
		default:
			return err
		}
	}
}
