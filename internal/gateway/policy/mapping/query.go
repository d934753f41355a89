package mapping

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// fillQuery returns the query towards the backend. What passes keeps the very
// bytes that the caller sent.
func (r *rewrite) fillQuery(c *call.Call) (string, *call.Fault) {
	raw := c.Request.RawQuery
	clean := c.Request.PlainQuery || rawEscapes.clean(raw)
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
	if e.value.constant() { // encoded when the mapping was compiled
		return append(e.begin(b), e.value.text...)
	}
	if e.value.source != nil && e.value.source.InQuery() {
		return e.copyQuery(b, c)
	}
	for cursor := 0; cursor >= 0; {
		v, ok := e.value.next(c, &cursor)
		if !ok {
			break
		}
		b = queryEscapes.append(e.begin(b), v)
	}
	return b
}

// copyQuery is appendQuery from pairs of the caller, in one loop (see copyHeader).
func (e *entry) copyQuery(b []byte, c *call.Call) []byte {
	name, found := e.value.source.Name, false
	for i := range c.Request.Query {
		p := &c.Request.Query[i]
		if p.Name != name {
			continue
		}
		if b, found = e.begin(b), true; c.Request.PlainQuery {
			b = append(b, p.Value...)
		} else {
			b = queryEscapes.append(b, p.Value)
		}
	}
	if d := e.value.source.Default; d != nil && !found {
		b = queryEscapes.append(e.begin(b), *d)
	}
	return b
}

// begin appends the name of a pair.
func (e *entry) begin(b []byte) []byte {
	return append(append(separate(b), e.name...), '=')
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
