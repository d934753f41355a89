package backend

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/message"
)

// receive fills c.Response from the head that l has read, whose fields stand in
// c.Response.Headers from the first on, and from as much of the body as is there.
func (l *link) receive(c *call.Call, first int) {
	r, h := &c.Response, &l.head
	r.Headers = endToEnd(r.Headers, first)
	r.Status, r.Length = h.Status, -1
	if !h.Chunked {
		r.Length = h.Length
	}
	c.KeepUntilRelease(l)
	l.body.Response(l.conn, h)
	switch {
	case h.Bodiless && c.Out.Method == http.MethodHead:
		r.Stream = l // which has the length of what there is not
	case h.Bodiless:
		r.Length = 0
	case r.Length >= 0 && r.Length <= int64(l.conn.Buffered()):
		// All of it is here, and lies here until the call is released.
		r.Bytes, _ = l.body.Next(false)
	default:
		r.Stream = l
	}
	if h.Chunked && !h.Bodiless {
		r.Trailers = l.trailers
	}
}

// endToEnd removes from fields, from the first on, those that end at this gateway, and
// those that Connection names.
func endToEnd(fields message.Fields, first int) message.Fields {
	var few [4]string
	options := few[:0] // values of Connection that name fields
	n := first
	for i := first; i < len(fields); i++ {
		f := &fields[i]
		switch {
		case !hopByHop(f.Name):
			if n != i { // most fields need not move, and moving costs more than looking
				fields[n] = *f
			}
			n++
		case message.EqualFold(f.Name, "Connection") && !message.EqualFold(f.Value, "keep-alive") && !message.EqualFold(f.Value, "close"):
			options = append(options, f.Value)
		}
	}
	fields = fields[:n]
	if len(options) == 0 {
		return fields
	}
	kept := fields[:first]
	for _, f := range fields[first:] {
		if !namedBy(options, f.Name) {
			kept = append(kept, f)
		}
	}
	return kept
}

// hopByHop reports whether a field of a response ends at this gateway. The length is
// in Response.Length, and Alt-Svc speaks of another server than the caller's.
func hopByHop(name string) bool {
	switch len(name) {
	case len("TE"):
		return message.EqualFold(name, "TE")
	case len("Upgrade"):
		return message.EqualFold(name, "Upgrade") || message.EqualFold(name, "Trailer") || message.EqualFold(name, "Alt-Svc")
	case len("Connection"):
		return message.EqualFold(name, "Connection") || message.EqualFold(name, "Keep-Alive")
	case len("Content-Length"):
		return message.EqualFold(name, "Content-Length")
	case len("Proxy-Connection"):
		return message.EqualFold(name, "Proxy-Connection")
	case len("Transfer-Encoding"):
		return message.EqualFold(name, "Transfer-Encoding")
	case len("Proxy-Authenticate"):
		return message.EqualFold(name, "Proxy-Authenticate")
	case len("Proxy-Authentication-Info"):
		return message.EqualFold(name, "Proxy-Authentication-Info")
	}
	return false
}

// namedBy reports whether one of the Connection values names the field.
func namedBy(connection []string, name string) bool {
	for _, v := range connection {
		if identity.Listed(v, name) {
			return true
		}
	}
	return false
}

// trailing are the fields behind the body, once it has ended.
func (l *link) trailing() message.Fields {
	var out message.Fields
	for _, f := range l.body.Trailers {
		if !misleading(f.Name) {
			out = append(out, f)
		}
	}
	return out
}

// misleading reports whether a field means nothing behind a body and could mislead
// the next reader, because it frames, routes or identifies a message (RFC 9110 §6.5.1).
func misleading(name string) bool {
	return hopByHop(name) || message.EqualFold(name, "Host") || message.EqualFold(name, "Authorization") || message.EqualFold(name, "Set-Cookie")
}
