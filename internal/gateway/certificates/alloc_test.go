//go:build !race

package certificates_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/certificates"
)

func TestForDoesNotAllocate(t *testing.T) {
	s := certificates.New()
	shop := issue(t, "1", "shop.example.com", 10)
	s.Put(shop.ready(t))
	if n := testing.AllocsPerRun(100, func() { s.For("shop.example.com"); s.For("other.example.com") }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
