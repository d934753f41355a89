package gateway_test

import (
	"encoding/binary"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/config"
)

func behind(hops int, networks ...string) func(*config.Config) {
	return func(c *config.Config) {
		c.Gateway.ForwardedHops = hops
		for _, n := range networks {
			c.Gateway.TrustedProxies = append(c.Gateway.TrustedProxies, netip.MustParsePrefix(n))
		}
	}
}

// TestForwardedFor: behind trusted proxies the caller is whom they name, for
// access lists, policy backends, the backend and the access record.
func TestForwardedFor(t *testing.T) {
	t.Parallel()
	p := start(t, behind(2, "127.0.0.0/8"))
	own, b := p.admin, echo(t)
	g := own.group("proxied")
	api := own.published(g, web("/orders", b.address))
	own.acl(api, "PERMIT", "IP", "203.0.113.9,2001:db8::9")
	d := mock("/where", "elsewhere")
	d["policy_mocks"] = list{object{
		"name": unique("near"), "effect_mode": "ALL", "result_content": "near",
		"conditions": list{object{"condition_origin": "source", "condition_value": "203.0.113.0/24"}},
	}}
	own.published(g, d)
	through := func(value string) option { return header("X-Forwarded-For", value) }

	for name, kind := range protocols {
		t.Run(name, func(t *testing.T) {
			g := g.on(t)
			id := g.call(kind, "GET /orders", through("1.1.1.1, 203.0.113.9, 192.0.2.1"), header("X-Forwarded-Proto", "https")).want(200, "").header.Get("X-Request-Id")
			sent := b.last(t).header
			want := map[bool]string{true: "http", false: "https"}[kind == http1]
			if got := sent.Values("X-Forwarded-For"); len(got) != 1 || got[0] != "203.0.113.9" || sent.Get("X-Forwarded-Proto") != want {
				t.Errorf("the backend learnt of %q and %q", got, sent.Values("X-Forwarded-Proto"))
			}
			if r := p.on(t).accessRecord(id); r["remote_addr"] != "203.0.113.9" || r["http_x_forwarded_for"] != "1.1.1.1, 203.0.113.9, 192.0.2.1" {
				t.Errorf("recorded %v and %v", r["remote_addr"], r["http_x_forwarded_for"])
			}
			g.call(kind, "GET /orders", through("[2001:db8::9]:4711, 192.0.2.1")).want(200, "")
			g.call(kind, "GET /orders", through("203.0.113.9, 203.0.113.8, 192.0.2.1")).fault(403, "APIG.0402", "")
			g.call(kind, "GET /orders").fault(403, "APIG.0402", "") // the proxy itself
			for _, unreadable := range []string{"203.0.113.9", "unknown, 192.0.2.1", "203.0.113.9:x, 192.0.2.1", ", 192.0.2.1"} {
				g.call(kind, "GET /orders", through(unreadable)).fault(403, "APIG.0401", "Unknown client IP address.")
			}
			g.call(kind, "GET /where", through("203.0.113.77, 192.0.2.1")).want(200, "near")
			g.call(kind, "GET /where", through("203.0.114.77, 192.0.2.1")).want(200, "elsewhere")
		})
	}
}

// TestForwardedForOfAnybody: from a peer that is no trusted proxy the field is
// a claim.
func TestForwardedForOfAnybody(t *testing.T) {
	t.Parallel()
	p := start(t, behind(1, "192.0.2.0/24"))
	own, b := p.admin, echo(t)
	g := own.group("direct")
	api := own.published(g, web("/orders", b.address))
	own.acl(api, "PERMIT", "IP", "203.0.113.9")
	for _, kind := range protocols {
		g.call(kind, "GET /orders", header("X-Forwarded-For", "203.0.113.9")).fault(403, "APIG.0402", "")
		g.call(kind, "GET /orders", header("X-Forwarded-For", "garbage")).fault(403, "APIG.0402", "")
	}
	own.published(g, web("/open", b.address))
	id := g.http("GET /open", header("X-Forwarded-For", "203.0.113.9")).want(200, "").header.Get("X-Request-Id")
	if got := b.last(t).header.Values("X-Forwarded-For"); len(got) != 1 || got[0] != "127.0.0.1" {
		t.Errorf("the backend learnt of %q", got)
	}
	if r := p.accessRecord(id); r["remote_addr"] != "127.0.0.1" || r["http_x_forwarded_for"] != "203.0.113.9" {
		t.Errorf("recorded %v and %v", r["remote_addr"], r["http_x_forwarded_for"])
	}
}

// proxyHeader is a header of the PROXY protocol, version 2, for a caller.
func proxyHeader(caller string) string {
	b := append([]byte("\r\n\r\n\x00\r\nQUIT\n"), 0x21, 0x11, 0, 12)
	b = append(append(b, netip.MustParseAddr(caller).AsSlice()...), 127, 0, 0, 1)
	return string(binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, 4711), 80))
}

// TestProxyProtocol: with it a trusted proxy names the caller before the first
// byte of HTTP, or is not served.
func TestProxyProtocol(t *testing.T) {
	t.Parallel()
	p := start(t, behind(1, "127.0.0.0/8"), func(c *config.Config) { c.Gateway.ProxyProtocol = true })
	own := p.admin
	g := own.group("proxied")
	api := own.published(g, mock("/orders", "come in"))
	own.acl(api, "PERMIT", "IP", "203.0.113.9")
	request := "GET /orders HTTP/1.1\r\nHost: " + g.host + "\r\nX-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n"
	for _, test := range []struct{ name, sent, want string }{
		{"a caller that is permitted", proxyHeader("203.0.113.9") + request, "come in"},
		{"a caller that is not", proxyHeader("203.0.113.8") + request, "APIG.0402"}, // no proxy, so the field is a claim
		{"a proxy behind the proxy", proxyHeader("127.0.0.5") + request, "come in"},
		{"no header", request, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn := p.on(t).dial(http1, g.host)
			if _, err := io.WriteString(conn, test.sent); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(conn)
			if err != nil && test.want != "" {
				t.Fatal(err)
			}
			if test.want == "" && len(got) > 0 || !strings.Contains(string(got), test.want) {
				t.Errorf("answered %q, want %q", got, test.want)
			}
		})
	}
}
