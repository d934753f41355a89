package backend

import (
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/dial"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/lane"
)

// HTTP sends Call.Out to an HTTP backend. One value serves all plans: where to
// send stands in the call.
type HTTP struct {
	transport *Transport
	clock     clock.Clock
	last      atomic.Pointer[place] // of the pool, see take
}

// NewHTTP makes the backend that sends over t.
func NewHTTP(t *Transport, now clock.Clock) *HTTP { return &HTTP{transport: t, clock: now} }

// Causes for which an exchange is given up.
var (
	errTimeout = errors.New("backend: no response header within the timeout")
	errStalled = errors.New("backend: the response body stalled")
	errLength  = errors.New("backend: the request body is longer than it was said to be")
)

// Send implements plan.Backend.
func (b *HTTP) Send(c *call.Call) *call.Fault {
	c.Timing.BackendAddr, c.Timing.BackendConnect = c.Out.Address, call.NotConnected
	now := http1.Now()
	c.Timing.BackendStart = b.moment(c, now)
	t := b.transport
	k := keyOf(&c.Out)
	if !k.tls && grpc(c) {
		return b.overHTTP2(c, t.h2c, nil)
	}
	until := now.Add(c.Out.Timeout)
	if c.Request.WebSocket {
		return b.webSocket(c, k, until)
	}
	l, http2 := t.pool.take(lane.Current(), k, now, &b.last)
	if http2 {
		fault, foreign := b.overKnownHTTP2(c)
		if !foreign {
			return fault
		}
		t.pool.chose(k, false)
	}
	if l == nil {
		fresh, secured, err := t.connect(c, k, until, protocols...)
		switch {
		case err != nil:
			return blame(c, err, http1.Now() >= until)
		case secured != nil:
			t.pool.chose(k, true)
			return b.overHTTP2(c, t.http2, secured)
		}
		t.pool.enter(fresh, k)
		l = fresh
	}
	return b.overHTTP1(c, k, l, until)
}

// moment is the time of day at the instant now, for the access record.
func (b *HTTP) moment(c *call.Call, now http1.Instant) time.Time {
	if c.Began == 0 {
		return b.clock()
	}
	return c.Started.Add(time.Duration(now - c.Began))
}

// overHTTP1 sends a call over l, and over other connections when l turns out to be
// stale.
func (b *HTTP) overHTTP1(c *call.Call, k key, l *link, until http1.Instant) *call.Fault {
	t := b.transport
	first := len(c.Response.Headers)
	rest, err := l.compose(c)
	if err != nil {
		// Nothing was sent: who sends malformed bodies costs nobody a connection.
		l.giveBack()
		return blame(c, err, false)
	}
	for err = l.ask(c, rest, until); err != nil; err = l.ask(c, rest, until) {
		stale := err == http1.ErrStale
		if late := l.late(until); late || !l.kept || !stale && !(l.unanswered && repeatable(c)) {
			l.drop()
			return blame(c, err, late)
		}
		next, _ := t.pool.take(lane.Current(), k, http1.Now(), &b.last)
		if next == nil {
			if next, _, err = t.connect(c, k, until, http11); err != nil {
				l.drop()
				return blame(c, err, http1.Now() >= until)
			}
			t.pool.enter(next, k)
		}
		if stale {
			next.conn.SetOut(append(next.conn.Out(), l.conn.Out()...))
		} else {
			next.compose(c) // again: the request has no body
		}
		l.drop()
		l = next
	}
	return b.answered(c, l, first)
}

// ask sends what was composed and waits for the head of the answer. ErrStale says
// that nothing was sent, which is still there.
func (l *link) ask(c *call.Call, rest *upload, until http1.Instant) error {
	l.conn.ReadBy(until)
	l.conn.WriteBy(until)
	if l.kept && (rest != nil || l.socket.records != nil) && !l.socket.quiet(l.conn.Net()) {
		return http1.ErrStale
	}
	if !l.watch(c) {
		return errGone
	}
	var err error
	if rest == nil {
		err = l.conn.Exchange()
	} else if err = l.conn.Flush(); err == nil {
		rest.start(l, until)
	}
	if err == http1.ErrStale {
		return err
	}
	c.Timing.BackendConnect = l.connected()
	if err != nil && !l.goesOn(err) {
		l.unanswered = c.Context().Err() == nil
		return err
	}
	for {
		c.Response.Headers, err = l.conn.ReadResponse(&l.head, c.Response.Headers, c.Out.Method, maxFields, maxHeader)
		if err == nil || !l.goesOn(err) {
			l.rest(false)
			return err
		}
	}
}

// repeatable reports whether a request may be sent again that its backend may have
// seen: when it has no body, and asks for nothing to be changed or says that it can
// be told from itself.
func repeatable(c *call.Call) bool {
	if hasBody(c) {
		return false
	}
	switch c.Out.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return true
	}
	_, ok := c.Out.Headers.Get("Idempotency-Key")
	return ok
}

// answered fills in the call when the head of the answer is there. Its fields stand in
// c.Response.Headers from the first on.
func (b *HTTP) answered(c *call.Call, l *link, first int) *call.Fault {
	l.heard = http1.Now()
	c.Timing.Heard, c.Timing.BackendHeader = l.heard, b.moment(c, l.heard)
	if l.head.Status == http.StatusSwitchingProtocols {
		// Nobody asked: Upgrade is forwarded for a WebSocket alone, or did and has
		// not understood the answer.
		if !c.Request.WebSocket || !accepts(c, first) {
			c.Response.Headers = c.Response.Headers[:first]
			l.drop()
			return call.BackendUnavailable
		}
		c.Timing.BackendStatus = l.head.Status
		l.openTunnel(c, first)
		return nil
	}
	c.Timing.BackendStatus = l.head.Status
	l.receive(c, first)
	return nil
}

// blame says whose failure a failed exchange is. late says that the time until
// the head of the answer was over.
func blame(c *call.Call, err error, late bool) *call.Fault {
	var dns *net.DNSError
	var denied *dial.Denied
	switch fault := c.BodyFault(); {
	case fault != nil:
		return fault
	case c.Context().Err() != nil:
		return call.CallerGone
	case errors.Is(err, errForeign):
		return call.BackendNotHTTP2
	case late:
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
