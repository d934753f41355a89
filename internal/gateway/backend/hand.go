package backend

import (
	"sync"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// hand is what a core has of the idle connections, in front of their shard: those that
// came back last. Its lock is nobody else's but for who finds nothing in the shard
// either, for a sweep, and for a goroutine that was moved to another core meanwhile.
// With the shard's lock alone all cores that call one backend would wait for each other
// twice in each call, and connections would go from core to core.
type hand struct {
	mu    sync.Mutex
	grips [shards]grip
	_     [128]byte // the next hand is on other cache lines, also for the prefetcher, which fetches two
}

// grip is the connections of one place, the oldest first. Places that share a grip take
// turns when it is empty, and are served by their shards otherwise.
type grip struct {
	place *place
	links []*link
}

const (
	mostHands = 64
	mostRoom  = 32
)

// newHands divides half of what is kept for an address among the cores, but no more
// than mostRoom each: room is what a grip holds. Shards keep that much less, so that
// idlePerAddress and idleTotal bound both together.
func newHands(cores int) (hands []hand, room int) {
	hands = make([]hand, min(cores, mostHands))
	room = min(mostRoom, idlePerAddress/2/len(hands))
	for i := range hands {
		for k := range hands[i].grips {
			hands[i].grips[k].links = make([]*link, 0, room)
		}
	}
	return hands, room
}

// take removes the connection of a place that was given back last; nil when there is
// none.
func (h *hand) take(at *place) (l *link) {
	h.mu.Lock()
	if g := &h.grips[at.grip]; g.place == at && len(g.links) > 0 {
		last := len(g.links) - 1
		l = g.links[last]
		g.links[last] = nil
		g.links = g.links[:last]
	}
	h.mu.Unlock()
	return l
}

// put keeps a connection; false when there is no room.
func (h *hand) put(l *link) (kept bool) {
	h.mu.Lock()
	g := &h.grips[l.place.grip]
	if g.place != l.place && len(g.links) == 0 {
		g.place = l.place
	}
	if kept = g.place == l.place && len(g.links) < cap(g.links); kept {
		g.links = append(g.links, l)
	}
	h.mu.Unlock()
	return kept
}

// spill makes room for a connection and appends to list what the shard is to keep for
// it: the older half of the grip, so that the next ones find room without the shard's
// lock, or the connection itself when the grip is another place's.
func (h *hand) spill(l *link, list []*link) []*link {
	h.mu.Lock()
	defer h.mu.Unlock()
	g := &h.grips[l.place.grip]
	if g.place != l.place {
		return append(list, l)
	}
	half := (len(g.links) + 1) / 2
	list = append(list, g.links[:half]...)
	n := copy(g.links, g.links[half:])
	clear(g.links[n:])
	g.links = append(g.links[:n], l)
	return list
}

// steal takes a connection of a place out of any hand: whoever finds none in its own
// and in the shard would have to connect.
func (p *pool) steal(at *place) *link {
	for i := range p.hands {
		if l := p.hands[i].take(at); l != nil {
			return l
		}
	}
	return nil
}

// sweep takes out what has been idle for too long and says how many are left.
func (h *hand) sweep(now http1.Instant) (old []*link, left int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.grips {
		g := &h.grips[i]
		n := 0
		for n < len(g.links) && g.links[n].since.Add(idleTime) <= now {
			n++
		}
		if n > 0 {
			old = append(old, g.links[:n]...)
			kept := copy(g.links, g.links[n:])
			clear(g.links[kept:])
			g.links = g.links[:kept]
		}
		left += len(g.links)
	}
	return old, left
}
