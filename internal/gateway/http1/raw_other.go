//go:build !unix

package http1

// rawReads says that sockets are read by their descriptors here.
const rawReads = false

type step uint8

const reading, probing step = 0, 1

func (c *Conn) readable(uintptr) bool { return true }
func (c *Conn) writable(uintptr) bool { return true }

// Exchange sends what was collected on a connection that was kept, and waits for
// the first bytes of the answer.
func (c *Conn) Exchange() error { return c.exchangeBlind() }
