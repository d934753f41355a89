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
		// Length and third letter of a name say nearly always that nobody has written it; a
		// mapping may have.
		name := fields[i].Name
		if mask&(1<<(len(name)&63)) != 0 && (name[2]|0x20 == 'f' || name[2]|0x20 == 'r') && asserted(name) {
			fields = slices.DeleteFunc(fields, func(f message.Field) bool { return asserted(f.Name) })
			break
		}
	}
	proto := "http"
	if c.Request.TLS {
		proto = "https"
	}
	n := len(fields)
	fields = slices.Grow(fields, 3)[:n+3]
	fields[n].Name, fields[n].Value = "X-Forwarded-For", SourceIP(c)
	fields[n+1].Name, fields[n+1].Value = "X-Forwarded-Proto", proto
	fields[n+2].Name, fields[n+2].Value = "X-Request-Id", c.ID
	c.Out.Headers = fields
}

// lengths has a bit for the length, below 64, of each name that is asserted. It is a variable
// because the compiler has one instruction for the test of it, and for a constant four.
var lengths uint64 = 1<<len("X-Forwarded-For") | 1<<len("X-Forwarded-Proto") | 1<<len("X-Request-Id")

func asserted(name string) bool {
	return is(name, "X-Forwarded-For") || is(name, "X-Forwarded-Proto") || is(name, "X-Request-Id")
}

// SourceIP is the caller's address as text. It is valid until the call ends.
func SourceIP(c *call.Call) string { return c.ClientText() }
