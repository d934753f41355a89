package backend

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// outgoing makes the request for net/http. All text goes into one copy, see the
// package comment for why.
//
// giveUp ends the round trip.
func outgoing(ctx context.Context, c *call.Call, n *named, wait *patience, giveUp context.CancelCauseFunc) *http.Request {
	o := &c.Out
	size := len(o.Method) + len(o.Address) + len(o.Host) + len(o.Path) + len(o.RawQuery)
	for _, f := range o.Headers {
		size += len(f.Name) + len(f.Value)
	}
	own := copied{}
	own.Grow(size)

	host := own.add(o.Address)
	if o.ServerName != "" && o.Scheme == "https" {
		host = n.of(o)
	}
	req := &http.Request{
		Method: own.add(o.Method),
		// Opaque is the one way to make net/url send a path byte for byte. A
		// canonical path never begins with "//", which Opaque would take for a
		// host.
		URL:        &url.URL{Scheme: o.Scheme, Host: host, Opaque: own.add(o.Path), RawQuery: own.add(o.RawQuery)},
		Host:       own.add(o.Host),
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     own.headers(c),
	}
	if hasBody(c) {
		req.ContentLength = c.Request.BodyLength
		req.Body = &outgoingBody{src: c.Request.Body, wait: wait, giveUp: giveUp}
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
	h[headerHops] = hops[c.Request.Hops : c.Request.Hops+1]
	if grpc(c) {
		h["Te"] = []string{"trailers"} // without which a gRPC server refuses the call
	}
	return h
}

// headerHops tells the next gateway how many the call has passed (package gateway
// refuses one too many). It is always sent, because nobody sees in an address
// whether a gateway is behind it.
const headerHops = "X-Apig-Hops"

// hops are its values, by Request.Hops.
var hops = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}

// outgoingBody is the caller's body as the transport reads it. Waiting for the
// caller does not count against the backend's timeout.
type outgoingBody struct {
	src     io.Reader
	wait    *patience
	giveUp  context.CancelCauseFunc
	reading atomic.Bool
	closed  atomic.Bool
}

// Read looks at closed after it has said that it reads, and Close the other way
// round: when both come at the same time, at least one of them sees the other.
func (b *outgoingBody) Read(p []byte) (int, error) {
	b.reading.Store(true)
	defer b.reading.Store(false)
	if b.closed.Load() {
		return 0, errDropped
	}
	b.wait.pause()
	defer b.wait.resume()
	return b.src.Read(p)
}

// errDropped is why a round trip ends whose backend wants no more of the body.
var errDropped = errors.New("backend: the backend ended before the request body did")

// Close leaves the source open: the call owns it. A backend that resets an
// HTTP/2 stream makes net/http close the body and wait for the Read that is under
// way, which is for the caller's next message; ending the context ends that wait.
// An answer that has come in full stays readable.
func (b *outgoingBody) Close() error {
	b.closed.Store(true)
	if b.reading.Load() {
		b.giveUp(errDropped)
	}
	return nil
}
