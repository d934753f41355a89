package gateway_test

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/record"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// fullChain is the chain that the bars of the engine are about, with the bytes of
// its load: a route among 10,000, APP authentication by a signature over six
// fields, an access list of ten networks, limits of the API, the app and the
// address, path, query and header mapped, two constant fields, and the access
// record with its counters. The call is filled as the engine fills it: strings
// over one buffer, fields in the order of the wire.
//
// User instructions of one call, counted by single steps as chain says (median of 16
// calls, eight SHA-256 blocks in 1,369 with the SHA extensions):
//
//	                                   at first  before   now
//	the loop                             25,830  16,460  13,170
//	  of it BenchmarkBare (acquire, fill, stub, release)  1,100, now 1,150
//	the chain over the edge              24,720  15,360  12,020
//	  reading the request                 1,940   1,240   1,097
//	  host, environment, route            2,010   1,430   1,380
//	  signature and caller                9,950   5,000   4,024  of which 1,369 SHA-256
//	  mapping                             2,610   1,610   1,424
//	  three limits                        1,680   1,400     893
//	  access record, figures, counters    3,960   2,400   1,794
//	  request id                            380     230      94
//	  all else                            2,190   2,050   1,310
//	BenchmarkFullChainStrangers          24,450  21,440  18,990
//
// What helped: names that are the same as the call before had, and with them where the
// signed fields stand (message.Layout; 2,600); a digest that is not ended but read (350);
// room for a whole access record at once and its keys in blocks of 32 bytes (520),
// numbers below 1,000 from a table (190); values of a path that cannot spoil it (260);
// constant fields without a look at their bytes, and dropped names ruled out by their
// length (360); an Authorization taken apart by constants (170); a generator of ids with
// each pooled call (125); a signature looked for from the end of the fields (85).
//
// Later: the words of SHA-256 read where they lie (720), signed lines written from a
// text prepared with the layout (270), nothing looked at twice for escapes (350), ends of
// the path's segments found once (290), wants of limits on the stack (250), one pool
// for three recorders (200), texts of the record that are only compared (220), host and
// address remembered beside the layout (200).
//
// At last: memory for a signature beside the pooled call, and the canonical request written into
// padded blocks (1,000); leases of limits (500, of which 60 the clock of this benchmark);
// lanes by the runtime's processor, and stretches of the record prepared with their keys
// (650); grants found by sums of hashes (260); half an id kept for 64 ids (135); nothing
// looked up where there are no orders (90).
//
// What did not: comparing names by their first and last words instead of as strings (50
// more); copying into a slice that has room instead of appending (390 more); keeping
// places for names that come once (2,800 more); escaping short texts eight bytes at a time
// (150 more).
type fullChain struct {
	g      *gatewaytest.Gateway
	access *telemetry.AccessLog
	head   []byte
	// Where in head the parts of the request line and the fields stand.
	path, query, host [2]int
	fields            [][4]int
	remote            netip.AddrPort
}

const fullTarget = "/svc4711/v1/orders/20260102-0001?page=7&cur=usd"

