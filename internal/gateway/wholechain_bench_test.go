package gateway_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
)

// newWholeChain is newChain with everything that an API may ask for at once: a
// list of 100 addresses, limits of the API, the user, the app and the address, a
// policy backend whose condition holds, and the signature of what is sent.
//
// The budget is 30,000 user instructions and eight allocations over the edge; the
// latter are gated below at none. Instructions are counted as chain says, and are
// within the budget: the loop takes 30,700, of which a call that only goes from the
// edge to the backend takes 1,130, so the chain takes 29,570. At first the loop took
// 37,100, with two mappings more, which are 1,100 of it. By package, each without
// what it calls:
//
//	message (names, escapes, hex)    4,550
//	SHA-256                          4,500  of which 2,300 are the hash itself
//	runtime (moving, comparing)      4,050
//	signature                        3,200
//	telemetry and record             2,700
//	call, route                      1,600
//	limit and policy/throttle        1,500
//	reading and answering            1,500
//	mapping                          1,450
//	all else                         5,650
//
// What helped: limits whose names are hashed once and compared by their address,
// signed names that are known to be in order and in lower case, and X-Sdk-Date kept
// for its second (1,850 together); hex digits out of a table (570); a digest at a
// time, and a field of one name found by a loop that does nothing else (830);
// escaping without going back to the first byte (250); a signature with fewer steps
// beside the hash, a query sorted by numbers of pairs and a date without a calendar
// (750); the fields that are known found by a table (275); the few names that a policy
// brings ruled out by their length (250); names of four to seven bytes compared as one
// word (220); paths looked at eight bytes at a time (160).
//
// What did not: comparing numbers made of the names of fields before the names (700
// more); reading queries and hosts eight bytes at a time, as they are too short, and
// what has to be remembered between words costs more than it saves (230 more); looking
// for room once for a whole line of what is signed (280 more); a loop over names that
// passes four at a time (220 more). What remains is in no one place. A build with a
// profile of BenchmarkWholeChain (go test -pgo) is not what is counted: it makes a
// first build a minute and a half longer.
func newWholeChain(t testing.TB) *chain {
	conditional := func(d *definition.API) {
		// Three mappings: into the path, the query and a header.
		d.Params = slices.DeleteFunc(d.Params, func(p definition.Param) bool { return p.Name == "X-City" })
		d.Backend.Mappings = slices.DeleteFunc(d.Backend.Mappings, func(m definition.Mapping) bool { return m.Name == "X-Place" || m.Name == "v" })
		d.Policies = append(d.Policies, definition.PolicyBackend{
			Name: "small pages", Effect: definition.EffectAll, Backend: d.Backend,
			Conditions: []definition.Condition{{Origin: "param", Type: "exact", Value: "10", Param: "limit", ParamIn: "QUERY"}},
		})
	}
	k := newChain(t, conditional)
	const far = 1 << 40 // the clock stands still, and nothing may be refused
	bind := func(id, policy, slot, to string) definition.Binding {
		return definition.Binding{ID: id, Policy: policy, Slot: slot, PolicyID: to, APIID: "granted", EnvID: "env-release"}
	}
	err := k.g.Apply(t,
		definition.ACL{ID: "list", ProjectID: "project", Permit: true, Entity: "IP", Values: addresses(100)},
		definition.Throttle{ID: "limits", ProjectID: "project", API: far, User: far - 1, App: far - 2, IP: far - 3, Interval: 1, Unit: "MINUTE"},
		definition.SignatureKey{ID: "key", ProjectID: "project", Key: "backend_key", Secret: []byte("backend_secret_0123456789")},
		bind("b1", definition.BindACL, "IP", "list"), bind("b2", definition.BindThrottle, "", "limits"), bind("b3", definition.BindSign, "", "key"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// addresses are n entries of a list: addresses, networks and ranges of both
// families. The caller's network is one of them.
func addresses(n int) []string {
	list := []string{"203.0.113.0/24"}
	for i := 1; len(list) < n; i++ {
		switch i % 4 {
		case 0:
			list = append(list, fmt.Sprintf("10.%d.0.0/16", i))
		case 1:
			list = append(list, fmt.Sprintf("192.0.2.%d", i))
		case 2:
			list = append(list, fmt.Sprintf("2001:db8:%x::/48", i))
		default:
			list = append(list, fmt.Sprintf("198.51.100.%d-198.51.100.%d", 2*i, 2*i+1))
		}
	}
	return list
}

// TestWholeChainIsWhole: what is measured does everything that it says.
func TestWholeChainIsWhole(t *testing.T) {
	k := newWholeChain(t)
	k.g.Backend.Stub = nil
	c := call.Acquire(t.Context())
	defer call.Release(c)
	r := &c.Request
	r.Method, r.RawPath, r.RawQuery, r.Host, r.Proto = "GET", k.path, k.query, "example.com", "HTTP/1.1"
	r.Remote, c.Started = k.remote, gatewaytest.Now
	r.Headers = append(r.Headers, k.headers...)
	c.Trace = &call.Trace{Now: k.g.Clock.Now}
	k.g.Serve(c)
	log := strings.Join(c.Trace.Lines(), "\n")
	sent := k.g.Backend.Take()
	if c.Response.Status != 200 || len(sent) != 1 {
		t.Fatalf("%d %s, %d sent\n%s", c.Response.Status, c.Response.Bytes, len(sent), log)
	}
	for _, want := range []string{
		"access list of addresses: passed", "app authentication: passed", "grant: passed", "throttle: passed",
		"policy backend small pages", "mapping: passed", "backend signature: passed",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in\n%s", want, log)
		}
	}
	for _, want := range []string{"X-City: shenzhen", "X-App: app", "Authorization: SDK-HMAC-SHA256 Access=backend_key"} {
		if !strings.Contains(sent[0].Headers, want) {
			t.Errorf("no %q was sent: %s", want, sent[0].Headers)
		}
	}
	if !strings.HasSuffix(sent[0].Target, "/internal/users/42?size=10&city=shenzhen") && !strings.HasSuffix(sent[0].Target, "/internal/users/42?city=shenzhen&size=10") {
		t.Errorf("sent to %s", sent[0].Target)
	}
}

// TestWholeChainRefuses: each of the policies that are measured can say no.
func TestWholeChainRefuses(t *testing.T) {
	for code, d := range map[string]any{
		"APIG.0402": definition.ACL{ID: "list", ProjectID: "project", Permit: true, Entity: "IP", Values: addresses(100)[1:]},
		"APIG.0308": definition.Throttle{ID: "limits", ProjectID: "project", API: 1, Interval: 1, Unit: "MINUTE"},
	} {
		k := newWholeChain(t)
		if err := k.g.Apply(t, d); err != nil {
			t.Fatal(err)
		}
		got := ""
		for range 2 {
			c := call.Acquire(t.Context())
			r := &c.Request
			r.Method, r.RawPath, r.RawQuery, r.Host, r.Proto, r.Remote = "GET", k.path, k.query, "example.com", "HTTP/1.1", k.remote
			r.Headers = append(r.Headers, k.headers...)
			_, got, _ = outcome(t, k.g, c)
			call.Release(c)
		}
		if got != code {
			t.Errorf("the second call: %q, want %s", got, code)
		}
	}
}

// TestWholeChainAllocations gates what everything at once may allocate: nothing.
// The issue allows eight over the edge.
func TestWholeChainAllocations(t *testing.T) {
	if race {
		t.Skip("the race detector allocates and empties pools")
	}
	k := newWholeChain(t)
	if n := testing.AllocsPerRun(1000, func() { k.call(t) }); n > 0 {
		t.Errorf("%v allocations per call", n)
	}
	if n := k.access.Dropped(); n > 0 {
		t.Errorf("%d access records were dropped, which costs less than writing them", n)
	}
}

func BenchmarkWholeChain(b *testing.B) {
	k := newWholeChain(b)
	k.call(b)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		k.call(b)
	}
}
