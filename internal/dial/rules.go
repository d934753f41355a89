package dial

import (
	"fmt"
	"net/netip"
)

// Rules decide which addresses may be dialled. They do not change and are safe
// for concurrent use.
type Rules struct {
	denied []block
	allow  []netip.Prefix
}

// block is a denied range and what it is, to end "… is a … address".
type block struct {
	prefix netip.Prefix
	what   string
}

// Denied is the error for an address or a host that must not be dialled.
type Denied struct {
	Host string // as it was asked for, or the address that a name led to
	Why  string // ends the sentence that Host begins
}

// Error names the host, the reason and the remedy. It is for owners of APIs and
// for logs; callers of APIs are not told addresses.
func (d *Denied) Error() string {
	return fmt.Sprintf("%s %s; the operator may open a network with --backend-allow", d.Host, d.Why)
}

// never are the ranges that no rules let through: this machine, its links, what
// a cloud tells its machines about themselves, and what is no address of one
// machine.
var never = blocks(
	"loopback", "127.0.0.0/8", "::1/128",
	"unspecified", "0.0.0.0/8", "::/96", // with the deprecated IPv4-compatible addresses
	"link-local", "169.254.0.0/16", "fe80::/10",
	"metadata", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::254/128", "fd20:ce::254/128",
	"multicast", "224.0.0.0/4", "ff00::/8",
	"reserved", "240.0.0.0/4", "64:ff9b:1::/48", // the latter: NAT64 of a form that does not tell where the IPv4 address is
)

// beyond are the further ranges that Public denies: the list of wire-facts §11,
// which is also denied where an address of never is part of it, and the IPv6
// ranges of the same meaning.
var beyond = blocks(
	"private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10",
	"shared", "100.64.0.0/10", // more than the 100.125.0.0/16 of the reference: carriers' NAT (RFC 6598)
	"reserved", "192.0.0.0/24", "192.88.99.0/24", "2001:10::/28", "2001:20::/28", "100::/64", "5f00::/16",
	"documentation", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20",
	"benchmarking", "198.18.0.0/15", "2001:2::/48",
)

// blocks reads names and the prefixes that follow each.
func blocks(list ...string) []block {
	var out []block
	what := ""
	for _, s := range list {
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			what = s
			continue
		}
		out = append(out, block{prefix, what})
	}
	return out
}

// Public returns the rules for addresses that an API's definition names: the
// reserved ranges of the reference are denied, allow excepted.
func Public(allow []netip.Prefix) *Rules {
	return &Rules{denied: append(append([]block(nil), never...), beyond...), allow: unmapped(allow)}
}

// Channel returns the rules for members of channels, which may be in private
// networks but neither this machine nor its links nor a metadata service, allow
// excepted.
func Channel(allow []netip.Prefix) *Rules {
	return &Rules{denied: never, allow: unmapped(allow)}
}

// unmapped writes ::ffff:10.0.0.0/104 as 10.0.0.0/8, since addresses are judged
// in that form.
func unmapped(list []netip.Prefix) []netip.Prefix {
	out := make([]netip.Prefix, 0, len(list))
	for _, p := range list {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		out = append(out, p)
	}
	return out
}

// Check returns nil, or a *Denied for an address that must not be dialled.
func (r *Rules) Check(addr netip.Addr) error {
	if why := r.judge(addr); why != "" {
		return &Denied{Host: addr.String(), Why: why}
	}
	return nil
}

func (r *Rules) judge(addr netip.Addr) string {
	if !addr.IsValid() {
		return "is no address"
	}
	if addr.Zone() != "" {
		return "has a zone, which names an interface of the gateway's machine"
	}
	addr = addr.Unmap()
	for _, p := range r.allow {
		if p.Contains(addr) {
			return ""
		}
	}
	for i := range r.denied {
		if r.denied[i].prefix.Contains(addr) {
			return "is " + article(r.denied[i].what) + " address"
		}
	}
	for _, inner := range embedded(addr) {
		if why := r.judge(inner); why != "" {
			return "carries " + inner.String() + ", which " + why
		}
	}
	return ""
}

func article(what string) string {
	if what[0] == 'u' {
		return "an " + what
	}
	return "a " + what
}

// Prefixes whose addresses carry IPv4 addresses.
var (
	nat64  = netip.MustParsePrefix("64:ff9b::/96")
	sixTo4 = netip.MustParsePrefix("2002::/16")
	teredo = netip.MustParsePrefix("2001::/32")
)

// embedded are the IPv4 addresses to which a packet to addr may lead.
func embedded(addr netip.Addr) []netip.Addr {
	if addr.Is4() {
		return nil
	}
	b := addr.As16()
	switch {
	case nat64.Contains(addr):
		return []netip.Addr{netip.AddrFrom4([4]byte(b[12:16]))}
	case sixTo4.Contains(addr):
		return []netip.Addr{netip.AddrFrom4([4]byte(b[2:6]))}
	case teredo.Contains(addr): // its server, and its client with all bits turned
		return []netip.Addr{netip.AddrFrom4([4]byte(b[4:8])), netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})}
	}
	return nil
}
