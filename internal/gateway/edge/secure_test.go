package edge_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
	"github.com/lintel-gateway/lintel/internal/tlsfiles"
)

const domain = "apigw.localhost"

// startTLS serves TLS on a loopback port and returns its address and a client
// configuration that trusts it.
func (e under) startTLS(t testing.TB, h edge.Handler, o edge.Options) (*edge.Server, string, *tls.Config, string) {
	t.Helper()
	own, err := tlsfiles.LoadOrCreate(t.TempDir(), domain, clock.System)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(own.CAPath())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)

	s := e.make(h, o)
	l := listen(t)
	done := make(chan error, 1)
	go func() { done <- s.ServeTLS(l, own.Config()) }()
	t.Cleanup(func() {
		quiet(t, s)
		if err := <-done; err != nil {
			t.Error("ServeTLS:", err)
		}
	})
	return s, l.Addr().String(), &tls.Config{RootCAs: pool, ServerName: "a." + domain}, own.CAPath()
}

func TestTLSProtocols(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := &handler{serve: func(c *call.Call) {
			secure := "clear"
			if c.Request.TLS {
				secure = "secure"
			}
			answer(c, 200, c.Request.Proto+" "+secure+" "+field(c, "Host"))
		}}
		_, addr, cfg, _ := e.startTLS(t, h, edge.Options{})
		for _, want := range []string{"HTTP/1.1", "HTTP/2.0"} {
			tr := &http.Transport{TLSClientConfig: cfg.Clone(), Protocols: new(http.Protocols)}
			tr.Protocols.SetHTTP1(want == "HTTP/1.1")
			tr.Protocols.SetHTTP2(want == "HTTP/2.0")
			defer tr.CloseIdleConnections()
			q, _ := http.NewRequest("GET", "https://"+addr+"/x", nil)
			q.Host = "a." + domain
			r, err := tr.RoundTrip(q)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(r.Body)
			r.Body.Close()
			if got := string(b); got != want+" secure a."+domain {
				t.Errorf("%s: %q", want, got)
			}
		}
	})
}

// TestTLSGuard sends what clear text must refuse, over TLS without ALPN.
func TestTLSGuard(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := &handler{serve: consume}
		_, addr, cfg, _ := e.startTLS(t, h, edge.Options{})
		for _, m := range []struct {
			raw  string
			want []string
		}{
			{get("/ok") + get("/ok"), twice},
			{post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"+get("/smug")), bad},
			{"GET http://evil/x HTTP/1.1\r\n" + host + "\r\n", bad},
			{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", bad}, // h2c is for clear text
		} {
			c, err := tls.Dial("tcp", addr, cfg)
			if err != nil {
				t.Fatal(err)
			}
			c.SetDeadline(time.Now().Add(patience))
			io.WriteString(c, m.raw)
			c.CloseWrite()
			b, _ := io.ReadAll(c)
			c.Close()
			if got := statuses(string(b)); !slices.Equal(got, m.want) {
				t.Errorf("%q: %v, want %v", m.raw, got, m.want)
			}
		}
		if got := h.calls(); !slices.Equal(got, []string{"GET /ok", "GET /ok"}) {
			t.Errorf("served %q", got)
		}
	})
}

func TestTLSVersions(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		_, addr, cfg, _ := e.startTLS(t, &handler{serve: consume}, edge.Options{})
		for version, ok := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
			c := cfg.Clone()
			c.MinVersion, c.MaxVersion = version, version
			conn, err := tls.Dial("tcp", addr, c)
			if (err == nil) != ok {
				t.Errorf("%s: %v", tls.VersionName(version), err)
			}
			if err == nil {
				conn.Close()
			}
		}
	})
}

// TestHandshakeTimeout connects and says nothing, and then something that is not
// TLS; the listener serves others meanwhile.
func TestHandshakeTimeout(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		_, addr, cfg, _ := e.startTLS(t, &handler{serve: consume}, edge.Options{HandshakeTimeout: 100 * time.Millisecond, MaxHandshakes: 2})
		silent, babbling := dial(t, addr), dial(t, addr)
		io.WriteString(babbling, get("/x"))
		if n, err := io.Copy(io.Discard, babbling); n > 7 { // an alert record at most
			t.Errorf("clear text got %d bytes, %v", n, err)
		}
		if _, err := io.ReadAll(silent); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("a silent connection: %v", err)
		}
		c, err := tls.Dial("tcp", addr, cfg)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	})
}

// TestShutdownDuringHandshake must not wait for a silent caller.
func TestShutdownDuringHandshake(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		s, addr, _, _ := e.startTLS(t, &handler{serve: consume}, edge.Options{HandshakeTimeout: time.Hour})
		silent := dial(t, addr)
		quiet(t, s)
		if _, err := io.ReadAll(silent); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("the silent connection: %v", err)
		}
	})
}

// TestServeAfterShutdown closes the listeners that come too late.
func TestServeAfterShutdown(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		s := e.make(&handler{serve: consume}, edge.Options{})
		s.Shutdown(context.Background())
		for name, serve := range map[string]func(net.Listener) error{
			"clear": s.Serve,
			"TLS":   func(l net.Listener) error { return s.ServeTLS(l, &tls.Config{}) },
		} {
			l := listen(t)
			if err := serve(l); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := l.Accept(); err == nil {
				t.Errorf("%s: the listener is open", name)
			}
		}
	})
}

// TestBrokenListener is an accept loop that fails without Shutdown.
func TestBrokenListener(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		s := e.make(&handler{serve: consume}, edge.Options{})
		for name, serve := range map[string]func(net.Listener) error{
			"clear": s.Serve,
			"TLS":   func(l net.Listener) error { return s.ServeTLS(l, &tls.Config{}) },
		} {
			l := listen(t)
			l.Close()
			if err := serve(l); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

// TestCurl verifies with another TLS stack than Go's.
func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("curl is not installed; scripts/engines.sh start does it")
		}
		t.Skip("curl is not installed; TestTLSProtocols verifies with Go's TLS")
	}
	onBoth(t, func(t *testing.T, e under) {
		_, addr, _, ca := e.startTLS(t, &handler{serve: func(c *call.Call) { answer(c, 200, c.Request.Proto) }}, edge.Options{})
		_, port, _ := net.SplitHostPort(addr)
		name := "0123456789abcdef0123456789abcdef." + domain
		for flag, want := range map[string]string{"--http1.1": "HTTP/1.1", "--http2": "HTTP/2.0"} {
			out, err := exec.Command(curl, "-sS", "--max-time", "10", flag, "--cacert", ca, "--connect-to", "::127.0.0.1:"+port, "https://"+name+":"+port+"/x").CombinedOutput()
			if err != nil || string(out) != want {
				t.Errorf("curl %s: %s, %v", flag, out, err)
			}
		}
	})
}
