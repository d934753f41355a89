package gateway_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
)

// TestUpgrade: which requests are the handshake of a WebSocket, and that policies
// stand before it like before any other call.
func TestUpgrade(t *testing.T) {
	whole := []string{"Connection: keep-alive, upgrade", "Upgrade: WebSocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"}
	without := func(name string) []string {
		return slices.DeleteFunc(slices.Clone(whole), func(f string) bool { return strings.HasPrefix(f, name) })
	}
	tests := []struct {
		name   string
		call   string
		fields []string
		change func(*call.Request)
		status int
		msg    string
	}{
		{"whole", "GET /a", whole, nil, 200, ""},
		{"two Connection fields", "GET /a", append([]string{"Connection: close"}, whole...), nil, 200, ""},
		{"POST", "POST /a", whole, nil, 400, call.BadWebSocket.Message},
		{"HTTP/1.0", "GET /a", whole, func(r *call.Request) { r.Proto = "HTTP/1.0" }, 400, call.BadWebSocket.Message},
		{"with a body", "GET /a", whole, func(r *call.Request) { r.Body, r.BodyLength = strings.NewReader("x"), 1 }, 400, call.BadWebSocket.Message},
		{"no Connection", "GET /a", without("Connection"), nil, 400, call.BadWebSocket.Message},
		{"Connection without upgrade", "GET /a", append(without("Connection"), "Connection: keep-alive"), nil, 400, call.BadWebSocket.Message},
		{"no key", "GET /a", without("Sec-WebSocket-Key"), nil, 400, call.BadWebSocket.Message},
		{"two keys", "GET /a", append(slices.Clone(whole), "sec-websocket-key: eA=="), nil, 400, call.BadWebSocket.Message},
		{"no version", "GET /a", without("Sec-WebSocket-Version"), nil, 400, call.BadWebSocket.Message},
		{"two protocols", "GET /a", append(without("Upgrade"), "Upgrade: websocket, h2c"), nil, 400, call.UpgradeRefused.Message},
		{"two upgrades", "GET /a", append(slices.Clone(whole), "Upgrade: h2c"), nil, 400, "API request error: header Upgrade appears twice"},
		{"no place", "GET /a", whole, func(r *call.Request) { r.NoTunnel = call.TooManyTunnels }, 503, call.TooManyTunnels.Message},
	}
	g := house(t, api("a", "ANY", "/a"))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := gatewaytest.Raw(t, test.call, test.fields...)
			if test.change != nil {
				test.change(&c.Request)
			}
			status, _, msg := outcome(t, g, c)
			if status != test.status || msg != test.msg {
				t.Errorf("%d %s\nwant %d %s", status, msg, test.status, test.msg)
			}
			if asked := len(g.Backend.Take()) == 1; asked != (status == 200) || c.Request.WebSocket != (status == 200) {
				t.Errorf("asked %v, WebSocket %v", asked, c.Request.WebSocket)
			}
		})
	}
}
