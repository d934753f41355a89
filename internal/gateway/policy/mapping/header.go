package mapping

import (
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// fillHeaders changes c.Out.Headers.
//
// Values are read from the call, not from Out, so the order of entries does not
// matter. A value that came decoded from a path or query may hold a line break;
// it is refused here, because a client library would either refuse it as its
// own error or split the message.
func (r *rewrite) fillHeaders(c *call.Call) *call.Fault {
	if len(r.drop) > 0 {
		c.Out.Headers = r.without(c.Out.Headers)
	}
	for i := range r.add {
		e := &r.add[i]
		if e.value.constant() && e.unless == nil {
			c.Out.Headers = append(c.Out.Headers, message.Field{Name: e.name, Value: e.value.text}) // looked at by resolve
			continue
		}
		if f := e.appendHeader(c); f != nil {
			return f
		}
	}
	return nil
}

// without takes away the fields that do not pass. The length of a name says nearly
// always that it is none of them; until one is, nothing is moved.
func (r *rewrite) without(h message.Fields) message.Fields {
	lengths, kept := r.lengths, 0
	for kept < len(h) && (lengths>>(len(h[kept].Name)&63)&1 == 0 || !containsFold(r.drop, h[kept].Name)) {
		kept++
	}
	for i := kept + 1; i < len(h); i++ {
		if lengths>>(len(h[i].Name)&63)&1 == 0 || !containsFold(r.drop, h[i].Name) {
			h[kept] = h[i]
			kept++
		}
	}
	return h[:min(kept, len(h))]
}

func (e *entry) appendHeader(c *call.Call) *call.Fault {
	if e.unless != nil && carries(c, e) {
		return nil
	}
	if e.value.source != nil && e.value.source.InHeader() {
		return e.copyHeader(c)
	}
	for cursor := 0; cursor >= 0; {
		v, ok := e.value.next(c, &cursor)
		if !ok {
			break
		}
		if f := e.send(c, v); f != nil {
			return f
		}
	}
	return nil
}

// copyHeader is appendHeader from fields of the caller, in one loop: to ask next for
// each value took 180 instructions more.
func (e *entry) copyHeader(c *call.Call) *call.Fault {
	name, found, fields := e.value.source.Name, false, c.Request.Headers
	for i := range fields {
		if len(fields[i].Name) != len(name) || !message.EqualFold(fields[i].Name, name) {
			continue
		}
		found = true
		if fault := e.send(c, fields[i].Value); fault != nil {
			return fault
		}
	}
	if d := e.value.source.Default; d != nil && !found {
		return e.send(c, *d)
	}
	return nil
}

func (e *entry) send(c *call.Call, value string) *call.Fault {
	if !fieldValue(value) {
		return call.Orchestration.With("the value for header " + e.name + " has a control character")
	}
	c.Out.Headers = append(c.Out.Headers, message.Field{Name: e.name, Value: value})
	return nil
}

func containsFold(names []string, name string) bool {
	for _, n := range names {
		if message.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// fieldValue reports whether v may stand in a header field (RFC 9110 §5.5): whether it
// has no control character but tabs. Eight bytes are asked at once, the last ones
// overlapping those before.
func fieldValue(v string) bool {
	n := len(v)
	if n < 8 {
		return permitted(v)
	}
	found := controls(word(v, n-8))
	for i := 0; i < n-8; i += 8 {
		found |= controls(word(v, i))
	}
	return found == 0 || permitted(v)
}

func permitted(v string) bool {
	for i := range len(v) {
		if c := v[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// controls is not zero when one of eight bytes is below a blank, or DEL.
func controls(x uint64) uint64 {
	const ones = 0x0101010101010101
	del := x ^ 0x7f*ones
	return ((x-' '*ones)&^x | (del-ones)&^del) & (0x80 * ones)
}

// word becomes one load.
func word(s string, at int) uint64 {
	c := s[at : at+8]
	return uint64(c[0]) | uint64(c[1])<<8 | uint64(c[2])<<16 | uint64(c[3])<<24 |
		uint64(c[4])<<32 | uint64(c[5])<<40 | uint64(c[6])<<48 | uint64(c[7])<<56
}

// token reports whether s is a field name (RFC 9110 §5.6.2).
func token(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-' || c == '_' || c == '.' || c == '!' || c == '~' || c == '$':
		default:
			return false
		}
	}
	return s != ""
}
