package callers

import (
	"hash/maphash"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// TestAccessesOfOneSum: accesses whose sums happen to be the same, which no test can wait
// for, stay apart.
func TestAccessesOfOneSum(t *testing.T) {
	c := New()
	sum := func(app string) uint64 { return maphash.String(c.seed, app) }
	grant := func(id, app string) { c.PutGrant(definition.Grant{ID: id, AppID: app, APIID: "api", EnvID: "env"}) }
	grant("1", "a")
	grant("2", "b")
	of := func(app string) uint64 { return sum(app) ^ c.sumOf(place{"api", "env"}) }
	// What b is allowed is hung behind what a is.
	first, _ := c.granted.Get(of("a"))
	second, _ := c.granted.Get(of("b"))
	first.next = second
	g := c.Granted("api", "env")
	if !g.Allow("a", sum("a")) || !g.Allow("b", sum("a")) || g.Allow("c", sum("a")) {
		t.Error("accesses of one sum are not told apart")
	}
	grant("3", "a")
	c.DropGrant("1")
	if !g.Allow("a", sum("a")) || !g.Allow("b", sum("a")) {
		t.Error("one of two grants was dropped, and an access is lost")
	}
	c.DropGrant("3")
	if g.Allow("a", sum("a")) || !g.Allow("b", sum("a")) {
		t.Error("the first of a chain was not dropped alone")
	}
}
