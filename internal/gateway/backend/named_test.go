package backend_test

import (
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
)

// TestServerName: a member of a channel has to have a certificate for the API's
// host, not for its address, and a connection that was verified for one name serves
// no call for another.
func TestServerName(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		asked := make(chan string, 5)
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked <- r.TLS.ServerName + " " + r.Host + " " + r.Proto
		}))
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshakes
		server.EnableHTTP2 = http2
		server.StartTLS() // its certificate names example.com, 127.0.0.1 and ::1
		t.Cleanup(server.Close)
		roots := x509.NewCertPool()
		roots.AddCert(server.Certificate())
		s := sender(t, backend.Options{RootCAs: roots})
		send := func(name string) *call.Fault {
			c := outbound(t, "GET", strings.TrimPrefix(server.URL, "https://"))
			c.Out.Scheme, c.Out.ServerName = "https", name
			f := s.Send(c)
			if f == nil {
				answer(t, c)
			}
			return f
		}
		for _, name := range []string{"example.com", "", "127.0.0.1"} {
			if f := send(name); f != nil {
				t.Errorf("name %q: %s", name, f.Message)
			}
		}
		for _, name := range []string{"in.test", "127.0.0.2"} {
			if f := send(name); f != call.BackendUnavailable {
				t.Errorf("name %q: %v", name, f)
			}
		}
		proto := map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"}[http2]
		for _, name := range []string{"example.com", "", ""} {
			if got, want := <-asked, name+" backend.test "+proto; got != want {
				t.Errorf("the server saw %q, want %q", got, want)
			}
		}
		if len(asked) > 0 {
			t.Errorf("a call that was refused arrived: %s", <-asked)
		}
	}
}

// TestServerNameInTheClear: without TLS the name means nothing.
func TestServerNameInTheClear(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	c := outbound(t, "GET", strings.TrimPrefix(server.URL, "http://"))
	c.Out.ServerName = "in.test"
	if f := sender(t, backend.Options{}).Send(c); f != nil {
		t.Fatal(f.Message)
	}
	answer(t, c)
	if got := gatewaytest.Lines(c.Response.Headers); !strings.Contains(got, "Date") {
		t.Errorf("fields %s", got)
	}
}
