package snapshot

import (
	"hash/maphash"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// graves are the last MaxTombstones deletions, oldest first in a ring, found by a
// hash of the key. Should an unknown key have the hash of a deleted one, which a
// random seed makes a matter of chance, 8,192 in 2^64, its records are skipped
// until they are newer than that deletion.
//
// It is no map of Go because of its size: a map from hashes was half of the heap
// that was left after 100,000 APIs were deleted.
type graves struct {
	seed maphash.Seed
	ring []grave
	next int      // in the ring once it is full: the oldest
	slot []uint32 // by hash: one more than the place in the ring; 0 is empty
}

// grave is empty, without a slot, when its revision is 0.
type grave struct{ hash, revision uint64 }

func newGraves() graves { return graves{seed: maphash.MakeSeed()} }

func (g *graves) hash(key definition.Key) uint64 { return maphash.Comparable(g.seed, key) }

// at is where the slot of a hash is, or the empty one where it would be.
func (g *graves) at(hash uint64) int {
	i := int(hash & uint64(len(g.slot)-1))
	for g.slot[i] != 0 && g.ring[g.slot[i]-1].hash != hash {
		i = (i + 1) & (len(g.slot) - 1)
	}
	return i
}

func (g *graves) find(key definition.Key) (revision uint64, ok bool) {
	if len(g.slot) == 0 {
		return 0, false
	}
	n := g.slot[g.at(g.hash(key))]
	if n == 0 {
		return 0, false
	}
	return g.ring[n-1].revision, true
}

// drop forgets the deletion of a key that lives again.
func (g *graves) drop(key definition.Key) {
	if len(g.slot) == 0 {
		return
	}
	at := g.at(g.hash(key))
	if n := g.slot[at]; n != 0 {
		g.remove(at)
		g.ring[n-1] = grave{}
	}
}

// add notes a deletion, and returns the revision of the one that is forgotten for
// it, or 0.
func (g *graves) add(key definition.Key, revision uint64) (forgotten uint64) {
	g.drop(key) // a key that is deleted once more is remembered for the later time
	next := grave{g.hash(key), revision}
	if len(g.ring) < MaxTombstones {
		if len(g.ring) == cap(g.ring) { // append would take a quarter too much
			g.ring = append(make([]grave, 0, min(max(64, 2*len(g.ring)), MaxTombstones)), g.ring...)
		}
		g.ring = append(g.ring, next)
		if 2*len(g.ring) > len(g.slot) {
			g.index(max(2*len(g.slot), 128))
			return 0
		}
		g.slot[g.at(next.hash)] = uint32(len(g.ring))
		return 0
	}
	old := g.ring[g.next]
	if old.revision != 0 {
		g.remove(g.at(old.hash))
	}
	g.ring[g.next] = next
	g.slot[g.at(next.hash)] = uint32(g.next + 1)
	g.next = (g.next + 1) % MaxTombstones
	return old.revision
}

// index makes the slots anew, this many: a power of two.
func (g *graves) index(size int) {
	g.slot = make([]uint32, size)
	for i := range g.ring {
		if g.ring[i].revision != 0 {
			g.slot[g.at(g.ring[i].hash)] = uint32(i + 1)
		}
	}
}

// remove empties a slot and moves back those behind it that would not be found any
// more.
func (g *graves) remove(i int) {
	mask := len(g.slot) - 1
	g.slot[i] = 0
	for k := (i + 1) & mask; g.slot[k] != 0; k = (k + 1) & mask {
		home := int(g.ring[g.slot[k]-1].hash) & mask
		if (k-home)&mask >= (k-i)&mask {
			g.slot[i], g.slot[k] = g.slot[k], 0
			i = k
		}
	}
}
