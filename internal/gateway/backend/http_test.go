package backend_test

import (
	"context"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/message"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// outbound returns a call that is ready to be sent to address. It is released when
// the test ends.
func outbound(t testing.TB, method, address string) *call.Call {
	c := passing(t.Context(), method, address)
	t.Cleanup(func() { call.Release(c) })
	return c
}

// passing is outbound for who releases the call.
func passing(ctx context.Context, method, address string) *call.Call {
	c := call.Acquire(ctx)
	c.Request.Method, c.Request.Proto, c.Request.Host = method, "HTTP/1.1", "example.com"
	c.Request.RawPath = "/"
	c.Request.Headers = append(c.Request.Headers, message.Field{Name: "Host", Value: "example.com"})
	c.Out.Method, c.Out.Scheme, c.Out.Address, c.Out.Host = method, "http", address, "backend.test"
	c.Out.Path, c.Out.RawQuery, c.Out.Timeout = "/a%20b/c@d", "x=1&&y=%20", 2*time.Second
	c.Out.Headers = append(c.Out.Headers,
		message.Field{Name: "X-Two", Value: "1"}, message.Field{Name: "x-own", Value: "v"}, message.Field{Name: "X-two", Value: "2"})
	return c
}

func sender(t testing.TB, o backend.Options) *backend.HTTP {
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	transport := backend.NewTransport(o)
	t.Cleanup(transport.Close)
	return backend.NewHTTP(transport, clock.System)
}

// answer reads the response's body to its end, as an edge does.
func answer(t testing.TB, c *call.Call) string {
	t.Helper()
	if c.Response.Stream == nil {
		return string(c.Response.Bytes)
	}
	b, err := io.ReadAll(c.Response.Stream)
	if err != nil {
		t.Fatal(err)
	}
	c.Response.Stream.Close()
	return string(b)
}

func TestSendsExactly(t *testing.T) {
	var got []string
	address := script(t, func(request []string, w net.Conn) {
		got = request
		io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	})
	c := outbound(t, "GET", address)
	if f := sender(t, backend.Options{}).Send(c); f != nil {
		t.Fatal(f.Message)
	}
	if body := answer(t, c); body != "ok" {
		t.Fatal(body)
	}
	slices.Sort(got[1:])
	want := []string{"GET /a%20b/c@d?x=1&&y=%20 HTTP/1.1", "Host: backend.test", "X-Apig-Hops: 1", "X-Two: 1", "X-two: 2", "x-own: v"}
	if !slices.Equal(got, want) {
		t.Errorf("sent %q\nwant %q", got, want)
	}
	if c.Timing.BackendAddr != address || c.Timing.BackendStatus != 200 || c.Timing.BackendStart.IsZero() || c.Timing.BackendHeader.Before(c.Timing.BackendStart) {
		t.Errorf("timing %+v", c.Timing)
	}
}

// TestOneRequestLine: nothing in a target or a field makes a second line, or a second
// target, of one.
func TestOneRequestLine(t *testing.T) {
	var got []string
	address := script(t, func(request []string, w net.Conn) {
		got = request
		io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	})
	c := outbound(t, "POST", address)
	c.Out.Path, c.Out.RawQuery = "/a\tb", "x=1 HTTP/1.1\r\nX-Evil: 1\x7f"
	c.Out.Headers = append(c.Out.Headers[:0], message.Field{Name: "X-A", Value: "1\r\nX-Evil: 2"}, message.Field{Name: "X-B: 1\r\nX-Evil", Value: "3"},
		message.Field{Name: "content-length", Value: "5"}, message.Field{Name: "Transfer-encoding", Value: "chunked"}, message.Field{Name: "HOST", Value: "evil.test"},
		message.Field{Name: "Connection", Value: "close"}, message.Field{Name: "X-APIG-hops", Value: "0"})
	if f := sender(t, backend.Options{}).Send(c); f != nil {
		t.Fatal(f.Message)
	}
	want := []string{"POST /a%09b?x=1%20HTTP/1.1%0D%0AX-Evil:%201%7F HTTP/1.1", "Host: backend.test", "X-A: 1  X-Evil: 2", "X-Apig-Hops: 1", "Content-Length: 0"}
	if !slices.Equal(got, want) {
		t.Errorf("sent %q\nwant %q", got, want)
	}
}

func TestAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Date"] = nil
		switch r.URL.Query().Get("case") {
		case "redirect":
			h.Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusFound)
		case "compressed":
			h.Set("Content-Encoding", "gzip")
			io.WriteString(w, "not really")
		case "early hints":
			h.Set("Link", "</a>")
			w.WriteHeader(http.StatusEarlyHints)
			h.Del("Link")
			w.WriteHeader(http.StatusTeapot)
		case "echo":
			b, _ := io.ReadAll(r.Body)
			h.Set("X-Length", strings.Join(append([]string{r.Header.Get("Content-Length")}, r.TransferEncoding...), ","))
			w.Write(b)
		case "trailers":
			h.Set("Trailer", "X-Sum, Set-Cookie")
			io.WriteString(w, "data")
			h.Set("X-Sum", "7")
			h.Set("Set-Cookie", "late=1")
		}
	}))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")

	tests := []struct {
		name, method, body string
		length             int64 // of the body
		status             int
		headers, want      string
		responseLength     int64
	}{
		{name: "redirect", method: "GET", status: 302, headers: "Location: /elsewhere"},
		{name: "compressed", method: "GET", status: 200, headers: "Content-Encoding: gzip", want: "not really", responseLength: 10},
		{name: "early hints", method: "GET", status: 418},
		{name: "echo", method: "POST", body: "hello", length: 5, status: 200, want: "hello", responseLength: 5, headers: "X-Length: 5"},
		{name: "echo", method: "PUT", body: "hello", length: -1, status: 200, want: "hello", responseLength: 5, headers: "X-Length: ,chunked"},
		{name: "trailers", method: "GET", status: 200, want: "data", responseLength: -1},
		{name: "compressed", method: "HEAD", status: 200, headers: "Content-Encoding: gzip", responseLength: 10},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.method, func(t *testing.T) {
			c := outbound(t, test.method, address)
			c.Out.RawQuery = "case=" + strings.ReplaceAll(test.name, " ", "+")
			if test.body != "" {
				c.Request.Body, c.Request.BodyLength = io.MultiReader(strings.NewReader(test.body)), test.length
				c.LimitBody(100)
			}
			if f := sender(t, backend.Options{}).Send(c); f != nil {
				t.Fatal(f.Message)
			}
			r := &c.Response
			if got := answer(t, c); r.Status != test.status || got != test.want || r.Length != test.responseLength {
				t.Errorf("%d %q length %d, want %d %q %d", r.Status, got, r.Length, test.status, test.want, test.responseLength)
			}
			kept := r.Headers[:0]
			for _, f := range r.Headers {
				if f.Name != "Content-Type" && f.Name != "Date" {
					kept = append(kept, f)
				}
			}
			if got := gatewaytest.Lines(kept); got != test.headers {
				t.Errorf("fields %q, want %q", got, test.headers)
			}
			if test.name == "trailers" {
				if got := gatewaytest.Lines(r.Trailers()); got != "X-Sum: 7" {
					t.Errorf("trailers %q", got)
				}
			}
		})
	}
}

