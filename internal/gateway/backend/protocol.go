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

// Protocols offered in ALPN.
const http11 = "http/1.1"

var protocols = []string{"h2", http11}

// transports makes those that net/http has to speak HTTP/2:
//
//   - to a backend with TLS that chooses h2 in ALPN;
//   - without TLS, by prior knowledge, for gRPC to a backend with the scheme
//     http. A definition has no field for it, and gRPC cannot be spoken otherwise.
func (t *Transport) transports() {
	pings := &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingWait}
	t.http2 = &http.Transport{
		DialTLSContext: t.encrypted, MaxIdleConns: idleTotal, MaxIdleConnsPerHost: idlePerAddress,
		IdleConnTimeout: idleTime, MaxResponseHeaderBytes: maxHeader,
		DisableCompression: true, Protocols: new(http.Protocols), HTTP2: pings,
	}
	t.http2.Protocols.SetHTTP2(true)

	t.h2c = &http.Transport{
		DialContext: t.unencrypted2, IdleConnTimeout: idleTime, MaxResponseHeaderBytes: maxHeader,
		DisableCompression: true, Protocols: new(http.Protocols), HTTP2: pings,
	}
	t.h2c.Protocols.SetUnencryptedHTTP2(true)
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

// got notes what opening the connection cost this call: nothing when it was kept
// from before. net/http calls it in the goroutine of the round trip.
func (a *attempt) got(info httptrace.GotConnInfo) {
	a.conn = info.Conn
	var connect time.Duration
	switch conn := info.Conn.(type) {
	case *tls.Conn:
		if below, ok := conn.NetConn().(*socket); ok {
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

// clearConn is an HTTP/2 connection without TLS.
type clearConn struct {
	*socket
	speaks atomic.Bool // what came began like HTTP/2
	seen   int
}

// Read implements net.Conn. The first frame of a server is SETTINGS (RFC 9113
// §3.4), whose type 4 stands in the fourth byte.
func (c *clearConn) Read(p []byte) (int, error) {
	n, err := c.socket.Read(p)
	if c.seen < 4 {
		if i := 3 - c.seen; i < n {
			c.speaks.Store(p[i] == 4)
		}
		c.seen += n
	}
	return n, err
}
