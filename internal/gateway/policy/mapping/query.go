package mapping

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// fillQuery returns the query towards the backend. What passes keeps the very
// bytes that the caller sent.
func (r *rewrite) fillQuery(c *call.Call) (string, *call.Fault) {
	raw := c.Request.RawQuery
	plain := c.Request.PlainQuery
	clean := plain || rawEscapes.clean(raw)
	if len(r.drop) == 0 && len(r.add) == 0 && clean {
		return raw, nil
	}
	b, ok := c.Scratch(), true
	if plain {
		b, ok = r.appendPlain(b, c)
	} else {
		b, ok = r.appendPassing(b, c, clean)
	}
	if !ok {
		return "", call.Unexpected
	}
	for i := range r.add {
		b = r.add[i].appendQuery(b, c)
	}
	return c.Keep(b), nil
}

// drops reports whether pairs of a name do not pass.
func (r *rewrite) drops(name string) bool {
	return r.lengths>>(len(name)&63)&1 != 0 && contains(r.drop, name)
}

// appendPassing appends the pairs that pass.
//
// ParseQuery skips empty pairs and keeps the order, so the n-th piece here is the n-th
// pair there, whose name is decoded; false when it is not.
func (r *rewrite) appendPassing(b []byte, c *call.Call, clean bool) ([]byte, bool) {
	pair := 0
	for rest := c.Request.RawQuery; rest != ""; {
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
			return b, false
		}
		name := c.Request.Query[pair].Name
		pair++
		switch {
		case r.drops(name):
		case clean:
			b = append(separate(b), piece...)
		default:
			b = rawEscapes.append(separate(b), piece)
		}
	}
	return b, true
}

// appendPlain is appendPassing for a query that is spelled as it is read: the lengths of
// names and values say where the pieces end, so that nobody looks for it (50
// instructions less for two pairs).
func (r *rewrite) appendPlain(b []byte, c *call.Call) ([]byte, bool) {
	raw, pairs, at := c.Request.RawQuery, c.Request.Query, 0
	for i := range pairs {
		for at < len(raw) && raw[at] == '&' {
			at++
		}
		end := at + len(pairs[i].Name)
		if end < len(raw) && raw[end] == '=' {
			end += 1 + len(pairs[i].Value)
		}
		if end > len(raw) {
			return b, false
		}
		if !r.drops(pairs[i].Name) {
			b = append(separate(b), raw[at:end]...)
		}
		at = end
	}
	return b, true
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
	name, found, pairs := e.value.source.Name, false, c.Request.Query
	for i := range pairs {
		if pairs[i].Name != name {
			continue
		}
		if b, found = e.begin(b), true; c.Request.PlainQuery {
			b = append(b, pairs[i].Value...)
		} else {
			b = queryEscapes.append(b, pairs[i].Value)
		}
	}
	if d := e.value.source.Default; d != nil && !found {
		b = queryEscapes.append(e.begin(b), *d)
	}
	return b
}

// begin appends "&name=", without the '&' where nothing stands before it.
func (e *entry) begin(b []byte) []byte {
	if len(b) > 0 {
		return append(b, e.prefix...)
	}
	return append(b, e.prefix[1:]...)
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
