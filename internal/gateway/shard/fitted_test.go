package shard_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// TestFitted: a map that has become nearly empty is made anew with what is in it,
// and no other is.
func TestFitted(t *testing.T) {
	m := map[int]int{}
	for i := range 4096 {
		m[i] = i
	}
	most := len(m)
	same := func(a, b map[int]int) bool {
		a[-1] = 1
		defer delete(a, -1)
		return b[-1] == 1
	}
	for i := range 4096 - 10 {
		delete(m, i)
		next, held := shard.Fitted(m, most)
		if full := len(m) >= most/4; same(m, next) != full || len(next) != len(m) {
			t.Fatalf("%d of %d: made anew %t", len(m), most, full)
		}
		m, most = next, held
		if most < 1024 {
			break
		}
	}
	if len(m) == 0 || m[4095] != 4095 {
		t.Errorf("%d entries are left", len(m))
	}
}
