package route_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/route"
)

// TestEndsOfSegments: values are cut where their segments end, wherever a segment
// begins and however many there are: more than a lookup remembers, and of every
// length around a word.
func TestEndsOfSegments(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 400 {
		template, path, want := "", "", []string{}
		for depth := range 1 + round%24 {
			text := strings.Repeat(string(rune('a'+depth)), 1+random.IntN(20))
			if random.IntN(3) == 0 {
				template += "/" + text
			} else {
				template += "/{v" + string(rune('a'+depth)) + "}"
				want = append(want, text)
			}
			path += "/" + text
		}
		b := route.NewBuilder[int]()
		if err := b.Add(route.Entry[int]{Method: "GET", Path: template, Match: "NORMAL", Value: round}); err != nil {
			t.Fatal(err)
		}
		table := b.Table()
		m := table.Lookup("GET", path, nil)
		if !m.Found || len(m.Params) != len(want) {
			t.Fatalf("%s for %s: found %v, %d values, want %d", path, template, m.Found, len(m.Params), len(want))
		}
		for i, p := range m.Params {
			if p.Value != want[i] {
				t.Errorf("%s for %s: value %d is %q, want %q", path, template, i, p.Value, want[i])
			}
		}
		for _, other := range []string{path + "/", path + "/x", path[:strings.LastIndexByte(path, '/')]} {
			if other != "" && table.Lookup("GET", other, nil).Found {
				t.Errorf("%s was found under %s", other, template)
			}
		}
	}
}

// TestRestOfDeepPath: what a prefix and a {name+} leave over is whole, also of a path
// of which not all ends are remembered.
func TestRestOfDeepPath(t *testing.T) {
	b := route.NewBuilder[string]()
	for _, e := range []route.Entry[string]{
		{Method: "GET", Path: "/prefix", Match: "SWA", Value: "prefix"},
		{Method: "GET", Path: "/rest/{all+}", Match: "NORMAL", Value: "rest"},
	} {
		if err := b.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	table := b.Table()
	for n := 1; n < 40; n++ {
		tail := strings.Repeat("/seg", n)
		if m := table.Lookup("GET", "/prefix"+tail, nil); m.Value != "prefix" || m.Tail != tail {
			t.Errorf("%d segments: %q left %q", n, m.Value, m.Tail)
		}
		if m := table.Lookup("GET", "/rest"+tail, nil); m.Value != "rest" || len(m.Params) != 1 || m.Params[0].Value != tail[1:] {
			t.Errorf("%d segments: %q with %v", n, m.Value, m.Params)
		}
	}
}
