package edge_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
	"github.com/lintel-gateway/lintel/internal/message"
)

const handshake = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

// tunnelling is a handler that answers 101 with one end of a connection; the other
// ends come out of backends.
type tunnelling struct {
	handler
	backends chan *net.TCPConn
	finished chan [2]int64 // Request.Size beyond the head, Response.Sent
}

func tunnels(t testing.TB) *tunnelling {
	h := &tunnelling{backends: make(chan *net.TCPConn, 8), finished: make(chan [2]int64, 8)}
	l := listen(t)
	t.Cleanup(func() { l.Close() })
	h.serve = func(c *call.Call) {
		if c.Request.NoTunnel != nil {
			answer(c, c.Request.NoTunnel.Status, c.Request.NoTunnel.Message)
			return
		}
		near, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			panic(err)
		}
		far, err := l.Accept()
		if err != nil {
			panic(err)
		}
		far.SetDeadline(time.Now().Add(patience))
		c.Response.Status, c.Response.Tunnel = 101, near
		c.Response.Headers = append(c.Response.Headers, message.Field{Name: "Sec-WebSocket-Protocol", Value: "chat\r\nX: y"},
			message.Field{Name: "Connection", Value: "close"}, message.Field{Name: "Content-Length", Value: "3"})
		h.backends <- far.(*net.TCPConn)
	}
	h.finish = func(c *call.Call) {
		h.finished <- [2]int64{c.Request.Size - int64(len(handshake)), c.Response.Sent}
	}
	return h
}

// opened dials, shakes hands and returns both ends.
func (h *tunnelling) opened(t testing.TB, addr string) (caller *net.TCPConn, backend *net.TCPConn) {
	t.Helper()
	caller = dial(t, addr)
	io.WriteString(caller, handshake)
	head := make([]byte, 1024)
	n := 0
	for !strings.HasSuffix(string(head[:n]), "\r\n\r\n") {
		m, err := caller.Read(head[n:])
		if n += m; err != nil {
			t.Fatalf("%q, %v", head[:n], err)
		}
	}
	want := "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: chat  X: y\r\n\r\n"
	if string(head[:n]) != want {
		t.Fatalf("head %q, want %q", head[:n], want)
	}
	return caller, <-h.backends
}

// TestTunnel: bytes that are no HTTP pass in both directions, in small pieces and in
// large ones, the ends of both halves are passed on, and the record counts.
func TestTunnel(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := tunnels(t)
		s, addr := e.start(t, h, edge.Options{})
		caller, backend := h.opened(t, addr)
		const odd = "\x00\x81GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
		large := strings.Repeat("large piece ", 300_000)
		for _, piece := range []string{odd, large, "x", strings.Repeat("y", 256)} {
			for _, way := range [][2]*net.TCPConn{{caller, backend}, {backend, caller}} {
				go io.WriteString(way[0], piece)
				got := make([]byte, len(piece))
				if _, err := io.ReadFull(way[1], got); err != nil || string(got) != piece {
					t.Fatalf("%.20q…: %v, equal %v", piece, err, string(got) == piece)
				}
			}
		}
		if n := s.Tunnels(); n != 1 {
			t.Errorf("%d tunnels", n)
		}
		if n := s.InFlight(); n != 0 {
			t.Errorf("%d calls in flight", n)
		}
		caller.CloseWrite()
		if b, err := io.ReadAll(backend); err != nil || len(b) != 0 {
			t.Errorf("the caller's end: %q, %v", b, err)
		}
		io.WriteString(backend, "last word")
		backend.Close()
		if b, err := io.ReadAll(caller); err != nil || string(b) != "last word" {
			t.Errorf("the backend's end: %q, %v", b, err)
		}
		all := int64(len(odd) + len(large) + 1 + 256)
		if got := <-h.finished; got != [2]int64{all, all + int64(len("last word"))} {
			t.Errorf("counted %v, want %d", got, all)
		}
		for s.Tunnels() != 0 {
			time.Sleep(time.Millisecond)
		}
	})
}

