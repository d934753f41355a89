package limit

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/lane"
)

const (
	// parts is a power of two; a part's lock is held for less than a microsecond.
	parts     = 256
	partShift = 64 - 8

	// DefaultCallers bounds the counters of callers. One takes 150 bytes
	// (BenchmarkFlood), so all of them take 160 MB.
	DefaultCallers = 1 << 20

	// maxWants is how many limits a call may have: what Take knows of them lives
	// on the stack.
	maxWants = 8

	// swept is how many chains are looked through for counters whose window is
	// over when a new counter is made.
	swept = 4

	minChains = 8
)

// Memory counts in this process. A restart forgets what was counted, so all
// limits begin anew; each of several gateways counts alone.
//
// A call that its lane has no lease for (lease.go) locks the parts of its counters, in
// the order of their numbers, looks at all, counts in all, and unlocks. Locks of purses
// come behind those of parts, one at a time. What was left: to add to one counter
// after the other and to take back when a later one is full, which refuses
// other calls for a moment although there is room; and a lock for each counter,
// which needs a second one to keep a counter from being reclaimed while somebody
// waits for it.
//
// Counters are reclaimed by those who make new ones, a few at a time: there is
// no goroutine and no pause. What a busy day leaves behind is at most what that
// day needed.
//
// The bound. Addresses and apps are the callers' to choose, so there may be
// more of them than there is room for. Callers for whom there is no counter
// share one with others of their part (there are 256), under the limit of one
// of them. So memory is bounded and nobody gets more than a limit out of it;
// callers that have a counter notice nothing, and what everybody has together (an
// API's calls) is counted as ever. The price is that strangers use up each
// other's limit while it lasts, and that a caller which gets a counter later in
// the same window may have its limit once more.
type Memory struct {
	clock clock.Clock
	seed  maphash.Seed
	salt  [2]uint64 // the secret for addresses
	most  int       // counters of callers in one part
	parts [parts]part
	// purses are those of the lanes, a power of two. Each stands alone, so that the
	// locks of two are never in one cache line.
	purses []*purse
}

// part is the counters with one first byte of the hash.
type part struct {
	mu      sync.Mutex
	chains  []*cell // a power of two, or none yet
	cells   int
	callers int   // of the cells, those of callers
	hand    int   // the chain where sweeping goes on
	whole   int64 // the second in which all of it was swept
	leases  int   // of its counters
}

// cell is one counter, under the lock of its part.
type cell struct {
	next   *cell
	hash   uint64
	key    Key
	period int64
	from   int64 // the second in which its window began, a multiple of period
	count  int64 // calls of this window, and what is left of leases

	leases []*lease // by lane, nil for those that never had one; nil before the first
	lent   int64    // the limit under which leases were given; 0: nothing is left of any
}

// NewMemory returns a limiter that has counted nothing. callers bounds the
// counters of callers (DefaultCallers); below 256 it is 256.
func NewMemory(now clock.Clock, callers int) *Memory {
	m := &Memory{clock: now, seed: maphash.MakeSeed(), salt: [2]uint64{rand.Uint64(), rand.Uint64()}, most: max(callers/parts, 1)}
	for range lane.Count() {
		m.purses = append(m.purses, new(purse))
	}
	return m
}

// Take implements Limiter. A call may have 8 wants; more panic, because which
// limits there are is written in the program.
func (m *Memory) Take(_ context.Context, wants []Want) (refused int) {
	return m.counted(wants, nobody)
}

// nobody is in place of a lane: a call that wants to know what remains.
const nobody = -1

// counted asks the shared counters, for a lane or for nobody.
func (m *Memory) counted(wants []Want, own int) (refused int) {
	var hashes [maxWants]uint64
	var locked [maxWants]uint8 // the numbers of their parts, in order
	for i := range wants {
		h := m.hash(&wants[i].Key)
		hashes[i] = h
		p, at := uint8(h>>partShift), i
		for ; at > 0 && locked[(at-1)%maxWants] > p; at-- {
			locked[at%maxWants] = locked[(at-1)%maxWants]
		}
		locked[at%maxWants] = p
	}
	set := locked[:len(wants)]
	for i, p := range set {
		if i == 0 || p != set[i-1] {
			m.parts[p].mu.Lock()
		}
	}
	// Read under the locks: a call that was held up for some windows between
	// reading the clock and counting would seem to have set the clock back.
	refused = m.count(wants, &hashes, m.clock().Unix(), own)
	for i, p := range set {
		if i == 0 || p != set[i-1] {
			m.parts[p].mu.Unlock()
		}
	}
	return refused
}

// hash is that of the name, and of the caller with a secret: callers choose who
// they are, and would choose a chain for all of them.
func (m *Memory) hash(k *Key) uint64 {
	h := k.Name.hash
	if k.Caller != "" {
		h = mixed(h ^ maphash.String(m.seed, k.Caller))
	}
	if k.Address.IsValid() {
		b := k.Address.As16() // in two words, which maphash takes twice as long for
		h = mixed(h ^ m.salt[0] ^ binary.LittleEndian.Uint64(b[:8]))
		h = mixed(h ^ m.salt[1] ^ binary.LittleEndian.Uint64(b[8:]))
	}
	return h
}

