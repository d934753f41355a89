package channel

import (
	"encoding/binary"
	"math"
	"math/bits"
	"net/netip"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// The ways of balancing, as the wire counts them.
const (
	roundRobin = 1 + iota
	leastConnections
	sourceHash
	uriHash
)

// balanceNames say in a trace how a member was chosen.
var balanceNames = [...]string{
	roundRobin: "weighted round robin", leastConnections: "weighted least connections",
	sourceHash: "the hash of the caller's address", uriHash: "the hash of path and query",
}

// maxTries is how many members one call may be offered to.
const maxTries = 3

// search is what one call knows while it looks for a member.
type search struct {
	clock clock.Clock
	now   int64 // Unix nanoseconds; 0 until somebody asks
	tried [maxTries]*member
	tries int
	// lastResort: nobody else is left, so members that are out count as well.
	lastResort bool
}

// takes reports whether a member may get this call.
func (s *search) takes(m *member) bool {
	if m.sick.Load() {
		return false
	}
	for _, t := range s.tried[:s.tries] {
		if t == m {
			return false
		}
	}
	until := m.ejection.until.Load()
	if until == 0 || s.lastResort {
		return true
	}
	// Out: after its time one call at a time may try it.
	return s.time() >= until && !m.ejection.trial.Load()
}

func (s *search) time() int64 {
	if s.now == 0 {
		s.now = s.clock().UnixNano()
	}
	return s.now
}

// choose returns a member that takes the call, nil when there is none. trial is
// true when the call is a trial, which learn ends.
func (l *live) choose(c *call.Call, s *search) (m *member, trial bool) {
	for {
		i := l.pick(c, s)
		switch {
		case i < 0 && s.lastResort:
			return nil, false
		case i < 0:
			s.lastResort = true
			continue
		}
		m = l.entries[i].member
		if s.lastResort || m.ejection.until.Load() == 0 {
			return m, false
		}
		// Another call may have been faster; then takes says so in the next round.
		if !m.ejection.trial.CompareAndSwap(false, true) {
			continue
		}
		if m.ejection.until.Load() != 0 {
			return m, true
		}
		m.ejection.trial.Store(false) // its trial has just succeeded
		return m, false
	}
}

func (l *live) pick(c *call.Call, s *search) int {
	switch l.balance {
	case leastConnections:
		return l.leastBusy(s)
	case sourceHash:
		return l.byHash(hashAddress(c.Request.Client), s)
	case uriHash:
		return l.byHash(hashTarget(&c.Request), s)
	}
	return l.inTurn(s)
}

// inTurn is smooth weighted round robin. When the member whose turn it is takes no
// calls, the turn goes to another by weight and chance: to pass it on to the next
// in line would give all of it to one member.
func (l *live) inTurn(s *search) int {
	if len(l.round) == 0 {
		return -1
	}
	n := l.turns.next.Add(1)
	i := int(l.round[n%uint64(len(l.round))])
	if s.takes(l.entries[i].member) {
		return i
	}
	return l.byHash(mix(n), s)
}

// leastBusy is weighted least connections: fewest calls under way per weight.
// The search begins where weighted round robin points, which so decides among the
// equal.
func (l *live) leastBusy(s *search) int {
	if len(l.round) == 0 {
		return -1
	}
	n := len(l.entries)
	start := int(l.round[l.turns.next.Add(1)%uint64(len(l.round))])
	best, calls, weight := -1, int64(0), int64(1)
	for k := range n {
		i := start + k
		if i >= n {
			i -= n
		}
		e := &l.entries[i]
		busy := e.inFlight.Load()
		if best >= 0 && busy*weight >= calls*e.weight || !s.takes(e.member) {
			continue
		}
		if best, calls, weight = i, busy, e.weight; busy == 0 {
			break // nothing is below none
		}
	}
	return best
}

// byHash is weighted rendezvous hashing: every member draws a number for the key
// from the exponential distribution with its weight as the rate, and the lowest
// wins. A member that takes no calls leaves the other draws as they are.
func (l *live) byHash(key uint64, s *search) int {
	best, lowest := -1, math.Inf(1)
	for i := range l.entries {
		e := &l.entries[i]
		u := (float64(mix(key^e.hash)>>11) + 1) * 0x1p-53 // in (0, 1]
		// -ln(u) is at least 1-u, which nearly always decides without it.
		if (1-u)*e.inverse >= lowest {
			continue
		}
		if draw := -math.Log(u) * e.inverse; draw < lowest && s.takes(e.member) {
			best, lowest = i, draw
		}
	}
	return best
}

// roundOf is the order of one round of smooth weighted round robin: each turn
// every entry gains its weight, the greatest goes and pays the sum of all.
func roundOf(entries []entry) []uint16 {
	if len(entries) == 0 {
		return nil
	}
	divisor := uint64(0)
	for i := range entries {
		divisor = gcd(uint64(entries[i].weight), divisor)
	}
	total := int64(0)
	weights := make([]int64, len(entries))
	for i := range entries {
		weights[i] = entries[i].weight / int64(divisor)
		total += weights[i]
	}
	gained := make([]int64, len(entries))
	round := make([]uint16, total)
	for turn := range round {
		best := 0
		for i, w := range weights {
			gained[i] += w
			if gained[i] > gained[best] {
				best = i
			}
		}
		gained[best] -= total
		round[turn] = uint16(best)
	}
	return round
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// mix spreads every bit of x over all bits (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// hashText continues a hash over a text. It is the same on all machines.
func hashText(h uint64, s string) uint64 {
	n := len(s)
	for len(s) >= 8 {
		word := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		h = mix(h ^ word)
		s = s[8:]
	}
	var tail uint64
	for i := range len(s) {
		tail |= uint64(s[i]) << (8 * i)
	}
	return mix(mix(h^tail) ^ uint64(n))
}

func hashAddress(a netip.Addr) uint64 {
	b := a.As16()
	return mix(mix(binary.LittleEndian.Uint64(b[:8])) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(b[8:]), 1))
}

// hashTarget hashes path and query as they came: what is forwarded may differ, the
// caller's own word for it does not.
func hashTarget(r *call.Request) uint64 {
	h := hashText(0, r.RawPath)
	if r.RawQuery == "" {
		return h
	}
	return hashText(h, r.RawQuery)
}
