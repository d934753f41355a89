package route_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/gateway/route"
)

// TestEditedTablesAgree adds and removes routes in several steps, each of which
// makes a table out of the one before, and compares every table, those before as
// well, with the oracle: the last after all steps, so that a step that changed an
// older table is found.
func TestEditedTablesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type state struct {
			table *route.Table[string]
			kept  map[oracleRoute]bool
		}
		states := []state{{route.NewBuilder[string]().Table(), map[oracleRoute]bool{}}}
		pool := make([]oracleRoute, rapid.IntRange(1, 30).Draw(t, "pool"))
		for i := range pool {
			pool[i] = oracleRoute{drawMethod.Draw(t, "method"), drawMatch.Draw(t, "match"), drawTemplate(t)}
			if rapid.IntRange(0, 2).Draw(t, "wide") == 0 { // beyond what is compared one by one
				pool[i].path = fmt.Sprintf("/w%d%s", rapid.IntRange(0, 25).Draw(t, "child"), pool[i].path)
			}
		}
		for range rapid.IntRange(1, 6).Draw(t, "tables") {
			last := states[len(states)-1]
			b, kept := last.table.Edit(), map[oracleRoute]bool{}
			for r := range last.kept {
				kept[r] = true
			}
			for range rapid.IntRange(1, 20).Draw(t, "changes") {
				r := rapid.SampledFrom(pool).Draw(t, "route")
				if rapid.Bool().Draw(t, "remove") {
					value, ok := b.Remove(r.method, r.path, r.match)
					if ok {
						delete(kept, oracleRouteOf(value, kept))
					} else if kept[r] {
						t.Fatalf("%s cannot be removed", r)
					}
					continue
				}
				err := b.Add(route.Entry[string]{Method: r.method, Match: r.match, Path: r.path, Value: r.String()})
				if err == nil {
					kept[r] = true
				} else if len(kept) == 0 && route.Validate(r.method, r.path, r.match) == nil {
					t.Fatal(err)
				}
			}
			states = append(states, state{b.Table(), kept})
		}
		var paths []string
		for range 12 {
			path := ""
			for range rapid.IntRange(1, 5).Draw(t, "segments") {
				path += "/" + rapid.SampledFrom([]string{"a", "b", "ab", "c", "", "w0", "w7", "w25"}).Draw(t, "segment")
			}
			paths = append(paths, path)
		}
		for _, s := range states {
			var routes []oracleRoute
			for r := range s.kept {
				routes = append(routes, r)
			}
			if s.table.Len() != len(routes) {
				t.Fatalf("%d routes, want %d", s.table.Len(), len(routes))
			}
			verdicts(t, s.table, routes, paths)
		}
	})
}

// oracleRouteOf is the route with this value: a removal by shape may take one that
// is spelled otherwise.
func oracleRouteOf(value string, kept map[oracleRoute]bool) oracleRoute {
	for r := range kept {
		if r.String() == value {
			return r
		}
	}
	return oracleRoute{}
}

// TestVisitsAfterRemoval: a table from which routes were removed takes and refuses
// what a table without them does.
func TestVisitsAfterRemoval(t *testing.T) {
	b := route.NewBuilder[int]()
	var taken []string
	for i := range 1 << 12 {
		path := mixed(i, 12) + "/end"
		if b.Add(route.Entry[int]{Method: "GET", Match: "NORMAL", Path: path, Value: i}) == nil {
			taken = append(taken, path)
		}
	}
	for _, path := range taken {
		if _, ok := b.Remove("GET", path, "NORMAL"); !ok {
			t.Fatalf("%s is gone", path)
		}
	}
	if b.Len() != 0 {
		t.Fatalf("%d routes are left", b.Len())
	}
	for _, path := range taken {
		if err := b.Add(route.Entry[int]{Method: "GET", Match: "NORMAL", Path: path}); err != nil {
			t.Fatalf("what was taken before is refused: %v", err)
		}
	}
}

// BenchmarkChange is one route of a table of 100,000 replaced.
func BenchmarkChange100000(b *testing.B) {
	entries, _ := apis(100_000, 0)
	table := build(b, entries)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 7919) % len(entries)
		e := entries[i]
		next := table.Edit()
		if _, ok := next.Remove(e.Method, e.Path, e.Match); !ok {
			b.Fatal(e.Path)
		}
		if err := next.Add(e); err != nil {
			b.Fatal(err)
		}
		table = next.Table()
	}
}
