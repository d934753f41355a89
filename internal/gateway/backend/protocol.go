package backend

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// How a silent HTTP/2 connection is told from a dead one: a half-open connection
// would otherwise take all calls to its backend down with it.
const (
	pingAfter = 15 * time.Second
	pingWait  = 10 * time.Second
)

// protocols adds what is spoken beside HTTP/1.1 to the transport for http:
//
//   - HTTP/2 to a backend with TLS that chooses h2 in ALPN;
//   - HTTP/2 without TLS, by prior knowledge, for gRPC to a backend with the scheme
//     http. A definition has no field for it, and gRPC cannot be spoken otherwise;
//   - HTTP/1.1 alone for WebSockets, whose connections leave the pool.
func (t *Transport) protocols() {
	t.http.Protocols = new(http.Protocols)
	t.http.Protocols.SetHTTP1(true)
	t.http.Protocols.SetHTTP2(true)
	t.http.HTTP2 = &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingWait}

	t.h2c = &http.Transport{
		DialContext: t.unencrypted2, IdleConnTimeout: idleTime, MaxResponseHeaderBytes: maxHeader,
		DisableCompression: true, Protocols: new(http.Protocols), HTTP2: t.http.HTTP2,
	}
	t.h2c.Protocols.SetUnencryptedHTTP2(true)

	t.web = &http.Transport{
		DialContext: t.plain, DialTLSContext: t.encrypted1, IdleConnTimeout: idleTime, MaxIdleConns: idlePerAddress,
		MaxResponseHeaderBytes: maxHeader, DisableCompression: true, Protocols: new(http.Protocols),
	}
	t.web.Protocols.SetHTTP1(true)
}

// speaking chooses the transport for a call.
func (t *Transport) speaking(c *call.Call) *http.Transport {
	switch {
	case c.Request.WebSocket:
		return t.web
	case c.Out.Scheme == "http" && grpc(c):
		return t.h2c
	}
	return t.http
}

// grpc reports whether a call is one of gRPC: HTTP/2 and its content type, of which
// application/grpc-web is not one.
func grpc(c *call.Call) bool {
	if c.Request.Proto != "HTTP/2.0" {
		return false
	}
	const name = "application/grpc"
	v, _ := c.Request.Field(call.HeaderContentType)
	return len(v) >= len(name) && message.EqualFold(v[:len(name)], name) &&
		(len(v) == len(name) || strings.IndexByte("+; \t", v[len(name)]) >= 0)
}

// attempt is what is known of the connection that a round trip got.
type attempt struct {
	timing *call.Timing
	trace  httptrace.ClientTrace
	conn   net.Conn
}

// got makes a guardedConn watch for the head of a response, and notes what opening the
// connection cost this call: nothing when it was kept from before. net/http calls
// it in the goroutine of the round trip.
func (a *attempt) got(info httptrace.GotConnInfo) {
	a.conn = info.Conn
	var connect time.Duration
	switch conn := info.Conn.(type) {
	case *guardedConn:
		conn.armed.Store(true)
		connect = conn.connect
	case *tls.Conn:
		if below, ok := conn.NetConn().(*timedConn); ok {
			connect = below.connect
		}
	case *clearConn:
		connect = conn.connect
	}
	a.timing.BackendConnect = 0
	if !info.Reused {
		a.timing.BackendConnect = connect
	}
}

// foreign reports whether HTTP/2 was tried with somebody who has not said a word
// of it.
func (a *attempt) foreign() bool {
	c, ok := a.conn.(*clearConn)
	return ok && !c.speaks.Load()
}

// timedConn is below the TLS of an HTTP/2 connection, which net/http knows by its
// type alone.
type timedConn struct {
	net.Conn
	connect time.Duration // what it took to open, TLS included
}

// clearConn is an HTTP/2 connection without TLS.
type clearConn struct {
	net.Conn
	connect time.Duration
	speaks  atomic.Bool // what came began like HTTP/2
	seen    int
}

// Read implements net.Conn. The first frame of a server is SETTINGS (RFC 9113
// §3.4), whose type 4 stands in the fourth byte.
func (c *clearConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.seen < 4 {
		if i := 3 - c.seen; i < n {
			c.speaks.Store(p[i] == 4)
		}
		c.seen += n
	}
	return n, err
}
