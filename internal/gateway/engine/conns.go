package engine

import (
	"sync"
	"sync/atomic"
)

// conns are the connections of an engine, in shards, so that connections that come and
// go at the same time wait for each other seldom. A call does not touch it.
type conns struct {
	shards   [16]shard
	next     atomic.Uint32
	draining atomic.Bool
	none     chan struct{} // closed when it drains and the last connection has ended

	mu       sync.Mutex // of what follows
	open     int
	watching bool
	over     bool // none is closed
}

// shard is a part of the connections, in no order. Those that have been idle for a
// while and have moved (conn.run) stand apart, so that watch need not look at them four
// times a second: at 100,000 idle connections that took a twentieth of a core
// (BenchmarkGlance).
type shard struct {
	mu    sync.Mutex
	lists [2][]*conn // idle, busy
	_     [8]byte    // a cache line of its own
}

const (
	idle = iota
	busy
)

// put enters a connection into a list. It is called with mu.
func (h *shard) put(k *conn, list int8) {
	k.list, k.place = list, int32(len(h.lists[list]))
	h.lists[list] = append(h.lists[list], k)
}

// take takes a connection out of its list. It is called with mu.
func (h *shard) take(k *conn) {
	l := h.lists[k.list]
	last := len(l) - 1
	l[k.place] = l[last]
	l[k.place].place = k.place
	l[last] = nil
	h.lists[k.list] = l[:last]
}

// move moves a connection to the other list.
func (h *shard) move(k *conn, list int8) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.take(k)
	h.put(k, list)
}

// add enters a connection; false when the engine drains.
func (s *conns) add(k *conn) bool {
	s.mu.Lock()
	if s.draining.Load() {
		s.mu.Unlock()
		return false
	}
	s.open++
	start := !s.watching
	s.watching = true
	s.mu.Unlock()

	k.shard = &s.shards[s.next.Add(1)%uint32(len(s.shards))]
	k.shard.mu.Lock()
	k.shard.put(k, idle)
	k.shard.mu.Unlock()
	if start {
		go k.e.watch()
	}
	return true
}

// remove takes out a connection, once.
func (s *conns) remove(k *conn) {
	h := k.shard
	h.mu.Lock()
	h.take(k)
	h.mu.Unlock()

	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	s.settle()
}

// settle says that nothing is left. It is called with mu.
func (s *conns) settle() {
	if s.draining.Load() && s.open == 0 && !s.over {
		s.over = true
		close(s.none)
	}
}

// all calls yield with every connection; it must not wait.
func (s *conns) all(yield func(*conn) bool) { s.some(idle, yield) }

// busy calls yield with every connection that may have a call under way; it must not
// wait.
func (s *conns) busy(yield func(*conn) bool) { s.some(busy, yield) }

// some calls yield with the connections of all lists from one on.
func (s *conns) some(from int, yield func(*conn) bool) {
	for i := range s.shards {
		h := &s.shards[i]
		h.mu.Lock()
		for _, l := range h.lists[from:] {
			for _, k := range l {
				if !yield(k) {
					h.mu.Unlock()
					return
				}
			}
		}
		h.mu.Unlock()
	}
}

// drain refuses connections from here on and wakes those that wait for a request. One
// that begins to wait at this moment looks at draining first.
func (s *conns) drain() {
	s.mu.Lock()
	s.draining.Store(true)
	s.settle()
	s.mu.Unlock()
	for k := range s.all {
		if k.began.Load() <= 0 {
			k.c.Interrupt()
		}
	}
}
