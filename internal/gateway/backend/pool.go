package backend

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// key is what calls share connections by. A connection that was verified for one
// name must not serve a call for another, whatever the address.
type key struct {
	address string // as the call has it
	server  string // whom the certificate has to name, "" for the host of address
	tls     bool
}

// keyOf is the key of a call; its strings are the call's.
func keyOf(o *call.Outbound) key {
	if o.Scheme != "https" {
		return key{address: o.Address}
	}
	return key{o.Address, o.ServerName, true}
}

func (k key) clone() key { return key{strings.Clone(k.address), strings.Clone(k.server), k.tls} }

// pool keeps the HTTP/1.1 connections that no call uses: those of a core that came back
// last in its hand, the others in shards.
//
// It is cut into shards of idlePerAddress connections each, with what hands have of
// them, which are idleTotal together: so both bounds hold with one number under the
// lock that is held anyway, and no counter is shared by all calls. The price is that
// two busy addresses may have to share one shard. A shard that is full closes the
// connection that has been idle for longest.
//
// The last that came back is taken first: the others grow old and are closed
// after idleTime, by a timer that runs while any is kept.
type pool struct {
	hands    []hand // a power of two of them
	shards   [shards]shard
	bound    int // of what a shard keeps
	seed     maphash.Seed
	closed   atomic.Bool
	sweeping atomic.Bool // a timer runs
}

const shards = idleTotal / idlePerAddress

// shard is the part of a pool for some of the addresses.
type shard struct {
	mu             sync.Mutex
	places         map[key]*place
	oldest, newest *link // of the idle
	idle           int
	// http2 are those that chose HTTP/2 in their last handshake.
	http2 map[key]struct{}
	_     [64]byte // so that two locks do not share a cache line
}

// place is where the connections of one key are kept. It lives as long as one of them,
// and is dead from then on: its key gets another.
type place struct {
	key   key
	shard *shard
	grip  int     // where it is in each hand
	links int     // idle or in use
	idle  []*link // in the shard, the oldest first
}

// maxHTTP2 is how many keys a shard remembers as speaking HTTP/2. One that is
// forgotten costs its next call a handshake.
const maxHTTP2 = 1024

// newPool is a pool with a hand for each core, of which there are a power of two.
func newPool(cores int) *pool {
	hands, room := newHands(cores)
	p := &pool{hands: hands, bound: idlePerAddress - len(hands)*room, seed: maphash.MakeSeed()}
	for i := range p.shards {
		p.shards[i].places = map[key]*place{}
		p.shards[i].http2 = map[key]struct{}{}
	}
	return p
}

// spot is where the place of a key belongs.
func (p *pool) spot(k key) (s *shard, grip int) {
	h := maphash.String(p.seed, k.address)
	return &p.shards[h%shards], int(h / shards % shards)
}

func (p *pool) shard(k key) *shard {
	s, _ := p.spot(k)
	return s
}

func (p *pool) hand(lane uint32) *hand { return &p.hands[lane&uint32(len(p.hands)-1)] }

// take removes the connection of k that was given back last by this core, or else
// by others; nil when there is none. http2 says that k is known not to need one. last is
// where who asks has found one before, and is told where he finds one now: comparing two
// keys costs a fifth of hashing one twice. A place there may have died.
func (p *pool) take(lane uint32, k key, now http1.Instant, last *atomic.Pointer[place]) (l *link, http2 bool) {
	at := last.Load()
	if at != nil && at.key == k {
		l = p.hand(lane).take(at)
	} else {
		at = nil
	}
	if l == nil {
		l, http2 = p.ask(k, at, last)
	}
	if l != nil && l.since.Add(idleTime) <= now {
		p.drop(l)
		p.sweep(now) // those that came before it are older
		return nil, http2
	}
	return l, http2
}

// ask is take without the core's own hand. at is the place of k where it is known.
func (p *pool) ask(k key, at *place, last *atomic.Pointer[place]) (l *link, http2 bool) {
	var s *shard
	if at != nil {
		s = at.shard
	} else {
		s = p.shard(k)
	}
	s.mu.Lock()
	if at == nil || at.links == 0 {
		if at = s.places[k]; at != nil {
			last.Store(at)
		}
	}
	if k.tls {
		_, http2 = s.http2[k]
	}
	if at == nil || http2 {
		s.mu.Unlock()
		return nil, http2
	}
	if n := len(at.idle); n > 0 {
		l = at.idle[n-1]
		s.remove(l, n-1)
	}
	s.mu.Unlock()
	if l == nil {
		l = p.steal(at)
	}
	return l, false
}

