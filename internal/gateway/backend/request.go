package backend

import (
	"context"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// outgoing makes the request for net/http. All text goes into one copy, see the
// package comment for why.
func outgoing(ctx context.Context, c *call.Call, wait *patience) *http.Request {
	o := &c.Out
	size := len(o.Method) + len(o.Address) + len(o.Host) + len(o.Path) + len(o.RawQuery)
	for _, f := range o.Headers {
		size += len(f.Name) + len(f.Value)
	}
	own := copied{}
	own.Grow(size)

	req := &http.Request{
		Method: own.add(o.Method),
		// Opaque is the one way to make net/url send a path byte for byte. A
		// canonical path never begins with "//", which Opaque would take for a
		// host.
		URL:        &url.URL{Scheme: o.Scheme, Host: own.add(o.Address), Opaque: own.add(o.Path), RawQuery: own.add(o.RawQuery)},
		Host:       own.add(o.Host),
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     own.headers(c),
	}
	if c.Request.Body != nil && c.Request.BodyLength != 0 {
		req.ContentLength = c.Request.BodyLength
		req.Body = &outgoingBody{src: c.Request.Body, wait: wait}
	}
	return req.WithContext(ctx)
}

// copied is one block of text whose parts are handed out.
type copied struct{ strings.Builder }

func (b *copied) add(s string) string {
	start := b.Len()
	b.WriteString(s)
	return b.String()[start:]
}

func (b *copied) headers(c *call.Call) http.Header {
	h := make(http.Header, len(c.Out.Headers)+1)
	values := make([]string, 0, len(c.Out.Headers)+1)
	for _, f := range c.Out.Headers {
		name := textproto.CanonicalMIMEHeaderKey(b.add(f.Name))
		value := b.add(f.Value)
		if old, ok := h[name]; ok {
			h[name] = append(old[:len(old):len(old)], value)
			continue
		}
		values = append(values, value)
		h[name] = values[len(values)-1 : len(values) : len(values)]
	}
	if _, ok := h["User-Agent"]; !ok {
		h["User-Agent"] = []string{""} // net/http would name itself otherwise
	}
	return h
}

// outgoingBody is the caller's body as the transport reads it. Waiting for the
// caller does not count against the backend's timeout.
type outgoingBody struct {
	src  io.Reader
	wait *patience
}

func (b *outgoingBody) Read(p []byte) (int, error) {
	b.wait.pause()
	n, err := b.src.Read(p)
	b.wait.resume()
	return n, err
}

// Close leaves the source open: the call owns it.
func (b *outgoingBody) Close() error { return nil }
