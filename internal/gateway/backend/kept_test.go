package backend_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// host is a backend whose connections a test works by hand.
type host struct {
	address string
	mu      sync.Mutex
	opened  int
	seen    []string // "<connection> <method> <body>"
}

// manual serves each connection in a goroutine: answer gets what a request is the
// how-manieth on which connection, from 0, and writes. It reports whether to read on.
func manual(t testing.TB, secure *tls.Config, answer func(conn, request int, w net.Conn) bool) *host {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &host{address: l.Addr().String()}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			raw.SetDeadline(time.Now().Add(20 * time.Second))
			h.mu.Lock()
			n := h.opened
			h.opened++
			h.mu.Unlock()
			conn := raw
			if secure != nil {
				conn = tls.Server(&gathering{Conn: raw}, secure)
			}
			running.Go(func() {
				defer raw.Close()
				r := bufio.NewReader(conn)
				for i := 0; ; i++ {
					request, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					body, err := io.ReadAll(request.Body)
					if err != nil {
						return
					}
					h.mu.Lock()
					h.seen = append(h.seen, fmt.Sprint(n, " ", request.Method, " ", string(body)))
					h.mu.Unlock()
					if !answer(n, i, conn) {
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() { l.Close(); running.Wait() })
	return h
}

func (h *host) requests() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.seen, ", ")
}

const ok2 = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// through sends one call and releases it.
func through(t testing.TB, b *backend.HTTP, c *call.Call) (status int, text string, f *call.Fault) {
	t.Helper()
	defer call.Release(c)
	if f := b.Send(c); f != nil {
		return 0, "", f
	}
	return c.Response.Status, answer(t, c), nil
}

// posted is a call with a body that has come (buffered) or is yet to come.
func posted(t testing.TB, address, text string, buffered bool) *call.Call {
	c := passing(t.Context(), "POST", address)
	c.Request.Body, c.Request.BodyLength = strings.NewReader(text), int64(len(text))
	c.LimitBody(1 << 20)
	if buffered {
		if _, f := c.Buffer(); f != nil {
			t.Fatal(f)
		}
	}
	return c
}

// identity is the certificate of a test server for 127.0.0.1, and who trusts it.
func identity(t testing.TB) (*tls.Config, *x509.CertPool) {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates}, roots
}

// TestStaleConnection: a kept connection that the backend has closed since is found
// out before anything is sent, so that even a POST is sent on another, with its body.
func TestStaleConnection(t *testing.T) {
	config, roots := identity(t)
	for _, secure := range []*tls.Config{nil, config} {
		for _, buffered := range []bool{true, false} {
			closed := make(chan struct{}, 1)
			h := manual(t, secure, func(conn, _ int, w net.Conn) bool {
				io.WriteString(w, ok2)
				if conn == 0 {
					w.Close()
					closed <- struct{}{}
				}
				return conn > 0
			})
			b := sender(t, backend.Options{RootCAs: roots})
			for i, text := range []string{"one", "two"} {
				c := posted(t, h.address, text, buffered)
				if secure != nil {
					c.Out.Scheme = "https"
				}
				if status, got, f := through(t, b, c); status != 200 || got != "ok" {
					t.Fatalf("%s: %d %q, %v", text, status, got, f)
				}
				if i == 0 {
					<-closed
					time.Sleep(20 * time.Millisecond) // until the end has come here
				}
			}
			if got, want := h.requests(), "0 POST one, 1 POST two"; got != want {
				t.Errorf("TLS %v, buffered %v: %s, want %s", secure != nil, buffered, got, want)
			}
		}
	}
}

