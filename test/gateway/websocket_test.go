package gateway_test

import (
	"bufio"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/config"
)

const socketKey = "dGhlIHNhbXBsZSBub25jZQ=="

// sockets is a backend that accepts WebSockets and repeats every byte, in capitals
// where it can; GET without a handshake is answered 426. It answers secure over TLS.
type sockets struct {
	*httptest.Server
	address string
	open    atomic.Int64
	seen    atomic.Pointer[http.Header]
}

func socketBackend(t testing.TB, secure bool) *sockets {
	b := &sockets{}
	b.Server = httptest.NewUnstartedServer(http.HandlerFunc(b.serve))
	if secure {
		b.StartTLS()
	} else {
		b.Start()
	}
	t.Cleanup(b.Close)
	b.address = b.Listener.Addr().String()
	return b
}

func (b *sockets) serve(w http.ResponseWriter, r *http.Request) {
	h := r.Header.Clone()
	b.seen.Store(&h)
	if r.Header.Get("Upgrade") == "" {
		http.Error(w, "a WebSocket is wanted", http.StatusUpgradeRequired)
		return
	}
	if r.URL.Query().Get("as") == "forbidden" {
		http.Error(w, "not here", http.StatusForbidden)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	b.open.Add(1)
	defer b.open.Add(-1)
	conn.SetDeadline(time.Now().Add(5 * time.Minute))
	accept := sha1.Sum([]byte(r.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	if r.URL.Query().Get("as") == "wrong" {
		accept[0]++
	}
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: chat\r\n\r\n",
		base64.StdEncoding.EncodeToString(accept[:]))
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		conn.Write([]byte(strings.ToUpper(string(buf[:n]))))
		if err != nil {
			return
		}
	}
}

// shake sends a handshake over conn and answers what came back; after 101 the
// reader gives what the backend says.
func (g *group) shake(t testing.TB, conn net.Conn, target string, fields ...string) (*http.Response, *bufio.Reader) {
	t.Helper()
	if len(fields) == 0 {
		fields = []string{"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: " + socketKey, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: chat"}
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n", target, g.host, strings.Join(fields, "\r\n"))
	r := bufio.NewReaderSize(conn, 1024)
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return response, r
}

// talk sends text and wants it back in capitals.
func talk(t testing.TB, conn net.Conn, r io.Reader, text string) {
	t.Helper()
	go io.WriteString(conn, text)
	got := make([]byte, len(text))
	if _, err := io.ReadFull(r, got); err != nil || string(got) != strings.ToUpper(text) {
		t.Fatalf("%.40q, %v, want %.40q", got, err, strings.ToUpper(text))
	}
}

// TestWebSocket over ws and wss, to a backend with and without TLS: the handshake's
// fields pass in both directions, bytes pass as they are, ends are passed on, and
// the access record tells how much went through.
func TestWebSocket(t *testing.T) {
	t.Parallel()
	secured := socketBackend(t, true)
	p := start(t)
	own := p.admin
	g := own.group("sockets")
	plain := socketBackend(t, false)
	own.published(g, web("/plain", plain.address))
	own.published(g, webTLS("/secured", secured.address))
	for _, test := range []struct {
		kind protocol
		path string
		b    *sockets
	}{{http1, "/plain", plain}, {https, "/plain", plain}, {http1, "/secured", secured}, {https, "/secured", secured}} {
		conn := p.on(t).dial(test.kind, g.host, "http/1.1")
		response, r := g.shake(t, conn, test.path+"?x=1")
		if response.StatusCode != 101 || response.Header.Get("Sec-Websocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" ||
			response.Header.Get("Sec-Websocket-Protocol") != "chat" || len(response.Header.Get("X-Request-Id")) != 32 {
			t.Fatalf("%s: %+v", test.path, response)
		}
		seen := *test.b.seen.Load()
		if seen.Get("Sec-Websocket-Key") != socketKey || seen.Get("Connection") != "Upgrade" || seen.Get("X-Forwarded-For") != "127.0.0.1" || seen.Get("X-Request-Id") == "" {
			t.Errorf("%s: the backend saw %v", test.path, seen)
		}
		talk(t, conn, r, "hello")
		talk(t, conn, r, "get / http/1.1\r\nhost: a\r\nhost: b\r\n\r\n")
		talk(t, conn, r, strings.Repeat("large ", 200_000))
		conn.Close()
		eventually(t, "the backend's connection ends", func() bool { return test.b.open.Load() == 0 })
	}
	records := func() int {
		b, err := os.ReadFile(p.config.AccessLog)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(b), `"status":101`)
	}
	eventually(t, "four access records", func() bool { return records() == 4 })
}

// TestWebSocketRefused: nobody becomes a tunnel by another way than the handshake and
// the policies of the API.
func TestWebSocketRefused(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("sockets")
	b := socketBackend(t, false)
	open := own.published(g, web("/open", b.address))
	own.published(g, web("/closed", b.address), "auth_type", "APP")
	own.published(g, web("/tls", b.address), "req_protocol", "HTTPS")
	own.published(g, mock("/mock", "content"))
	own.throttle(open, object{"api_call_limits": 5})
	whole := func(change ...string) []string {
		f := []string{"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: " + socketKey, "Sec-WebSocket-Version: 13"}
		return append(f[:len(f):len(f)], change...)
	}
	tests := []struct {
		target string
		fields []string
		status int
		body   string
	}{
		{"/open", []string{"Connection: Upgrade", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"}, 400, "APIG.0602"},
		{"/open", []string{"Connection: Upgrade", "Upgrade: websocket"}, 400, "a WebSocket opens with GET"},
		{"/open", whole("Content-Length: 3"), 400, ""},
		{"/closed", whole(), 401, "APIG.0303"},
		{"/tls", whole(), 400, "APIG.0607"},
		{"/nothing", whole(), 404, "APIG.0101"},
		{"/mock", whole(), 200, "content"},
		{"/open?as=forbidden", whole(), 403, "not here"},
		{"/open?as=wrong", whole(), 502, "Backend unavailable."},
		{"/open", whole("Sec-WebSocket-Key: x"), 400, "a WebSocket opens with GET"},
		{"/open", whole(), 101, ""}, {"/open", whole(), 101, ""}, {"/open", whole(), 101, ""}, {"/open", whole(), 429, "APIG.0308"},
	}
	for _, test := range tests {
		response, _ := g.shake(t, p.dial(http1, g.host), test.target, test.fields...)
		if response.StatusCode == 101 && test.status == 101 {
			continue
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != test.status || !strings.Contains(string(body), test.body) {
			t.Errorf("%s %q: %d %s, %v, want %d %s", test.target, test.fields, response.StatusCode, body, err, test.status, test.body)
		}
	}
	g.h2("GET /open").want(429, "") // nothing of HTTP/2 gets further
}

// TestWebSocketsSurvivePublications: what is published meanwhile, that very API
// included, ends no tunnel; shutting down does, in time.
func TestWebSocketsSurvivePublications(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *config.Config) { c.DrainTimeout = 5 * time.Second })
	own := p.admin
	g := own.group("sockets")
	b := socketBackend(t, false)
	api := own.published(g, web("/ws", b.address))
	conns := make([]net.Conn, 20)
	readers := make([]*bufio.Reader, len(conns))
	for i := range conns {
		conns[i] = p.dial(http1, g.host)
		var response *http.Response
		if response, readers[i] = g.shake(t, conns[i], "/ws"); response.StatusCode != 101 {
			t.Fatal(response.Status)
		}
	}
	for i := range 20 {
		own.update(api.id, g, web("/ws", b.address), "remark", fmt.Sprint(i))
		own.publish(api.id)
	}
	for i := range conns {
		talk(t, conns[i], readers[i], "still here")
	}
	begin := time.Now()
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if d := time.Since(begin); d > 4*time.Second {
		t.Errorf("stopped after %v with open WebSockets", d)
	}
	for i := range conns {
		if _, err := readers[i].ReadByte(); err == nil {
			t.Fatal("a WebSocket outlived the gateway")
		}
	}
	eventually(t, "the backends' connections end", func() bool { return b.open.Load() == 0 })
}

// TestHTTP2NeverUpgrades: the field means nothing there and is refused.
func TestHTTP2NeverUpgrades(t *testing.T) {
	t.Parallel()
	p := start(t)
	g := p.admin.group("sockets")
	b := echo(t)
	p.admin.published(g, web("/ws", b.address))
	conn := p.dial(h2, g.host, "h2").(*tls.Conn)
	if got := conn.ConnectionState().NegotiatedProtocol; got != "h2" {
		t.Fatal(got)
	}
	f := speakHTTP2(t, conn)
	if err := f.open(1, true, ":method", "GET", ":scheme", "https", ":path", "/ws", ":authority", g.host,
		"upgrade", "websocket", "sec-websocket-key", socketKey, "sec-websocket-version", "13"); err != nil {
		t.Fatal(err)
	}
	if got := f.await(1); got.status != "400" || b.count() != 0 {
		t.Errorf("%+v, %d calls reached the backend", got, b.count())
	}
}
