package backend

import (
	"crypto/tls"
	"encoding/hex"
	"net"
	"strings"
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// named is what net/http does not pass on to whoever opens a TLS connection for a
// round trip.
type named struct {
	server  string // whom the certificate has to name; "" for the host of the address
	address string // host:port to dial
	// spare is a connection that was opened for this call before it turned out that
	// net/http is needed.
	spare atomic.Pointer[tls.Conn]
}

// namedKey is where the context of a round trip holds its *named.
type namedKey struct{}

// of notes whom the handshake has to expect, and answers the host for the URL.
// net/http shares connections by that host, so it has to hold both: a connection that
// was verified for one name must not serve a call for another, whatever the address.
func (n *named) of(o *call.Outbound) string {
	n.server, n.address = strings.Clone(o.ServerName), withPort(strings.Clone(o.Address), true)
	host, port, err := net.SplitHostPort(n.address)
	if err != nil {
		host, port = n.address, "443"
	}
	return hex.EncodeToString([]byte(n.server)) + "." + hex.EncodeToString([]byte(host)) + ":" + port
}

// withPort adds the port of the scheme to an address that has none.
func withPort(address string, tls bool) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	port := "80"
	if tls {
		port = "443"
	}
	return net.JoinHostPort(strings.Trim(address, "[]"), port)
}

// whom answers whom the certificate has to name: server, or else the host of an
// address with a port.
func whom(server, address string) string {
	if server != "" {
		return server
	}
	host, _, _ := net.SplitHostPort(address)
	return host
}
