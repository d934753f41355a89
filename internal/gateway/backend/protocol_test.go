package backend_test

import (
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// server speaks the protocols that set chooses.
func server(t *testing.T, secure bool, h http.HandlerFunc, set func(*http.Protocols)) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.Protocols = new(http.Protocols)
	set(s.Config.Protocols)
	s.EnableHTTP2 = s.Config.Protocols.HTTP2()
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// grpcCall is a call as gRPC makes it, with a body.
func grpcCall(t *testing.T, address string, body io.Reader) *call.Call {
	c := outbound(t, "POST", address)
	c.Request.Proto = "HTTP/2.0"
	c.Request.Headers = append(c.Request.Headers, message.Field{Name: "content-type", Value: "application/grpc+proto"})
	c.Request.Index()
	if body != nil {
		c.Request.Body, c.Request.BodyLength = body, -1
		c.LimitBody(1 << 20)
	}
	return c
}

// TestProtocols: what is spoken with whom.
func TestProtocols(t *testing.T) {
	report := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Te", r.Header.Get("Te"))
		io.WriteString(w, r.Proto)
	}
	tests := []struct {
		name   string
		secure bool
		speaks func(*http.Protocols)
		grpc   bool
		want   string
		fault  *call.Fault
	}{
		{"http", false, func(p *http.Protocols) { p.SetHTTP1(true); p.SetUnencryptedHTTP2(true) }, false, "HTTP/1.1", nil},
		{"gRPC over http", false, func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }, true, "HTTP/2.0", nil},
		{"gRPC to somebody without HTTP/2", false, func(p *http.Protocols) { p.SetHTTP1(true) }, true, "", call.BackendNotHTTP2},
		{"https with h2", true, func(p *http.Protocols) { p.SetHTTP1(true); p.SetHTTP2(true) }, false, "HTTP/2.0", nil},
		{"https without h2", true, func(p *http.Protocols) { p.SetHTTP1(true) }, false, "HTTP/1.1", nil},
		{"gRPC over https", true, func(p *http.Protocols) { p.SetHTTP1(true); p.SetHTTP2(true) }, true, "HTTP/2.0", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := server(t, test.secure, report, test.speaks)
			o := backend.Options{}
			if test.secure {
				o.RootCAs = x509.NewCertPool()
				o.RootCAs.AddCert(s.Certificate())
			}
			b := sender(t, o)
			for range 2 { // the second over the connection of the first
				c := outbound(t, "GET", s.Listener.Addr().String())
				if test.grpc {
					c = grpcCall(t, s.Listener.Addr().String(), strings.NewReader("x"))
				}
				if test.secure {
					c.Out.Scheme = "https"
				}
				f := b.Send(c)
				if f != test.fault {
					t.Fatalf("fault %v, want %v", f, test.fault)
				}
				if f != nil {
					return
				}
				te, _ := c.Response.Headers.Get("X-Te")
				if got := answer(t, c); got != test.want || (te == "trailers") != test.grpc {
					t.Errorf("%s, TE %q", got, te)
				}
				if c.Timing.BackendConnect == call.NotConnected {
					t.Error("no time to connect")
				}
			}
		})
	}
}

// TestGRPCIsExact: only HTTP/2 with the very content type is gRPC.
func TestGRPCIsExact(t *testing.T) {
	s := server(t, false, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) },
		func(p *http.Protocols) { p.SetHTTP1(true); p.SetUnencryptedHTTP2(true) })
	for _, test := range []struct{ proto, kind, want string }{
		{"HTTP/2.0", "application/grpc", "HTTP/2.0"}, {"HTTP/2.0", "Application/GRPC; x=y", "HTTP/2.0"}, {"HTTP/1.1", "application/grpc", "HTTP/1.1"},
		{"HTTP/2.0", "application/grpc-web", "HTTP/1.1"}, {"HTTP/2.0", "application/grpcx", "HTTP/1.1"}, {"HTTP/2.0", "", "HTTP/1.1"},
	} {
		c := outbound(t, "POST", s.Listener.Addr().String())
		c.Request.Proto = test.proto
		c.Request.Headers = append(c.Request.Headers, message.Field{Name: "Content-Type", Value: test.kind})
		c.Request.Index()
		if f := sender(t, backend.Options{}).Send(c); f != nil {
			t.Fatal(f)
		}
		if got := answer(t, c); got != test.want {
			t.Errorf("%s %q: %s", test.proto, test.kind, got)
		}
	}
}

// TestTrailers that nobody announced come through, from HTTP/2 and from chunks.
func TestTrailers(t *testing.T) {
	for _, grpc := range []bool{true, false} {
		s := server(t, false, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "data")
			http.NewResponseController(w).Flush()
			w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
			w.Header().Set(http.TrailerPrefix+"Set-Cookie", "no trailer")
		}, func(p *http.Protocols) { p.SetHTTP1(!grpc); p.SetUnencryptedHTTP2(grpc) })
		c := outbound(t, "GET", s.Listener.Addr().String())
		if grpc {
			c = grpcCall(t, s.Listener.Addr().String(), nil)
		}
		if f := sender(t, backend.Options{}).Send(c); f != nil {
			t.Fatal(f)
		}
		if got := answer(t, c); got != "data" {
			t.Error(got)
		}
		if got := c.Response.Trailers(); len(got) != 1 || got[0] != (message.Field{Name: "Grpc-Status", Value: "0"}) {
			t.Errorf("trailers %v", got)
		}
	}
}

