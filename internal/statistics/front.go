package statistics

import (
	"math/bits"
	"runtime"
	"strings"
	"sync"
)

const (
	setBits = 7
	// ways is how many APIs a set has room for.
	ways = 8
	// frontRows is how many APIs one core counts at once: they take 150 KB. Of 128
	// the 609 of one description thrashed: every second call of them asked the parts.
	frontRows = ways << setBits
	// noMinute is that of no call: the minutes of calls divide by 60.
	noMinute = -1
	// maxFronts bounds the memory on machines with many cores.
	maxFronts = 64
)

// front is rows that one core counts in. An API has its places in one set. Those that
// are called first in a minute have them until the fronts are gathered, or until the
// minute is over, and the others of that set are counted in their parts: giving the
// place to whoever called last would take two ways to the parts in each call of busy
// APIs.
type front struct {
	mu   sync.Mutex
	sets [1 << setBits]set
	rows [frontRows]Row // those of a set one after another; free ones have no calls
	_    [64]byte       // the next front is on another cache line
}

// set says whose the rows of a set are, so that a call of an API which has none of
// them looks at nothing else.
type set struct {
	minute int64        // of all its rows
	tags   [ways]uint32 // a part of the hash of each row's API; 0: this row and those behind it are free
}

// newFronts makes one for each core.
func newFronts() []front {
	return make([]front, 1<<bits.Len(uint(min(runtime.GOMAXPROCS(0), maxFronts)-1)))
}

// hashOf spreads APIs over sets. Identifiers are random, so that their last bytes tell
// them apart; who makes up others makes them share a set.
func hashOf(api string) uint64 {
	word := uint64(len(api))
	switch n := len(api); {
	case n >= 8:
		word = uint64(load4(api[n-8:]))<<32 | uint64(load4(api[n-4:]))
	case n >= 4:
		word |= uint64(load4(api))<<32 ^ uint64(load4(api[n-4:]))<<8
	}
	return word * 0x9e3779b97f4a7c15 // by the golden ratio
}

// load4 becomes one load.
func load4(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// row returns that of an API and minute in a front, whose lock is held; nil when the
// set is full of others or has gone on to a later minute.
func (c *Collector) row(f *front, call *Call, minute int64) *Row {
	hash := hashOf(call.APIID)
	at := hash >> (64 - setBits)
	tag := uint32(hash>>24) | 1
	s, rows := &f.sets[at], f.rows[at*ways:][:ways]
	if s.minute != minute {
		if s.minute > minute {
			return nil
		}
		c.empty(s, rows)
		s.minute = minute
	}
	for i, t := range &s.tags {
		switch t {
		case tag:
			if rows[i].APIID == call.APIID {
				return &rows[i]
			}
		case 0:
			s.tags[i] = tag
			claim(&rows[i], call, minute)
			return &rows[i]
		}
	}
	return nil
}

// claim makes a free row that of an API and minute.
func claim(row *Row, call *Call, minute int64) {
	row.Minute = minute
	switch {
	case call.Lasting:
		row.APIID, row.GroupID = call.APIID, call.GroupID
	case row.APIID != call.APIID || row.GroupID != call.GroupID:
		row.APIID, row.GroupID = strings.Clone(call.APIID), strings.Clone(call.GroupID)
	}
}

// empty adds what the rows of a set hold to their parts.
func (c *Collector) empty(s *set, rows []Row) {
	for i, t := range &s.tags {
		if t == 0 {
			return
		}
		c.add(&rows[i], true)
		rows[i].Minute, rows[i].Sums, s.tags[i] = noMinute, Sums{}, 0
	}
}

// gather adds what all fronts hold to the parts. A row is in both places for
// nobody: rows leave a front under its lock, and who reads parts has gathered.
func (c *Collector) gather() {
	for i := range c.fronts {
		f := &c.fronts[i]
		f.mu.Lock()
		for at := range f.sets {
			c.empty(&f.sets[at], f.rows[at*ways:][:ways])
		}
		f.mu.Unlock()
	}
}
