package backend

import (
	"crypto/sha1"
	"encoding/base64"
	"net"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/message"
)

// webSocket sends a handshake over a connection of its own, in HTTP/1.1: the pool never
// sees it again when the backend accepts, and when it does not, that is rare.
func (b *HTTP) webSocket(c *call.Call, k key, until http1.Instant) *call.Fault {
	l, _, err := b.transport.connect(c, k, until, http11)
	if err != nil {
		return blame(c, err, http1.Now() >= until)
	}
	return b.overHTTP1(c, k, l, until)
}

// openTunnel hands the connection of a backend that answered 101 over to the edge.
// Tunnels live long and many may be open, so that the few strings of the answer are
// copied and the buffers given back.
func (l *link) openTunnel(c *call.Call, first int) {
	l.rest(true)
	nc := l.conn.Net()
	nc.SetDeadline(time.Time{}) // those of the handshake
	t := &tunnel{Conn: nc, ahead: append([]byte(nil), l.conn.Unused()...)}
	r := &c.Response
	r.Status = l.head.Status
	r.Headers = endToEnd(r.Headers, first)
	for i := range r.Headers[first:] {
		f := &r.Headers[first+i]
		f.Name, f.Value = strings.Clone(f.Name), strings.Clone(f.Value)
	}
	l.conn.Free()
	r.Tunnel = t
}

// accepts reports whether the answer to a handshake is that of RFC 6455 §4.2.2 to the
// key that was sent: whoever does not know the key has not understood the handshake,
// and what follows might be the answer to somebody's HTTP.
func accepts(c *call.Call, first int) bool {
	const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" // RFC 6455 §1.3
	answer := c.Response.Headers[first:]
	for _, name := range []string{"Upgrade", "Connection", "Sec-WebSocket-Accept"} {
		if answer.Count(name) != 1 {
			return false
		}
	}
	get := func(f message.Fields, name string) string { v, _ := f.Get(name); return v }
	sum := sha1.Sum([]byte(get(c.Out.Headers, "Sec-WebSocket-Key") + magic))
	return message.EqualFold(get(answer, "Upgrade"), "websocket") &&
		identity.Listed(get(answer, "Connection"), "upgrade") &&
		get(answer, "Sec-WebSocket-Accept") == base64.StdEncoding.EncodeToString(sum[:])
}

// tunnelWrite is how long a backend may take for one piece of what the caller
// sends it.
const tunnelWrite = 30 * time.Second

// tunnel is a connection to a backend that speaks WebSocket from here on.
type tunnel struct {
	net.Conn
	ahead []byte    // what was read behind the head
	armed time.Time // the write deadline in force
}

// Read implements net.Conn.
func (t *tunnel) Read(p []byte) (int, error) {
	if len(t.ahead) > 0 && len(p) > 0 {
		n := copy(p, t.ahead)
		t.ahead = t.ahead[n:]
		return n, nil
	}
	return t.Conn.Read(p)
}

// Write implements net.Conn. It is not used concurrently.
func (t *tunnel) Write(p []byte) (int, error) {
	if now := time.Now(); t.armed.Before(now.Add(tunnelWrite)) {
		t.armed = now.Add(tunnelWrite + tunnelWrite/4)
		t.SetWriteDeadline(t.armed)
	}
	return t.Conn.Write(p)
}

// CloseWrite half-closes the connection, where that is possible.
func (t *tunnel) CloseWrite() error {
	if c, ok := t.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}
