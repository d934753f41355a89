package shard_test

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// TestMapAgreesWithGoMap runs random writes against a Go map. Few keys and
// many writes make every part grow, shrink and become empty again.
func TestMapAgreesWithGoMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := shard.New[int, int]()
		want := map[int]int{}
		steps := rapid.IntRange(1, 400).Draw(t, "steps")
		for range steps {
			key := rapid.IntRange(0, 60).Draw(t, "key")
			switch rapid.SampledFrom([]string{"set", "delete", "add", "refuse"}).Draw(t, "write") {
			case "set":
				value := rapid.Int().Draw(t, "value")
				m.Set(key, value)
				want[key] = value
			case "delete":
				m.Delete(key)
				delete(want, key)
			case "add":
				m.Update(key, func(old int, present bool) (int, bool) {
					if _, ok := want[key]; ok != present || old != want[key] {
						t.Fatalf("update of %d sees %d, %v", key, old, present)
					}
					return old + 1, true
				})
				want[key]++
			case "refuse":
				m.Update(key, func(int, bool) (int, bool) { return 7, false })
				delete(want, key)
			}
		}
		if m.Len() != len(want) {
			t.Fatalf("Len() = %d, want %d", m.Len(), len(want))
		}
		for key := range 61 {
			value, ok := m.Get(key)
			wantValue, wantOK := want[key]
			if value != wantValue || ok != wantOK {
				t.Fatalf("Get(%d) = %d, %v, want %d, %v", key, value, ok, wantValue, wantOK)
			}
		}
	})
}

// TestMapGrowsAndEmpties crosses many growths in one direction and back, which
// random walks over few keys do not reach.
func TestMapGrowsAndEmpties(t *testing.T) {
	const keys = 50_000
	m := shard.New[string, int]()
	for i := range keys {
		m.Set(strconv.Itoa(i), i)
	}
	if m.Len() != keys {
		t.Fatalf("Len() = %d after %d keys", m.Len(), keys)
	}
	for i := range keys {
		if v, ok := m.Get(strconv.Itoa(i)); !ok || v != i {
			t.Fatalf("Get(%d) = %d, %v", i, v, ok)
		}
		if i%10 != 0 {
			m.Delete(strconv.Itoa(i))
		}
	}
	for i := range keys {
		if _, ok := m.Get(strconv.Itoa(i)); ok != (i%10 == 0) {
			t.Fatalf("after deleting: Get(%d) present = %v", i, ok)
		}
	}
	if m.Len() != keys/10 {
		t.Fatalf("Len() = %d after deleting", m.Len())
	}
}

// TestReadersSeeEveryOtherKey reads keys that nobody changes while their
// neighbours come and go: a rebuild of a part must never hide a key.
func TestReadersSeeEveryOtherKey(t *testing.T) {
	m := shard.New[string, int]()
	const stable = 500
	for i := range stable {
		m.Set(fmt.Sprint("stable", i), i)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				for i := range stable {
					if v, ok := m.Get(fmt.Sprint("stable", i)); !ok || v != i {
						t.Errorf("stable key %d read as %d, %v", i, v, ok)
						return
					}
				}
			}
		})
	}
	var writers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			for round := range 4 {
				for i := range 3000 {
					m.Set(fmt.Sprint(w, "moving", i), round)
				}
				for i := range 3000 {
					m.Delete(fmt.Sprint(w, "moving", i))
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	if m.Len() != stable {
		t.Errorf("Len() = %d, want %d", m.Len(), stable)
	}
}

func BenchmarkGet(b *testing.B) {
	for _, keys := range []int{1_000, 100_000, 1_000_000} {
		b.Run(strconv.Itoa(keys), func(b *testing.B) {
			m := shard.New[string, int]()
			names := make([]string, keys)
			for i := range names {
				names[i] = fmt.Sprintf("%032x", i)
				m.Set(names[i], i)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i = (i + 7919) % keys
				if _, ok := m.Get(names[i]); !ok {
					b.Fatal("lost", names[i])
				}
			}
		})
	}
}

func BenchmarkSetNew(b *testing.B) {
	m := shard.New[string, int]()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		m.Set(strconv.Itoa(i), i)
	}
}
