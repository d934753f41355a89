//go:build !race

package route_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

func TestLookupDoesNotAllocate(t *testing.T) {
	built, requests := tables(t, 1000, 1)
	params := make(message.Fields, 0, 8)
	i := 0
	if n := testing.AllocsPerRun(2000, func() {
		r := requests[i%len(requests)]
		i++
		built[0].Lookup(r.method, r.path, params)
		built[0].Lookup("PATCH", r.path, params)
		built[0].Lookup("GET", r.path, params)
		built[0].Lookup("GET", "/nowhere/at/all", params)
	}); n != 0 {
		t.Errorf("a lookup allocates %v times", n)
	}
}
