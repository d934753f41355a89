package limit

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"sync"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/lane"
)

const (
	// leased is the smallest limit of which leases are given: below it nearly every
	// call would call one back.
	leased = 64

	// minLease and maxLease bound the calls of a lease. A smaller one is not worth the
	// second lock; a greater one saves nothing that could be measured.
	minLease, maxLease = 4, 512

	// mostLeases bounds the leases of one part: 65,536 in all parts, of 128 bytes.
	// Counters beyond them are counted as if there were none.
	mostLeases = 256

	// pockets is how many leases a purse knows, a power of two; a key has two places.
	pockets     = 1024
	pocketShift = 64 - 10
)

// lease is calls that are already counted in a counter and that one lane may still
// admit. It is guarded by the lock of its lane's purse.
type lease struct {
	// What the calls must want: the key with its name by address, the limit, and a time
	// t for which t-low < span, which is what over says of the counter's window.
	name    *Name
	caller  string
	address netip.Addr
	period  int64
	limit   int64
	low     int64
	span    uint64

	left int64 // calls

	_ [40]byte // to 128 bytes, so that leases of two lanes are in no cache line together
}

// purse is what a lane has of leases. It only finds them: a lease is also in its
// counter, and what a purse forgets is called back from there.
type purse struct {
	mu     sync.Mutex
	leases [pockets]*lease
}

// pocket is the first of the two places of a key. It has no secret: who finds keys
// that push others out makes calls take the long way, which is what all did before.
func (k *Key) pocket() uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := k.Name.hash
	if s := k.Caller; len(s) >= 8 {
		h = (h ^ bits.RotateLeft64(word(s), 32) ^ word(s[len(s)-8:])) * odd
	} else if s != "" {
		h = (h ^ uint64(s[0])<<16 ^ uint64(s[len(s)/2])<<8 ^ uint64(s[len(s)-1])) * odd
	}
	if k.Address != noAddress {
		b := k.Address.As16()
		h = (h ^ bits.RotateLeft64(binary.LittleEndian.Uint64(b[:8]), 32) ^ binary.LittleEndian.Uint64(b[8:])) * odd
	}
	return h >> pocketShift &^ 1
}

// word becomes one load.
func word(s string) uint64 {
	s = s[:8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// take takes a call from a lease of each want, or from none.
func (p *purse) take(wants []Want, now clock.Clock) bool {
	var found [maxWants]*lease
	p.mu.Lock()
	at := now().Unix()
	for i := range wants {
		w := &wants[i]
		e := p.find(w)
		if e == nil || e.left == 0 || e.limit != w.Limit || uint64(at-e.low) >= e.span {
			p.mu.Unlock()
			return false
		}
		found[i%maxWants] = e
	}
	for _, e := range found[:len(wants)] {
		e.left--
	}
	p.mu.Unlock()
	return true
}

// find returns the lease of the counter of w, or nil.
func (p *purse) find(w *Want) *lease {
	spot := w.Key.pocket()
	e := p.leases[spot%pockets]
	if e == nil || e.name != w.Key.Name || e.period != w.Period || e.address != w.Key.Address || e.caller != w.Key.Caller {
		return p.search(w, spot)
	}
	return e
}

// search is find for what is not in its first place, or under a name that is equal and
// stands elsewhere, as those of one policy at several APIs do. The name is remembered
// for the next call.
func (p *purse) search(w *Want, spot uint64) *lease {
	for _, at := range [...]uint64{spot, spot | 1} {
		e := p.leases[at%pockets]
		if e == nil || e.period != w.Period || e.address != w.Key.Address || e.caller != w.Key.Caller {
			continue
		}
		if e.name == w.Key.Name {
			return e
		}
		if e.name.hash == w.Key.Name.hash && e.name.equal(w.Key.Name) {
			e.name = w.Key.Name
			return e
		}
	}
	return nil
}

// put lets the purse find a lease. Of two that were there the older one goes.
func (p *purse) put(e *lease, spot uint64) {
	if first := p.leases[spot]; first != e {
		p.leases[spot], p.leases[spot|1] = e, first
	}
}

// Admit is Take for a call that needs not know what remains: Remain is not set.
func (m *Memory) Admit(wants []Want) (refused int) {
	return m.admit(int(lane.Current())&(len(m.purses)-1), wants)
}

func (m *Memory) admit(own int, wants []Want) (refused int) {
	if m.purses[own].take(wants, m.clock) {
		return Admitted
	}
	return m.counted(wants, own)
}

// lend gives the lane own leases of the counters in which a call was just counted,
// where it has none left. Their parts are locked.
func (m *Memory) lend(cells []*cell, wants []Want, own int) {
	p := m.purses[own]
	p.mu.Lock()
	for i, c := range cells {
		if w := &wants[i]; w.Limit >= leased {
			m.lendOne(p, c, w, own)
		}
	}
	p.mu.Unlock()
}

// lendOne is lend for one counter. A lease is at most as many calls as were counted in
// this window, so that counters of which little is wanted have none, and at most a
// share of what remains, so that the other lanes find something too.
func (m *Memory) lendOne(p *purse, c *cell, w *Want, own int) {
	n := min((w.Limit-c.count)/int64(4*len(m.purses)), c.count, maxLease)
	if n < minLease || w.Key.ofCaller() != c.key.ofCaller() { // it shares its counter
		return
	}
	if c.leases == nil {
		c.leases = make([]*lease, len(m.purses))
	}
	e := c.leases[own]
	if e == nil {
		part := &m.parts[c.hash>>partShift]
		if part.leases >= mostLeases {
			return
		}
		part.leases++
		e = &lease{caller: c.key.Caller, address: c.key.Address, period: c.period}
		c.leases[own] = e
	}
	if e.left == 0 {
		e.name, e.limit, e.left = w.Key.Name, w.Limit, n
		e.low, e.span = c.from-c.period, 2*uint64(c.period)
		c.count += n
		c.lent = w.Limit
	}
	p.put(e, w.Key.pocket())
}

// recall takes back what the lanes have left of the leases of a counter, so that its
// count is exact. Its part is locked, so none gets a lease meanwhile.
func (m *Memory) recall(c *cell) {
	for i, e := range c.leases {
		if e != nil {
			p := m.purses[i]
			p.mu.Lock()
			c.count -= e.left
			e.left = 0
			p.mu.Unlock()
		}
	}
	c.lent = 0
}
