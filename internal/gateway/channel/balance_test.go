package channel_test

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
)

// senderFunc is a sender made of a function.
type senderFunc func(c *call.Call) *call.Fault

func (f senderFunc) Send(c *call.Call) *call.Fault { return f(c) }

// answers is a sender for whom everything works.
func answers(c *call.Call) *call.Fault {
	c.Timing.BackendConnect = 0
	return nil
}

// balanced is a channel without health checks whose members m0, m1, … have these
// weights.
func balanced(balance int, weights ...int) *definition.Channel {
	d := &definition.Channel{ID: "c", Name: "orders", Port: 80, Balance: balance}
	for i, w := range weights {
		d.Members = append(d.Members, definition.Member{ID: fmt.Sprintf("m%d", i), Host: fmt.Sprintf("m%d.test", i), Weight: w})
	}
	return d
}

func repeat(n, weight int) []int { return slices.Repeat([]int{weight}, n) }

// fixture sends calls through one channel.
type fixture struct {
	channels *channel.Channels
	backend  *channel.Backend
	call     *call.Call
}

func serve(t testing.TB, d *definition.Channel) *fixture {
	t.Helper()
	s := channel.New(channel.Options{})
	t.Cleanup(s.Close)
	if err := s.Check(d); err != nil {
		t.Fatal(err)
	}
	s.Put(d)
	return &fixture{s, channel.NewBackend(s, d.ID, "", senderFunc(answers)), newCall(t)}
}

// newCall is a call as it comes to a backend; it is released when the test ends.
func newCall(t testing.TB) *call.Call {
	c := call.Acquire(t.Context())
	t.Cleanup(func() { call.Release(c) })
	r := &c.Request
	r.Method, r.RawPath, r.Path, r.Host = "GET", "/", "/", "example.com"
	r.Remote = netip.MustParseAddrPort("203.0.113.9:4711")
	r.Client = r.Remote.Addr()
	c.Out.Timeout = time.Second
	return c
}

// sent is the member that gets the next call.
func (x *fixture) sent(t testing.TB) string {
	t.Helper()
	if f := x.backend.Send(x.call); f != nil {
		t.Fatalf("%s %s", f.Code, f.Message)
	}
	return strings.TrimSuffix(x.call.Out.Address, ".test:80")
}

// TestRoundRobinIsExact: every round gives each member exactly its weight,
// wherever it begins.
func TestRoundRobinIsExact(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		weights := rapid.SliceOfN(rapid.IntRange(0, 100), 1, 12).Draw(r, "weights")
		total := 0
		for _, w := range weights {
			total += w
		}
		if total == 0 {
			return
		}
		x := serve(t, balanced(1, weights...))
		got := map[string]int{}
		for range 3 * total {
			got[x.sent(t)]++
		}
		for i, w := range weights {
			if n := got[fmt.Sprintf("m%d", i)]; n != 3*w {
				r.Errorf("m%d with weight %d of %d got %d of %d calls", i, w, total, n, 3*total)
			}
		}
	})
}

// TestRoundRobinIsSmooth: a heavy member does not get its calls in one piece.
func TestRoundRobinIsSmooth(t *testing.T) {
	x := serve(t, balanced(1, 5, 1, 1))
	var order strings.Builder
	for range 70 {
		order.WriteString(x.sent(t)[1:])
	}
	// One round is 0010200, so four calls in a row at most, over its border.
	if strings.Contains(order.String(), "00000") || !strings.Contains(order.String(), "0010200") {
		t.Errorf("order %s", order.String())
	}
}

// TestOneAddressTwice: two entries with one address are one member with both
// weights.
func TestOneAddressTwice(t *testing.T) {
	d := balanced(1, 1, 1, 1)
	d.Members[2].Host = "m0.test"
	x := serve(t, d)
	got := map[string]int{}
	for range 30 {
		got[x.sent(t)]++
	}
	if got["m0"] != 20 || got["m1"] != 10 {
		t.Errorf("calls %v", got)
	}
}

