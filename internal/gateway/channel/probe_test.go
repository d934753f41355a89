package channel_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/channel"
)

// says is a dial function whose other side reads a request and answers with text,
// then keeps the connection open.
func says(text string) channel.Dial {
	return func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			far.Read(make([]byte, 4096))
			io.WriteString(far, text)
			far.Read(make([]byte, 1)) // until the other side is gone
		}()
		return near, nil
	}
}

func TestProbeAnswers(t *testing.T) {
	endless := "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n"
	for _, tc := range []struct{ name, answer, want string }{
		{"good", "HTTP/1.1 200 OK\r\n\r\n", ""},
		{"good by HTTP/1.0", "HTTP/1.0 204 No Content\r\n\r\n", ""},
		{"a body that never ends", "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\nx", ""},
		{"information first", strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 3) + "HTTP/1.1 200 OK\r\n\r\n", ""},
		{"nothing but information", strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 10_000), "EOF"}, // cut off after 16 KB,
		{"another status", "HTTP/1.1 500 No\r\n\r\n", "answered with 500"},
		{"a redirect", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n", "answered with 302"},
		{"an upgrade", "HTTP/1.1 101 Switching\r\n\r\n", "answered with 101"},
		{"no HTTP", "SSH-2.0-x\r\n", `not answered in HTTP/1 but with "SSH-2.0-x"`},
		{"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", "not answered in HTTP/1"},
		{"no number", "HTTP/1.1 2000 OK\r\n\r\n", "not answered in HTTP/1"},
		{"an endless line", endless, "buffer full"},
		{"an endless head", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 10_000) + "\r\n", "EOF"},
		{"silence", "", "timeout"},
		{"half a head", "HTTP/1.1 200 OK\r\nA: b\r\n", "timeout"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			timeout := 5 * time.Second
			if tc.want == "timeout" {
				timeout = 50 * time.Millisecond
			}
			err := channel.Probe(t.Context(), sample(), says(tc.answer), "10.0.0.1", timeout)
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
}

// TestProbeOverTLS: a certificate that nobody trusts is good enough, by name and by
// address; a server without TLS is not.
func TestProbeOverTLS(t *testing.T) {
	var name string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { name = r.TLS.ServerName }))
	server.TLS = &tls.Config{}
	server.StartTLS()
	defer server.Close()
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	d := sample()
	d.Check.Protocol = "https"
	for host, want := range map[string]string{"orders.test": "orders.test", "10.0.0.1": "", "2001:db8::1": ""} {
		if err := channel.Probe(t.Context(), d, dial, host, 5*time.Second); err != nil || name != want {
			t.Errorf("%s: %v, asked for the name %q, want %q", host, err, name, want)
		}
	}
	if err := channel.Probe(t.Context(), d, says("HTTP/1.1 200 OK\r\n\r\n"), "10.0.0.1", 5*time.Second); err == nil {
		t.Error("a server without TLS is well")
	}
	if err := channel.Probe(t.Context(), d, says(""), "10.0.0.1", 50*time.Millisecond); err == nil {
		t.Error("a server that never ends the handshake is well")
	}
}

// TestProbeOverTCP: a connection is enough, and the check's own port is dialled.
func TestProbeOverTCP(t *testing.T) {
	d := sample()
	d.Check.Protocol, d.Check.Port = "tcp", 9
	var dialled string
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		dialled = address
		return says("")(ctx, network, address)
	}
	if err := channel.Probe(t.Context(), d, dial, "2001:db8::1", time.Second); err != nil || dialled != "[2001:db8::1]:9" {
		t.Errorf("dialled %q: %v", dialled, err)
	}
}

// TestProbeAuthority: the Host of a check leaves out the port that its scheme means.
func TestProbeAuthority(t *testing.T) {
	for _, tc := range []struct {
		host string
		port int
		want string
	}{
		{"a.test", 80, "a.test"}, {"a.test", 443, "a.test:443"}, {"10.0.0.1", 8080, "10.0.0.1:8080"},
		{"2001:db8::1", 80, "[2001:db8::1]"}, {"2001:db8::1", 81, "[2001:db8::1]:81"},
	} {
		got := make(chan string, 1)
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Host }))
		dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		}
		d := sample()
		d.Check.Port = tc.port
		if err := channel.Probe(t.Context(), d, dial, tc.host, 5*time.Second); err != nil {
			t.Error(err)
		} else if host := <-got; host != tc.want {
			t.Errorf("%s port %d: Host %q, want %q", tc.host, tc.port, host, tc.want)
		}
		server.Close()
	}
}

// FuzzStatus: a head that net/http understands means the same here; that of an
// answer that is refused here may be understood there.
func FuzzStatus(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.0 404\n\n", "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 500 No\r\n\r\n",
		"HTTP/1.1 2 OK\r\n\r\n", "HTTP/1.1 101 X\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "\r\n\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := channel.Status(strings.NewReader(text))
		if err != nil {
			return
		}
		if got < 200 && got != 101 || got > 599 {
			t.Fatalf("%d of %q", got, text)
		}
		r := bufio.NewReader(strings.NewReader(text))
		for {
			want, err := http.ReadResponse(r, nil)
			if err != nil {
				return // a field that net/http does not like
			}
			if want.StatusCode >= 200 || want.StatusCode == 101 {
				if got != want.StatusCode {
					t.Fatalf("%d of %q, want %d", got, text, want.StatusCode)
				}
				return
			}
		}
	})
}
