package identity

import (
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Strip is the policy that chooses the fields which go on.
type Strip struct{}

// Apply implements plan.Policy. It never refuses.
func (Strip) Apply(c *call.Call) *call.Fault {
	named := false // whether a Connection field names other fields
	out := c.Out.Headers[:0]
	for i := range c.Request.Headers {
		f := &c.Request.Headers[i]
		switch h := c.Request.Kind(i); {
		case !h.Held():
			out = append(out, *f)
		case h == call.HeaderConnection && f.Value != "keep-alive" && f.Value != "close":
			named = true
		}
	}
	c.Out.Headers = out
	if named {
		c.Out.Headers = slices.DeleteFunc(out, func(f message.Field) bool {
			return namedByConnection(c.Request.Headers, f.Name)
		})
	}
	return nil
}

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
