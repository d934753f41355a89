package engine

import (
	"slices"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// readHead reads a head into the call. What is allowed in a path, a query, a header or a
// method is the gateway's to judge: it gets them as they came. It is called at now.
func (k *conn) readHead(c *call.Call, h *http1.Request, now http1.Instant) error {
	q := &c.Request
	there := k.c.Buffered()
	for {
		var err error
		q.Headers, err = k.c.ReadRequest(h, q.Headers[:0], call.MaxFields, k.e.o.MaxHead)
		if err == http1.ErrInterrupted {
			continue // the head has begun: draining waits for its answer
		}
		if err != nil {
			return err
		}
		break
	}
	if h.Host == "" && !h.More {
		// A field that names no host is as good as none, and gets the same answer.
		q.Headers = slices.DeleteFunc(q.Headers, func(f message.Field) bool { return message.EqualFold(f.Name, "Host") })
	}
	if h.Upgrade {
		own(h, q.Headers)
	}
	c.Started, c.Began = k.e.o.Clock(), now
	if h.Size > there {
		c.Began = http1.Now() // the rest of the head was waited for
	}
	c.Waiting = &k.waiting
	q.Method = h.Method
	q.RawPath, q.RawQuery = message.SplitTarget(h.Target)
	q.Host = h.Host
	q.Proto = "HTTP/1.1"
	if h.Minor == 0 {
		q.Proto = "HTTP/1.0"
	}
	q.TLS = k.secure
	q.Remote = k.remote
	q.Size = int64(h.Size)
	return nil
}

// own gives the strings of a head memory of their own, because the call may live as
// long as a tunnel does and would hold a whole buffer for them.
func own(h *http1.Request, fields message.Fields) {
	h.Method, h.Target, h.Host = strings.Clone(h.Method), strings.Clone(h.Target), strings.Clone(h.Host)
	for i := range fields {
		fields[i] = message.Field{Name: strings.Clone(fields[i].Name), Value: strings.Clone(fields[i].Value)}
	}
}

// serveCall has a call answered and reports whether the connection can carry
// another.
func (k *conn) serveCall(c *call.Call, h *http1.Request) bool {
	b := k.openBody(c, h)
	if b == nil && !h.Upgrade { // nothing is read until the answer has been sent
		c.Room = k.c.Room()
	}
	k.reserve(c, h)
	c.LimitBody(k.e.o.MaxBody)
	k.e.handler.Serve(c)

	if c.Response.Tunnel != nil {
		k.join(c, b)
		return false
	}
	if k.placed {
		k.placed = false
		k.e.o.Tunnels.GiveBack()
	}
	settled := b.settled(c.Response.Stream != nil)
	a := answer{k: k, c: c, head: h.Method == "HEAD", http10: h.Minor == 0, keepAlive: h.KeepAlive}
	a.close = h.Close || !settled || k.e.conns.draining.Load()
	err := a.write()
	// Whoever reads the body in another goroutine reads it in memory that is used
	// again from here on.
	c.Request.Size += b.end()
	if c.BodySettled() {
		k.spare = b
	}
	k.e.handler.Finish(c)
	call.Release(c)
	k.unread = err == nil && (!settled || h.More || a.close && k.c.Buffered() > 0)
	if err != nil && a.untilClose {
		k.reset()
	}
	return err == nil && !a.close
}

// reserve reserves the place of a tunnel for a request that asks for one, or says in
// the call that there is none.
func (k *conn) reserve(c *call.Call, h *http1.Request) {
	switch {
	case !h.Upgrade:
	case k.e.o.Tunnels.Take():
		k.placed = true
	default:
		c.Request.NoTunnel = call.TooManyTunnels
	}
}

// join makes a tunnel of a call. When that fails the connection is gone, and the
// record of the call says what the caller saw: nothing.
func (k *conn) join(c *call.Call, b *body) {
	tunnels := k.e.o.Tunnels
	k.placed = false // it is the tunnel's now
	c.Request.Size += b.end()
	if !tunnels.Enter() {
		tunnels.Unjoined(c, call.CallerGone)
		tunnels.GiveBack()
		return
	}
	if k.c.Buffered() > 0 {
		// A caller has to wait for the 101 (RFC 6455 §4.1). Who does not may have
		// meant these bytes as another request, for somebody who expects no 101.
		k.refuse(errEarly)
		tunnels.Unjoined(c, call.BadWebSocket)
		tunnels.Leave()
		return
	}
	k.handed = true
	nc := k.c.Net()
	nc.SetWriteDeadline(time.Time{}) // the tunnel's own follow
	if tunnels.Join(c, nc) != nil {
		tunnels.Unjoined(c, call.CallerGone)
		tunnels.Leave()
	}
}

var errEarly = &http1.Refusal{Status: 400, Reason: "the caller sent more than its handshake before the answer"}
