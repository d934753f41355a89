package http1

// exchangeBlind is Exchange where nobody can look whether a kept connection is
// still of use (TLS): who keeps the connection has to ask the socket below.
func (c *Conn) exchangeBlind() error {
	if c.w > c.r {
		return ErrStale
	}
	if err := c.Flush(); err != nil {
		return err
	}
	return c.fill()
}
