package mapping

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// fillQuery returns the query towards the backend. What passes keeps the very
// bytes that the caller sent.
func (r *rewrite) fillQuery(c *call.Call) (string, *call.Fault) {
	raw := c.Request.RawQuery
	clean := rawEscapes.clean(raw)
	if len(r.drop) == 0 && len(r.add) == 0 && clean {
		return raw, nil
	}
	b := c.Scratch()
	// ParseQuery skips empty pairs and keeps the order, so the n-th piece here
	// is the n-th pair there, whose name is decoded.
	pair := 0
	for rest := raw; rest != ""; {
		piece := rest
		if i := strings.IndexByte(rest, '&'); i >= 0 {
			piece, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		if piece == "" {
			continue
		}
		if pair >= len(c.Request.Query) {
			return "", call.Unexpected
		}
		name := c.Request.Query[pair].Name
		pair++
		switch {
		case r.lengths&(1<<(len(name)&63)) != 0 && contains(r.drop, name):
		case clean:
			b = append(separate(b), piece...)
		default:
			b = rawEscapes.append(separate(b), piece)
		}
	}
	for i := range r.add {
		b = r.add[i].appendQuery(b, c)
	}
	return c.Keep(b), nil
}

func (e *entry) appendQuery(b []byte, c *call.Call) []byte {
	if e.unless != nil && carries(c, e) {
		return b
	}
	var cursor int
	for v, ok := e.value.next(c, &cursor); ok; v, ok = e.value.next(c, &cursor) {
		b = append(separate(b), e.name...)
		b = append(b, '=')
		if e.value.constant() {
			b = append(b, v...) // encoded when the mapping was compiled
		} else {
			b = queryEscapes.append(b, v)
		}
	}
	return b
}

func separate(b []byte) []byte {
	if len(b) > 0 {
		b = append(b, '&')
	}
	return b
}

func carries(c *call.Call, e *entry) bool {
	var cursor int
	_, ok := e.unless.Next(c, &cursor)
	return ok
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
