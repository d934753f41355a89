package gateway

import (
	"net/netip"
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// proxies are the hops before the gateway that are believed about who called
// them.
//
// A call's client is its TCP peer, or, when that is a trusted proxy, the entry of
// X-Forwarded-For that the hops-th trusted proxy from here wrote: the hops-th from
// the end, all fields joined. What stands left of it is the caller's claim and is
// not looked at. From any other peer the field is ignored, and X-Forwarded-Proto
// and its kin are ignored always: whether a call came over TLS is what this
// gateway saw.
//
// Where the references are silent (they know the TCP peer, and an option of a
// later edition):
//
//   - A trusted proxy that sends no X-Forwarded-For calls for itself, as health
//     checks do: the client is the proxy.
//   - One that sends too few entries, or an entry that is no address, leaves the
//     client unknown: 403 APIG.0401, whatever the API. The field holds addresses
//     with or without a port, IPv6 with or without brackets.
//   - A call without a port has no TCP peer (the owner of an API debugs it); it
//     may not name another one either.
type proxies struct {
	trusted []netip.Prefix
	hops    int // 1 is the last entry
}

// find puts whom a trusted proxy names in place of the peer in c.Request.Client,
// once the fields are checked.
func (p *proxies) find(c *call.Call) *call.Fault {
	r := &c.Request
	if len(p.trusted) == 0 || r.Remote.Port() == 0 || !among(p.trusted, r.Client) {
		return nil
	}
	if _, ok := r.Field(call.HeaderForwardedFor); !ok {
		return nil
	}
	var ok bool
	if r.Client, ok = p.named(r); !ok {
		return call.UnknownAddress
	}
	return nil
}

func among(networks []netip.Prefix, a netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// named is the entry that counts. Fields of one name are in the order in which
// they came, and a later field continues an earlier one (RFC 9110 §5.3).
func (p *proxies) named(r *call.Request) (netip.Addr, bool) {
	left := p.hops
	for i := len(r.Headers) - 1; i >= 0; i-- {
		if r.Kind(i) != call.HeaderForwardedFor {
			continue
		}
		for rest, more := r.Headers[i].Value, true; more; {
			entry := rest
			at := strings.LastIndexByte(rest, ',')
			if more = at >= 0; more {
				rest, entry = rest[:at], rest[at+1:]
			}
			if left--; left == 0 {
				return forwarded(strings.Trim(entry, " \t"))
			}
		}
	}
	return netip.Addr{}, false
}

// forwarded reads one entry: an address, perhaps with a port.
func forwarded(entry string) (netip.Addr, bool) {
	host := entry
	switch {
	case strings.HasPrefix(entry, "["): // [IPv6] or [IPv6]:port
		end := strings.IndexByte(entry, ']')
		if end < 0 || !port(entry[end+1:]) {
			return netip.Addr{}, false
		}
		if host = entry[1:end]; strings.IndexByte(host, ':') < 0 {
			return netip.Addr{}, false
		}
	case strings.Count(entry, ":") == 1: // IPv4:port
		at := strings.IndexByte(entry, ':')
		if host = entry[:at]; !port(entry[at:]) {
			return netip.Addr{}, false
		}
	}
	a, err := netip.ParseAddr(host)
	if err != nil || a.Zone() != "" || a.IsUnspecified() {
		return netip.Addr{}, false
	}
	return a.Unmap(), true
}

// port reports whether s is "" or ":" and a port in digits.
func port(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != ':' || len(s) < 2 || len(s) > len(":65535") {
		return false
	}
	n := 0
	for _, d := range []byte(s[1:]) {
		if d < '0' || d > '9' {
			return false
		}
		n = 10*n + int(d-'0')
	}
	return n <= 65535
}
