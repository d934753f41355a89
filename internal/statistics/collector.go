package statistics

import (
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// parts are so many that one of them fits a transaction also when 60,000 APIs
	// were called in the minute: with 64 parts that were 940 rows and 600 of groups,
	// which held the one writer for 40 ms of processor time.
	parts = 256
	// partRows bounds one part, see the package comment.
	partRows = 1024
	// drainRows is how many rows are handed out together at least, when so
	// many are there: what a store writes in one transaction.
	drainRows = 150
)

// Collector holds the sums that are not stored yet. All methods are safe for
// concurrent use; those of a nil Collector count nothing.
//
// Calls are counted in a front, which is one core's; what is in the fronts is added
// to the parts, where each API and minute stands once, before anybody reads or
// drains. With the parts alone, counting took a lock that all cores share in a call
// of the same API, and 420 instructions instead of 200.
type Collector struct {
	fronts []front // a power of two of them
	seed   maphash.Seed
	parts  [parts]part
	lost   atomic.Uint64

	// moving is held while rows are on their way to the store: who reads both
	// places under View meets each call once.
	moving sync.RWMutex
}

// part is the sums of one in 256 APIs.
type part struct {
	mu   sync.Mutex
	rows map[key]*Row
	// spare is rows for the next APIs, made some at a time: one by one they were an
	// allocation in each call of an installation whose APIs are called at random.
	spare []Row
	_     [16]byte // the next part's lock is on another cache line
}

type key struct {
	api    string
	minute int64
}

// NewCollector returns an empty collector.
func NewCollector() *Collector {
	c := &Collector{fronts: newFronts(), seed: maphash.MakeSeed()}
	for i := range c.parts {
		c.parts[i].rows = map[key]*Row{}
	}
	return c
}

// Add counts a call that ended at that moment. A call that met no API is
// nobody's. The texts of the call may change once Add has returned, unless it says that
// they last. Callers with
// different lanes do not wait for each other; any lane will do.
func (c *Collector) Add(lane uint32, ended time.Time, call *Call) {
	if c == nil || call.APIID == "" {
		return
	}
	minute := MinuteOf(ended)
	f := &c.fronts[lane&uint32(len(c.fronts)-1)]
	f.mu.Lock()
	if row := c.row(f, call, minute); row != nil {
		row.count(call)
		f.mu.Unlock()
		return
	}
	f.mu.Unlock()
	alone := Row{APIID: call.APIID, GroupID: call.GroupID, Minute: minute}
	alone.count(call)
	c.add(&alone, call.Lasting)
}

// spareRows is how many rows a part makes at once, at most.
const spareRows = 16

// add adds a row to its part. lasting says that its texts will not change.
func (c *Collector) add(row *Row, lasting bool) {
	k := key{row.APIID, row.Minute}
	p := c.part(k.api)
	p.mu.Lock()
	defer p.mu.Unlock()
	sum := p.rows[k]
	if sum == nil {
		if len(p.rows) >= partRows {
			c.lost.Add(uint64(row.Calls))
			return
		}
		group := row.GroupID
		if !lasting {
			k.api, group = strings.Clone(k.api), strings.Clone(group)
		}
		if len(p.spare) == 0 {
			p.spare = make([]Row, min(len(p.rows)+1, spareRows))
		}
		sum, p.spare = &p.spare[0], p.spare[1:]
		sum.APIID, sum.GroupID, sum.Minute = k.api, group, k.minute
		p.rows[k] = sum
	}
	sum.Add(&row.Sums)
}

func (c *Collector) part(api string) *part {
	return &c.parts[maphash.String(c.seed, api)%parts]
}

// Lost is how many calls were not counted because there was no room.
func (c *Collector) Lost() uint64 {
	if c == nil {
		return 0
	}
	c.gather()
	return c.lost.Load()
}

// View runs read while no rows are on their way to the store: what read finds
// there and what API and Group answer is each call once.
func (c *Collector) View(read func() error) error {
	c.moving.RLock()
	defer c.moving.RUnlock()
	return read()
}

// API answers what is not stored yet of an API, minutes from since on, in no
// order.
func (c *Collector) API(id string, since int64) (rows []Row) {
	c.gather()
	p := c.part(id)
	p.mu.Lock()
	defer p.mu.Unlock()
	for k, row := range p.rows {
		if k.api == id && k.minute >= since {
			rows = append(rows, *row)
		}
	}
	return rows
}

// Group is API for all APIs of a group.
func (c *Collector) Group(id string, since int64) (rows []Row) {
	c.gather()
	for i := range c.parts {
		p := &c.parts[i]
		p.mu.Lock()
		for k, row := range p.rows {
			if row.GroupID == id && k.minute >= since {
				rows = append(rows, *row)
			}
		}
		p.mu.Unlock()
	}
	return rows
}

// Drain hands all rows to store, some hundred at a time. Rows that store
// refuses are kept, and Drain ends with its error.
func (c *Collector) Drain(store func([]Row) error) error {
	c.gather()
	for next := 0; next < parts; {
		n, err := c.drain(next, store)
		if err != nil {
			return err
		}
		next += n
	}
	return nil
}

// drain hands out the rows of the parts from first on, and answers of how many
// parts.
func (c *Collector) drain(first int, store func([]Row) error) (n int, err error) {
	c.moving.Lock()
	defer c.moving.Unlock()
	var taken []map[key]*Row
	var rows []Row
	for first+n < parts && len(rows) < drainRows {
		p := &c.parts[first+n]
		n++
		p.mu.Lock()
		held := p.rows
		if len(held) == 0 { // it stays the part's, so nothing more may be read of it
			p.mu.Unlock()
			continue
		}
		p.rows = make(map[key]*Row, len(held))
		p.mu.Unlock()
		taken = append(taken, held)
		for _, row := range held {
			rows = append(rows, *row)
		}
	}
	if len(rows) == 0 {
		return n, nil
	}
	if err := store(rows); err != nil {
		for _, held := range taken {
			c.putBack(held)
		}
		return n, err
	}
	return n, nil
}

// putBack adds rows that could not be stored to what was counted meanwhile.
func (c *Collector) putBack(held map[key]*Row) {
	for _, row := range held {
		c.add(row, true)
	}
}
