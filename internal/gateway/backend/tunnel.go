package backend

import (
	"crypto/sha1"
	"encoding/base64"
	"io"
	"net/http"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/message"
)

// openTunnel takes over the connection of a backend that answered 101. Its answer has to
// be that of RFC 6455 §4.2.2 to the key that was sent: whoever does not know the key
// has not understood the handshake, and what follows might be the answer to
// somebody's HTTP.
func openTunnel(c *call.Call, req *http.Request, resp *http.Response, a *attempt) *call.Fault {
	body, writable := resp.Body.(io.ReadWriteCloser)
	conn, guarded := a.conn.(*guardedConn)
	if !writable || !guarded || !accepts(resp.Header, req.Header.Get("Sec-Websocket-Key")) {
		resp.Body.Close()
		return call.BackendUnavailable
	}
	c.Timing.BackendStatus = resp.StatusCode
	fields(c, resp)
	c.Response.Tunnel = &tunnel{guardedConn: conn, body: body}
	return nil
}

func accepts(h http.Header, key string) bool {
	const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" // RFC 6455 §1.3
	sum := sha1.Sum([]byte(key + magic))
	for _, name := range []string{"Upgrade", "Connection", "Sec-Websocket-Accept"} {
		if len(h[name]) != 1 {
			return false
		}
	}
	return message.EqualFold(h.Get("Upgrade"), "websocket") &&
		identity.Listed(h.Get("Connection"), "upgrade") &&
		h.Get("Sec-Websocket-Accept") == base64.StdEncoding.EncodeToString(sum[:])
}

// tunnelWrite is how long a backend may take for one piece of what the caller
// sends it.
const tunnelWrite = 30 * time.Second

// tunnel is a connection to a backend that speaks WebSocket from here on.
type tunnel struct {
	*guardedConn
	body  io.ReadWriteCloser // net/http's: first what it has read ahead
	armed time.Time          // the write deadline in force
}

// Read implements net.Conn.
func (t *tunnel) Read(p []byte) (int, error) { return t.body.Read(p) }

// Write implements net.Conn. It is not used concurrently.
func (t *tunnel) Write(p []byte) (int, error) {
	if now := time.Now(); t.armed.Before(now.Add(tunnelWrite)) {
		t.armed = now.Add(tunnelWrite + tunnelWrite/4)
		t.SetWriteDeadline(t.armed)
	}
	return t.body.Write(p)
}

// Close implements net.Conn.
func (t *tunnel) Close() error { return t.body.Close() }
