package backend

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptrace"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// errForeign is the failure of an exchange in HTTP/2 with somebody who has not said a
// word of it.
var errForeign = errors.New("backend: it does not speak HTTP/2")

// overKnownHTTP2 sends a call to a TLS backend that chose HTTP/2 the last time.
// foreign says that it does not any more, and that nothing was sent.
func (b *HTTP) overKnownHTTP2(c *call.Call) (fault *call.Fault, foreign bool) {
	fault = b.overHTTP2(c, b.transport.http2, nil)
	return fault, fault == call.BackendNotHTTP2 && c.Timing.BackendConnect == call.NotConnected
}

// overHTTP2 sends a call with net/http. secured, when there is one, is a connection on
// which HTTP/2 was chosen, for this call if it needs one.
func (b *HTTP) overHTTP2(c *call.Call, transport *http.Transport, secured *tls.Conn) *call.Fault {
	ctx, cancel := context.WithCancelCause(c.Context())
	wait := newPatience(c.Out.Timeout, func() { cancel(errTimeout) })
	a := &attempt{timing: &c.Timing}
	a.trace.GotConn = a.got
	n := &named{}
	n.spare.Store(secured)
	req := outgoing(context.WithValue(httptrace.WithClientTrace(ctx, &a.trace), namedKey{}, n), c, n, wait, cancel)
	resp, err := transport.RoundTrip(req)
	inTime := wait.end()
	if spare := n.spare.Swap(nil); spare != nil {
		spare.Close() // somebody else's connection was faster
	}
	if err != nil {
		defer cancel(nil)
		if a.foreign() {
			err = errForeign
		}
		return blame(c, err, errors.Is(context.Cause(ctx), errTimeout))
	}
	c.Timing.BackendHeader = b.clock()
	if !inTime {
		resp.Body.Close()
		return call.BackendTimeout
	}
	if resp.StatusCode < 200 || resp.StatusCode > 999 {
		cancel(nil)
		resp.Body.Close()
		return call.BackendUnavailable
	}
	c.Timing.BackendStatus = resp.StatusCode
	incoming(c, resp, newStream(resp.Body, cancel, b.transport.stall))
	return nil
}

// incoming fills c.Response.
func incoming(c *call.Call, resp *http.Response, s *stream) {
	r := &c.Response
	r.Status = resp.StatusCode
	for name, values := range resp.Header {
		if hopByHop(name) {
			continue
		}
		for _, v := range values {
			r.Headers = append(r.Headers, message.Field{Name: name, Value: v})
		}
	}
	r.Stream, r.Length = s, resp.ContentLength
	// Trailers need not be announced, least of all those of gRPC.
	if resp.Trailer != nil || resp.ContentLength < 0 {
		r.Trailers = func() message.Fields { return trailers(resp.Trailer) }
	}
}

// trailers are the fields after the body.
func trailers(h http.Header) message.Fields {
	var out message.Fields
	for name, values := range h {
		if misleading(name) {
			continue
		}
		for _, v := range values {
			out = append(out, message.Field{Name: name, Value: v})
		}
	}
	return out
}
