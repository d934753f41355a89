package gateway

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/message"
)

// upgrade judges a request that asks for another protocol. WebSocket is the one
// that there is, and only in its own handshake (RFC 6455 §4.1): an upgraded
// connection passes every rule behind the first request, h2c above all
// (CVE-2026-88008). What the handshake says beyond its form (the version, the
// sub-protocols) is the backend's to judge.
func upgrade(r *call.Request, protocol string) *call.Fault {
	if !message.EqualFold(protocol, "websocket") {
		return call.UpgradeRefused
	}
	switch {
	case r.NoTunnel != nil:
		return r.NoTunnel
	case r.Method != http.MethodGet, r.Proto != "HTTP/1.1", r.Body != nil,
		!connectionSays(r, "upgrade"),
		r.Headers.Count("Sec-WebSocket-Key") != 1, r.Headers.Count("Sec-WebSocket-Version") != 1:
		return call.BadWebSocket
	}
	r.WebSocket = true
	return nil
}

func connectionSays(r *call.Request, option string) bool {
	for i := range r.Headers {
		if r.Kind(i) == call.HeaderConnection && identity.Listed(r.Headers[i].Value, option) {
			return true
		}
	}
	return false
}

// maxHops is how many gateways a call may pass, one after the other, before it
// is taken for one that goes in circles (wire-facts §1.2, APIG.0612).
const maxHops = 10

// hops reads X-Apig-Hops, which a gateway sets towards its backends, up to
// maxHops. Somebody else who sets it can only shorten the way of his own call:
// what is no number counts as none, and the gateway's own value replaces it.
func hops(value string) int {
	n := 0
	for i := 0; i < len(value); i++ {
		if value[i] < '0' || value[i] > '9' {
			return 0
		}
		n = min(n*10+int(value[i]-'0'), maxHops)
	}
	return n
}
