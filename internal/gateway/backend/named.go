package backend

import (
	"context"
	"encoding/hex"
	"net"
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// named is a TLS backend whose certificate has to name somebody else than its
// address: a member of a channel.
type named struct {
	server  string // whom the certificate has to name
	address string // host:port to dial
}

// namedKey is where the context of a round trip holds a *named.
type namedKey struct{}

// withName puts into the context whom the handshake has to expect, and answers the
// host for the URL. net/http shares connections by that host, so it has to hold
// both: a connection that was verified for one name must not serve a call for
// another, whatever the address.
func withName(ctx context.Context, o *call.Outbound) (context.Context, string) {
	n := &named{strings.Clone(o.ServerName), strings.Clone(o.Address)}
	host, port, err := net.SplitHostPort(n.address)
	if err != nil {
		host, port = n.address, "443"
		n.address = net.JoinHostPort(host, port)
	}
	return context.WithValue(ctx, namedKey{}, n), hex.EncodeToString([]byte(n.server)) + "." + hex.EncodeToString([]byte(host)) + ":" + port
}

// whom answers what to dial for a TLS connection and whom the certificate has to
// name, given the address that net/http made of the URL.
func whom(ctx context.Context, address string) (server, dial string, err error) {
	if n, ok := ctx.Value(namedKey{}).(*named); ok {
		return n.server, n.address, nil
	}
	server, _, err = net.SplitHostPort(address)
	return server, address, err
}
