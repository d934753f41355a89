package limit

import "github.com/lintel-gateway/lintel/internal/clock"

// NewLanes is NewMemory with a number of lanes, a power of two.
func NewLanes(now clock.Clock, callers, lanes int) *Memory {
	m := NewMemory(now, callers)
	m.purses = nil
	for range lanes {
		m.purses = append(m.purses, new(purse))
	}
	return m
}

// AdmitOn is Admit on a lane.
func (m *Memory) AdmitOn(lane int, wants []Want) (refused int) { return m.admit(lane, wants) }

// Leases counts leases that were given, and the calls that are left of them.
func (m *Memory) Leases() (leases int, left int64) {
	for i := range m.parts {
		p := &m.parts[i]
		p.mu.Lock()
		leases += p.leases
		for _, c := range p.chains {
			for ; c != nil; c = c.next {
				left += m.left(c)
			}
		}
		p.mu.Unlock()
	}
	return leases, left
}

func (m *Memory) left(c *cell) (left int64) {
	for i, e := range c.leases {
		if e != nil {
			m.purses[i].mu.Lock()
			left += e.left
			m.purses[i].mu.Unlock()
		}
	}
	return left
}
