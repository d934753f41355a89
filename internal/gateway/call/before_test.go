package call_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// TestHostOfCallBefore: what is remembered of a host holds for this very host only.
func TestHostOfCallBefore(t *testing.T) {
	c := call.Acquire(t.Context())
	defer call.Release(c)
	r := &c.Request
	r.Index()
	long := strings.Repeat("a", 300)
	for _, host := range []string{
		"example.com", "example.com", "example.com:8080", "example.com:8081", "example.com.", "example.co",
		"Example.com", "Example.com", "[::1]:80", "[::1]", "[0:0::1]", long, long, "x", "",
	} {
		r.Host = host
		want, err := message.CanonicalHost(host)
		if err != nil { // prepare refuses it, and learns nothing
			if got, same := r.HostOfCallBefore(); same {
				t.Errorf("%q is known as %q, and refused: %v", host, got, err)
			}
			continue
		}
		if got, same := r.HostOfCallBefore(); same && got != want {
			t.Errorf("%q is known as %q, want %q", host, got, want)
		}
		r.LearnHost(want)
		got, same := r.HostOfCallBefore()
		if beginning := strings.HasPrefix(host, want); same != beginning || same && got != want {
			t.Errorf("%q, learned as %q: %q, %v", host, want, got, same)
		}
	}
}

// TestClientOfCallBefore: the text of an address is that of this address, whichever
// came before it.
func TestClientOfCallBefore(t *testing.T) {
	c := call.Acquire(t.Context())
	defer call.Release(c)
	r := &c.Request
	for round := range 2 {
		for _, text := range []string{
			"203.0.113.9", "203.0.113.9", "203.0.113.90", "1.2.3.4", "2001:db8::1", "2001:db8::2",
			"2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", "::", "0.0.0.0", "255.255.255.255",
		} {
			r.Client = netip.MustParseAddr(text)
			if got := string(r.AppendClient([]byte("at "))); got != "at "+text {
				t.Errorf("round %d: %q, want at %s", round, got, text)
			}
		}
		r.Index() // which brings the memory
	}
}
