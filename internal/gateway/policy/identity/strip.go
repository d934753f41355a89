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
		if !Held(f.Name) {
			out = append(out, *f)
		} else if len(f.Name) == len("Connection") && f.Value != "keep-alive" && f.Value != "close" {
			named = named || message.EqualFold(f.Name, "Connection")
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
// write one either. It is asked for every field of every call: one or two
// letters and the length end the search for nearly all names (one switch over
// the name in lower case took four times the instructions).
func Held(name string) bool {
	if name == "" {
		return false
	}
	switch name[0] | 0x20 {
	case 'c':
		return is(name, "Connection") || is(name, "Content-Length") || is(name, "CF-Connecting-IP")
	case 'e':
		return is(name, "Expect")
	case 'f':
		return is(name, "Forwarded") || is(name, "Fastly-Client-IP")
	case 'h':
		return is(name, "Host") || is(name, "HTTP2-Settings")
	case 'k':
		return is(name, "Keep-Alive")
	case 'p':
		return is(name, "Proxy") || is(name, "Proxy-Connection") ||
			is(name, "Proxy-Authenticate") || is(name, "Proxy-Authorization")
	case 't':
		return is(name, "TE") || is(name, "Trailer") || is(name, "Transfer-Encoding") || is(name, "True-Client-IP")
	case 'u':
		return is(name, "Upgrade")
	case 'x':
		return len(name) > 2 && name[1] == '-' && heldX(name)
	}
	return false
}

// heldX is Held for names that begin with "X-".
func heldX(name string) bool {
	switch name[2] | 0x20 {
	case 'a':
		return begins(name, "X-Apig-") || is(name, "X-Auth-Token")
	case 'c':
		return is(name, "X-Client-IP") || is(name, "X-Cluster-Client-IP")
	case 'f':
		return begins(name, "X-Forwarded-")
	case 'o':
		return is(name, "X-Original-URL")
	case 'r':
		return is(name, "X-Real-IP") || is(name, "X-Request-Id") || is(name, "X-Rewrite-URL")
	case 's':
		return begins(name, "X-Sdk-") || is(name, "X-Stage") || is(name, "X-Subject-Token") || is(name, "X-Security-Token")
	}
	return false
}

// is compares names. They mostly come in the usual spelling.
func is(name, wanted string) bool {
	return len(name) == len(wanted) && (name == wanted || message.EqualFold(name, wanted))
}

func begins(name, prefix string) bool {
	return len(name) >= len(prefix) && is(name[:len(prefix)], prefix)
}

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
