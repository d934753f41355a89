package statistics

import (
	"math/bits"
	"runtime"
	"strings"
	"sync"
)

const (
	frontBits = 7
	frontRows = 1 << frontBits // they take 18 KB
	// noMinute is that of no call: the minutes of calls divide by 60.
	noMinute = -1
	// maxFronts bounds the memory on machines with many cores.
	maxFronts = 64
)

// front is rows that one core counts in. An API has one place in it. The first API
// that is called holds the place until the fronts are gathered, or until the minute
// is over, and the others with that place are counted in their parts: giving the
// place to whoever called last would take two ways to the parts in each call of two
// busy APIs.
type front struct {
	mu   sync.Mutex
	rows [frontRows]Row // without calls: free, but the texts stay for the next use
	_    [64]byte       // the next front is on another cache line
}

// newFronts makes two for each core, because the garbage collector makes lanes
// forget whose they are.
func newFronts() []front {
	n := min(2*runtime.GOMAXPROCS(0), maxFronts)
	return make([]front, 1<<(bits.Len(uint(n))-1))
}

// slot is the place of an API in a front. Identifiers are random, so that their last
// bytes tell them apart; who makes up others makes them share places.
func slot(api string) int {
	word := uint64(len(api))
	switch n := len(api); {
	case n >= 8:
		word = uint64(load4(api[n-8:]))<<32 | uint64(load4(api[n-4:]))
	case n >= 4:
		word |= uint64(load4(api))<<32 ^ uint64(load4(api[n-4:]))<<8
	}
	return int(word * 0x9e3779b97f4a7c15 >> (64 - frontBits)) // by the golden ratio
}

// load4 becomes one load.
func load4(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// claim makes a row of a front, whose lock is held, that of an API and minute, and
// reports whether it could: it may be another API's.
func (c *Collector) claim(row *Row, call *Call, minute int64) bool {
	if row.Calls > 0 {
		if row.Minute == minute {
			return false
		}
		c.release(row)
	}
	if row.APIID != call.APIID {
		row.APIID = strings.Clone(call.APIID)
	}
	if row.GroupID != call.GroupID {
		row.GroupID = strings.Clone(call.GroupID)
	}
	row.Minute = minute
	return true
}

// release adds what a row of a front holds to its part.
func (c *Collector) release(row *Row) {
	c.add(row)
	row.Minute, row.Sums = noMinute, Sums{}
}

// gather adds what all fronts hold to the parts. A row is in both places for
// nobody: rows leave a front under its lock, and who reads parts has gathered.
func (c *Collector) gather() {
	for i := range c.fronts {
		f := &c.fronts[i]
		f.mu.Lock()
		for j := range f.rows {
			if f.rows[j].Calls > 0 {
				c.release(&f.rows[j])
			}
		}
		f.mu.Unlock()
	}
}
