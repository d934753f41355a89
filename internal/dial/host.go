package dial

import (
	"net"
	"net/netip"
	"strings"
)

// Host returns a *Denied for a host or host:port of which is known without a
// look-up that it must not be dialled: an address in a denied range, a text of
// digits that some resolvers take for an address, and localhost. nil says
// nothing about where a name leads; only dialling tells.
func (r *Rules) Host(host string) error {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") {
		host = inner[:len(inner)-1]
	}
	addr, isAddr, why := read(host)
	if why == "" && isAddr {
		why = r.judge(addr)
	}
	if why == "" && !isAddr && local(host) {
		// Wherever it leads, RFC 6761 says that it means this machine.
		if r.judge(netip.AddrFrom4([4]byte{127, 0, 0, 1})) != "" && r.judge(netip.IPv6Loopback()) != "" {
			why = "is this machine"
		}
	}
	if why == "" {
		return nil
	}
	return &Denied{Host: host, Why: why}
}

// read tells addresses from names. A host that is neither is answered with why.
func read(host string) (addr netip.Addr, isAddr bool, why string) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr, true, ""
	}
	name := strings.TrimSuffix(host, ".")
	switch {
	case name == "":
		return netip.Addr{}, false, "is no host"
	case strings.ContainsAny(name, ":%[]"):
		return netip.Addr{}, false, "is neither an address nor a name"
	case number(name[strings.LastIndexByte(name, '.')+1:]):
		return netip.Addr{}, false, "is an address in a form that is read differently by different programs"
	}
	return netip.Addr{}, false, ""
}

// number reports whether the last label of a host makes resolvers take the host
// for an address: no top-level domain consists of digits, or begins with 0x.
func number(label string) bool {
	if hex, ok := strings.CutPrefix(strings.ToLower(label), "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}

func local(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