// TestUnsolicited: what a backend sends unasked answers nobody, wherever it lies: read
// ahead behind the answer, in the socket, in a TLS record of its own or in half of one.
func TestUnsolicited(t *testing.T) {
	const poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
	config, roots := identity(t)
	tests := []struct {
		name   string
		secure bool
		say    func(w net.Conn)
	}{
		{"with the answer", false, func(w net.Conn) { io.WriteString(w, ok2+poison) }},
		{"behind the answer", false, func(w net.Conn) { io.WriteString(w, ok2); time.Sleep(10 * time.Millisecond); io.WriteString(w, poison) }},
		{"with the answer, TLS", true, func(w net.Conn) { io.WriteString(w, ok2+poison) }},
		{"two records in one segment", true, func(w net.Conn) { records(w, 0, ok2, poison) }},
		{"half a record behind the answer", true, func(w net.Conn) { records(w, 20, ok2, poison) }},
		{"behind the answer, TLS", true, func(w net.Conn) { io.WriteString(w, ok2); time.Sleep(10 * time.Millisecond); io.WriteString(w, poison) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			said := make(chan struct{}, 8)
			secure := config
			if !test.secure {
				secure = nil
			}
			h := manual(t, secure, func(conn, _ int, w net.Conn) bool {
				if conn == 0 {
					test.say(w)
					said <- struct{}{}
				} else {
					io.WriteString(w, ok2)
				}
				return true
			})
			b := sender(t, backend.Options{RootCAs: roots})
			for i, buffered := range []bool{true, true, false} {
				c := posted(t, h.address, "x", buffered)
				if test.secure {
					c.Out.Scheme = "https"
				}
				if status, got, f := through(t, b, c); status != 200 || got != "ok" {
					t.Fatalf("call %d: %d %q, %v", i, status, got, f)
				}
				if i == 0 {
					<-said
					time.Sleep(20 * time.Millisecond)
				}
			}
			if got, want := h.requests(), "0 POST x, 1 POST x, 1 POST x"; got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// records writes texts as TLS records with one write below TLS, without the last
// missing bytes.
func records(w net.Conn, missing int, texts ...string) {
	c := w.(*tls.Conn)
	below := c.NetConn().(*gathering)
	below.hold = true
	for _, text := range texts {
		io.WriteString(c, text)
	}
	below.hold = false
	p := below.held.Bytes()
	below.Conn.Write(p[:len(p)-missing])
}

// gathering is a connection whose writes can be held back.
type gathering struct {
	net.Conn
	hold bool
	held bytes.Buffer
}

func (g *gathering) Write(p []byte) (int, error) {
	if g.hold {
		return g.held.Write(p)
	}
	return g.Conn.Write(p)
}

// TestKeptOverTLS: calls share a TLS connection, a session ticket that came behind
// the answer does not end it, and a connection serves only whom it was verified for.
func TestKeptOverTLS(t *testing.T) {
	config, roots := identity(t)
	h := manual(t, config, func(_, _ int, w net.Conn) bool { io.WriteString(w, ok2); return true })
	b := sender(t, backend.Options{RootCAs: roots})
	for _, name := range []string{"", "", "example.com", "example.com", ""} {
		c := posted(t, h.address, name, true)
		c.Out.Scheme, c.Out.ServerName = "https", name
		if _, got, f := through(t, b, c); got != "ok" {
			t.Fatal(got, f)
		}
	}
	if got, want := h.requests(), "0 POST , 0 POST , 1 POST example.com, 1 POST example.com, 0 POST "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestNotKept: connections whose last message they are, by what either side says.
func TestNotKept(t *testing.T) {
	for name, text := range map[string]string{
		"close":          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.0":       "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
		"until the end":  "HTTP/1.1 200 OK\r\n\r\nok",
		"204 and a body": "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok",
	} {
		h := manual(t, nil, func(_, _ int, w net.Conn) bool { io.WriteString(w, text); return name != "until the end" })
		b := sender(t, backend.Options{})
		for range 2 {
			if _, _, f := through(t, b, posted(t, h.address, "x", true)); f != nil {
				t.Fatal(name, f)
			}
		}
		if got, want := h.requests(), "0 POST x, 1 POST x"; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// TestUnreadAnswer: who does not read an answer to its end takes its connection away.
func TestUnreadAnswer(t *testing.T) {
	h := manual(t, nil, func(_, i int, w net.Conn) bool {
		io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("x", 100000))
		return true
	})
	b := sender(t, backend.Options{})
	for range 2 {
		c := passing(t.Context(), "GET", h.address)
		if f := b.Send(c); f != nil {
			t.Fatal(f)
		}
		c.Response.Stream.Read(make([]byte, 10))
		c.Response.Stream.Close()
		if n, err := c.Response.Stream.Read(make([]byte, 10)); n > 0 || err == nil || err == io.EOF {
			t.Errorf("read %d bytes of a closed body, %v", n, err)
		}
		call.Release(c)
	}
	if got, want := h.requests(), "0 GET , 1 GET "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestRepeats: which requests are sent again when the kept connection was closed
// without an answer by a backend that may have seen them.
func TestRepeats(t *testing.T) {
	for _, test := range []struct {
		method, key string
		body, again bool
	}{
		{"GET", "", false, true}, {"HEAD", "", false, true}, {"OPTIONS", "", false, true},
		{"GET", "", true, false}, {"POST", "", false, false}, {"POST", "", true, false},
		{"PUT", "", false, false}, {"DELETE", "", false, false}, {"POST", "k", false, true}, {"POST", "k", true, false},
	} {
		h := manual(t, nil, func(conn, request int, w net.Conn) bool {
			if conn == 0 && request == 1 {
				return false
			}
			io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			return true
		})
		b := sender(t, backend.Options{})
		var f *call.Fault
		for range 2 {
			text := ""
			if test.body {
				text = "x"
			}
			c := posted(t, h.address, text, true)
			c.Out.Method = test.method
			if test.key != "" {
				c.Out.Headers = append(c.Out.Headers, message.Field{Name: "idempotency-key", Value: test.key})
			}
			_, _, f = through(t, b, c)
		}
		requests := strings.Count(h.requests(), ",") + 1
		if test.again && (f != nil || requests != 3) || !test.again && (f != call.BackendUnavailable || requests != 2) {
			t.Errorf("%+v: %v, sent %s", test, f, h.requests())
		}
	}
}
