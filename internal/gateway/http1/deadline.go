package http1

import (
	"errors"
	"os"
	"time"
)

// Instant is a moment on the monotonic clock of this process.
type Instant time.Duration

var epoch = time.Now()

// Now is the present.
func Now() Instant { return Instant(time.Since(epoch)) }

// Add is a moment so much later.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d) }

func (i Instant) time() time.Time { return epoch.Add(time.Duration(i)) }

// deadline is one that is wanted, and the one that the socket has. A wait without
// one that is wanted has one that has passed: nothing here waits for ever because
// somebody forgot to say how long.
type deadline struct{ want, armed Instant }

// early reports whether a deadline has passed before its time, and forgets it.
func (d *deadline) early(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	d.armed = 0
	return Now() < d.want
}

// ReadBy bounds every wait to read until the next ReadBy.
func (c *Conn) ReadBy(at Instant) { c.reads.want = at }

// WriteBy bounds every wait to write until the next WriteBy; Flush of more than
// 32 KB moves it by the time that it was given.
func (c *Conn) WriteBy(at Instant) { c.writes.want = at }

// armRead sets the socket's deadline to the wanted one, or leaves it alone when it
// has one that is not later.
func (c *Conn) armRead() error {
	if d := &c.reads; d.armed == 0 || d.armed > d.want {
		d.armed = d.want
		return c.nc.SetReadDeadline(d.want.time())
	}
	return nil
}

// slack is how much later than wanted a write over TLS may end.
const slack = Instant(time.Second)

// armWrite is armRead for writing. A write over TLS that has met its deadline is the
// last one of its connection (a record was cut), so that one that passes too early
// cannot be moved and gone on with: there the deadline is never earlier than
// wanted and up to slack later, and so set once in a second and not for each message.
func (c *Conn) armWrite() error {
	d := &c.writes
	at := d.want
	if c.raw == nil {
		if d.armed >= at && d.armed <= at+slack {
			return nil
		}
		at += slack
	} else if d.armed != 0 && d.armed <= at {
		return nil
	}
	d.armed = at
	return c.nc.SetWriteDeadline(at.time())
}

// Interrupt ends a read that waits, or the next one, with ErrInterrupted; a write
// goes on. Any goroutine may call it at any time.
//
// The order matters: the mark is set before the deadline. Whoever sets the deadline
// afresh and overwrites ours looks at the mark after that, and finds it. Whoever has
// looked before finds that the wait ends at once.
func (c *Conn) Interrupt() {
	c.interrupted.Store(true)
	c.nc.SetReadDeadline(time.Unix(1, 0))
}

// stopped reports whether there was an interrupt, and uses it up.
func (c *Conn) stopped() bool {
	if !c.interrupted.Load() {
		return false
	}
	c.interrupted.Store(false)
	c.reads.armed = 0 // Interrupt has set another
	return true
}

// read reads once into p, or into a borrowed buffer when p is nil.
func (c *Conn) read(p []byte) (int, error) {
	for {
		if err := c.armRead(); err != nil {
			return 0, err
		}
		if c.stopped() {
			return 0, ErrInterrupted
		}
		n, err := c.readOnce(p)
		if n > 0 || err == nil {
			return n, err
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			// Not even after an interrupt: a socket tells of a reset once, and of an
			// end, which is another thing, for ever after.
			return 0, err
		}
		if !c.reads.early(err) && !c.interrupted.Load() {
			return 0, err
		}
	}
}
