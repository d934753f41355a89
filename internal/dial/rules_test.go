package dial_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/dial"
)

// addresses are judged under both sets of rules; "" stands for allowed, other
// texts are part of the reason.
var addresses = []struct{ addr, public, channel string }{
	{"93.184.215.14", "", ""},
	{"2606:2800:21f:cb07:6820:80da:af6b:8b2c", "", ""},

	// The list of wire-facts §11, first and last address of each range.
	{"0.0.0.0", "an unspecified", "an unspecified"},
	{"0.255.255.255", "an unspecified", "an unspecified"},
	{"1.0.0.0", "", ""},
	{"10.0.0.0", "a private", ""},
	{"10.255.255.255", "a private", ""},
	{"11.0.0.0", "", ""},
	{"100.125.0.0", "a shared", ""},
	{"100.125.255.255", "a shared", ""},
	{"127.0.0.1", "a loopback", "a loopback"},
	{"127.255.255.255", "a loopback", "a loopback"},
	{"128.0.0.0", "", ""},
	{"169.254.0.1", "a link-local", "a link-local"},
	{"169.254.169.254", "a link-local", "a link-local"},
	{"172.15.255.255", "", ""},
	{"172.16.0.0", "a private", ""},
	{"172.31.255.255", "a private", ""},
	{"172.32.0.0", "", ""},
	{"192.0.0.1", "a reserved", ""},
	{"192.0.2.1", "a documentation", ""},
	{"192.88.99.1", "a reserved", ""},
	{"192.168.0.0", "a private", ""},
	{"192.168.255.255", "a private", ""},
	{"198.18.0.1", "a benchmarking", ""},
	{"198.19.255.255", "a benchmarking", ""},
	{"198.51.100.9", "a documentation", ""},
	{"203.0.113.9", "a documentation", ""},
	{"224.0.0.1", "a multicast", "a multicast"},
	{"239.255.255.255", "a multicast", "a multicast"},
	{"240.0.0.1", "a reserved", "a reserved"},
	{"255.255.255.255", "a reserved", "a reserved"},

	// Carriers' NAT, and what clouds tell their machines.
	{"100.64.0.1", "a shared", ""},
	{"100.127.255.255", "a shared", ""},
	{"100.128.0.0", "", ""},
	{"100.100.100.200", "a metadata", "a metadata"},
	{"168.63.129.16", "a metadata", "a metadata"},
	{"192.0.0.192", "a metadata", "a metadata"},
	{"fd00:ec2::254", "a metadata", "a metadata"},
	{"fd20:ce::254", "a metadata", "a metadata"},

	// The same in IPv6.
	{"::", "an unspecified", "an unspecified"},
	{"::1", "a loopback", "a loopback"},
	{"::7f00:1", "an unspecified", "an unspecified"},
	{"fc00::1", "a private", ""},
	{"fdff::1", "a private", ""},
	{"fe80::1", "a link-local", "a link-local"},
	{"febf::1", "a link-local", "a link-local"},
	{"fec0::1", "a private", ""},
	{"fe80::1%eth0", "a zone", "a zone"},
	{"2606:2800::1%eth0", "a zone", "a zone"},
	{"ff02::1", "a multicast", "a multicast"},
	{"2001:db8::1", "a documentation", ""},
	{"3fff::1", "a documentation", ""},
	{"100::1", "a reserved", ""},
	{"64:ff9b:1::5db8:d70e", "a reserved", "a reserved"},

	// With an IPv4 address inside.
	{"::ffff:127.0.0.1", "a loopback", "a loopback"},
	{"::ffff:10.0.0.1", "a private", ""},
	{"::ffff:93.184.215.14", "", ""},
	{"64:ff9b::127.0.0.1", "carries 127.0.0.1, which is a loopback", "carries 127.0.0.1"},
	{"64:ff9b::10.0.0.1", "carries 10.0.0.1", ""},
	{"64:ff9b::93.184.215.14", "", ""},
	{"2002:7f00:1::1", "carries 127.0.0.1", "carries 127.0.0.1"},
	{"2002:a9fe:a9fe::", "carries 169.254.169.254", "carries 169.254.169.254"},
	{"2002:5db8:d70e::1", "", ""},
	{"2001:0:7f00:1::", "carries 127.0.0.1", "carries 127.0.0.1"}, // Teredo: the server
	{"2001:0:5db8:d70e:0:0:80ff:fffe", "carries 127.0.0.1", "carries 127.0.0.1"},
	{"2001:0:5db8:d70e:0:0:a247:28f1", "", ""},
}

func TestAddresses(t *testing.T) {
	sets := []struct {
		name  string
		rules *dial.Rules
	}{{"public", dial.Public(nil)}, {"channel", dial.Channel(nil)}}
	for _, test := range addresses {
		addr := netip.MustParseAddr(test.addr)
		for i, want := range []string{test.public, test.channel} {
			judged(t, sets[i].name+" "+test.addr, sets[i].rules.Check(addr), want)
			judged(t, sets[i].name+" host "+test.addr, sets[i].rules.Host(test.addr), want)
		}
	}
	judged(t, "no address", dial.Public(nil).Check(netip.Addr{}), "is no address")
}