// TestTunnelEarly: whoever sends on before the 101 gets none; the bytes are nobody's
// request either.
func TestTunnelEarly(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := tunnels(t)
		s, addr := e.start(t, h, edge.Options{})
		got := exchange(t, addr, handshake+get("/smuggled"))
		if !strings.HasPrefix(got, "HTTP/1.1 400 ") || len(statuses(got)) != 1 {
			t.Errorf("%q", got)
		}
		if b, err := io.ReadAll(<-h.backends); err != nil || len(b) != 0 {
			t.Errorf("the backend got %q, %v", b, err)
		}
		<-h.finished
		quiet(t, s)
		if calls := h.calls(); len(calls) != 1 || s.Tunnels() != 0 {
			t.Errorf("served %q, %d tunnels", calls, s.Tunnels())
		}
	})
}

// TestTunnelIdle: a byte in one direction keeps both open; without one both end.
func TestTunnelIdle(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := tunnels(t)
		_, addr := e.start(t, h, edge.Options{TunnelIdle: 300 * time.Millisecond})
		caller, backend := h.opened(t, addr)
		b := make([]byte, 1)
		for range 6 {
			time.Sleep(100 * time.Millisecond)
			io.WriteString(backend, "x")
			if _, err := io.ReadFull(caller, b); err != nil {
				t.Fatal(err)
			}
		}
		begin := time.Now()
		for _, c := range []net.Conn{caller, backend} {
			if _, err := c.Read(b); err == nil {
				t.Error("not ended")
			}
		}
		if d := time.Since(begin); d < 100*time.Millisecond {
			t.Errorf("ended after %v", d)
		}
		<-h.finished
	})
}

// TestTunnelsBounded: one more than MaxTunnels is refused, and a place that is free
// again is used again, whatever became of the request that had it.
func TestTunnelsBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := tunnels(t)
		s, addr := e.start(t, h, edge.Options{MaxTunnels: 1})
		caller, _ := h.opened(t, addr)
		for range 3 {
			c := dial(t, addr)
			io.WriteString(c, handshake)
			r, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || r.StatusCode != 503 {
				t.Fatalf("%+v, %v", r, err)
			}
			<-h.finished
		}
		caller.Close()
		<-h.finished
		for s.Tunnels() != 0 {
			time.Sleep(time.Millisecond)
		}
		h.opened(t, addr)
	})
}

// TestTunnelPlaceAfterPanic: a place whose request ends its handler is free again.
func TestTunnelPlaceAfterPanic(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := &handler{serve: func(c *call.Call) {
			if c.Request.NoTunnel != nil {
				t.Error("no place left")
			}
			panic(http.ErrAbortHandler)
		}}
		s, addr := e.start(t, h, edge.Options{MaxTunnels: 1})
		for range 3 {
			if got := patient(t, addr, handshake); got != "" {
				t.Errorf("%q", got)
			}
		}
		quiet(t, s)
		if n := s.Tunnels(); n != 0 {
			t.Errorf("%d places taken", n)
		}
	})
}

// TestTunnelDrain: Shutdown cuts tunnels and finishes their calls before it
// returns.
func TestTunnelDrain(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := tunnels(t)
		s, addr := e.start(t, h, edge.Options{})
		caller, backend := h.opened(t, addr)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		select {
		case <-h.finished:
		default:
			t.Error("the call was not finished")
		}
		for _, c := range []net.Conn{caller, backend} {
			if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("%d, %v", n, err)
			}
		}
	})
}

// TestTunnelStalled: a side that takes nothing ends the tunnel, also after the
// deadlines that net/http had set are gone.
func TestTunnelStalled(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := tunnels(t)
		_, addr := e.start(t, h, edge.Options{WriteTimeout: 200 * time.Millisecond})
		_, backend := h.opened(t, addr) // nobody reads the caller
		begin := time.Now()
		if _, err := io.Copy(backend, endless{}); err == nil {
			t.Error("written for ever")
		}
		if d := time.Since(begin); d > patience {
			t.Errorf("ended after %v", d)
		}
		<-h.finished
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
