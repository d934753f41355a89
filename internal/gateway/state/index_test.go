package state

import (
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
		old, held, newer := x.put(key, at)
		if held != known || newer != (!known || before.revision < at.revision) || held && old != before {
			t.Fatalf("put %v at %+v: %+v, %t, %t; there was %+v, %t", key, at, old, held, newer, before, known)
		}
		if newer {
			want[key] = at
		}
	}
	for key, p := range want {
		if got, held := x.get(key); !held || got != p {
			t.Errorf("%v is at %+v, %t; want %+v", key, got, held, p)
		}
	}
	if got, held := x.get(definition.Key{Kind: definition.KindAPI, ID: "unknown"}); held {
		t.Errorf("an unknown key is at %+v", got)
	}
	if got, held := newIndex().get(definition.Key{Kind: definition.KindAPI, ID: "1"}); held {
		t.Errorf("an empty index has %+v", got)
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
				x.put(key, place{revision: 1, offset: int64(n + 1)})
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
