package backend

import (
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/lane"
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
	for i := range p.hands {
		for k := range p.hands[i].grips {
			kept += len(p.hands[i].grips[k].links)
		}
	}
	return places, kept
}

// TestPoolIsLIFO: the last that came is the first that goes, per key.
func TestPoolIsLIFO(t *testing.T) {
	p := newPool(2)
	keys := []key{{address: "a:1"}, {address: "a:1", tls: true}, {address: "a:1", server: "x", tls: true}, {address: "b:1"}}
	var links []*link
	var last atomic.Pointer[place]
	for i := range 12 {
		l, _ := idle(t, p, keys[i%4])
		links = append(links, l)
		p.put(0, l, http1.Instant(i+1))
	}
	for i := 11; i >= 0; i-- {
		if l, _ := p.take(0, keys[i%4], 20, &last); l != links[i] {
			t.Fatalf("connection %d was not the next", i)
		}
	}
	for _, k := range keys {
		if l, _ := p.take(0, k, 20, &last); l != nil {
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
	p := newPool(2)
	k, other := key{address: "a:1"}, key{address: "a:1", server: "x", tls: true}
	var last atomic.Pointer[place]
	for i := range 3 {
		l, _ := idle(t, p, k)
		p.put(0, l, 1)
		if got, _ := p.take(0, other, 2, &last); got != nil {
			t.Fatalf("round %d: another key's connection was taken", i)
		}
		if got, _ := p.take(0, k, 2, &last); got != l || last.Load() != l.place {
			t.Fatalf("round %d: the connection was not found, or its place is not remembered", i)
		}
		p.drop(l)
		if got, _ := p.take(0, k, 2, &last); got != nil || last.Load().idle != nil {
			t.Fatalf("round %d: a dead place has something", i)
		}
	}
}

// TestPoolBounds: never more than idlePerAddress of one address and idleTotal of all,
// and those that are idle for longest go: an address that one core alone calls has the
// room of all shards and of that core's hand, to half of which it may have spilled.
func TestPoolBounds(t *testing.T) {
	p := newPool(2)
	one := key{address: "one:80"}
	var all []*closing
	for i := range idlePerAddress + 10 {
		l, nc := idle(t, p, one)
		all = append(all, nc)
		p.put(0, l, http1.Instant(i+1))
	}
	closed := 0
	for i, nc := range all {
		if nc.closed && closed != i {
			t.Fatalf("connection %d was closed, and %d was not, which is older", i, closed)
		} else if nc.closed {
			closed++
		}
	}
	room := cap(p.hands[0].grips[0].links)
	if kept := len(all) - closed; kept > p.bound+room || kept < p.bound+room/2 {
		t.Errorf("%d are kept, with room for %d and %d", kept, p.bound, room)
	}
	for i := range 3 * idleTotal {
		l, _ := idle(t, p, key{address: "host" + strconv.Itoa(i) + ":80"})
		p.put(uint32(i), l, http1.Instant(i+1000))
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
	if p.put(0, l, 1); !nc.closed {
		t.Error("one that comes back after the end is kept")
	}
}

// TestPoolSweep: what has been idle for idleTime is closed, by the sweep or by who
// would have taken it.
func TestPoolSweep(t *testing.T) {
	p := newPool(2)
	k := key{address: "a:1"}
	var last atomic.Pointer[place]
	begin := http1.Now()
	old, oldConn := idle(t, p, k)
	young, youngConn := idle(t, p, k)
	p.put(0, old, begin)
	p.put(0, young, begin.Add(time.Second))
	if left := p.sweep(begin.Add(idleTime - 1)); left != 2 {
		t.Fatalf("%d left before the time", left)
	}
	if left := p.sweep(begin.Add(idleTime)); left != 1 || !oldConn.closed || youngConn.closed {
		t.Fatalf("%d left, the older closed %v, the younger %v", left, oldConn.closed, youngConn.closed)
	}
	if l, _ := p.take(0, k, begin.Add(idleTime+time.Second), &last); l != nil || !youngConn.closed {
		t.Error("one was taken that had been idle for too long")
	}
	if places, kept := places(p); places+kept > 0 {
		t.Errorf("%d places and %d connections are left", places, kept)
	}
}

// TestPoolForgetsHTTP2: what is known of backends is bounded.
func TestPoolForgetsHTTP2(t *testing.T) {
	p := newPool(2)
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
	if _, http2 := p.take(0, k, 1, &last); !http2 {
		t.Error("the latest is not known")
	}
	p.chose(k, false)
	if _, http2 := p.take(0, k, 1, &last); http2 {
		t.Error("what has changed is still known")
	}
}

// TestPoolBoundsAllCores: with all cores at work an address has idlePerAddress
// connections and not one more.
func TestPoolBoundsAllCores(t *testing.T) {
	for _, cores := range []int{1, 2, 16, 64, 256} {
		p := newPool(cores)
		most := 0
		for i := range 4 * idlePerAddress {
			l, _ := idle(t, p, key{address: "one:80"})
			p.put(uint32(i), l, http1.Instant(i+1))
			_, kept := places(p)
			most = max(most, kept)
		}
		if most > idlePerAddress || most < idlePerAddress*3/4 {
			t.Errorf("%d cores: up to %d connections are kept", cores, most)
		}
		if room := cap(p.hands[0].grips[0].links); p.bound+room*len(p.hands) != idlePerAddress || room < 2 {
			t.Errorf("%d cores: shards have room for %d, %d hands for %d", cores, p.bound, len(p.hands), room)
		}
	}
}

// TestPoolAcrossCores: what one core has given back another finds before it connects,
// each connection is there once, and one that waits with a core is swept as well.
func TestPoolAcrossCores(t *testing.T) {
	p := newPool(4)
	k := key{address: "a:1"}
	begin := http1.Now()
	var last atomic.Pointer[place]
	open := map[*link]*closing{}
	for i := range 100 {
		l, nc := idle(t, p, k)
		open[l] = nc
		p.put(uint32(i%3), l, begin)
	}
	for range 60 {
		l, _ := p.take(3, k, begin, &last)
		if open[l] == nil {
			t.Fatal("nothing, or the same twice")
		}
		delete(open, l)
		p.drop(l)
	}
	if _, kept := places(p); kept != 40 {
		t.Fatalf("%d are left, want 40", kept)
	}
	if left := p.sweep(begin.Add(idleTime)); left != 0 {
		t.Errorf("%d are left after the sweep", left)
	}
	for _, nc := range open {
		if !nc.closed {
			t.Fatal("one that waited is open")
		}
	}
	if l, _ := p.take(1, k, begin, &last); l != nil {
		t.Error("one was taken after the sweep")
	}
}

// TestPoolSharedGrip: addresses that are in the same place of a hand do not get each
// other's connections.
func TestPoolSharedGrip(t *testing.T) {
	p := newPool(1)
	one := key{address: "a:1"}
	_, grip := p.spot(one)
	other := one
	for i := 0; other == one; i++ {
		k := key{address: "b:" + strconv.Itoa(i)}
		if _, g := p.spot(k); g == grip {
			other = k
		}
	}
	var lasts [2]atomic.Pointer[place]
	for i := range 3 {
		a, _ := idle(t, p, one)
		b, _ := idle(t, p, other)
		p.put(0, a, 1)
		p.put(0, b, 1)
		if got, _ := p.take(0, other, 2, &lasts[1]); got != b {
			t.Fatalf("round %d: the second address got another connection", i)
		}
		if got, _ := p.take(0, one, 2, &lasts[0]); got != a {
			t.Fatalf("round %d: the first address got another connection", i)
		}
		p.drop(a)
		p.drop(b)
	}
}

// TestPoolConcurrent: cores that take, give back and drop at once, with sweeps between,
// never have a connection together.
func TestPoolConcurrent(t *testing.T) {
	p := newPool(4)
	k := key{address: "a:1"}
	var all sync.WaitGroup
	var last atomic.Pointer[place]
	var used sync.Map
	for lane := range uint32(4) {
		all.Go(func() {
			var mine []*link
			for i := range 5000 {
				now := http1.Instant(i + 1)
				l, _ := p.take(lane, k, now, &last)
				if l == nil {
					l = &link{conn: http1.New(&closing{})}
					p.enter(l, k)
				}
				if _, twice := used.LoadOrStore(l, lane); twice {
					t.Error("a connection is with two at once")
				}
				if mine = append(mine, l); i%40 == 39 {
					for _, l := range mine {
						used.Delete(l)
						p.put(lane+uint32(i/40), l, now)
					}
					mine = mine[:0]
				}
				if i%1000 == 999 {
					p.sweep(now)
				}
			}
		})
	}
	all.Wait()
	p.close()
	if places, kept := places(p); places+kept > 0 {
		t.Errorf("%d places and %d connections are left", places, kept)
	}
}

// BenchmarkPoolParallel is for -cpu 1,2: what cores share that call one address.
func BenchmarkPoolParallel(b *testing.B) {
	p := newPool(lane.Count())
	k := key{address: "10.0.0.8:8080"}
	for range 64 {
		l := &link{conn: http1.New(&closing{})}
		p.enter(l, k)
		p.put(lane.Current(), l, 1)
	}
	var last atomic.Pointer[place]
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			l, _ := p.take(lane.Current(), k, 2, &last)
			p.put(lane.Current(), l, 2)
		}
	})
}

// TestPoolKnownHTTP2: who is told that a backend speaks HTTP/2 gets no connection as well,
// which nobody would give back.
func TestPoolKnownHTTP2(t *testing.T) {
	p := newPool(2)
	k := key{"a:1", "", true}
	l, _ := idle(t, p, k)
	p.put(0, l, 1)
	p.chose(k, true)
	for range 2 {
		var last atomic.Pointer[place]
		if got, http2 := p.take(1, k, 2, &last); got != nil || !http2 {
			t.Fatalf("took %v, http2 %v", got, http2)
		}
	}
	if _, kept := places(p); kept != 1 {
		t.Errorf("%d connections are kept, want 1", kept)
	}
}
