package engine_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/engine"
	"github.com/lintel-gateway/lintel/internal/gateway/tunnel"
)

// What both edges have in common is tested in package edge, on both. Here is what is
// the engine's own.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests; none of them is expected to end.
const patience = 10 * time.Second

// handler answers with what it is.
type handler func(*call.Call)

func (h handler) Serve(c *call.Call) { h(c) }

func (h handler) Finish(*call.Call) {}

// answer is a plain answer of the gateway itself.
func answer(c *call.Call, body string) {
	c.Response.Status = 200
	c.Response.Bytes = []byte(body)
}

// consume reads the whole body, piece by piece, and answers with path and body.
func consume(c *call.Call) {
	got := []byte(c.Request.RawPath + " ")
	if c.Request.Body != nil {
		pieces := c.Request.Body.(call.Pieces)
		for {
			p, err := pieces.Next(true)
			got = append(got, p...)
			if err != nil {
				break
			}
		}
		c.SettleBody()
	}
	answer(c, string(got))
}

func options(h call.Handler) engine.Options {
	return engine.Options{
		Log: slog.New(slog.DiscardHandler), Clock: clock.System,
		HeaderTimeout: patience, IdleTimeout: patience, BodyGrace: patience, BodyRate: 1024, WriteTimeout: patience,
		MaxHead: 1 << 20, MaxBody: 1 << 20,
		Tunnels: tunnel.New(h, tunnel.Options{Most: 1, Idle: patience, WriteTimeout: patience}),
	}
}

// start serves connections of a loopback port.
func start(t testing.TB, h call.Handler, o engine.Options) (e *engine.Engine, address string) {
	t.Helper()
	e = engine.New(h, o)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var accepting sync.WaitGroup
	accepting.Go(func() { accept(l, e) })
	t.Cleanup(func() {
		l.Close()
		accepting.Wait()
		drain(t, e)
	})
	return e, l.Addr().String()
}

// accept serves the connections of a listener until it is closed.
func accept(l net.Listener, e *engine.Engine) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go e.ServeConn(c, false)
	}
}

func drain(t testing.TB, e *engine.Engine) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := e.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

func dial(t testing.TB, address string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c.(*net.TCPConn)
}

const host = "Host: a.example\r\n"

func get(path string) string { return "GET " + path + " HTTP/1.1\r\n" + host + "\r\n" }

// bodies are the bodies of the answers in raw, all of which have lengths.
func bodies(t testing.TB, raw string) (out []string) {
	t.Helper()
	for raw != "" {
		head, rest, ok := strings.Cut(raw, "\r\n\r\n")
		_, length, found := strings.Cut(head, "Content-Length: ")
		if !ok || !found {
			t.Fatalf("%q", raw)
		}
		n := 0
		for length != "" && '0' <= length[0] && length[0] <= '9' {
			n = n*10 + int(length[0]-'0')
			length = length[1:]
		}
		out = append(out, rest[:n])
		raw = rest[n:]
	}
	return out
}

// TestAnySplit sends a pipeline of messages in pieces of every size, through a
// connection that hands over exactly these: what is served does not depend on it.
func TestAnySplit(t *testing.T) {
	t.Parallel()
	pipeline := get("/1") +
		"POST /2 HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello\r\n" +
		"POST /3 HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-T: v\r\n\r\n" +
		"GET /4 HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n" + get("/smuggled")
	want := []string{"/1 ", "/2 hello", "/3 abcde", "/4 "}
	e := engine.New(handler(consume), options(handler(consume)))
	defer drain(t, e)
	for size := 1; size <= len(pipeline); size++ {
		near, far := net.Pipe()
		near.SetDeadline(time.Now().Add(patience))
		var writing sync.WaitGroup
		writing.Go(func() { e.ServeConn(far, false) })
		writing.Go(func() {
			for rest := pipeline; rest != ""; {
				n, err := io.WriteString(near, rest[:min(size, len(rest))])
				if rest = rest[n:]; err != nil {
					return // the last message closes
				}
			}
		})
		got, err := io.ReadAll(near)
		if err != nil {
			t.Fatal(err)
		}
		near.Close()
		writing.Wait()
		if b := bodies(t, string(got)); strings.Join(b, "|") != strings.Join(want, "|") {
			t.Fatalf("in pieces of %d bytes: %q", size, b)
		}
	}
}

// TestKeepsStrings has many callers at once whose calls hold strings of their heads
// over a wait, and reuse each other's buffers: under the race detector buffers that are
// given back are overwritten.
func TestKeepsStrings(t *testing.T) {
	t.Parallel()
	h := handler(func(c *call.Call) {
		before := strings.Clone(c.Request.RawPath)
		time.Sleep(time.Millisecond)
		if v, _ := c.Request.Headers.Get("X-Own"); v != before || c.Request.RawPath != before {
			t.Errorf("%q, %q, %q", before, c.Request.RawPath, v)
		}
		consume(c)
	})
	_, address := start(t, h, options(h))
	var callers sync.WaitGroup
	for n := range 8 {
		callers.Go(func() {
			c := dial(t, address)
			r := bufio.NewReader(c)
			for i := range 50 {
				c.SetDeadline(time.Now().Add(patience))
				path := "/" + strings.Repeat(string(rune('a'+n)), 10+i*37)
				filler := strings.Repeat("f", i*300)
				io.WriteString(c, "POST "+path+" HTTP/1.1\r\n"+host+"X-Own: "+path+"\r\nContent-Length: "+itoa(len(filler))+"\r\n\r\n"+filler)
				if got := one(t, r); got != path+" "+filler {
					t.Errorf("%.50q", got)
					return
				}
			}
		})
	}
	callers.Wait()
}
