package backend

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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
	keepAlive      = 30 * time.Second
	// stallTime bounds the wait for the next piece of a response body. Answers
	// of any length may stream (there is no size limit, wire-facts §13), but not
	// without a sign of life.
	stallTime = 5 * time.Minute
)

// Options of a Transport. The zero value is ready for use.
type Options struct {
	RootCAs *x509.CertPool // nil: the system's
	Stall   time.Duration  // see stallTime, which 0 means
}

// Transport holds the connections to all backends, pooled per address.
type Transport struct {
	http  *http.Transport
	tls   *tls.Config
	stall time.Duration
}

// NewTransport returns a transport; Close it.
func NewTransport(o Options) *Transport {
	t := &Transport{stall: o.Stall}
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
	return t
}

// Close drops the idle connections; those in use go when their calls end.
func (t *Transport) Close() { t.http.CloseIdleConnections() }

// dial opens every connection to a backend: the one place to refuse an address.
func (t *Transport) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTime, KeepAlive: keepAlive}
	return d.DialContext(ctx, network, address)
}

func (t *Transport) plain(ctx context.Context, network, address string) (net.Conn, error) {
	start := time.Now()
	conn, err := t.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &guardedConn{Conn: conn, connect: time.Since(start)}, nil
}

// encrypted makes the handshake itself, because the guard has to see what comes
// out of TLS.
func (t *Transport) encrypted(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	conn, err := t.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	config := t.tls.Clone()
	config.ServerName = host
	secured := tls.Client(conn, config)
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return &guardedConn{Conn: secured, connect: time.Since(start)}, nil
}
