package edge

import (
	"net/http"
	"net/netip"
	"strconv"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// fill turns r into c.Request. Nothing of r may be reached through c afterwards
// except through these strings and the body. What is allowed in a path, a query,
// a header or a method is the gateway's to judge: it gets them as they came.
func fill(c *call.Call, r *http.Request, secure bool, b *body) {
	q := &c.Request
	q.Method = r.Method
	q.RawPath, q.RawQuery = message.SplitTarget(r.RequestURI)
	q.Host = r.Host
	q.Proto = proto(r)
	q.TLS = secure
	q.Remote = peer(r.RemoteAddr)
	q.Size = int64(len(r.Method) + len(r.RequestURI) + len("  HTTP/1.1\r\n\r\n"))
	if r.Host != "" {
		q.Headers = add(q, "Host", r.Host)
	}
	for name, values := range r.Header {
		if name == "Host" {
			continue // HTTP/2 leaves it beside :authority; see unambiguous
		}
		for _, v := range values {
			q.Headers = add(q, name, v)
		}
	}
	if b != nil {
		q.Body, q.BodyLength = b, r.ContentLength
	}
}

func add(q *call.Request, name, value string) message.Fields {
	q.Size += int64(len(name) + len(value) + len(": \r\n"))
	return append(q.Headers, message.Field{Name: name, Value: value})
}

// proto never allocates and never shows what a caller made up.
func proto(r *http.Request) string {
	switch {
	case r.ProtoMajor == 2:
		return "HTTP/2.0"
	case r.ProtoMinor == 0:
		return "HTTP/1.0"
	}
	return "HTTP/1.1"
}

// peer is the TCP peer; the zero value for a transport without addresses.
func peer(remote string) netip.AddrPort {
	p, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}

// unambiguous reports whether an HTTP/2 request names one host and one length.
// It may carry a Host field beside :authority, and RFC 9113 §8.3.1 wants both to
// agree; net/http goes by the first of several lengths and takes one that it cannot
// read for 0, while the fields are passed on. (For HTTP/1 net/http and the guard
// have seen to both; PRI gets here as a preface that was begun and not ended.)
func unambiguous(r *http.Request) bool {
	if r.ProtoMajor == 1 {
		return true
	}
	for _, h := range r.Header["Host"] {
		if !message.EqualFold(h, r.Host) {
			return false
		}
	}
	for i, v := range r.Header["Content-Length"] {
		if n, err := strconv.ParseUint(v, 10, 63); i > 0 || err != nil || int64(n) != r.ContentLength {
			return false
		}
	}
	return r.Method != "PRI"
}
