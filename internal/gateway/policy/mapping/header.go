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
		kept, h := 0, c.Out.Headers
		for i := range h {
			// The length of a name says nearly always that it is none of them.
			if r.lengths&(1<<(len(h[i].Name)&63)) != 0 && containsFold(r.drop, h[i].Name) {
				continue
			}
			if kept != i {
				h[kept] = h[i]
			}
			kept++
		}
		c.Out.Headers = h[:kept]
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
	name, found := e.value.source.Name, false
	for i := range c.Request.Headers {
		f := &c.Request.Headers[i]
		if !message.EqualFold(f.Name, name) {
			continue
		}
		found = true
		if fault := e.send(c, f.Value); fault != nil {
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

// fieldValue reports whether v may stand in a header field (RFC 9110 §5.5).
func fieldValue(v string) bool {
	if message.AllVisible(v) { // nearly always
		return true
	}
	for i := range len(v) {
		if c := v[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
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
