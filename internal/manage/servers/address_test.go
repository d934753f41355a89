package servers_test

import (
	"net/netip"
	"testing"

	"github.com/lintel-gateway/lintel/internal/manage/servers"
)

// FuzzAddress: what is accepted is an address in its one spelling.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"10.0.0.1", "10.0.0.01", "::1", "::ffff:10.0.0.1", "2001:DB8::1", "fe80::1%eth0", "", "10.0.0.1/8"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, v string) {
		addr, version, err := servers.Parse(v)
		if err != nil {
			return
		}
		again, same, err := servers.Parse(addr)
		if err != nil || again != addr || same != version {
			t.Errorf("%q is %q of version %d is %q of version %d, %v", v, addr, version, again, same, err)
		}
		if ip := netip.MustParseAddr(addr); ip.Is4() != (version == 4) || ip.Zone() != "" {
			t.Errorf("%q: %q of version %d", v, addr, version)
		}
	})
}
