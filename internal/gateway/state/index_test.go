package state

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// TestIndexIsAMap holds an index against a map of Go, over growth, records that come
// late, deletions, and keys that differ in their kind alone.
func TestIndexIsAMap(t *testing.T) {
	x, want, random := newIndex(), map[definition.Key]place{}, rand.New(rand.NewPCG(1, 2))
	for n := range 200_000 {
		key := definition.Key{Kind: []definition.Kind{definition.KindAPI, definition.KindGrant}[random.IntN(2)], ID: fmt.Sprint(random.IntN(30_000))}
		at := place{revision: 1 + random.Uint64N(1000), offset: int64(headerSize + n), dead: random.IntN(4) == 0}
		before, known := want[key]
		old, held, newer := x.put(x.sum(key), at)
		if held != known || newer != (!known || before.revision < at.revision) || held && old != before {
			t.Fatalf("put %v at %+v: %+v, %t, %t; there was %+v, %t", key, at, old, held, newer, before, known)
		}
		if newer {
			want[key] = at
		}
	}
	x.fit()
	for _, other := range []*index{x.empty(0), x.empty(len(want)), x.empty(20 * len(want))} {
		for key, p := range want {
			other.put(x.sum(key), p)
		}
		other.fit()
		for i := range other.parts {
			if p := &other.parts[i]; 4*p.used > 3*len(p.slots)+4 || p.used > 0 && len(p.slots) > 4*p.used+8 {
				t.Fatalf("a part of %d keys has %d slots", p.used, len(p.slots))
			}
		}
		for key, p := range want {
			if got, held := other.get(x.sum(key)); !held || got != p {
				t.Fatalf("%v is at %+v, %t in another index; want %+v", key, got, held, p)
			}
		}
	}
	for key, p := range want {
		if got, held := x.get(x.sum(key)); !held || got != p {
			t.Errorf("%v is at %+v, %t; want %+v", key, got, held, p)
		}
	}
	if got, held := x.get(x.sum(definition.Key{Kind: definition.KindAPI, ID: "unknown"})); held {
		t.Errorf("an unknown key is at %+v", got)
	}
	if got, held := x.empty(100_000).get(x.sum(definition.Key{Kind: definition.KindAPI, ID: "1"})); held {
		t.Errorf("an empty index has %+v", got)
	}
}

// TestSumsAndHeadsHaveTwoWays: a key has one sum whether its strings are there or only
// their bytes, and its line is spelled as encoding/json would, whichever way it goes.
func TestSumsAndHeadsHaveTwoWays(t *testing.T) {
	x := newIndex()
	for _, id := range []string{"plain", "with space", "a/b", `quote"`, `back\`, "<tag>", "a&b", "é", "\u2028", "tab\t", "\x7f", "\xff", ""} {
		key := definition.Key{Kind: definition.KindGrant, ID: id}
		if x.sum(key) != x.sumOf([]byte(key.Kind), []byte(id)) {
			t.Errorf("%q has two sums", id)
		}
		if x.empty(10).sum(key) != x.sum(key) || newIndex().sum(key) == x.sum(key) {
			t.Errorf("%q: the sums of an index are its own and those of its successors", id)
		}
		for _, revision := range []uint64{1, 1<<64 - 1} {
			want, err := json.Marshal(head{key, revision})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := appendHead(nil, key, revision); err != nil || string(got) != string(want) {
				t.Errorf("the line of %q is %s, %v; want %s", id, got, err, want)
			}
		}
	}
}

// BenchmarkIndex tells what a key takes in memory, beside its text.
func BenchmarkIndex(b *testing.B) {
	const keys = 1_000_000
	list := make([]definition.Key, keys)
	for n := range list {
		list[n] = definition.Key{Kind: definition.KindAPI, ID: fmt.Sprintf("%032x/DEFAULT_ENVIRONMENT_RELEASE_ID", n)}
	}
	for _, c := range []struct {
		name string
		fill func() any
	}{
		{"index", func() any {
			x := newIndex()
			for n, key := range list {
				x.put(x.sum(key), place{revision: 1, offset: int64(n + 1)})
			}
			return x
		}},
		{"map", func() any {
			x := map[definition.Key]place{}
			for n, key := range list {
				x[key] = place{revision: 1, offset: int64(n + 1)}
			}
			return x
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				before := live()
				x := c.fill()
				b.ReportMetric(float64(live()-before)/keys, "B/key")
				runtime.KeepAlive(x)
			}
		})
	}
	runtime.KeepAlive(list)
}

func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
