package channel

import (
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// live is a channel in service. All but what it points to is immutable; a change
// of the definition makes a new one.
type live struct {
	id, name string
	balance  int
	members  []*member // each address once
	entries  []entry   // those with a weight
	round    []uint16  // the order of one round, as indexes of entries; only where turns are taken
	byID     map[string]*member
	turns    *turns
	watch    *watch // nil without checks
}

// turns is what all forms of one channel share.
type turns struct {
	next atomic.Uint64 // position in the endless sequence of rounds
	mu   sync.Mutex    // ejections: how many members are out is decided by one call at a time
}

// entry is a member as balancing sees it.
type entry struct {
	*member
	weight  int64
	inverse float64 // 1/weight
	hash    uint64  // of channel and address
}

// member is one address of a channel, with what this gateway knows of it.
type member struct {
	host    string
	address string // host:port to dial

	sick     atomic.Bool  // by health checks
	inFlight atomic.Int64 // calls under way, counted for leastConnections only
	ejection ejection
	checked  checked
}

// well reports whether the member takes calls.
func (m *member) well() bool { return !m.sick.Load() && m.ejection.until.Load() == 0 }

// newLive makes the live form of a definition. Members that old has too stay what
// they are.
func newLive(d *definition.Channel, old *live) *live {
	l := &live{id: d.ID, name: d.Name, balance: d.Balance, byID: make(map[string]*member, len(d.Members))}
	var kept map[string]*member
	if old != nil {
		l.turns = old.turns
		kept = make(map[string]*member, len(old.members))
		for _, m := range old.members {
			kept[m.address] = m
		}
	} else {
		l.turns = new(turns)
		// Gateways that start together do not all begin with the same member.
		l.turns.next.Store(rand.Uint64() >> 1)
	}
	weights := map[*member]int64{}
	seen := map[string]*member{}
	for _, def := range d.Members {
		address := net.JoinHostPort(def.Host, strconv.Itoa(d.Port))
		m := seen[address]
		if m == nil {
			if m = kept[address]; m == nil {
				m = &member{host: def.Host, address: address}
			}
			seen[address] = m
			l.members = append(l.members, m)
		}
		l.byID[def.ID] = m
		weights[m] += int64(def.Weight)
	}
	salt := hashText(0, d.ID)
	for _, m := range l.members {
		if w := weights[m]; w > 0 {
			l.entries = append(l.entries, entry{m, w, 1 / float64(w), hashText(salt, m.address)})
		}
	}
	if d.Balance == roundRobin || d.Balance == leastConnections {
		l.round = roundOf(l.entries)
	}
	return l
}

// trustAll forgets what checks found that are no longer made.
func (l *live) trustAll() {
	for _, m := range l.members {
		c := &m.checked
		c.mu.Lock()
		c.due, c.successes, c.failures = time.Time{}, 0, 0
		m.sick.Store(false)
		c.mu.Unlock()
	}
}
