package gateway_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
)

const forwardedFor = "X-Forwarded-For: "

func behind(hops int, networks ...string) gateway.Options {
	o := gateway.Options{ForwardedHops: hops}
	for _, n := range networks {
		o.TrustedProxies = append(o.TrustedProxies, netip.MustParsePrefix(n))
	}
	return o
}

// TestClient: who calls, by peer, proxies and field.
func TestClient(t *testing.T) {
	const proxy = gatewaytest.Peer + "/32"
	one, two := behind(1, "192.0.2.0/24", proxy), behind(2, proxy)
	for name, test := range map[string]struct {
		o      gateway.Options
		fields []string
		want   string // "" for a client that is unknown
	}{
		"no proxies":                     {gateway.Options{}, []string{forwardedFor + "10.0.0.1"}, gatewaytest.Peer},
		"a peer that is not trusted":     {behind(1, "192.0.2.0/24"), []string{forwardedFor + "10.0.0.1"}, gatewaytest.Peer},
		"a proxy for itself":             {one, nil, gatewaytest.Peer},
		"one entry":                      {one, []string{forwardedFor + "10.0.0.1"}, "10.0.0.1"},
		"the caller's claim before it":   {one, []string{forwardedFor + "1.1.1.1, 10.0.0.1"}, "10.0.0.1"},
		"claims that are no addresses":   {one, []string{forwardedFor + "<script>,, 10.0.0.1"}, "10.0.0.1"},
		"the last of two fields":         {one, []string{forwardedFor + "1.1.1.1", "Accept: */*", "x-forwarded-for: 10.0.0.1"}, "10.0.0.1"},
		"other fields are ignored":       {one, []string{"X-Real-IP: 1.1.1.1", "Forwarded: for=1.1.1.1", "True-Client-IP: 1.1.1.1", "X-Forwarded-Fo: 1.1.1.1"}, gatewaytest.Peer},
		"two proxies":                    {two, []string{forwardedFor + "1.1.1.1, 10.0.0.1, 192.0.2.1"}, "10.0.0.1"},
		"two proxies, two fields":        {two, []string{forwardedFor + "1.1.1.1, 10.0.0.1", forwardedFor + "192.0.2.1"}, "10.0.0.1"},
		"two proxies, one of them wrote": {two, []string{forwardedFor + "10.0.0.1"}, ""},
		"sixteen proxies":                {behind(16, proxy), []string{forwardedFor + "10.0.0.1" + strings.Repeat(",192.0.2.1", 15)}, "10.0.0.1"},
		"IPv4 and port":                  {one, []string{forwardedFor + "10.0.0.1:65535"}, "10.0.0.1"},
		"IPv6":                           {one, []string{forwardedFor + "2001:db8::1"}, "2001:db8::1"},
		"IPv6 in brackets":               {one, []string{forwardedFor + "[2001:db8::1]"}, "2001:db8::1"},
		"IPv6 and port":                  {one, []string{forwardedFor + "\t[2001:db8::1]:80 "}, "2001:db8::1"},
		"IPv4 in IPv6":                   {one, []string{forwardedFor + "::ffff:10.0.0.1"}, "10.0.0.1"},
		"empty":                          {one, []string{forwardedFor}, ""},
		"an empty entry":                 {one, []string{forwardedFor + "10.0.0.1,"}, ""},
		"unknown":                        {one, []string{forwardedFor + "10.0.0.1, unknown"}, ""},
		"a name":                         {one, []string{forwardedFor + "example.com"}, ""},
		"a zone":                         {one, []string{forwardedFor + "fe80::1%eth0"}, ""},
		"unspecified":                    {one, []string{forwardedFor + "0.0.0.0"}, ""},
		"leading zero":                   {one, []string{forwardedFor + "010.0.0.1"}, ""},
		"IPv4 in brackets":               {one, []string{forwardedFor + "[10.0.0.1]"}, ""},
		"a bracket open":                 {one, []string{forwardedFor + "[2001:db8::1"}, ""},
		"words behind the bracket":       {one, []string{forwardedFor + "[2001:db8::1]x"}, ""},
		"port too large":                 {one, []string{forwardedFor + "10.0.0.1:65536"}, ""},
		"port without digits":            {one, []string{forwardedFor + "10.0.0.1:"}, ""},
		"port with a sign":               {one, []string{forwardedFor + "10.0.0.1:+1"}, ""},
		"two addresses without a comma":  {one, []string{forwardedFor + "10.0.0.1 10.0.0.2"}, ""},
		"quotes":                         {one, []string{forwardedFor + `"10.0.0.1"`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := gatewaytest.Prepared(t, "GET /", test.fields...)
			f := gateway.FindClient(test.o, c)
			if test.want == "" {
				if f != call.UnknownAddress || f.Status != 403 || f.Code != "APIG.0401" || c.Request.Client.IsValid() {
					t.Errorf("%+v, client %s", f, c.Request.Client)
				}
				return
			}
			if f != nil || c.Request.Client.String() != test.want {
				t.Errorf("%+v, client %s, want %s", f, c.Request.Client, test.want)
			}
		})
	}
	t.Run("a call that nobody sent", func(t *testing.T) { // debugged
		c := gatewaytest.Prepared(t, "GET /", forwardedFor+"10.0.0.1")
		c.Request.Remote = netip.AddrPortFrom(c.Request.Remote.Addr(), 0)
		if f := gateway.FindClient(one, c); f != nil || c.Request.Client.String() != gatewaytest.Peer {
			t.Errorf("%+v, client %s", f, c.Request.Client)
		}
	})
}

