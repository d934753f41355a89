package gateway_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/ids"
)

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
