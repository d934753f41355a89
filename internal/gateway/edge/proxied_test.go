package edge_test

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
)

// naming is a PROXY header for a caller at port 4711.
func naming(caller string) string {
	b := append([]byte("\r\n\r\n\x00\r\nQUIT\n"), 0x21, 0x11, 0, 12)
	b = append(b, netip.MustParseAddr(caller).AsSlice()...)
	b = append(b, 127, 0, 0, 1)
	return string(binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, 4711), 443))
}

const local = "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"

// remote answers with the address of the peer.
func remote(c *call.Call) { answer(c, 200, "<"+c.Request.Remote.Addr().String()+">") }

func trust(networks ...string) (out []netip.Prefix) {
	for _, n := range networks {
		out = append(out, netip.MustParsePrefix(n))
	}
	return out
}

// TestProxyProtocol: who is named by a header, who must have one, and who must
// not.
func TestProxyProtocol(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		for name, c := range map[string]struct {
			proxies []netip.Prefix
			sent    string
			want    string // of the answer; "" for a connection that is closed without one
		}{
			"named":                             {trust("127.0.0.0/8"), naming("203.0.113.9") + get("/x"), "<203.0.113.9>"},
			"a proxy that calls for itself":     {trust("127.0.0.0/8"), local + get("/x"), "<127.0.0.1>"},
			"a trusted proxy without a header":  {trust("127.0.0.0/8"), get("/x"), ""},
			"a header of version 1":             {trust("127.0.0.0/8"), "PROXY TCP4 203.0.113.9 127.0.0.1 4711 443\r\n" + get("/x"), ""},
			"anybody without a header":          {trust("192.0.2.0/24"), get("/x"), "<127.0.0.1>"},
			"anybody with a header":             {trust("192.0.2.0/24"), naming("203.0.113.9") + get("/x"), "400 Bad Request"},
			"a header where none is waited for": {nil, naming("203.0.113.9") + get("/x"), "400 Bad Request"},
			"a second header":                   {trust("127.0.0.0/8"), naming("203.0.113.9") + naming("203.0.113.8") + get("/x"), "400 Bad Request"},
		} {
			t.Run(name, func(t *testing.T) {
				_, addr := e.start(t, &handler{serve: remote}, edge.Options{Proxies: c.proxies})
				got := patient(t, addr, c.sent)
				if c.want == "" && got != "" || !strings.Contains(got, c.want) {
					t.Errorf("answered %q, want %q", got, c.want)
				}
			})
		}
	})
}

// patient sends raw and returns what came back until the server closed; a reset
// counts as closing.
func patient(t *testing.T, addr, raw string) string {
	t.Helper()
	c := dial(t, addr)
	io.WriteString(c, raw)
	c.CloseWrite()
	b, err := io.ReadAll(c)
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		t.Fatalf("the connection stays open after %q", b)
	}
	return string(b)
}

// TestProxyProtocolBeforeTLS: the header comes in the clear, before the handshake,
// and names the peer for both protocols.
func TestProxyProtocolBeforeTLS(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		_, addr, cfg, _ := e.startTLS(t, &handler{serve: remote}, edge.Options{Proxies: trust("127.0.0.0/8")})
		for _, protocols := range [][]string{{"http/1.1"}, {"h2"}} {
			c := dial(t, addr)
			io.WriteString(c, naming("203.0.113.9"))
			config := cfg.Clone()
			config.NextProtos = protocols
			secure := tls.Client(c, config)
			if err := secure.Handshake(); err != nil {
				t.Fatal(err)
			}
			if got := askOver(t, secure, protocols[0]); got != "<203.0.113.9>" {
				t.Errorf("%s: %q", protocols[0], got)
			}
		}
		c := dial(t, addr)
		if err := tls.Client(c, cfg).Handshake(); err == nil {
			t.Error("a handshake without a header succeeded")
		}
	})
}

// askOver asks for / over a connection that speaks one protocol.
func askOver(t *testing.T, c net.Conn, protocol string) string {
	t.Helper()
	if protocol == "h2" {
		f := speakHTTP2(t, c)
		f.open(1, true, request("GET", "/")...)
		return f.await(1).body
	}
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[slices.Index(b, '<'):])
}

// TestProxyProtocolDoesNotQueue: a trusted proxy that sends nothing keeps nobody
// else waiting, and no shutdown either.
func TestProxyProtocolDoesNotQueue(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		s, addr := e.start(t, &handler{serve: remote}, edge.Options{Proxies: trust("127.0.0.0/8")})
		for range 3 {
			dial(t, addr)
		}
		if got := patient(t, addr, naming("203.0.113.9")+get("/x")); !strings.Contains(got, "<203.0.113.9>") {
			t.Errorf("answered %q", got)
		}
		began := time.Now()
		quiet(t, s)
		if took := time.Since(began); took > patience/2 {
			t.Errorf("the shutdown took %v", took)
		}
	})
}
