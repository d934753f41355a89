package backend

import (
	"net"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// closing tells whether it was closed.
type closing struct {
	net.Conn
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func idle(t *testing.T, p *pool, k key) (*link, *closing) {
	t.Helper()
	nc := &closing{}
	l := &link{conn: http1.New(nc)}
	p.enter(l, k)
	return l, nc
}

func places(p *pool) (places, kept int) {
	for i := range p.shards {
		places += len(p.shards[i].places)
		kept += p.shards[i].idle
	}
	return places, kept
}

// TestPoolIsLIFO: the last that came is the first that goes, per key.
func TestPoolIsLIFO(t *testing.T) {
	p := newPool()
	keys := []key{{address: "a:1"}, {address: "a:1", tls: true}, {address: "a:1", server: "x", tls: true}, {address: "b:1"}}
	var links []*link
	var last atomic.Pointer[place]
	for i := range 12 {
		l, _ := idle(t, p, keys[i%4])
		links = append(links, l)
		p.put(l, http1.Instant(i+1))
	}
	for i := 11; i >= 0; i-- {
		if l, _ := p.take(keys[i%4], 20, &last); l != links[i] {
			t.Fatalf("connection %d was not the next", i)
		}
	}
	for _, k := range keys {
		if l, _ := p.take(k, 20, &last); l != nil {
			t.Error("there was one more")
		}
	}
	for _, l := range links {
		p.drop(l)
	}
	if places, kept := places(p); places+kept > 0 {
		t.Errorf("%d places and %d connections are left", places, kept)
	}
}

// TestPoolRemembersNoDeadPlace: who remembers a place finds the connections of the one
// that has followed it, and no other key's.
func TestPoolRemembersNoDeadPlace(t *testing.T) {
	p := newPool()
	k, other := key{address: "a:1"}, key{address: "a:1", server: "x", tls: true}
	var last atomic.Pointer[place]
	for i := range 3 {
		l, _ := idle(t, p, k)
		p.put(l, 1)
		if got, _ := p.take(other, 2, &last); got != nil {
			t.Fatalf("round %d: another key's connection was taken", i)
		}
		if got, _ := p.take(k, 2, &last); got != l || last.Load() != l.place {
			t.Fatalf("round %d: the connection was not found, or its place is not remembered", i)
		}
		p.drop(l)
		if got, _ := p.take(k, 2, &last); got != nil || last.Load().idle != nil {
			t.Fatalf("round %d: a dead place has something", i)
		}
	}
}

// TestPoolBounds: never more than idlePerAddress of one address and idleTotal of all,
// and those that are idle for longest go.
func TestPoolBounds(t *testing.T) {
	p := newPool()
	one := key{address: "one:80"}
	var all []*closing
	for i := range idlePerAddress + 10 {
		l, nc := idle(t, p, one)
		all = append(all, nc)
		p.put(l, http1.Instant(i+1))
	}
	for i, nc := range all {
		if nc.closed != (i < 10) {
			t.Fatalf("connection %d: closed %v", i, nc.closed)
		}
	}
	for i := range 3 * idleTotal {
		l, _ := idle(t, p, key{address: "host" + strconv.Itoa(i) + ":80"})
		p.put(l, http1.Instant(i+1000))
	}
	if places, kept := places(p); kept > idleTotal || places != kept && places != kept-(idlePerAddress-1) && places > kept {
		t.Errorf("%d connections in %d places", kept, places)
	}
	p.close()
	if places, kept := places(p); places+kept > 0 {
		t.Errorf("%d places and %d connections after the end", places, kept)
	}
	for i, nc := range all {
		if !nc.closed {
			t.Fatalf("connection %d is open after the end", i)
		}
	}
	l, nc := idle(t, p, one)
	if p.put(l, 1); !nc.closed {
		t.Error("one that comes back after the end is kept")
	}
}

// TestPoolSweep: what has been idle for idleTime is closed, by the sweep or by who
// would have taken it.
func TestPoolSweep(t *testing.T) {
	p := newPool()
	k := key{address: "a:1"}
	var last atomic.Pointer[place]
	begin := http1.Now()
	old, oldConn := idle(t, p, k)
	young, youngConn := idle(t, p, k)
	p.put(old, begin)
	p.put(young, begin.Add(time.Second))
	if left := p.sweep(begin.Add(idleTime - 1)); left != 2 {
		t.Fatalf("%d left before the time", left)
	}
	if left := p.sweep(begin.Add(idleTime)); left != 1 || !oldConn.closed || youngConn.closed {
		t.Fatalf("%d left, the older closed %v, the younger %v", left, oldConn.closed, youngConn.closed)
	}
	if l, _ := p.take(k, begin.Add(idleTime+time.Second), &last); l != nil || !youngConn.closed {
		t.Error("one was taken that had been idle for too long")
	}
	if places, kept := places(p); places+kept > 0 {
		t.Errorf("%d places and %d connections are left", places, kept)
	}
}

// TestPoolForgetsHTTP2: what is known of backends is bounded.
func TestPoolForgetsHTTP2(t *testing.T) {
	p := newPool()
	for i := range 2 * maxHTTP2 * shards {
		p.chose(key{"host" + strconv.Itoa(i), "", true}, true)
	}
	for i := range p.shards {
		if n := len(p.shards[i].http2); n > maxHTTP2 {
			t.Errorf("shard %d knows %d", i, n)
		}
	}
	var last atomic.Pointer[place]
	k := key{"new", "", true}
	p.chose(k, true)
	if _, http2 := p.take(k, 1, &last); !http2 {
		t.Error("the latest is not known")
	}
	p.chose(k, false)
	if _, http2 := p.take(k, 1, &last); http2 {
		t.Error("what has changed is still known")
	}
}