// remove takes an idle connection, which is the i-th of its place, out of the shard.
func (s *shard) remove(l *link, i int) {
	at := l.place
	last := len(at.idle) - 1
	if i < last { // nearly always it is the last, and copying nothing costs 50 instructions
		copy(at.idle[i:], at.idle[i+1:])
	}
	at.idle[last] = nil
	at.idle = at.idle[:last]
	if l.older == nil {
		s.oldest = l.newer
	} else {
		l.older.newer = l.newer
	}
	if l.newer == nil {
		s.newest = l.older
	} else {
		l.newer.older = l.older
	}
	l.older, l.newer = nil, nil
	s.idle--
}

// put keeps a connection for the next call, or closes it.
func (p *pool) put(lane uint32, l *link, now http1.Instant) {
	l.since = now
	if h := p.hand(lane); !h.put(l) {
		var room [mostRoom]*link
		if list := h.spill(l, room[:0]); len(list) > 0 { // nothing, when others stole meanwhile
			p.keep(list)
		}
	}
	if p.closed.Load() {
		p.close()
	} else {
		p.watch()
	}
}

// keep enters connections of one place into its shard, and closes what is too many.
func (p *pool) keep(list []*link) {
	var out [mostRoom]*link
	n := 0
	s := list[0].place.shard
	s.mu.Lock()
	for _, l := range list {
		l.place.idle = append(l.place.idle, l)
		if l.older = s.newest; l.older != nil {
			l.older.newer = l
		} else {
			s.oldest = l
		}
		s.newest = l
		if s.idle++; s.idle > p.bound {
			out[n] = s.oldest
			s.remove(out[n], 0) // the oldest of its place as well
			n++
		}
	}
	s.mu.Unlock()
	for _, l := range out[:n] {
		p.drop(l)
	}
}

// enter gives a new connection its place. k is cloned when it is kept.
func (p *pool) enter(l *link, k key) {
	s, grip := p.spot(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.places[k]
	if at == nil {
		at = &place{key: k.clone(), shard: s, grip: grip}
		s.places[at.key] = at
	}
	at.links++
	l.place = at
}

// drop closes a connection that is not idle.
func (p *pool) drop(l *link) {
	l.conn.Close()
	if l.place == nil {
		return
	}
	s := l.place.shard
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.place.links--; l.place.links == 0 {
		l.place.idle = nil // somebody may remember the place
		delete(s.places, l.place.key)
	}
}

// chose notes whether a backend has chosen HTTP/2.
func (p *pool) chose(k key, http2 bool) {
	s := p.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.http2, k)
	if !http2 {
		return
	}
	for old := range s.http2 {
		if len(s.http2) < maxHTTP2 {
			break
		}
		delete(s.http2, old)
	}
	s.http2[k.clone()] = struct{}{}
}

// watch starts the timer that sweeps, unless it runs.
func (p *pool) watch() {
	if !p.sweeping.Load() && p.sweeping.CompareAndSwap(false, true) {
		time.AfterFunc(idleTime/3, func() {
			p.sweeping.Store(false)
			if p.sweep(http1.Now()) > 0 {
				p.watch()
			}
		})
	}
}

// sweep closes what has been idle for too long, and says how many are left.
func (p *pool) sweep(now http1.Instant) (left int) {
	for i := range p.hands {
		old, kept := p.hands[i].sweep(now)
		left += kept
		for _, l := range old {
			p.drop(l)
		}
	}
	for i := range p.shards {
		s := &p.shards[i]
		for l := s.old(now); l != nil; l = s.old(now) {
			p.drop(l)
		}
		s.mu.Lock()
		left += s.idle
		s.mu.Unlock()
	}
	return left
}

// old takes out a connection that has been idle for too long; nil when there is none.
// Each is looked at: what one hand spilled may be older than what another did before.
func (s *shard) old(now http1.Instant) *link {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := s.oldest; l != nil; l = l.newer {
		if l.since.Add(idleTime) <= now {
			s.remove(l, slices.Index(l.place.idle, l))
			return l
		}
	}
	return nil
}

// close closes the idle connections, and those in use when they come back.
func (p *pool) close() {
	p.closed.Store(true)
	p.sweep(http1.Now().Add(2 * idleTime))
}
