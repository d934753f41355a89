package backend

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/dial"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/message"
)

// HTTP sends Call.Out to an HTTP backend. One value serves all plans: where to
// send stands in the call.
type HTTP struct {
	transport *Transport
	clock     clock.Clock
}

// NewHTTP makes the backend that sends over t.
func NewHTTP(t *Transport, now clock.Clock) *HTTP { return &HTTP{transport: t, clock: now} }

// Causes for which a round trip is given up.
var (
	errTimeout = errors.New("backend: no response header within the timeout")
	errStalled = errors.New("backend: the response body stalled")
)

// Send implements plan.Backend.
func (b *HTTP) Send(c *call.Call) *call.Fault {
	ctx, cancel := context.WithCancelCause(c.Context())
	wait := newPatience(c.Out.Timeout, func() { cancel(errTimeout) })
	a := &attempt{timing: &c.Timing}
	a.trace.GotConn = a.got
	req := outgoing(httptrace.WithClientTrace(ctx, &a.trace), c, wait, cancel)

	c.Timing.BackendAddr, c.Timing.BackendConnect = c.Out.Address, call.NotConnected
	c.Timing.BackendStart = b.clock()
	resp, err := b.transport.speaking(c).RoundTrip(req)
	inTime := wait.end()
	if err != nil {
		defer cancel(nil)
		return blame(c, ctx, a, err)
	}
	c.Timing.BackendHeader = b.clock()
	if !inTime {
		resp.Body.Close()
		return call.BackendTimeout
	}
	if resp.StatusCode == http.StatusSwitchingProtocols && c.Request.WebSocket {
		cancel(nil) // the connection has left the transport's hands
		return openTunnel(c, req, resp, a)
	}
	// Nobody else asked for 101: Upgrade is forwarded for a WebSocket alone.
	if resp.StatusCode < 200 || resp.StatusCode > 999 || len(resp.Header["Content-Length"]) > 1 {
		cancel(nil)
		resp.Body.Close()
		return call.BackendUnavailable
	}
	c.Timing.BackendStatus = resp.StatusCode
	incoming(c, resp, newStream(resp.Body, cancel, b.transport.stall))
	return nil
}

// blame says whose failure a failed round trip is.
func blame(c *call.Call, ctx context.Context, a *attempt, err error) *call.Fault {
	var dns *net.DNSError
	var denied *dial.Denied
	switch {
	case c.BodyFault() != nil:
		return c.BodyFault()
	case c.Context().Err() != nil:
		return call.CallerGone
	case a.foreign():
		return call.BackendNotHTTP2
	case errors.Is(context.Cause(ctx), errTimeout):
		return call.BackendTimeout
	case errors.As(err, &denied):
		if c.Trace != nil {
			c.Trace.Say("backend: %v", denied)
		}
		return call.BackendForbidden
	case errors.As(err, &dns):
		return call.NameNotResolved
	}
	return call.BackendUnavailable
}

// incoming fills c.Response.
func incoming(c *call.Call, resp *http.Response, s *stream) {
	r := &c.Response
	fields(c, resp)
	r.Stream, r.Length = s, resp.ContentLength
	// Trailers need not be announced, least of all those of gRPC.
	if resp.Trailer != nil || resp.ContentLength < 0 {
		r.Trailers = func() message.Fields { return trailers(resp.Trailer) }
	}
}

// fields takes over what is meant for the caller of the head.
func fields(c *call.Call, resp *http.Response) {
	r := &c.Response
	r.Status = resp.StatusCode
	// net/http forgets the field when it says close, and what it named with it.
	named := resp.Header["Connection"]
	for name, values := range resp.Header {
		if hopByHop(name) || namedBy(named, name) {
			continue
		}
		for _, v := range values {
			r.Headers = append(r.Headers, message.Field{Name: name, Value: v})
		}
	}
}

// trailers are the fields after the body. Those that frame or route a message
// mean nothing there and could mislead the next reader (RFC 9110 §6.5.1).
func trailers(h http.Header) message.Fields {
	var out message.Fields
	for name, values := range h {
		if hopByHop(name) || name == "Content-Length" || name == "Host" || name == "Authorization" || name == "Set-Cookie" {
			continue
		}
		for _, v := range values {
			out = append(out, message.Field{Name: name, Value: v})
		}
	}
	return out
}

// hopByHop reports whether a response field ends at this gateway. net/http has
// canonicalised the names. Content-Length is in Response.Length.
func hopByHop(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authentication-Info",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Alt-Svc":
		return true
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
