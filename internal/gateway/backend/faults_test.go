package backend_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// TestBackendFaults is drill 11 for what fails before a body is there: the class of
// each failure, its time, and nothing sent twice that must not be.
func TestBackendFaults(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	forever := func(text string, pause time.Duration) func(net.Conn) {
		return func(w net.Conn) {
			for i := 0; ; i++ {
				if _, err := io.WriteString(w, text[i%len(text):i%len(text)+1]); err != nil {
					return
				}
				time.Sleep(pause)
			}
		}
	}
	tests := []struct {
		name  string
		serve func(w net.Conn)
		want  *call.Fault
	}{
		{"reset", func(w net.Conn) { w.(*net.TCPConn).SetLinger(0) }, call.BackendUnavailable},
		{"reset within the head", func(w net.Conn) {
			io.WriteString(w, ok+"X-A: ")
			w.(*net.TCPConn).SetLinger(0)
		}, call.BackendUnavailable},
		{"half-open", func(w net.Conn) { io.Copy(io.Discard, w) }, call.BackendTimeout},
		{"closes its half and is silent", func(w net.Conn) { w.(*net.TCPConn).CloseWrite(); io.Copy(io.Discard, w) }, call.BackendUnavailable},
		{"byte by byte", forever(ok+strings.Repeat("X-A: b\r\n", 1000), 5*time.Millisecond), call.BackendTimeout},
		{"1xx without end", func(w net.Conn) {
			for {
				if _, err := io.WriteString(w, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
					return
				}
			}
		}, call.BackendUnavailable},
		{"1xx and silence", func(w net.Conn) { io.WriteString(w, "HTTP/1.1 100 Continue\r\n\r\n"); io.Copy(io.Discard, w) }, call.BackendTimeout},
		{"1001 fields", func(w net.Conn) { io.WriteString(w, ok+strings.Repeat("A: b\r\n", 1001)+"\r\n") }, call.BackendUnavailable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var opened atomic.Int32
			address := heads(t, func(w net.Conn, r *bufio.Reader) {
				opened.Add(1)
				test.serve(w)
			})
			b := sender(t, backend.Options{})
			for i, method := range []string{"GET", "POST"} {
				c := passing(t.Context(), method, address)
				c.Out.Timeout = 300 * time.Millisecond
				begin := time.Now()
				f := b.Send(c)
				d := time.Since(begin)
				if f != test.want {
					t.Errorf("%s: %v, want %v", method, f, test.want)
				}
				if timeout := test.want == call.BackendTimeout; timeout && d < 300*time.Millisecond || d > 2*time.Second {
					t.Errorf("%s: after %v", method, d)
				}
				if n := opened.Load(); int(n) != i+1 {
					t.Errorf("%s: sent %d times", method, n)
				}
				call.Release(c)
			}
		})
	}
}

// TestResetWithinTheBody: what comes is passed on, and does not look whole.
func TestResetWithinTheBody(t *testing.T) {
	for name, head := range map[string]string{"length": "Content-Length: 9\r\n\r\nhalf", "chunks": "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "bad chunk": "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n"} {
		address := heads(t, func(w net.Conn, r *bufio.Reader) { io.WriteString(w, "HTTP/1.1 200 OK\r\n"+head) })
		c := passing(t.Context(), "GET", address)
		if f := sender(t, backend.Options{}).Send(c); f != nil {
			t.Fatal(name, f)
		}
		if b, err := io.ReadAll(c.Response.Stream); string(b) != "half" || err == nil {
			t.Errorf("%s: %q, %v", name, b, err)
		}
		call.Release(c)
	}
}

// TestCallersFaultsKeepConnections: a body that is malformed from its beginning costs
// no connection and reaches no backend.
func TestCallersFaultsKeepConnections(t *testing.T) {
	h := manual(t, nil, func(_, _ int, w net.Conn) bool { io.WriteString(w, ok2); return true })
	b := sender(t, backend.Options{})
	for i := range 9 {
		c := posted(t, h.address, "x", true)
		if i%3 == 1 {
			call.Release(c)
			c = passing(t.Context(), "POST", h.address)
			c.Request.Body, c.Request.BodyLength = malformed{}, -1
			c.LimitBody(100)
		}
		if _, _, f := through(t, b, c); (i%3 == 1) != (f == call.BadBody) {
			t.Errorf("call %d: %v", i, f)
		}
	}
	if got, want := h.requests(), strings.TrimSuffix(strings.Repeat("0 POST x, ", 6), ", "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// malformed is a body of which is known at once that it is.
type malformed struct{}

func (malformed) Next(bool) ([]byte, error)  { return nil, &call.BodyError{Fault: call.BadBody} }
func (malformed) Read(p []byte) (int, error) { return 0, &call.BodyError{Fault: call.BadBody} }

// TestProtocolChanges: that a backend has chosen HTTP/2 in ALPN is remembered and not
// believed: it may choose HTTP/1.1 in the next handshake, and loses no call by it.
func TestProtocolChanges(t *testing.T) {
	start := func(http2 bool) *httptest.Server {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
		s.EnableHTTP2 = http2
		s.StartTLS()
		return s
	}
	s := start(true)
	address := s.Listener.Addr().String()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	var now atomic.Pointer[string] // where the backend is
	now.Store(&address)
	b := sender(t, backend.Options{RootCAs: roots, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, *now.Load())
	}})
	for _, want := range []string{"HTTP/2.0", "HTTP/1.1"} {
		for range 3 {
			c := posted(t, address, "x", true)
			c.Out.Scheme = "https"
			if _, got, f := through(t, b, c); got != want {
				t.Fatalf("%q, %v, want %s", got, f, want)
			}
		}
		s.CloseClientConnections()
		s.Close()
		if want == "HTTP/1.1" {
			break
		}
		time.Sleep(20 * time.Millisecond) // until the ends of the connections have come here
		s = start(false)
		moved := s.Listener.Addr().String()
		now.Store(&moved)
	}
}

// TestOneHandshake: the connection on which HTTP/2 was chosen is the one that is used.
func TestOneHandshake(t *testing.T) {
	var handshakes atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	s.EnableHTTP2 = true
	s.TLS = &tls.Config{VerifyConnection: func(tls.ConnectionState) error { handshakes.Add(1); return nil }}
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	b := sender(t, backend.Options{RootCAs: roots})
	for range 3 {
		c := posted(t, s.Listener.Addr().String(), "x", true)
		c.Out.Scheme = "https"
		if _, got, f := through(t, b, c); got != "HTTP/2.0" {
			t.Fatal(got, f)
		}
	}
	if n := handshakes.Load(); n != 1 {
		t.Errorf("%d handshakes", n)
	}
}
