package shard_test

import (
	"math/rand/v2"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// TestSums: what a map of Go holds, through growing and shrinking, also where sums are of
// one part or of one bucket.
func TestSums(t *testing.T) {
	s, want := shard.NewSums[int](), map[uint64]int{}
	sum := func() uint64 {
		n := rand.Uint64N(3000)
		switch n % 3 {
		case 0:
			return n // one part
		case 1:
			return n << 56 // one bucket of each part
		}
		return n * 0x9e3779b97f4a7c15
	}
	for turn := range 20_000 {
		k := sum()
		if turn > 12_000 || turn%3 == 0 {
			s.Delete(k)
			delete(want, k)
		} else {
			s.Set(k, turn)
			want[k] = turn
		}
		k = sum()
		got, ok := s.Get(k)
		if v, there := want[k]; ok != there || got != v {
			t.Fatalf("turn %d, %x: %d %v, want %d %v", turn, k, got, ok, v, there)
		}
	}
	if s.Len() != len(want) {
		t.Errorf("%d sums, want %d", s.Len(), len(want))
	}
	for k := range want {
		s.Delete(k)
	}
	if s.Len() != 0 {
		t.Errorf("%d sums are left", s.Len())
	}
}
