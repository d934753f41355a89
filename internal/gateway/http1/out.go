package http1

// writeBlock is how many bytes must get through within one write time-out.
const writeBlock = 32 << 10

// Out is what the next Flush sends: append to it and hand the result to SetOut.
// Its memory is borrowed until then.
func (c *Conn) Out() []byte {
	if c.out == nil {
		if c.outBuffer == nil {
			c.outBuffer = buffers.Get().(*[bufferSize]byte)
		}
		c.out = c.outBuffer[:0]
	}
	return c.out
}

// leastToCompose is how much Room has, if any.
const leastToCompose = bufferSize / 2

// Room is memory that is free behind the message under way, of no length and at least
// 8 KB of capacity; nil when there is less. It is for what is composed and sent while nothing
// is read from c, on this connection or another (SetOut): a buffer of the pool costs 190
// instructions to borrow and give back.
func (c *Conn) Room() []byte {
	if len(c.buf)-c.w < leastToCompose {
		return nil
	}
	return c.buf[c.w:c.w]
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
		poisoned(c.outBuffer[:])
		buffers.Put(c.outBuffer)
	}
	c.out, c.outBuffer = nil, nil
}

// Send sends p at once, from where it lies.
func (c *Conn) Send(p []byte) error {
	var patience Instant
	if len(p) > writeBlock {
		patience = c.writes.want - Now()
	}
	for len(p) > 0 {
		block := p[:min(len(p), writeBlock)]
		if err := c.armWrite(); err != nil {
			return err
		}
		n, err := c.writeOnce(block)
		p = p[n:]
		switch {
		case err == nil && len(p) > 0:
			c.writes.want = max(c.writes.want, Now()+patience)
		case err != nil && (c.raw == nil || !c.writes.early(err)):
			return err
		}
	}
	return nil
}

// writeOnce writes all of p, or as much as goes until the deadline.
func (c *Conn) writeOnce(p []byte) (int, error) {
	if c.raw == nil {
		return c.nc.Write(p)
	}
	c.leaving, c.failed = p, nil
	if c.inside && c.writable(uintptr(c.fd)) {
		n := len(p) - len(c.leaving)
		c.leaving = nil
		return n, c.failed
	}
	err := c.raw.Write(c.onWrite)
	n := len(p) - len(c.leaving)
	c.leaving = nil
	if err == nil {
		err = c.failed
	}
	return n, err
}