func TestClientDoesNotAllocate(t *testing.T) {
	if race {
		t.Skip("the race detector allocates")
	}
	c, o := forwarded(t)
	if n := testing.AllocsPerRun(1000, func() {
		c.Request.Client = c.Request.Remote.Addr()
		if gateway.FindClient(o, c) != nil {
			t.Fatal("refused")
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkClient(b *testing.B) {
	c, o := forwarded(b)
	b.ReportAllocs()
	for b.Loop() {
		c.Request.Client = c.Request.Remote.Addr()
		if gateway.FindClient(o, c) != nil {
			b.Fatal("refused")
		}
	}
}

func forwarded(t testing.TB) (*call.Call, gateway.Options) {
	c := gatewaytest.Prepared(t, "GET /", "Accept: */*", forwardedFor+"1.1.1.1, [2001:db8::1]:4711, 192.0.2.1", "User-Agent: x")
	return c, behind(2, "192.0.2.0/24", gatewaytest.Peer+"/32")
}

// FuzzClient: whatever a trusted proxy sends, the client is an address that stands
// in the field, or unknown.
func FuzzClient(f *testing.F) {
	f.Add("1.1.1.1, [2001:db8::1]:4711", "10.0.0.1", 2)
	f.Add("unknown,", ",", 1)
	f.Fuzz(func(t *testing.T, first, second string, hops int) {
		if hops < 1 || hops > 16 {
			return
		}
		c := gatewaytest.Prepared(t, "GET /", forwardedFor+first, forwardedFor+second)
		fault := gateway.FindClient(behind(hops, gatewaytest.Peer+"/32"), c)
		entries := strings.Split(first+","+second, ",")
		got := c.Request.Client
		if fault != nil {
			if fault != call.UnknownAddress || got.IsValid() {
				t.Fatalf("%+v, client %s", fault, got)
			}
			return
		}
		if len(entries) < hops || got.Zone() != "" || got.Is4In6() || got.IsUnspecified() {
			t.Fatalf("%d entries, client %s", len(entries), got)
		}
		entry := strings.Trim(entries[len(entries)-hops], " \t")
		for _, want := range []func() (netip.Addr, error){
			func() (netip.Addr, error) { return netip.ParseAddr(entry) },
			func() (netip.Addr, error) { return netip.ParseAddr(strings.Trim(entry, "[]")) },
			func() (netip.Addr, error) { a, err := netip.ParseAddrPort(entry); return a.Addr(), err },
		} {
			if a, err := want(); err == nil && a.Unmap() == got {
				return
			}
		}
		if at := strings.LastIndexByte(entry, ':'); at >= 0 { // ports with leading zeros
			if a, err := netip.ParseAddr(strings.Trim(entry[:at], "[]")); err == nil && a.Unmap() == got {
				return
			}
		}
		t.Fatalf("client %s of %q", got, entry)
	})
}