func newFullChain(t testing.TB) *fullChain {
	apis := make([]definition.API, 0, 10_000)
	for i := range 10_000 {
		id := "filler-" + strconv.Itoa(i)
		if i == 4711 {
			id = "granted"
		}
		apis = append(apis, api(id, "GET", "/svc"+strconv.Itoa(i)+"/v1/orders/{id}", remapped))
	}
	k := &fullChain{g: house(t, apis...), remote: netip.MustParseAddrPort("203.0.113.9:4711")}
	k.g.Backend.Stub = stub{}
	list := []string{"203.0.113.0/24"}
	for i := range 9 {
		list = append(list, fmt.Sprintf("10.%d.0.0/16", 2*i))
	}
	const far = 1 << 40 // the clock stands still, and nothing may be refused
	bind := func(id, policy, slot, to string) definition.Binding {
		return definition.Binding{ID: id, Policy: policy, Slot: slot, PolicyID: to, APIID: "granted", EnvID: "env-release"}
	}
	err := k.g.Apply(t,
		definition.ACL{ID: "list", ProjectID: "project", Permit: true, Entity: "IP", Values: list},
		definition.Throttle{ID: "limits", ProjectID: "project", API: far, App: far - 1, IP: far - 2, Interval: 1, Unit: "MINUTE"},
		bind("b1", definition.BindACL, "IP", "list"), bind("b2", definition.BindThrottle, "", "limits"))
	if err != nil {
		t.Fatal(err)
	}
	k.fill(t)

	k.access = telemetry.NewAccessLog(nowhere{io.Discard}, telemetry.AccessOptions{})
	t.Cleanup(func() {
		if err := k.access.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	r := record.Recorder{Clock: stopped, Region: "RegionOne", Access: k.access, Metrics: telemetry.NewMetrics(telemetry.MetricsOptions{FaultCodes: call.Codes()}), Figures: statistics.NewCollector()}
	k.g.Record = r.Call
	return k
}

// remapped is what every API of the full chain does to a request.
func remapped(d *definition.API) {
	withAuth(d)
	d.Params = append(d.Params,
		definition.Param{Name: "page", In: "QUERY", Type: "STRING"},
		definition.Param{Name: "X-Nonce", In: "HEADER", Type: "STRING"})
	d.Backend.HTTP.Path = "/internal/orders/{id}"
	d.Backend.Mappings = append(d.Backend.Mappings,
		definition.Mapping{Name: "p", In: "QUERY", Origin: "REQUEST", Value: "page", From: "QUERY"},
		definition.Mapping{Name: "X-Order-Nonce", In: "HEADER", Origin: "REQUEST", Value: "X-Nonce", From: "HEADER"},
		definition.Mapping{Name: "X-Gateway-Stage", In: "HEADER", Origin: "CONSTANT", Value: "RELEASE"},
		definition.Mapping{Name: "X-Gateway", In: "HEADER", Origin: "CONSTANT", Value: "lintel"})
}

// fill signs the request, writes its head as it comes over the wire and notes
// where its parts stand.
func (k *fullChain) fill(t testing.TB) {
	c := gatewaytest.Raw(t, "GET "+fullTarget,
		"Host: example.com", "User-Agent: bench/1.0", "Accept: */*", "X-Nonce: 8f14e45fceea167a", "X-Stage: RELEASE")
	sign(c, appKey, appSecret, "")
	at := func(begin int, text string) [2]int {
		i := strings.Index(string(k.head[begin:]), text) + begin
		return [2]int{i, i + len(text)}
	}
	path, query, _ := strings.Cut(fullTarget, "?")
	k.head = append(k.head, "GET "+fullTarget+" HTTP/1.1\r\n"...)
	k.path, k.query = at(0, path), at(0, query)
	for _, f := range c.Request.Headers {
		begin := len(k.head)
		k.head = append(k.head, f.Name+": "+f.Value+"\r\n"...)
		value := begin + len(f.Name) + len(": ")
		k.fields = append(k.fields, [4]int{begin, begin + len(f.Name), value, value + len(f.Value)})
	}
	k.host = at(0, "example.com")
}

// text is a string over the head.
func (k *fullChain) text(from, to int) string { return unsafe.String(&k.head[from], to-from) }

// call is one call from the edge's acquire to its release.
//
//go:noinline
func (k *fullChain) call(t testing.TB) {
	c := k.acquire()
	k.g.Serve(c)
	if c.Response.Status != 200 {
		t.Fatalf("%s", c.Response.Bytes)
	}
	c.Response.Sent = int64(len(c.Response.Bytes))
	k.g.Finish(c)
	call.Release(c)
}

// bare is a call that only goes from the edge to the backend and back.
//
//go:noinline
func (k *fullChain) bare() {
	c := k.acquire()
	stub{}.Send(c)
	c.Response.Sent = int64(len(c.Response.Bytes))
	call.Release(c)
}

// acquire is what an edge does before the chain.
func (k *fullChain) acquire() *call.Call {
	c := call.Acquire(context.Background())
	r := &c.Request
	r.Method, r.Proto = "GET", "HTTP/1.1"
	r.RawPath, r.RawQuery, r.Host = k.text(k.path[0], k.path[1]), k.text(k.query[0], k.query[1]), k.text(k.host[0], k.host[1])
	r.Remote, r.Size = k.remote, int64(len(k.head))
	for i := range k.fields {
		f := &k.fields[i]
		r.Headers = append(r.Headers, message.Field{Name: k.text(f[0], f[1]), Value: k.text(f[2], f[3])})
	}
	c.Started = gatewaytest.Now
	return c
}

// TestFullChainIsWhole: what is measured does everything that it says.
func TestFullChainIsWhole(t *testing.T) {
	k := newFullChain(t)
	k.g.Backend.Stub = nil
	c := call.Acquire(t.Context())
	defer call.Release(c)
	r := &c.Request
	r.Method, r.Proto, r.Host = "GET", "HTTP/1.1", "example.com"
	r.RawPath, r.RawQuery, _ = strings.Cut(fullTarget, "?")
	r.Remote, c.Started = k.remote, gatewaytest.Now
	for _, f := range k.fields {
		r.Headers = append(r.Headers, message.Field{Name: k.text(f[0], f[1]), Value: k.text(f[2], f[3])})
	}
	r.Headers = append(r.Headers, message.Field{Name: "X-Apig-Mode", Value: "debug"})
	c.Trace = &call.Trace{Now: k.g.Clock.Now}
	k.g.Serve(c)
	log := strings.Join(c.Trace.Lines(), "\n")
	sent := k.g.Backend.Take()
	if c.Response.Status != 200 || len(sent) != 1 {
		t.Fatalf("%d %s, %d sent\n%s", c.Response.Status, c.Response.Bytes, len(sent), log)
	}
	for _, want := range []string{"access list of addresses: passed", "app authentication: passed", "grant: passed", "throttle: passed", "mapping: passed"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in\n%s", want, log)
		}
	}
	for _, want := range []string{"X-Order-Nonce: 8f14e45fceea167a", "X-Gateway-Stage: RELEASE", "X-Gateway: lintel", "X-Forwarded-For: 203.0.113.9"} {
		if !strings.Contains(sent[0].Headers, want) {
			t.Errorf("no %q was sent: %s", want, sent[0].Headers)
		}
	}
	if want := "http://backend.test/internal/orders/20260102-0001?cur=usd&p=7"; sent[0].Target != want {
		t.Errorf("sent to %s, want %s", sent[0].Target, want)
	}
	for _, name := range []string{"api", "app", "ip"} {
		if c.Response.Headers.Count("X-Apig-RateLimit-"+name) != 1 {
			t.Errorf("no limit of %s in %s", name, gatewaytest.Lines(c.Response.Headers))
		}
	}
}

// TestFullChainAllocations gates what it may allocate: nothing.
func TestFullChainAllocations(t *testing.T) {
	if race {
		t.Skip("the race detector allocates and empties pools")
	}
	k := newFullChain(t)
	if n := testing.AllocsPerRun(1000, func() { k.call(t) }); n > 0 {
		t.Errorf("%v allocations per call", n)
	}
	if n := k.access.Dropped(); n > 0 {
		t.Errorf("%d access records were dropped, which costs less than writing them", n)
	}
}

func BenchmarkFullChain(b *testing.B) {
	k := newFullChain(b)
	k.call(b)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		k.call(b)
	}
}

