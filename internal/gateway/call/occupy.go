package call

import "sync/atomic"

// Occupy counts the call on n until it is released: as one of the calls under way
// at a member of a channel. A call counts in one place; the one before is left.
func (c *Call) Occupy(n *atomic.Int64) {
	c.vacate()
	n.Add(1)
	c.occupies = n
}

func (c *Call) vacate() {
	if c.occupies != nil {
		c.occupies.Add(-1)
		c.occupies = nil
	}
}
