package acl_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/acl"
)

func addresses(permit bool, values ...string) *definition.ACL {
	return &definition.ACL{ID: "id", Name: "name", Permit: permit, Entity: "IP", Values: values}
}

func accounts(permit bool, values ...string) *definition.ACL {
	return &definition.ACL{ID: "id", Name: "name", Permit: permit, Entity: "DOMAIN", Values: values}
}

func compiled(t testing.TB, d *definition.ACL) *acl.List {
	t.Helper()
	l, err := acl.Compile(d)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestAddresses: what an entry holds, seen through both kinds of list.
func TestAddresses(t *testing.T) {
	sample := []string{"192.168.1.5", "192.168.10.0/24", "192.168.12.12-192.168.12.19"} // reference 4.10
	tests := []struct {
		name    string
		values  []string
		in, out string // addresses
	}{
		{"the sample of the reference", sample, "192.168.1.5 192.168.10.0 192.168.10.255 192.168.12.12 192.168.12.15 192.168.12.19",
			"192.168.1.4 192.168.1.6 192.168.9.255 192.168.11.0 192.168.12.11 192.168.12.20 ::1"},
		{"all of IPv4", []string{"0.0.0.0/0"}, "0.0.0.0 255.255.255.255 127.0.0.1", "::1 ::"},
		{"all of IPv6", []string{"::/0"}, ":: ::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0.0.0.0 10.0.0.1"},
		{"one of IPv6", []string{"2001:db8::1"}, "2001:db8::1", "2001:db8:: 2001:db8::2 1.2.3.4"},
		{"a block of IPv6", []string{"2001:db8::/32"}, "2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9::"},
		{"a block of IPv6 in the lower half", []string{"2001:db8::10/124"}, "2001:db8::10 2001:db8::1f", "2001:db8::f 2001:db8::20"},
		{"64 bits", []string{"2001:db8:0:1::/64"}, "2001:db8:0:1:: 2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:2:: 2001:db8::"},
		{"a range over the halves of IPv6", []string{"2001:db8::ffff:ffff:ffff:fffe-2001:db8:0:1::1"},
			"2001:db8::ffff:ffff:ffff:fffe 2001:db8::ffff:ffff:ffff:ffff 2001:db8:0:1:: 2001:db8:0:1::1", "2001:db8::ffff:ffff:ffff:fffd 2001:db8:0:1::2"},
		{"IPv4 in IPv6 notation", []string{"::ffff:10.0.0.1", "::ffff:10.0.1.0/120"}, "10.0.0.1 10.0.1.0 10.0.1.255", "10.0.0.2 10.0.2.0"},
		{"a block with host bits", []string{"10.1.2.3/8"}, "10.0.0.0 10.255.255.255", "11.0.0.0 9.255.255.255"},
		{"overlapping", []string{"10.0.0.5-10.0.0.9", "10.0.0.0/30", "10.0.0.7-10.0.0.20", "10.0.0.3-10.0.0.4"}, "10.0.0.0 10.0.0.4 10.0.0.20 10.0.0.8", "9.255.255.255 10.0.0.21"},
		{"one within another", []string{"10.0.0.0/8", "10.0.0.1", "10.9.0.0/16"}, "10.0.0.0 10.0.0.2 10.255.255.255", "11.0.0.0"},
		{"the last address", []string{"255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, "255.255.255.255 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "255.255.255.254 ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			permit, deny := compiled(t, addresses(true, test.values...)), compiled(t, addresses(false, test.values...))
			for i, list := range []string{test.in, test.out} {
				for _, s := range strings.Fields(list) {
					listed := i == 0
					if a := netip.MustParseAddr(s); permit.AdmitsAddress(a) != listed || deny.AdmitsAddress(a) == listed {
						t.Errorf("%s is listed: %v, PERMIT admits %v, DENY %v", s, listed, permit.AdmitsAddress(a), deny.AdmitsAddress(a))
					}
				}
			}
		})
	}
}

// TestCompileRefuses: a list that cannot be enforced is none.
func TestCompileRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		d    *definition.ACL
		want string
	}{
		"empty":               {addresses(true), "values: is empty"},
		"another entity":      {&definition.ACL{ID: "id", Entity: "USER", Values: []string{"a"}}, `entity: "USER" is none of IP, DOMAIN`},
		"garbage":             {addresses(true, "10.0.0.1", "garbage"), `values: entry 2, "garbage", is not an IPv4 or IPv6 address`},
		"empty entry":         {addresses(true, ""), `entry 1, ""`},
		"blank":               {addresses(true, " 10.0.0.1"), "entry 1"},
		"a name":              {addresses(true, "example.com"), "entry 1"},
		"a zone":              {addresses(true, "fe80::1%eth0"), "entry 1"},
		"leading zeros":       {addresses(true, "010.0.0.1"), "entry 1"},
		"33 bits":             {addresses(true, "10.0.0.0/33"), "entry 1"},
		"129 bits":            {addresses(true, "::/129"), "entry 1"},
		"a mask":              {addresses(true, "10.0.0.0/255.0.0.0"), "entry 1"},
		"reversed":            {addresses(true, "10.0.0.9-10.0.0.1"), "reversed range"},
		"from IPv4 to IPv6":   {addresses(true, "10.0.0.9-::1"), "from IPv4 to IPv6"},
		"half a range":        {addresses(true, "10.0.0.1-"), "entry 1"},
		"two dashes":          {addresses(true, "10.0.0.1-10.0.0.2-10.0.0.3"), "entry 1"},
		"a range of blocks":   {addresses(true, "10.0.0.0/24-10.0.1.0/24"), "entry 1"},
		"a block around IPv4": {addresses(true, "::ffff:10.0.0.0/90"), "mixes IPv4 and IPv6"},
		"no account":          {accounts(true, "a", ""), "values: entry 2 is empty"},
		"no accounts":         {accounts(false), "values: is empty"},
	} {
		l, err := acl.Compile(test.d)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "access control policy id: ") {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
		if l != nil {
			t.Errorf("%s: a list beside an error", name)
		}
	}
}

