package backend_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// pump answers each request of size bytes with 128 bytes, and does nothing else: its
// own instructions are few and the same for every client.
func pump(t testing.TB, size int) (address string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	answer := []byte("HTTP/1.1 200 OK\r\nServer: pump\r\nDate: Sun, 22 Nov 2026 16:22:34 GMT\r\nContent-Type: text/plain\r\nContent-Length: 128\r\n\r\n" + strings.Repeat("x", 128))
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buf := make([]byte, 64<<10)
				have := 0
				for {
					n, err := conn.Read(buf[have:])
					if err != nil {
						return
					}
					have += n
					head := bytes.Index(buf[:have], []byte("\r\n\r\n"))
					if head < 0 || have < head+4+size {
						continue
					}
					have = 0
					if _, err := conn.Write(answer); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// ready is a body that has come, as the engine has it.
type ready struct{ left []byte }

func (r *ready) Next(bool) ([]byte, error) {
	if len(r.left) == 0 {
		return nil, io.EOF
	}
	p := r.left
	r.left = nil
	return p, nil
}

func (r *ready) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// loop sends calls as the engine makes them, one after the other.
type loop struct {
	t       testing.TB
	b       *backend.HTTP
	ctx     context.Context
	address string
	body    []byte
	ready   ready
	waiting atomic.Pointer[http1.Conn]
}

func newLoop(t testing.TB, size int) *loop {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return &loop{t: t, b: sender(t, backend.Options{}), ctx: ctx, address: pump(t, size), body: bytes.Repeat([]byte("b"), size)}
}

func (l *loop) call() {
	c := call.Acquire(l.ctx)
	c.Waiting = &l.waiting
	c.Request.Proto = "HTTP/1.1"
	o := &c.Out
	o.Method, o.Scheme, o.Address, o.Host = "GET", "http", l.address, "backend.test"
	o.Path, o.RawQuery, o.Timeout = "/internal/users/42", "size=10&city=shenzhen", 20*time.Second
	o.Headers = append(o.Headers,
		message.Field{Name: "User-Agent", Value: "bench/1.0"}, message.Field{Name: "Accept", Value: "*/*"},
		message.Field{Name: "X-City", Value: "shenzhen"}, message.Field{Name: "X-App", Value: "app"},
		message.Field{Name: "X-Stage", Value: "RELEASE"}, message.Field{Name: "X-Request-Id", Value: "0123456789abcdef0123456789abcdef"})
	if len(l.body) > 0 {
		o.Method = "POST"
		l.ready.left = l.body
		c.Request.Body, c.Request.BodyLength = &l.ready, int64(len(l.body))
		c.LimitBody(12 << 20)
	}
	if f := l.b.Send(c); f != nil {
		l.t.Fatal(f.Message)
	}
	n := len(c.Response.Bytes)
	if c.Response.Stream != nil {
		var buf [512]byte
		for {
			m, err := c.Response.Stream.Read(buf[:])
			n += m
			if err != nil {
				break
			}
		}
		c.Response.Stream.Close()
	}
	if n != 128 {
		l.t.Fatalf("%d bytes", n)
	}
	call.Release(c)
}

func BenchmarkSend(b *testing.B) {
	for name, size := range map[string]int{"GET": 0, "POST10KB": 10 << 10} {
		b.Run(name, func(b *testing.B) {
			l := newLoop(b, size)
			for range 10 {
				l.call()
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				l.call()
			}
		})
	}
}
