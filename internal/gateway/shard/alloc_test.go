//go:build !race

package shard_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

type pair struct{ a, b string }

// TestReadsDoNotAllocate also covers keys made of several strings, as grants use.
func TestReadsDoNotAllocate(t *testing.T) {
	byName := shard.New[string, int]()
	byPair := shard.New[pair, int]()
	bySum := shard.New[[32]byte, int]()
	name := strings.Repeat("k", 40)
	byName.Set(name, 1)
	byPair.Set(pair{name, "x"}, 1)
	bySum.Set([32]byte{1}, 1)
	buffer := []byte(name + "absent")

	if n := testing.AllocsPerRun(1000, func() {
		byName.Get(name)
		byName.Get(string(buffer[:5]))
		byPair.Get(pair{name, "x"})
		byPair.Get(pair{name, "y"})
		bySum.Get([32]byte{1})
		bySum.Get([32]byte{2})
	}); n != 0 {
		t.Errorf("reading allocates %v times", n)
	}
}
