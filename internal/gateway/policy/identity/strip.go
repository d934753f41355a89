package identity

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Strip is the policy that chooses the fields which go on.
type Strip struct{}

// Apply implements plan.Policy. It never refuses.
func (Strip) Apply(c *call.Call) *call.Fault {
	r := &c.Request
	passing, known := r.Passing()
	if known {
		if v, ok := r.Field(call.HeaderConnection); ok {
			known = ordinary(v)
		}
	}
	if !known {
		strip(c)
		return nil
	}
	// The names are those of the call before: what passes was found out then.
	out := c.Out.Headers[:0]
	for ; passing != 0; passing &= passing - 1 {
		out = append(out, r.Headers[bits.TrailingZeros64(passing)])
	}
	c.Out.Headers = out
	return nil
}

// strip is Apply for names that come for the first time.
func strip(c *call.Call) {
	named := false // whether a Connection field names other fields
	out := c.Out.Headers[:0]
	for i := range c.Request.Headers {
		f := &c.Request.Headers[i]
		switch h := c.Request.Kind(i); {
		case !h.Held():
			out = append(out, *f)
		case h == call.HeaderConnection && !ordinary(f.Value):
			named = true
		}
	}
	c.Out.Headers = out
	if named {
		c.Out.Headers = slices.DeleteFunc(out, func(f message.Field) bool {
			return namedByConnection(c.Request.Headers, f.Name)
		})
	}
}

// ordinary reports whether a value of Connection names no field.
func ordinary(connection string) bool { return connection == "keep-alive" || connection == "close" }

// Held reports whether a field of this name stays at the gateway. No mapping may
// write one either.
func Held(name string) bool { return call.HeaderOf(name).Held() }

func is(name, wanted string) bool { return message.EqualFold(name, wanted) }

func namedByConnection(headers message.Fields, name string) bool {
	for _, f := range headers {
		if message.EqualFold(f.Name, "Connection") && Listed(f.Value, name) {
			return true
		}
	}
	return false
}

// Listed reports whether a comma list, such as the value of Connection, holds
// name, ignoring case.
func Listed(list, name string) bool {
	for rest, more := list, true; more; {
		var token string
		token, rest, more = strings.Cut(rest, ",")
		if message.EqualFold(strings.Trim(token, " \t"), name) {
			return true
		}
	}
	return false
}
