package snapshot

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// TestGravesAgreeWithAMap draws deletions and revivals of few keys and compares
// with a plain map, while fewer are deleted than are remembered.
func TestGravesAgreeWithAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, want := newGraves(), map[definition.Key]uint64{}
		n := rapid.IntRange(1, 400).Draw(t, "steps")
		for revision := uint64(1); revision <= uint64(n); revision++ {
			key := numbered(rapid.IntRange(0, 200).Draw(t, "key"))
			if rapid.IntRange(0, 3).Draw(t, "lives") == 0 {
				g.drop(key)
				delete(want, key)
			} else if forgotten := g.add(key, revision); forgotten != 0 {
				t.Fatalf("step %d forgot %d", revision, forgotten)
			} else {
				want[key] = revision
			}
		}
		for i := range 201 {
			revision, ok := g.find(numbered(i))
			if held, dead := want[numbered(i)]; ok != dead || revision != held {
				t.Fatalf("key %d: %d, %t, want %d, %t", i, revision, ok, held, dead)
			}
		}
	})
}

// TestGravesForgetTheOldest: what is forgotten is what was deleted first, and a key
// that was deleted again counts from then.
func TestGravesForgetTheOldest(t *testing.T) {
	g := newGraves()
	for i := range MaxTombstones {
		if forgotten := g.add(numbered(i), uint64(i+1)); forgotten != 0 {
			t.Fatalf("deletion %d forgot %d", i+1, forgotten)
		}
	}
	const again = MaxTombstones + 1
	if forgotten := g.add(numbered(0), again); forgotten != 0 {
		t.Errorf("the first key, deleted again, forgot %d", forgotten)
	}
	for i := range 100 {
		if forgotten := g.add(numbered(MaxTombstones+i), again+1+uint64(i)); forgotten != uint64(i+2) {
			t.Fatalf("forgot %d, want %d", forgotten, i+2)
		}
	}
	if revision, ok := g.find(numbered(0)); !ok || revision != again {
		t.Errorf("the key that was deleted again: %d, %t", revision, ok)
	}
	if _, ok := g.find(numbered(1)); ok {
		t.Error("what was forgotten is still found")
	}
	for i := 101; i < MaxTombstones+100; i++ {
		if _, ok := g.find(numbered(i)); !ok {
			t.Fatalf("deletion %d is lost", i)
		}
	}
}

func numbered(i int) definition.Key {
	return definition.Key{Kind: definition.KindAPI, ID: fmt.Sprint(i)}
}