// TestLeastConnections: a call goes where the fewest are under way per weight,
// until its answer was written; among the equal, weights decide.
func TestLeastConnections(t *testing.T) {
	x := serve(t, balanced(2, 1, 3))
	send := func() *call.Call {
		c := call.Acquire(t.Context())
		if f := x.backend.Send(c); f != nil {
			t.Fatal(f)
		}
		return c
	}
	idle := map[string]int{}
	for range 40 {
		c := send()
		idle[c.Out.Address[:2]]++
		call.Release(c)
	}
	if idle["m0"] != 10 || idle["m1"] != 30 {
		t.Errorf("one call at a time: %v, want 10 and 30", idle)
	}
	open := map[string]int{}
	var calls []*call.Call
	for range 40 {
		calls = append(calls, send())
		open[calls[len(calls)-1].Out.Address[:2]]++
	}
	if open["m0"] != 10 || open["m1"] != 30 {
		t.Errorf("under way at once: %v, want 10 and 30", open)
	}
	// When the calls of m0 end, the next ones go there until it has its part again.
	for _, c := range calls {
		if strings.HasPrefix(c.Out.Address, "m0") {
			call.Release(c)
		} else {
			defer call.Release(c)
		}
	}
	for i := range 9 {
		c := send()
		defer call.Release(c)
		if !strings.HasPrefix(c.Out.Address, "m0") {
			t.Errorf("call %d after the end went to %s", i, c.Out.Address)
		}
	}
}

// keys gives the fixture's call another key of both hashes.
func (x *fixture) key(i int) {
	x.call.Request.Client = netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
	x.call.Request.RawPath = fmt.Sprintf("/orders/%d", i)
}

// choices are the members for the keys 0 to n-1.
func (x *fixture) choices(t testing.TB, n int) []string {
	t.Helper()
	out := make([]string, n)
	for i := range out {
		x.key(i)
		out[i] = x.sent(t)
	}
	return out
}

// TestHashFollowsWeights: over many keys each member gets its weight's share, to
// five standard deviations, which is 4 % of the share at most here.
func TestHashFollowsWeights(t *testing.T) {
	const keys = 100_000
	for _, balance := range []int{3, 4} {
		for _, weights := range [][]int{{1, 1, 1}, {1, 2, 3, 4}, {100, 1}, repeat(10, 7), {0, 5, 5}} {
			got := map[string]int{}
			for _, m := range serve(t, balanced(balance, weights...)).choices(t, keys) {
				got[m]++
			}
			total := 0
			for _, w := range weights {
				total += w
			}
			for i, w := range weights {
				share := float64(w) / float64(total)
				tolerance := 5 * math.Sqrt(keys*share*(1-share))
				if n := float64(got[fmt.Sprintf("m%d", i)]); math.Abs(n-keys*share) > tolerance {
					t.Errorf("balance %d, weights %v: m%d got %.0f calls, want %.0f ± %.0f", balance, weights, i, n, keys*share, tolerance)
				}
			}
		}
	}
}

// TestHashIsStable: a member that goes moves its own keys and no others; one that
// comes takes keys and moves none between the others; a greater weight only
// takes keys. What returns finds the keys it had.
func TestHashIsStable(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		const keys = 500
		balance := rapid.SampledFrom([]int{3, 4}).Draw(r, "balance")
		weights := rapid.SliceOfN(rapid.IntRange(1, 100), 2, 10).Draw(r, "weights")
		d := balanced(balance, weights...)
		x := serve(t, d)
		before := x.choices(t, keys)

		i := rapid.IntRange(0, len(weights)-1).Draw(r, "member")
		name := d.Members[i].ID
		less, more := *d, *d
		less.Members = slices.Delete(slices.Clone(d.Members), i, i+1)
		more.Members = slices.Clone(d.Members)
		more.Members[i].Weight = min(100, more.Members[i].Weight*2)

		x.channels.Put(&less)
		for k, m := range x.choices(t, keys) {
			if m == name || before[k] != name && m != before[k] {
				r.Errorf("without %s key %d goes to %s, before to %s", name, k, m, before[k])
			}
		}
		x.channels.Put(d)
		if again := x.choices(t, keys); !slices.Equal(again, before) {
			r.Errorf("with %s back the keys go elsewhere", name)
		}
		x.channels.Put(&more)
		for k, m := range x.choices(t, keys) {
			if m != before[k] && m != name {
				r.Errorf("a greater weight of %s moves key %d from %s to %s", name, k, before[k], m)
			}
		}
	})
}

