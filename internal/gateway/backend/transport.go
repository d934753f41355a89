package backend

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/lane"
)

// Limits of the connections to backends. The definition's timeout covers a call
// until its header has come; these bound what that timeout does not.
const (
	maxHeader      = 128 << 10 // a response head; more is no answer but an attack
	maxFields      = 1000      // of a response head
	idlePerAddress = 256       // kept for the next calls
	idleTotal      = 4096
	idleTime       = 90 * time.Second
	dialTime       = 10 * time.Second
	// stallTime bounds the wait for the next piece of a response body. Answers
	// of any length may stream (there is no size limit, wire-facts §13), but not
	// without a sign of life.
	stallTime = 5 * time.Minute
)

// Options of a Transport. Dial is needed; what else is zero has a default.
type Options struct {
	// Dial opens every connection and refuses addresses that tenants must not
	// reach (internal/dial). Without it nothing is reached: forgetting the guard
	// must not mean to be without one.
	Dial    func(ctx context.Context, network, address string) (net.Conn, error)
	RootCAs *x509.CertPool // nil: the system's
	Stall   time.Duration  // see stallTime, which 0 means
}

// Transport holds the connections to all backends: those in HTTP/1.1 in its pool, and
// those in HTTP/2 in two of net/http's.
type Transport struct {
	pool  *pool
	http2 *http.Transport // over TLS
	h2c   *http.Transport // gRPC without TLS
	open  func(ctx context.Context, network, address string) (net.Conn, error)
	tls   *tls.Config
	stall time.Duration
}

// NewTransport returns a transport; Close it.
func NewTransport(o Options) *Transport {
	t := &Transport{pool: newPool(lane.Count()), stall: o.Stall, open: o.Dial}
	if t.open == nil {
		t.open = func(context.Context, string, string) (net.Conn, error) { return nil, errNoDial }
	}
	if t.stall == 0 {
		t.stall = stallTime
	}
	t.tls = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs}
	t.transports()
	return t
}

// Close drops the idle connections; those in use go when their calls end.
func (t *Transport) Close() {
	t.pool.close()
	t.http2.CloseIdleConnections()
	t.h2c.CloseIdleConnections()
}

var errNoDial = errors.New("backend: the transport was made without a dialer")

// connect opens an HTTP/1.1 connection for a call, or the TLS connection on which
// the backend has chosen HTTP/2 of the protocols that it was offered.
func (t *Transport) connect(c *call.Call, k key, until http1.Instant, offered ...string) (*link, *tls.Conn, error) {
	ctx, cancel := context.WithTimeout(c.Context(), time.Duration(until-http1.Now()))
	defer cancel()
	address := withPort(k.address, k.tls)
	s, err := t.dial(ctx, address)
	if err != nil {
		return nil, nil, err
	}
	if !k.tls {
		return newLink(t, s, s.Conn), nil, nil
	}
	conn, err := t.secure(ctx, s, whom(k.server, address), offered...)
	if err != nil {
		return nil, nil, err
	}
	if conn.ConnectionState().NegotiatedProtocol == "h2" {
		return nil, conn, nil
	}
	return newLink(t, s, conn), nil, nil
}

// unencrypted2 opens a connection for HTTP/2 without TLS.
func (t *Transport) unencrypted2(ctx context.Context, _, address string) (net.Conn, error) {
	s, err := t.dial(ctx, address)
	if err != nil {
		return nil, err
	}
	return &clearConn{socket: s}, nil
}

// encrypted opens a connection for HTTP/2 with TLS, or takes the one that is there. A
// backend that does not choose HTTP/2 is errForeign, and is served by HTTP.overHTTP1.
func (t *Transport) encrypted(ctx context.Context, _, address string) (net.Conn, error) {
	server := ""
	if n, ok := ctx.Value(namedKey{}).(*named); ok {
		if spare := n.spare.Swap(nil); spare != nil {
			return spare, nil
		}
		if n.address != "" {
			server, address = n.server, n.address
		}
	}
	s, err := t.dial(ctx, address)
	if err != nil {
		return nil, err
	}
	conn, err := t.secure(ctx, s, whom(server, address), protocols...)
	if err != nil {
		return nil, err
	}
	if conn.ConnectionState().NegotiatedProtocol != "h2" {
		conn.Close()
		return nil, errForeign
	}
	return conn, nil
}
