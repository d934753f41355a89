package acl_test

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/policy/acl"
)

// oracle is the naive reading of a list: every entry is asked, with nothing but
// package netip.
func oracle(values []string, a netip.Addr) bool {
	for _, v := range values {
		if from, to, ok := strings.Cut(v, "-"); ok {
			first, last := netip.MustParseAddr(from).Unmap(), netip.MustParseAddr(to).Unmap()
			if first.BitLen() == a.BitLen() && first.Compare(a) <= 0 && a.Compare(last) <= 0 {
				return true
			}
			continue
		}
		if p, err := netip.ParsePrefix(v); err == nil {
			if p.Contains(a) || p.Addr().Is4In6() && netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96).Contains(a) {
				return true
			}
			continue
		}
		if netip.MustParseAddr(v).Unmap() == a {
			return true
		}
	}
	return false
}

// near is an address out of a small world, so that entries meet, with the ends
// of both families among them.
func near(r *rand.Rand) netip.Addr {
	low := byte(r.IntN(24))
	switch r.IntN(8) {
	case 0:
		return netip.AddrFrom4([4]byte{255, 255, 255, 255 - low})
	case 1:
		return netip.AddrFrom4([4]byte{0, 0, 0, low})
	case 2, 3, 4:
		return netip.AddrFrom4([4]byte{10, 0, byte(r.IntN(2)), low})
	case 5:
		var b [16]byte
		for i := range b {
			b[i] = 255
		}
		b[15] -= low
		return netip.AddrFrom16(b)
	}
	b := [16]byte{0: 0x20, 1: 0x01}
	b[7], b[8], b[15] = byte(r.IntN(2)), byte(r.IntN(2)*255), low
	return netip.AddrFrom16(b)
}

func entry(r *rand.Rand) string {
	a := near(r)
	switch r.IntN(4) {
	case 0:
		return a.String()
	case 1:
		return netip.PrefixFrom(a, a.BitLen()-r.IntN(min(a.BitLen()+1, 80))).String()
	case 2:
		return netip.PrefixFrom(a, a.BitLen()-r.IntN(6)).String()
	}
	b := near(r)
	for b.BitLen() != a.BitLen() {
		b = near(r)
	}
	if b.Less(a) {
		a, b = b, a
	}
	return a.String() + "-" + b.String()
}

// TestListAgreesWithOracle: any list, any address.
func TestListAgreesWithOracle(t *testing.T) {
	const seed = 4
	r := rand.New(rand.NewPCG(seed, seed))
	held := 0
	for range 3000 {
		var values []string
		for range 1 + r.IntN(12) {
			values = append(values, entry(r))
		}
		l := compiled(t, addresses(true, values...))
		for range 60 {
			a := near(r)
			want := oracle(values, a)
			if want {
				held++
			}
			if got := l.AdmitsAddress(a); got != want {
				t.Fatalf("%s in %q: %v, want %v", a, values, got, want)
			}
		}
	}
	if held < 3000 || held > 170_000 {
		t.Errorf("%d of 180,000 addresses were listed: the world is no test any more", held)
	}
}

// FuzzCompile: whatever is written, either the list is refused or it holds what
// its entries say.
func FuzzCompile(f *testing.F) {
	f.Add("192.168.1.5,192.168.10.0/24,192.168.12.12-192.168.12.19", "192.168.10.7")
	f.Add("::/0,0.0.0.0/0", "::1")
	f.Add("::ffff:10.0.0.0/104", "10.1.2.3")
	f.Add("fe80::1%eth0", "fe80::1")
	f.Add("1.2.3.4-1.2.3.3", "1.2.3.4")
	f.Fuzz(func(t *testing.T, list, address string) {
		a, err := netip.ParseAddr(address)
		if err != nil {
			return
		}
		a = a.Unmap().WithZone("")
		values := strings.Split(list, ",")
		l, err := acl.Compile(addresses(true, values...))
		if err != nil {
			if l != nil {
				t.Fatal("a list beside an error")
			}
			return
		}
		if got, want := l.AdmitsAddress(a), oracle(values, a); got != want {
			t.Fatalf("%s in %q: %v, want %v", a, values, got, want)
		}
	})
}