// count looks at all counters, and then counts in all or in none. Their parts
// are locked.
func (m *Memory) count(wants []Want, hashes *[maxWants]uint64, now int64, own int) (refused int) {
	var cells [maxWants]*cell
	refused = Admitted
	for i := range wants {
		w, hash := &wants[i], hashes[i]
		c := m.parts[hash>>partShift].find(&w.Key, hash, w.Period)
		if c == nil {
			c = m.create(w, hash, now)
		}
		m.settle(c, w, now, own)
		cells[i] = c
		w.Remain = max(w.Limit-c.count, 0)
		if w.Remain == 0 && refused == Admitted {
			refused = i
		}
	}
	if refused != Admitted {
		return refused
	}
	for i := range wants {
		cells[i].count++
		wants[i].Remain--
	}
	if own != nobody {
		m.lend(cells[:len(wants)], wants, own)
	}
	return Admitted
}

// settle brings a counter into the present window, and calls leases back where the
// count must be exact: nobody is refused while another lane has calls left, and no two
// limits are in force at once.
func (m *Memory) settle(c *cell, w *Want, now int64, own int) {
	over := c.over(now)
	if c.lent != 0 && (over || own == nobody || c.count >= w.Limit || c.lent != w.Limit) {
		m.recall(c)
	}
	if over {
		c.from, c.count = now/c.period*c.period, 0
	}
}

// over reports whether the window of a counter has ended. A clock that was set
// back a little has not begun a new one; after one that was set back by hours
// nobody shall wait for them.
func (c *cell) over(now int64) bool {
	since := now - c.from
	return since >= c.period || since < -c.period
}

// create makes the counter of a want that has none, or finds the one that it has to
// share.
func (m *Memory) create(w *Want, hash uint64, now int64) *cell {
	p := &m.parts[hash>>partShift]
	// What is reclaimed here is no counter that this call has found before: those
	// have their present window.
	m.sweep(p, now, swept)
	key, caller := w.Key, w.Key.ofCaller()
	if caller && p.callers >= m.most && p.whole != now {
		// Once a second, so that what an attack costs stays bounded too.
		m.sweep(p, now, len(p.chains))
		p.whole = now
	}
	if caller && p.callers >= m.most {
		key.Caller, key.Address, caller = "", noAddress, false
		hash = hash>>partShift<<partShift | m.hash(&key)&(1<<partShift-1)
		if c := p.find(&key, hash, w.Period); c != nil {
			return c
		}
	}
	if caller {
		p.callers++
	}
	c := &cell{hash: hash, key: key, period: w.Period, from: now / w.Period * w.Period}
	c.key.Caller = strings.Clone(key.Caller)
	p.add(c)
	return c
}

func (p *part) find(key *Key, hash uint64, period int64) *cell {
	if p.cells == 0 {
		return nil
	}
	for c := p.chains[hash&uint64(len(p.chains)-1)]; c != nil; c = c.next {
		if c.hash != hash || c.period != period || !c.key.equal(key) {
			continue
		}
		if c.key.Name != key.Name {
			c.key.Name = key.Name // the newest, which the next call has too
		}
		return c
	}
	return nil
}

func (p *part) add(c *cell) {
	if p.cells >= len(p.chains) {
		p.resize(max(2*len(p.chains), minChains))
	}
	head := &p.chains[c.hash&uint64(len(p.chains)-1)]
	c.next, *head = *head, c
	p.cells++
}

// sweep looks through the next chains for counters that say nothing any more.
// New counters double the table at most, so before as many are made as a quarter
// of it has chains, all of it was looked through.
func (m *Memory) sweep(p *part, now int64, chains int) {
	for range min(chains, len(p.chains)) {
		p.hand = (p.hand + 1) & (len(p.chains) - 1)
		for at := &p.chains[p.hand]; *at != nil; {
			c := *at
			if !c.over(now) {
				at = &c.next
				continue
			}
			*at = c.next
			m.recall(c) // a purse may still find what it had of it
			for _, e := range c.leases {
				if e != nil {
					p.leases--
				}
			}
			p.cells--
			if c.key.ofCaller() {
				p.callers--
			}
		}
	}
	if len(p.chains) > minChains && p.cells < len(p.chains)/8 {
		p.resize(max(len(p.chains)/4, minChains))
	}
}

func (p *part) resize(chains int) {
	old := p.chains
	p.chains = make([]*cell, chains)
	for _, c := range old {
		for c != nil {
			next := c.next
			head := &p.chains[c.hash&uint64(chains-1)]
			c.next, *head = *head, c
			c = next
		}
	}
}

// Counters is how many counters there are, those whose window is over and that
// nobody came across included.
func (m *Memory) Counters() (n int) {
	for i := range m.parts {
		p := &m.parts[i]
		p.mu.Lock()
		n += p.cells
		p.mu.Unlock()
	}
	return n
}
