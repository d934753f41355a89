package backend

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"time"
)

// Limits of the connections to backends. The definition's timeout covers a call
// until its header has come; these bound what that timeout does not.
const (
	maxHeader      = 128 << 10 // a response head; more is no answer but an attack
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

// Transport holds the connections to all backends, pooled per address.
type Transport struct {
	http  *http.Transport // HTTP/1.1, and HTTP/2 over TLS
	h2c   *http.Transport // gRPC without TLS
	web   *http.Transport // WebSocket
	open  func(ctx context.Context, network, address string) (net.Conn, error)
	tls   *tls.Config
	stall time.Duration
}

// NewTransport returns a transport; Close it.
func NewTransport(o Options) *Transport {
	t := &Transport{stall: o.Stall, open: o.Dial}
	if t.open == nil {
		t.open = func(context.Context, string, string) (net.Conn, error) { return nil, errNoDial }
	}
	if t.stall == 0 {
		t.stall = stallTime
	}
	t.tls = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs}
	t.http = &http.Transport{
		DialContext:            t.plain,
		DialTLSContext:         t.encrypted,
		MaxIdleConns:           idleTotal,
		MaxIdleConnsPerHost:    idlePerAddress,
		IdleConnTimeout:        idleTime,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true,
	}
	t.protocols()
	return t
}

// Close drops the idle connections; those in use go when their calls end.
func (t *Transport) Close() {
	for _, h := range []*http.Transport{t.http, t.h2c, t.web} {
		h.CloseIdleConnections()
	}
}

var errNoDial = errors.New("backend: the transport was made without a dialer")

// dial opens every connection to a backend.
func (t *Transport) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	return t.open(ctx, network, address)
}

func (t *Transport) plain(ctx context.Context, network, address string) (net.Conn, error) {
	start := time.Now()
	conn, err := t.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &guardedConn{Conn: conn, connect: time.Since(start)}, nil
}

// unencrypted2 opens a connection for HTTP/2 without TLS.
func (t *Transport) unencrypted2(ctx context.Context, network, address string) (net.Conn, error) {
	start := time.Now()
	conn, err := t.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &clearConn{Conn: conn, connect: time.Since(start)}, nil
}

func (t *Transport) encrypted(ctx context.Context, network, address string) (net.Conn, error) {
	return t.handshake(ctx, network, address, "h2", "http/1.1")
}

func (t *Transport) encrypted1(ctx context.Context, network, address string) (net.Conn, error) {
	return t.handshake(ctx, network, address, "http/1.1")
}

// handshake is not left to net/http, because the guard has to see what comes out
// of TLS when that is HTTP/1.1.
func (t *Transport) handshake(ctx context.Context, network, address string, protos ...string) (net.Conn, error) {
	host, address, err := whom(ctx, address)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	conn, err := t.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	config := t.tls.Clone()
	config.ServerName, config.NextProtos = host, protos
	below := &timedConn{Conn: conn}
	secured := tls.Client(below, config)
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	below.connect = time.Since(start)
	if secured.ConnectionState().NegotiatedProtocol == "h2" {
		return secured, nil
	}
	return &guardedConn{Conn: secured, connect: below.connect}, nil
}