func TestAddressPolicy(t *testing.T) {
	var bound acl.Slot
	p := acl.NewAddresses(&bound)
	client := netip.MustParseAddr(gatewaytest.Peer)
	for _, test := range []struct {
		name   string
		list   *definition.ACL
		client netip.Addr
		want   *call.Fault
	}{
		{"nothing bound", nil, client, nil},
		{"nothing bound, no address", nil, netip.Addr{}, nil},
		{"permitted", addresses(true, gatewaytest.Peer), client, nil},
		{"not permitted", addresses(true, "10.0.0.1"), client, call.AddressDenied},
		{"denied", addresses(false, gatewaytest.Peer), client, call.AddressDenied},
		{"not denied", addresses(false, "10.0.0.1"), client, nil},
		{"no address, PERMIT", addresses(true, "0.0.0.0/0", "::/0"), netip.Addr{}, call.UnknownAddress},
		{"no address, DENY", addresses(false, "10.0.0.1"), netip.Addr{}, call.UnknownAddress},
		{"a list of accounts in the wrong place", accounts(false, "nobody"), client, call.AddressDenied},
	} {
		c := gatewaytest.Prepared(t, "GET /", "X-Forwarded-For: 10.0.0.1")
		c.Request.Client = test.client
		if bound.Store(nil); test.list != nil {
			bound.Store(compiled(t, test.list))
		}
		if got := p.Apply(c); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
	if f := call.AddressDenied; f.Status != 403 || f.Code != "APIG.0402" || f.Message != "The IP address is not authorized to access the API." {
		t.Errorf("%+v", f)
	}
}

func TestAccountPolicy(t *testing.T) {
	var bound acl.Slot
	p := acl.NewAccounts(&bound)
	for _, test := range []struct {
		name, account string
		list          *definition.ACL
		want          *call.Fault
	}{
		{"nothing bound", "Default", nil, nil},
		{"permitted", "Default", accounts(true, "other", "Default"), nil},
		{"not permitted", "Default", accounts(true, "other"), call.AccountDenied},
		{"another case", "Default", accounts(true, "default"), call.AccountDenied},
		{"a part of the name", "Default", accounts(true, "Def"), call.AccountDenied},
		{"denied", "租户", accounts(false, "租户"), call.AccountDenied},
		{"not denied", "Default", accounts(false, "租户"), nil},
		{"no account, PERMIT", "", accounts(true, "other"), call.AccountDenied},
		{"no account, DENY", "", accounts(false, "other"), call.AccountDenied},
		{"a list of addresses in the wrong place", "Default", addresses(false, "10.0.0.1"), call.AccountDenied},
	} {
		c := gatewaytest.Prepared(t, "GET /")
		c.Caller.DomainName = test.account
		if bound.Store(nil); test.list != nil {
			bound.Store(compiled(t, test.list))
		}
		if got := p.Apply(c); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

// TestTrace: whoever watches a call sees which list decided, about what, and how.
func TestTrace(t *testing.T) {
	var byAddress, byAccount acl.Slot
	byAddress.Store(compiled(t, addresses(true, "10.0.0.1")))
	byAccount.Store(compiled(t, accounts(false, "other")))
	c := gatewaytest.Prepared(t, "GET /")
	c.Caller.DomainName = "Default"
	c.Trace = &call.Trace{Now: time.Now}
	acl.NewAddresses(&byAddress).Apply(c)
	acl.NewAccounts(&byAccount).Apply(c)
	lines := c.Trace.Lines()
	if len(lines) != 2 || !strings.HasSuffix(lines[0], "the PERMIT list name (id), asked about "+gatewaytest.Peer+", admits: false") ||
		!strings.HasSuffix(lines[1], `the DENY list name (id), asked about "Default", admits: true`) {
		t.Errorf("said %q", lines)
	}
}

// hundred is a list of n ranges with holes between them.
func hundred(n int) *definition.ACL {
	d := addresses(true)
	for i := range n {
		d.Values = append(d.Values, fmt.Sprintf("203.0.%d.0-203.0.%d.9", i, i))
	}
	return d
}

func TestApplyDoesNotAllocate(t *testing.T) {
	if race {
		t.Skip("the race detector allocates")
	}
	var byAddress, byAccount acl.Slot
	byAddress.Store(compiled(t, hundred(114))) // 203.0.113.9 is the last one's last
	byAccount.Store(compiled(t, accounts(true, "other", "Default")))
	c := gatewaytest.Prepared(t, "GET /")
	c.Caller.DomainName = "Default"
	addresses, accounts := acl.NewAddresses(&byAddress), acl.NewAccounts(&byAccount)
	if n := testing.AllocsPerRun(1000, func() {
		if addresses.Apply(c) != nil || accounts.Apply(c) != nil {
			t.Fatal("refused")
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkApply: a hundred entries cost what one does, but for six comparisons.
func BenchmarkApply(b *testing.B) {
	one, all := addresses(true, "203.0.113.0-203.0.113.9"), hundred(100)
	all.Values[99] = one.Values[0]
	for name, d := range map[string]*definition.ACL{"1": one, "100": all} {
		b.Run(name, func(b *testing.B) {
			var bound acl.Slot
			bound.Store(compiled(b, d))
			p, c := acl.NewAddresses(&bound), gatewaytest.Prepared(b, "GET /")
			b.ReportAllocs()
			for b.Loop() {
				if p.Apply(c) != nil {
					b.Fatal("refused")
				}
			}
		})
	}
}
