package gateway_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/message"
)

// TestFamiliarCallsAreJudgedAnew: a call is answered as if it were the first one,
// whichever calls came before it with the same pooled memory, above all one with the
// same names.
func TestFamiliarCallsAreJudgedAnew(t *testing.T) {
	g := house(t, api("a", "GET", "/a"), api("test", "GET", "/only-test", func(d *definition.API) { d.EnvID, d.EnvName = "env-test", "TEST" }))
	big := strings.Repeat("v", 20<<10)
	calls := [][]string{
		{"Host: example.com", "X-Own: 1"},
		{"Host: example.com", "X-Own: 2", "X-Stage: TEST"},
		{"Host: example.com", "X-Own: " + big},
		{"Host: other.example", "X-Own: 1"},
		{"Host: example.com", "x-own: 1"},
		{"Host: example.com", "X-Apig-Hops: 1"},
		{"Host: example.com", "X-Apig-Hops: 10"},
		{"Host: example.com", "X_Own: 1"},
		{"Host: example.com", "X_Own: 2"},
		{"Host: example.com", "X-Stage: RELEASE", "X-Stage: TEST"},
		{"Host: example.com", "X-Own: " + big, "X-B: " + big, "X-C: " + big, "X-D: " + big, "X-E: " + big, "X-F: " + big},
		{"Host: example.com", "X-Own: 1", "X-B: 2", "X-C: 3", "X-D: 4", "X-E: 5", "X-F: " + big},
		{"Host: example.com", "Upgrade: websocket", "Connection: Upgrade"},
		{"Host: example.com", "Upgrade: h2c", "Connection: Upgrade"},
		{"Host: example.com", "X-Apig-Mode: debug"},
		{"Host: example.com", "X-Apig-Mode: other"},
		{"Host: example.com", "Connection: X-Own", "X-Own: 1"},
		{"Host: example.com", "Connection: close", "X-Own: 1"},
		{"Accept: */*"},
	}
	// answer serves one call; what it says of a call must not depend on others.
	answer := func(c *call.Call, path string, fields []string) string {
		r := &c.Request
		r.Method, r.Proto, r.Host, r.RawPath, r.Remote = "GET", "HTTP/1.1", "example.com", path, gatewaytest.Raw(t, "GET /").Request.Remote
		r.Headers = r.Headers[:0]
		for _, f := range fields {
			name, value, _ := strings.Cut(f, ": ")
			r.Headers = append(r.Headers, message.Field{Name: name, Value: value})
		}
		g.Clock.Advance(time.Second) // what is left of a limit is the same for all
		c.Started = g.Clock.Now()
		g.Serve(c)
		g.Finish(c)
		said := gatewaytest.Lines(c.Response.Headers) + "\n" + string(c.Response.Bytes)
		for _, s := range g.Backend.Take() {
			said += "\n" + s.Target + "\n" + s.Headers
		}
		return strings.ReplaceAll(said, c.ID, "ID")
	}
	for _, path := range []string{"/a", "/only-test"} {
		var first []string
		for _, fields := range calls {
			first = append(first, answer(new(call.Call), path, fields))
		}
		for i := range calls {
			for j := range calls {
				for turn := range 2 {
					// The pool gives back what was released last, or something else that a
					// call of this test has used: each is a case.
					before := call.Acquire(t.Context())
					answer(before, path, calls[i])
					call.Release(before)
					c := call.Acquire(t.Context())
					if got := answer(c, path, calls[j]); got != first[j] {
						t.Fatalf("%s: call %d behind call %d, turn %d:\n%s\nwant\n%s", path, j, i, turn, got, first[j])
					}
					call.Release(c)
				}
			}
		}
	}
}