// BenchmarkBare is what of BenchmarkFullChain is not the chain.
func BenchmarkBare(b *testing.B) {
	k := newFullChain(b)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		k.bare()
	}
}

// BenchmarkFullChainStrangers has no two calls behind each other with the same names
// in the same order: what a Layout costs where it is of no use.
func BenchmarkFullChainStrangers(b *testing.B) {
	k := newFullChain(b)
	k.call(b)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		k.fields[1], k.fields[2] = k.fields[2], k.fields[1]
		k.call(b)
	}
}

// BenchmarkFullChainParallel is for -cpu 1,2: what of the chain callers share.
func BenchmarkFullChainParallel(b *testing.B) {
	k := newFullChain(b)
	k.call(b)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			k.call(b)
		}
	})
}

// BenchmarkFullChainApart is BenchmarkFullChainParallel with a gateway of its own for
// each goroutine: what two cores would do if callers shared nothing. On a machine
// that has other work too, the quotient of the two is what tells.
func BenchmarkFullChainApart(b *testing.B) {
	var own [8]*fullChain
	for i := range runtime.GOMAXPROCS(0) {
		own[i] = newFullChain(b)
		own[i].call(b)
	}
	var next atomic.Int32
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		k := own[next.Add(1)-1]
		for p.Next() {
			k.call(b)
		}
	})
}
