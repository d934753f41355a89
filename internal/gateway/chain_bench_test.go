package gateway_test

import (
	"context"
	"io"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/record"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// chain is a gateway with ten thousand APIs, and a signed call whose
// parameters are checked and mapped: what our part of a call costs, with its
// access record and its counters. The backend is a stub and there is no edge.
//
// The budget is 20,000 user instructions, which are counted by hand and not yet
// kept, and five allocations, which are gated below at none. Where perf stat -e
// instructions:u is not supported, single steps count as exactly: a test prints the
// id of its thread, sleeps a second by a raw system call, which keeps it there, and
// loops over call and getppid; a second process stops all threads with PTRACE_SEIZE
// and PTRACE_INTERRUPT, steps this one and counts from getppid to getppid
// (GOMAXPROCS=1, GOGC=off, asyncpreemptoff=1, 2,000 calls to warm up). Equal
// calls give equal counts, but for every sixteenth, whose random numbers take 900
// more, and for the kernel's part in reading the clock.
//
//	                              at first    then  with the default limit, lists and traces
//	the loop without its edge       27,900  21,400  24,650, now 22,400
//	  reading the request            2,600   2,450   2,500
//	  host, environment, route       1,650   1,550   1,750
//	  signature                     12,700   8,450   8,500
//	  default limit                                  1,150
//	  mapping                        3,050   2,900   2,900
//	  access record and counters     4,600   3,500   3,850
//	  all else                       3,300   2,550   4,000
type chain struct {
	g      *gatewaytest.Gateway
	access *telemetry.AccessLog
	// What an edge fills in. The fields are those of a signed browser-like call.
	path, query string
	headers     message.Fields
	remote      netip.AddrPort
}

// stub answers like a small backend and allocates nothing.
type stub struct{}

var stubBody = []byte(`{"ok":true}`)

func (stub) Send(c *call.Call) *call.Fault {
	t := &c.Timing
	t.BackendAddr, t.BackendStart, t.BackendHeader, t.BackendStatus = c.Out.Address, c.Started, c.Started, 200
	r := &c.Response
	r.Status = 200
	r.Headers = append(r.Headers, message.Field{Name: "Content-Type", Value: "application/json"}, message.Field{Name: "Server", Value: "stub"})
	r.Bytes = stubBody
	return nil
}

func newChain(t testing.TB, change ...func(*definition.API)) *chain {
	mapped := func(d *definition.API) {
		withAuth(d)
		low, high := int64(1), int64(100)
		d.Params = append(d.Params,
			definition.Param{Name: "limit", In: "QUERY", Type: "NUMBER", Check: true, MinNum: &low, MaxNum: &high},
			definition.Param{Name: "X-City", In: "HEADER", Type: "STRING"})
		d.Backend.HTTP.Path = "/internal/users/{id}"
		d.Backend.Mappings = append(d.Backend.Mappings,
			definition.Mapping{Name: "size", In: "QUERY", Origin: "REQUEST", Value: "limit", From: "QUERY"},
			definition.Mapping{Name: "X-Place", In: "HEADER", Origin: "REQUEST", Value: "X-City", From: "HEADER"},
			definition.Mapping{Name: "X-App", In: "HEADER", Origin: "SYSTEM", Value: "$context.appId"},
			definition.Mapping{Name: "v", In: "QUERY", Origin: "CONSTANT", Value: "2"})
	}
	apis := make([]definition.API, 0, 10_001)
	for i := range 10_000 {
		apis = append(apis, api("filler-"+strconv.Itoa(i), "GET", "/filler/"+strconv.Itoa(i%100)+"/{id}/"+strconv.Itoa(i)))
	}
	apis = append(apis, api("granted", "GET", "/v1/users/{id}", append([]func(*definition.API){mapped}, change...)...))
	k := &chain{g: house(t, apis...), path: "/v1/users/42", query: "limit=10&city=shenzhen", remote: netip.MustParseAddrPort("203.0.113.9:4711")}
	for _, f := range []string{"User-Agent: curl/8.0", "Accept: */*", "Accept-Encoding: gzip", "Accept-Language: en", "X-City: shenzhen", "Connection: keep-alive"} {
		c := gatewaytest.Raw(t, "GET /", f)
		k.headers = append(k.headers, c.Request.Headers[0])
	}
	c := gatewaytest.Raw(t, "GET "+k.path+"?"+k.query)
	sign(c, appKey, appSecret, "")
	k.headers = append(k.headers, c.Request.Headers...)

	// The recorder allocates; the stub stands in its place.
	k.g.Backend.Stub = stub{}

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

// stopped reads the clock as it is really read, and stands still, so that
// counted and timed calls are in the same second as they nearly always are.
func stopped() time.Time {
	_ = clock.System()
	return gatewaytest.Now
}

// nowhere is a file that takes everything, so that no record waits.
type nowhere struct{ io.Writer }

func (nowhere) Close() error { return nil }

// call is one call from the edge's acquire to its release.
func (k *chain) call(t testing.TB) {
	c := call.Acquire(t.Context())
	r := &c.Request
	r.Method, r.RawPath, r.RawQuery, r.Host, r.Proto = "GET", k.path, k.query, "example.com", "HTTP/1.1"
	r.Remote = k.remote
	r.Headers = append(r.Headers, k.headers...)
	c.Started = gatewaytest.Now
	k.g.Serve(c)
	if c.Response.Status != 200 {
		t.Fatalf("%s", c.Response.Bytes)
	}
	k.g.Finish(c)
	call.Release(c)
}

// TestChainAllocations gates what the chain (route of 10,001, signature, grant,
// parameter check, mapping, response fields, access record, counters) may
// allocate: nothing.
func TestChainAllocations(t *testing.T) {
	if race {
		t.Skip("the race detector allocates and empties pools")
	}
	k := newChain(t)
	if n := testing.AllocsPerRun(1000, func() { k.call(t) }); n > 0 {
		t.Errorf("%v allocations per call", n)
	}
	if n := k.access.Dropped(); n > 0 {
		t.Errorf("%d access records were dropped, which costs less than writing them", n)
	}
}

// BenchmarkChain is for `perf stat -e instructions:u` with a fixed -benchtime=Nx;
// the difference of two runs with different N is the cost of a call.
func BenchmarkChain(b *testing.B) {
	k := newChain(b)
	k.call(b)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		k.call(b)
	}
}
