package gateway_test

import (
	"context"
	"io"
	"net/netip"
	"strconv"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/record"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// chain is a gateway with ten thousand APIs, and a signed call whose
// parameters are checked and mapped: what our part of a call costs. The backend is
// a stub and there is no edge.
type chain struct {
	g *gatewaytest.Gateway
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
	t.BackendAddr, t.BackendStart, t.BackendHeader, t.BackendStatus = c.Out.Address, gatewaytest.Now, gatewaytest.Now, 200
	r := &c.Response
	r.Status = 200
	r.Headers = append(r.Headers, message.Field{Name: "Content-Type", Value: "application/json"}, message.Field{Name: "Server", Value: "stub"})
	r.Bytes = stubBody
	return nil
}

func newChain(t testing.TB) *chain {
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
	apis = append(apis, api("granted", "GET", "/v1/users/{id}", mapped))
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

	access := telemetry.NewAccessLog(nowhere{io.Discard}, telemetry.AccessOptions{})
	t.Cleanup(func() { access.Close(context.Background()) })
	r := record.Recorder{Clock: k.g.Clock.Now, Region: "RegionOne", Access: access, Metrics: telemetry.NewMetrics(telemetry.MetricsOptions{FaultCodes: call.Codes()})}
	k.g.Record = r.Call
	return k
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
// parameter check, mapping, response fields, access record) may allocate: nothing.
func TestChainAllocations(t *testing.T) {
	if race {
		t.Skip("the race detector allocates and empties pools")
	}
	k := newChain(t)
	if n := testing.AllocsPerRun(1000, func() { k.call(t) }); n > 0 {
		t.Errorf("%v allocations per call", n)
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