// TestReadAfterReset: net/http may close a body just before it reads on. That Read
// must not wait for a caller who says nothing more.
func TestReadAfterReset(t *testing.T) {
	silent, _ := io.Pipe()
	if n, err := backend.ClosedBody(silent).Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("%d, %v", n, err)
	}
}

// TestResetWhileCallerIsSilent: a backend that resets the stream of a caller who
// sends nothing for now is noticed at once, before the head of the answer and after.
func TestResetWhileCallerIsSilent(t *testing.T) {
	for _, head := range []bool{false, true} {
		s := server(t, false, func(w http.ResponseWriter, r *http.Request) {
			io.ReadFull(r.Body, make([]byte, 1))
			if head {
				w.WriteHeader(200)
				http.NewResponseController(w).Flush()
			}
			panic(http.ErrAbortHandler)
		}, func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) })
		silent, say := io.Pipe()
		go say.Write([]byte("x"))
		c := grpcCall(t, s.Listener.Addr().String(), silent)
		c.Out.Timeout = time.Minute
		begin := time.Now()
		f := sender(t, backend.Options{}).Send(c)
		if head {
			if f != nil {
				t.Fatal(f)
			}
			if b, err := io.ReadAll(c.Response.Stream); err == nil {
				t.Errorf("a whole answer %q", b)
			}
			c.Response.Stream.Close()
		} else if f != call.BackendUnavailable {
			t.Errorf("fault %v", f)
		}
		if d := time.Since(begin); d > 10*time.Second {
			t.Errorf("noticed after %v", d)
		}
		say.CloseWithError(io.ErrClosedPipe)
	}
}

// TestTunnel takes the connection of a backend that accepts the handshake, with what
// it said at once, and of nobody else.
func TestTunnel(t *testing.T) {
	const (
		key  = "dGhlIHNhbXBsZSBub25jZQ=="
		good = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-Own: v\r\n\r\n"
	)
	tests := []struct{ name, answer string }{
		{"good", good},
		{"no accept", strings.Replace(good, "Sec-WebSocket-Accept", "X-Accept", 1)},
		{"accept of another key", strings.Replace(good, "s3p", "S3p", 1)},
		{"two accepts", strings.Replace(good, "X-Own: v", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 1)},
		{"another protocol", strings.Replace(good, "WebSocket\r", "h2c\r", 1)},
		{"no upgrade", strings.Replace(good, "Connection: Upgrade", "Connection: close", 1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			address := script(t, func(request []string, w net.Conn) {
				io.WriteString(w, test.answer+"Content-Length: 1\r\nContent-Length: 1\r\n\r\n") // no head any more
			})
			c := outbound(t, "GET", address)
			c.Request.WebSocket = true
			c.Out.Headers = append(c.Out.Headers, message.Field{Name: "Sec-WebSocket-Key", Value: key})
			f := sender(t, backend.Options{}).Send(c)
			if test.name != "good" {
				if f != call.BackendUnavailable || c.Response.Tunnel != nil {
					t.Errorf("%v, tunnel %v", f, c.Response.Tunnel)
				}
				return
			}
			if f != nil {
				t.Fatal(f)
			}
			defer c.Response.Tunnel.Close()
			b := make([]byte, 19)
			if _, err := io.ReadFull(c.Response.Tunnel, b); err != nil || string(b) != "Content-Length: 1\r\n" {
				t.Errorf("%q, %v", b, err)
			}
			if v, _ := c.Response.Headers.Get("X-Own"); v != "v" || c.Response.Status != 101 || c.Timing.BackendStatus != 101 {
				t.Errorf("%+v", c.Response)
			}
		})
	}
}

// TestUninvited: 101 without a handshake is no answer, and neither are the heads
// that it hides.
func TestUninvited(t *testing.T) {
	for _, status := range []string{"101 Switching Protocols", "111 Odd"} {
		address := script(t, func(_ []string, w net.Conn) {
			io.WriteString(w, "HTTP/1.1 "+status+"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"+
				"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok")
		})
		if f := sender(t, backend.Options{}).Send(outbound(t, "GET", address)); f != call.BackendUnavailable {
			t.Errorf("%s: %v", status, f)
		}
	}
}

// TestNoRepeatedPOST: a kept connection that the backend closes under a request
// brings a GET a second try and a POST none.
func TestNoRepeatedPOST(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		requests := make(chan string, 8)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				once(conn, requests) // answers once and closes when asked again
			}
		}()
		transport := backend.NewTransport(backend.Options{Dial: new(net.Dialer).DialContext})
		b := backend.NewHTTP(transport, clock.System)
		c := passing(t.Context(), method, l.Addr().String())
		if f := b.Send(c); f != nil {
			t.Fatal(f)
		}
		answer(t, c)
		call.Release(c)
		c = outbound(t, method, l.Addr().String())
		c.Request.Body, c.Request.BodyLength = strings.NewReader("x"), 1
		if method == "GET" {
			c.Request.Body, c.Request.BodyLength = nil, 0
		}
		f := b.Send(c)
		if method == "GET" {
			if f != nil {
				t.Errorf("GET: %v", f)
			} else {
				answer(t, c)
			}
		} else if f != call.BackendUnavailable {
			t.Errorf("POST: %v", f)
		}
		transport.Close()
		l.Close()
		<-done
		want := map[string]int{"GET": 3, "POST": 2}[method]
		if len(requests) != want {
			t.Errorf("%s: the backend saw %d requests, want %d", method, len(requests), want)
		}
	}
}

func once(conn net.Conn, requests chan<- string) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	buf := make([]byte, 4096)
	for i := range 2 {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		requests <- string(buf[:n])
		if i == 0 {
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	}
}
