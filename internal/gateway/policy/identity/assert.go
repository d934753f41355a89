package identity

import (
	"slices"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Assertion is Assert as a policy, the last before the backend signature.
type Assertion struct{}

// Apply implements plan.Policy. It never refuses.
func (Assertion) Apply(c *call.Call) *call.Fault {
	Assert(c)
	return nil
}

// Assert sets what the gateway vouches for towards a backend: the address of
// the caller (the TCP peer, or whom a trusted proxy names), the protocol it spoke,
// the id of the call. There is no list in X-Forwarded-For: whatever came in was
// the caller's claim.
func Assert(c *call.Call) {
	mask, fields := lengths, c.Out.Headers
	for i := range fields {
		// The length of a name says nearly always that nobody has written it; a
		// mapping may have.
		if mask&(1<<(len(fields[i].Name)&63)) != 0 && asserted(fields[i].Name) {
			c.Out.Headers = slices.DeleteFunc(c.Out.Headers, func(f message.Field) bool { return asserted(f.Name) })
			break
		}
	}
	proto := "http"
	if c.Request.TLS {
		proto = "https"
	}
	c.Out.Headers = append(c.Out.Headers,
		message.Field{Name: "X-Forwarded-For", Value: SourceIP(c)},
		message.Field{Name: "X-Forwarded-Proto", Value: proto},
		message.Field{Name: "X-Request-Id", Value: c.ID},
	)
}

// lengths has a bit for the length of each name that is asserted. It is a variable
// because the compiler has one instruction for the test of it, and for a constant four.
var lengths uint64 = 1<<len("X-Forwarded-For") | 1<<len("X-Forwarded-Proto") | 1<<len("X-Request-Id")

func asserted(name string) bool {
	return is(name, "X-Forwarded-For") || is(name, "X-Forwarded-Proto") || is(name, "X-Request-Id")
}

// SourceIP is the caller's address as text. It is valid until the call ends.
func SourceIP(c *call.Call) string {
	if !c.Request.Client.IsValid() {
		return ""
	}
	return c.Keep(c.Request.AppendClient(c.Scratch()))
}