// judged compares a verdict with a part of its reason, "" for none.
func judged(t *testing.T, name string, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("%s: %v, want it allowed", name, err)
		}
		return
	}
	var denied *dial.Denied
	if !errors.As(err, &denied) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "--backend-allow") {
		t.Errorf("%s: %v, want a refusal with %q and the remedy", name, err, want)
	}
}

func TestAllow(t *testing.T) {
	allow := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::ffff:10.1.0.0/112"), netip.MustParsePrefix("fe80::/64")}
	for _, rules := range []*dial.Rules{dial.Public(allow), dial.Channel(allow)} {
		for _, open := range []string{"127.0.0.1", "::ffff:127.0.0.9", "10.1.2.3", "fe80::5", "64:ff9b::127.0.0.1"} {
			judged(t, open, rules.Check(netip.MustParseAddr(open)), "")
		}
		judged(t, "zone", rules.Check(netip.MustParseAddr("fe80::5%lo")), "zone")
		judged(t, "metadata", rules.Check(netip.MustParseAddr("169.254.169.254")), "link-local")
		judged(t, "::1", rules.Check(netip.IPv6Loopback()), "loopback")
		judged(t, "localhost", rules.Host("localhost:80"), "") // it may be 127.0.0.1
	}
	judged(t, "the rest of 10/8", dial.Public(allow).Check(netip.MustParseAddr("10.2.0.0")), "private")
}

func TestHosts(t *testing.T) {
	public := dial.Public(nil)
	for host, want := range map[string]string{
		"api.example.com": "", "api.example.com.": "", "api.example.com:8080": "", "xn--bcher-kva.example:1": "", "93.184.215.14:80": "",
		"[2606:2800::1]:443": "", "1password.com": "", "0xdead.beef.example": "", "a.b1": "",
		"127.0.0.1:8080": "loopback", "[::1]:80": "loopback", "[::1]": "loopback", "::1": "loopback", "[fe80::1%25eth0]:80": "zone",
		"localhost": "this machine", "LOCALHOST.:80": "this machine", "db.localhost": "this machine",
		"2130706433": "read differently", "2130706433:80": "read differently", "0177.0.0.1": "read differently", "127.1": "read differently",
		"0x7f.0.0.1": "read differently", "0x7f000001": "read differently", "127.0.0.1.": "read differently", "127.0.0.0x1": "read differently",
		"127.0.0.256": "read differently", "0x": "read differently", "1.2.3.4.5": "read differently",
		"": "no host", ".": "no host", "a:b:c": "neither", "a%b": "neither", "[x": "neither",
	} {
		judged(t, host, public.Host(host), want)
	}
}

// FuzzHost: whatever Go's own parser takes for a denied address is denied as a
// host, with and without a port.
func FuzzHost(f *testing.F) {
	for _, a := range addresses {
		f.Add(a.addr)
	}
	for _, s := range []string{"localhost.", "0x7f.1", "[::1]:80", "1e3", "..", "127.0.0.1.", "::ffff:7f00:1"} {
		f.Add(s)
	}
	public := dial.Public(nil)
	f.Fuzz(func(t *testing.T, host string) {
		err := public.Host(host)
		addr, parse := netip.ParseAddr(host)
		if parse == nil && (err == nil) != (public.Check(addr) == nil) {
			t.Errorf("%q: as a host %v, as an address %v", host, err, public.Check(addr))
		}
		if parse == nil && err != nil && public.Host("["+host+"]:80") == nil {
			t.Errorf("%q is allowed with a port", host)
		}
		var denied *dial.Denied
		if err != nil && (!errors.As(err, &denied) || denied.Why == "") {
			t.Errorf("%q: %v has no reason", host, err)
		}
	})
}

// FuzzAddress: an IPv4 address is judged alike in every form that carries it,
// and Channel never denies what Public allows.
func FuzzAddress(f *testing.F) {
	f.Add(uint32(0x7f000001))
	f.Add(uint32(0x0a000001))
	f.Add(uint32(0x5db8d70e))
	public, channel := dial.Public(nil), dial.Channel(nil)
	f.Fuzz(func(t *testing.T, n uint32) {
		v4 := [4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
		want := public.Check(netip.AddrFrom4(v4)) == nil
		if want && channel.Check(netip.AddrFrom4(v4)) != nil {
			t.Errorf("%v: public only", v4)
		}
		mapped, nat64, sixTo4 := [16]byte{10: 0xff, 11: 0xff}, [16]byte{1: 0x64, 2: 0xff, 3: 0x9b}, [16]byte{0x20, 0x02}
		copy(mapped[12:], v4[:])
		copy(nat64[12:], v4[:])
		copy(sixTo4[2:], v4[:])
		for _, form := range [][16]byte{mapped, nat64, sixTo4} {
			if got := public.Check(netip.AddrFrom16(form)) == nil; got != want {
				t.Errorf("%v as %v: allowed %v, want %v", v4, netip.AddrFrom16(form), got, want)
			}
		}
	})
}

func TestJudgingAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	rules := dial.Public([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")})
	addr := netip.MustParseAddr("93.184.215.14")
	if n := testing.AllocsPerRun(100, func() {
		if rules.Check(addr) != nil {
			t.Fatal("denied")
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func BenchmarkCheck(b *testing.B) {
	rules := dial.Public([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")})
	addr := netip.MustParseAddr("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
	b.ReportAllocs()
	for b.Loop() {
		if rules.Check(addr) != nil {
			b.Fatal("denied")
		}
	}
}
