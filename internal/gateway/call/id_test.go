package call_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// TestIDs: ids are hex, and none comes twice, neither of one generator, whose first halves
// repeat for some, nor of another seed.
func TestIDs(t *testing.T) {
	seen := map[string]bool{}
	halves := map[string]int{}
	for seed := range 4 {
		g := call.NewIDs([32]byte{byte(seed)})
		for range 1000 {
			id := strings.Clone(g.Next())
			if len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
				t.Fatalf("id %q", id)
			}
			if seen[id] || seen[id[16:]] {
				t.Fatalf("%q again", id)
			}
			seen[id], seen[id[16:]] = true, true
			halves[id[:16]]++
		}
	}
	for half, n := range halves {
		if n > 64 {
			t.Errorf("%d ids begin with %s", n, half)
		}
	}
	if len(halves) < 4*1000/64 {
		t.Errorf("%d first halves", len(halves))
	}
}

func BenchmarkIDs(b *testing.B) {
	g := call.NewIDs([32]byte{})
	for b.Loop() {
		g.Next()
	}
}
