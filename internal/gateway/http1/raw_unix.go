//go:build unix

package http1

import (
	"io"
	"syscall"
)

// rawReads says that sockets are read by their descriptors here.
const rawReads = true

// step is what readable does next.
type step uint8

const (
	reading step = iota
	asking
)

// readable is called by the runtime's poller with the descriptor, first at once
// and then whenever something has come. It answers false to be called again.
func (c *Conn) readable(fd uintptr) bool {
	if c.step == asking {
		return c.ask(int(fd))
	}
	p := c.into
	if p == nil {
		c.takeBuffer()
		p = c.buf
	}
	n, err := retried(syscall.Read, int(fd), p)
	if c.into == nil && n <= 0 {
		c.putBuffer()
	}
	if err == syscall.EAGAIN {
		return false
	}
	c.n, c.err = max(n, 0), err
	if n == 0 && err == nil {
		c.err = io.EOF
	}
	return true
}

// ask is the first half of Exchange.
func (c *Conn) ask(fd int) bool {
	c.step = reading
	n, err := retried(syscall.Read, fd, c.into)
	if err != syscall.EAGAIN {
		// Closed, or it speaks before it is asked, which is no answer to us.
		c.n, c.err = 0, ErrStale
		return true
	}
	n, err = retried(syscall.Write, fd, c.out)
	switch {
	case err == syscall.EAGAIN:
		n = 0
	case err != nil:
		c.err = ErrStale
		return true
	}
	if n < len(c.out) {
		c.out = c.out[:copy(c.out, c.out[n:])]
		c.step = asking // not all is sent; Exchange goes on by itself
		return true
	}
	c.putOut()
	return false
}

// retried repeats a call that a signal has interrupted.
func retried(call func(int, []byte) (int, error), fd int, p []byte) (int, error) {
	for {
		n, err := call(fd, p)
		if err != syscall.EINTR {
			return n, err
		}
	}
}

// Exchange sends what was collected on a connection that was kept, and waits for
// the first bytes of the answer.
//
// A kept connection may have been closed meanwhile, or its peer may have sent
// something that nobody asked for and that must not become the answer to this
// request. Looking costs nothing here: the read that finds the socket empty, with
// which every wait begins, is made before the request is written and not after it.
// ErrStale means that nothing was sent, so that anything may be sent again
// elsewhere. Any other error leaves open what the peer has seen.
func (c *Conn) Exchange() error {
	if c.raw == nil || c.w > c.r {
		return c.exchangeBlind()
	}
	c.makeRoom()
	for {
		if err := c.reads.arm(c.nc.SetReadDeadline); err != nil {
			return ErrStale
		}
		c.step, c.into, c.n, c.err = asking, c.buf[c.w:], 0, nil
		err := c.raw.Read(c.onRead)
		switch {
		case err != nil && c.step == asking && (c.reads.early(err) || c.interrupted.Load()):
			c.reads.armed = 0 // the socket's deadline had passed before it began
			c.interrupted.Store(false)
			continue
		case err != nil && c.step == asking:
			return ErrStale
		case err != nil && c.reads.early(err):
			return c.fill()
		case err != nil && c.interrupted.Swap(false):
			c.reads.armed = 0
			return ErrInterrupted
		case err != nil:
			return err
		case c.err != nil:
			return c.err
		case c.step == asking: // the socket's own buffer was full
			if err := c.Flush(); err != nil {
				return err
			}
			return c.fill()
		}
		c.w += c.n
		return nil
	}
}
