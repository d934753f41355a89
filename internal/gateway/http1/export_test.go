package http1

// Reread makes c read again, from its buffer, what it has read.
func (c *Conn) Reread() { c.r, c.pin = 0, 0 }

// HoldsMemory reports whether c has a buffer.
func (c *Conn) HoldsMemory() bool { return c.buf != nil || c.outBuffer != nil }
