package gateway_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/ids"
)

func TestAppendHex(t *testing.T) {
	for _, n := range []uint64{0, 1, 0x0123456789abcdef, 0xfedcba9876543210, 1<<64 - 1, 0x9a9a9a9a9a9a9a9a} {
		if got, want := string(gateway.AppendHex(nil, n)), fmt.Sprintf("%016x", n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for range 10_000 {
		n := rand.Uint64()
		if got, want := string(gateway.AppendHex(nil, n)), fmt.Sprintf("%016x", n); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}

// TestRequestIDsDiffer: also across many calls of one generator.
func TestRequestIDsDiffer(t *testing.T) {
	g := house(t, api("a", "GET", "/a", mock("")))
	seen := map[string]bool{}
	for range 1000 {
		c := gatewaytest.Raw(t, "GET /a")
		g.Serve(c)
		id := string([]byte(c.ID))
		if !ids.Valid(id) || seen[id] {
			t.Fatalf("id %q after %d", id, len(seen))
		}
		seen[id] = true
	}
}
