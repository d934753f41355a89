//go:build !race

package snapshot_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
)

func TestLookupDoesNotAllocate(t *testing.T) {
	w := newWorld()
	mustApply(t, w, group(1, "g", "h"), api(2, "a", "g", "GET /{x}/{y}"), api(3, "b", "g", "GET /files*"))
	c := &call.Call{}
	c.Target.PathParams = fields(8)
	if n := testing.AllocsPerRun(1000, func() {
		for _, path := range []string{"/1/2", "/files/3", "/4"} {
			c.Request.Method, c.Request.Path = "GET", path
			_, outcome := w.Group("h").Lookup(release, c)
			if (outcome == snapshot.Found) != (path != "/4") {
				t.Fatal(path, outcome)
			}
		}
		if w.Group("unknown") != nil {
			t.Fatal("an unknown host leads to a group")
		}
	}); n != 0 {
		t.Errorf("a lookup allocates %v times", n)
	}
}