// TestHopByHop: written by hand, because net/http's server removes some itself.
func TestHopByHop(t *testing.T) {
	address := script(t, func(_ []string, w net.Conn) {
		io.WriteString(w, "HTTP/1.1 200 OK\r\nConnection: x-NAMED, keep-alive\r\nX-Named: 1\r\nKeep-Alive: timeout=5\r\n"+
			"Proxy-Authenticate: Basic\r\nUpgrade: h2c\r\nAlt-Svc: h3\r\nX-Kept: 1\r\nContent-Length: 0\r\n\r\n")
	})
	c := outbound(t, "GET", address)
	if f := sender(t, backend.Options{}).Send(c); f != nil {
		t.Fatal(f.Message)
	}
	answer(t, c)
	if got := gatewaytest.Lines(c.Response.Headers); got != "X-Kept: 1" {
		t.Errorf("fields %q", got)
	}
}

// TestRefusesAnswer: responses that two readers could take apart differently, or
// that are no answers.
func TestRefusesAnswer(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	tests := []struct{ name, response string }{
		{"two lengths", ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"},
		{"two equal lengths", ok + "Content-Length: 2\r\ncontent-LENGTH: 2\r\n\r\nok"},
		{"list of lengths", ok + "Content-Length: 2, 2\r\n\r\nok"},
		{"length and chunked", ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
		{"chunked and length", ok + "transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n"},
		{"unknown coding", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
		{"two lengths behind an interim answer", "HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\n" + ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"},
		{"an interim answer that has a body", "HTTP/1.1 103 Early Hints\r\nContent-Length: 1\r\n\r\n" + ok + "Content-Length: 2\r\n\r\nok"},
		{"endless interim answers", strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 1000) + ok + "Content-Length: 2\r\n\r\nok"},
		{"switching protocols", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"},
		{"status below 200", "HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n"},
		{"huge head", ok + "X-A: " + strings.Repeat("a", 200<<10) + "\r\n\r\n"},
		{"no HTTP", "SSH-2.0-OpenSSH\r\n\r\n"},
		{"nothing", "hang up"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			address := script(t, func(_ []string, w net.Conn) {
				if test.response == "hang up" {
					w.Close()
				}
				io.WriteString(w, test.response)
			})
			c := outbound(t, "POST", address)
			if f := sender(t, backend.Options{}).Send(c); f != call.BackendUnavailable {
				t.Fatalf("fault %v, response %+v", f, c.Response)
			}
		})
	}
}

// TestInterimAnswers: lengths in a 1xx head say nothing about the answer.
func TestInterimAnswers(t *testing.T) {
	address := script(t, func(_ []string, w net.Conn) {
		io.WriteString(w, "HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	})
	c := outbound(t, "GET", address)
	if f := sender(t, backend.Options{}).Send(c); f != nil {
		t.Fatal(f.Message)
	}
	if got := answer(t, c); got != "ok" {
		t.Fatal(got)
	}
}

// TestGuardEveryResponse: the second response on one connection is looked at as
// the first was, and bodies are not taken for heads.
func TestGuardEveryResponse(t *testing.T) {
	n := 0
	address := script(t, func(_ []string, w net.Conn) {
		if n++; n == 1 {
			body := "\r\n\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"
			io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n"+body)
			return
		}
		io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok")
	})
	b := sender(t, backend.Options{})
	c := passing(t.Context(), "POST", address)
	if f := b.Send(c); f != nil {
		t.Fatal(f.Message)
	}
	if got := answer(t, c); len(got) != 44 {
		t.Fatalf("%d bytes", len(got))
	}
	call.Release(c)
	if f := b.Send(outbound(t, "POST", address)); f != call.BackendUnavailable {
		t.Fatal(f)
	}
}

// TestConnectTime: opening a connection is timed for the call that waited for
// it; a kept one costs nothing; an unreachable backend leaves none.
func TestConnectTime(t *testing.T) {
	address := script(t, func(_ []string, w net.Conn) {
		io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	})
	b := sender(t, backend.Options{})
	for i, want := range []func(time.Duration) bool{
		func(d time.Duration) bool { return d > 0 && d < time.Second },
		func(d time.Duration) bool { return d == 0 },
	} {
		c := passing(t.Context(), "GET", address)
		if f := b.Send(c); f != nil {
			t.Fatal(f.Message)
		}
		if d := c.Timing.BackendConnect; !want(d) {
			t.Errorf("call %d: connected in %v", i, d)
		}
		answer(t, c) // to its end, so that the connection is kept
		call.Release(c)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	c := outbound(t, "GET", closed)
	if f := b.Send(c); f != call.BackendUnavailable || c.Timing.BackendConnect != call.NotConnected {
		t.Errorf("%v, connected in %v", f, c.Timing.BackendConnect)
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshake
	server.StartTLS()
	defer server.Close()
	address := server.Listener.Addr().String()
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())

	c := outbound(t, "GET", address)
	c.Out.Scheme = "https"
	if f := sender(t, backend.Options{RootCAs: trusted}).Send(c); f != nil {
		t.Fatal(f.Message)
	}
	if got := answer(t, c); got != "HTTP/1.1" {
		t.Error(got)
	}
	c = outbound(t, "GET", address)
	c.Out.Scheme = "https"
	if f := sender(t, backend.Options{RootCAs: x509.NewCertPool()}).Send(c); f != call.BackendUnavailable {
		t.Errorf("a certificate of nobody: %v", f)
	}
}

// TestNothingOfTheCallIsKept: what is sent is the call's memory, and so is what was
// answered, until the call is released and not a moment longer: the next call over the
// same connection, with the same memory, finds nothing of it.
func TestNothingOfTheCallIsKept(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Answer", r.Header.Get("X-Built"))
		io.Copy(w, r.Body)
		io.WriteString(w, r.Header.Get("X-Built")+r.URL.Path)
	}))
	defer server.Close()
	b := sender(t, backend.Options{})
	for i := range 50 {
		value := "value" + strconv.Itoa(i)
		c := call.Acquire(t.Context())
		c.Out.Method, c.Out.Scheme, c.Out.Host, c.Out.Timeout = "POST", "http", "h", time.Second
		c.Out.Address = c.Keep(append(c.Scratch(), strings.TrimPrefix(server.URL, "http://")...))
		c.Out.Path = c.Keep(append(c.Scratch(), "/path"...))
		c.Out.Headers = append(c.Out.Headers, message.Field{Name: "X-Built", Value: c.Keep(append(c.Scratch(), value...))})
		c.Request.Body, c.Request.BodyLength = strings.NewReader("body "), 5
		c.LimitBody(100)
		if i%2 == 0 { // signed or not: sent with the head, or behind it by another goroutine
			if _, f := c.Buffer(); f != nil {
				t.Fatal(f)
			}
		}
		if f := b.Send(c); f != nil {
			t.Fatal(i, f.Message)
		}
		if got := answer(t, c); got != "body "+value+"/path" {
			t.Fatalf("%q", got)
		}
		if got, _ := c.Response.Headers.Get("X-Answer"); got != value {
			t.Fatalf("answered %q", got)
		}
		call.Release(c)
	}
}

func TestMock(t *testing.T) {
	for _, content := range []string{"", `{"ok":true}`} {
		c := gatewaytest.Raw(t, "GET /")
		if f := backend.NewMock(content).Send(c); f != nil {
			t.Fatal(f.Message)
		}
		if c.Response.Status != 200 || string(c.Response.Bytes) != content || gatewaytest.Lines(c.Response.Headers) != "Content-Type: application/json" {
			t.Errorf("%+v", c.Response)
		}
	}
}
