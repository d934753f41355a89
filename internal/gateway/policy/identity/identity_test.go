package identity_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/message"
)

// TestStrip: every letter case of every name that stays at the gateway.
func TestStrip(t *testing.T) {
	held := []string{
		"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization",
		"TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Expect", "Content-Length", "Host",
		"X-Auth-Token", "X-Subject-Token", "X-Security-Token", "X-Stage",
		"X-Apig-AppCode", "X-Apig-Mode", "X-Apig-Anything", "X-Sdk-Date", "X-Sdk-Content-Sha256", "X-Sdk-Nonce",
		"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix",
		"X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP",
		"X-Request-Id", "X-Original-URL", "X-Rewrite-URL", "Proxy",
	}
	for _, name := range held {
		for _, spelling := range spellings(name) {
			c := gatewaytest.Prepared(t, "GET /", spelling+": forged", "Accept: */*")
			identity.Strip{}.Apply(c)
			if got := gatewaytest.Lines(c.Out.Headers); got != "Accept: */*" {
				t.Errorf("%s: forwarded %q", spelling, got)
			}
			if _, ok := c.Request.Headers.Get(name); !ok {
				t.Errorf("%s: the request itself was changed", spelling)
			}
		}
	}
}

// TestStripPasses: names that resemble held ones are the application's.
func TestStripPasses(t *testing.T) {
	for _, name := range []string{"Authorization", "Cookie", "User-Agent", "X-User-Id", "X-Apigee", "X-Sdkx", "X-Forwardedfor", "X-Stages", "Connections", "X-A-Very-Long-Name-Beyond-All-Held-Names"} {
		c := gatewaytest.Prepared(t, "GET /", name+": v", "Content-Type: a/b")
		identity.Strip{}.Apply(c)
		if got := gatewaytest.Lines(c.Out.Headers); got != name+": v | Content-Type: a/b" {
			t.Errorf("%s: forwarded %q", name, got)
		}
	}
}

// TestConnection: a field named by Connection is hop by hop, however it is
// spelled (CVE-2024-45410 and its second round in lower case).
func TestConnection(t *testing.T) {
	tests := []struct {
		connection string
		want       string
	}{
		{"keep-alive", "X-Own: v | Accept: */*"},
		{"close", "X-Own: v | Accept: */*"},
		{"X-Own", "Accept: */*"},
		{"x-own", "Accept: */*"},
		{"close, X-OWN", "Accept: */*"},
		{"close ,\t x-oWn , accept", ""},
		{"X-Ow, -Own, X-Own-More", "X-Own: v | Accept: */*"},
	}
	for _, test := range tests {
		for _, name := range spellings("Connection") {
			c := gatewaytest.Prepared(t, "GET /", "X-Own: v", name+": "+test.connection, "Accept: */*")
			identity.Strip{}.Apply(c)
			if got := gatewaytest.Lines(c.Out.Headers); got != test.want {
				t.Errorf("%s: %s: forwarded %q, want %q", name, test.connection, got, test.want)
			}
		}
	}
}

// TestStripFamiliar: names that the call before had are stripped as they were then, and
// what Connection names is looked at each time.
func TestStripFamiliar(t *testing.T) {
	for _, test := range []struct{ connection, want string }{
		{"keep-alive", "Accept: */* | X-Own: v"}, {"close", "Accept: */* | X-Own: v"}, {"X-Own", "Accept: */*"}, {"close, accept", "X-Own: v"},
	} {
		c := gatewaytest.Prepared(t, "GET /", "X-Stage: RELEASE", "Accept: */*", "Connection: keep-alive", "X-Own: v", "X-Forwarded-For: forged")
		c.Request.Learn()
		c.Request.Headers[2].Value = test.connection
		if !c.Request.Familiar() {
			t.Fatal("the names are not familiar")
		}
		if _, known := c.Request.Passing(); !known {
			t.Fatal("nobody knows what passes")
		}
		identity.Strip{}.Apply(c)
		if got := gatewaytest.Lines(c.Out.Headers); got != test.want {
			t.Errorf("Connection: %s: forwarded %q, want %q", test.connection, got, test.want)
		}
	}
	// Two of them, and more fields than have a bit.
	for _, fields := range [][]string{
		{"Connection: close", "Connection: x-own"},
		append(slices.Repeat([]string{"X-More: m"}, 70), "Connection: x-more, x-own"),
	} {
		c := gatewaytest.Prepared(t, "GET /", append(fields, "Accept: */*", "X-Own: v")...)
		c.Request.Learn()
		if !c.Request.Familiar() {
			t.Fatal("the names are not familiar")
		}
		identity.Strip{}.Apply(c)
		if got := gatewaytest.Lines(c.Out.Headers); got != "Accept: */*" {
			t.Errorf("forwarded %q", got)
		}
	}
}

// TestAssert: the gateway's word wins over a mapping, and Connection: cannot
// remove it.
func TestAssert(t *testing.T) {
	c := gatewaytest.Prepared(t, "GET /", "Accept: */*", "X-Forwarded-For: 1.2.3.4", "Connection: X-Forwarded-For, x-request-id")
	c.ID = "id"
	identity.Strip{}.Apply(c)
	c.Out.Headers = append(c.Out.Headers, message.Field{Name: "x-forwarded-for", Value: "6.6.6.6"}, message.Field{Name: "X-REQUEST-ID", Value: "mine"})
	identity.Assert(c)
	want := "Accept: */* | X-Forwarded-For: 203.0.113.9 | X-Forwarded-Proto: http | X-Request-Id: id"
	if got := gatewaytest.Lines(c.Out.Headers); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	c.Request.TLS = true
	c.Request.Client = netip.MustParseAddr("192.0.2.7")
	identity.Assert(c)
	want = "Accept: */* | X-Forwarded-For: 192.0.2.7 | X-Forwarded-Proto: https | X-Request-Id: id"
	if got := gatewaytest.Lines(c.Out.Headers); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func spellings(name string) []string {
	lower, upper, mixed := []byte(name), []byte(name), []byte(name)
	for i, c := range []byte(name) {
		if c |= 0x20; 'a' <= c && c <= 'z' {
			lower[i], upper[i] = c, c&^0x20
			mixed[i] = c &^ (0x20 * byte(i%2))
		}
	}
	return []string{name, string(lower), string(upper), string(mixed)}
}