// TestHashesHaveTheirKeys: the source hash looks at the address alone, the URI
// hash at path and query as they came.
func TestHashesHaveTheirKeys(t *testing.T) {
	differ := func(balance int, change func(r *call.Request, i int)) bool {
		x := serve(t, balanced(balance, repeat(50, 1)...))
		first := x.sent(t)
		for i := range 20 {
			change(&x.call.Request, i)
			if x.sent(t) != first {
				return true
			}
		}
		return false
	}
	for _, tc := range []struct {
		name    string
		balance int
		change  func(r *call.Request, i int)
		want    bool
	}{
		{"source: address", 3, func(r *call.Request, i int) { r.Client = netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}) }, true},
		{"source: IPv6 address", 3, func(r *call.Request, i int) { r.Client = netip.AddrFrom16([16]byte{0x20, 1, 15: byte(i)}) }, true},
		{"source: path", 3, func(r *call.Request, i int) { r.RawPath = fmt.Sprint("/", i) }, false},
		{"source: port", 3, func(r *call.Request, i int) { r.Remote = netip.AddrPortFrom(r.Remote.Addr(), uint16(i)) }, false},
		{"uri: address", 4, func(r *call.Request, i int) { r.Client = netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}) }, false},
		{"uri: path", 4, func(r *call.Request, i int) { r.RawPath = fmt.Sprint("/", i) }, true},
		{"uri: query", 4, func(r *call.Request, i int) { r.RawQuery = fmt.Sprint("a=", i) }, true},
		{"uri: what is forwarded", 4, func(r *call.Request, i int) { r.Path = fmt.Sprint("/", i) }, false},
	} {
		if got := differ(tc.balance, tc.change); got != tc.want {
			t.Errorf("%s: another member: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// TestNoMember: who has nobody left, and who is not there.
func TestNoMember(t *testing.T) {
	for balance := 1; balance <= 4; balance++ {
		for _, weights := range [][]int{nil, {0}, {0, 0}} {
			x := serve(t, balanced(balance, weights...))
			if f := x.backend.Send(x.call); f != call.NoMember {
				t.Errorf("balance %d, weights %v: %v", balance, weights, f)
			}
			x.channels.Drop("c")
			if f := x.backend.Send(x.call); f != call.NoChannel {
				t.Errorf("dropped: %v", f)
			}
		}
	}
}

// TestAddresses: IPv6 members get brackets, and a certificate has to name the
// proxy host, else the host that was called.
func TestAddresses(t *testing.T) {
	d := balanced(1, 1)
	d.Members[0].Host = "2001:db8::1"
	x := serve(t, d)
	x.backend.Send(x.call)
	if o := x.call.Out; o.Address != "[2001:db8::1]:80" || o.ServerName != "example.com" {
		t.Errorf("address %q, server name %q", o.Address, o.ServerName)
	}
	channel.NewBackend(x.channels, "c", "In.Example.com:8443", senderFunc(answers)).Send(x.call)
	if got := x.call.Out.ServerName; got != "in.example.com" {
		t.Errorf("server name %q", got)
	}
}

func BenchmarkSend(b *testing.B) {
	for balance, name := range []string{1: "round robin", 2: "least connections", 3: "source hash", 4: "URI hash"} {
		if name == "" {
			continue
		}
		for _, members := range []int{3, 200} {
			b.Run(fmt.Sprintf("%s/%d", name, members), func(b *testing.B) {
				var weights []int
				for i := range members {
					weights = append(weights, 1+i%100)
				}
				x := serve(b, balanced(balance, weights...))
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					x.call.Request.Client = netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
					x.backend.Send(x.call)
				}
			})
		}
	}
}

// BenchmarkPut is what a change of a large channel costs its gateway.
func BenchmarkPut(b *testing.B) {
	var weights []int
	for i := range 200 {
		weights = append(weights, 1+i%100)
	}
	x := serve(b, balanced(1, weights...))
	d := balanced(1, weights...)
	for b.Loop() {
		x.channels.Put(d)
	}
}
