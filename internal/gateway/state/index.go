package state

import (
	"hash/maphash"
	"math"
	"math/bits"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// index says where in a log the newest record of each key is. It only grows: what is
// deleted keeps its place until a compaction begins a new log, and an index with it.
//
// It keeps 128 bits of a hash with random seeds in place of a key. Should two keys
// ever have the same, of a million once in 10^26 indexes, a compaction would lose the
// older one. A map of Go from keys took 134 bytes for each of a million APIs where
// this takes 58 (BenchmarkIndex), and the garbage collector had to read all of it.
//
// It is not safe for concurrent use.
type index struct {
	seeds [2]maphash.Seed
	// Each part grows by itself, so that neither a pause nor the memory that growing
	// takes beside the old one is that of the whole.
	parts [256]indexPart
}

// indexPart is a hash table with linear probing. Three quarters of it are used at most.
type indexPart struct {
	slots []slot
	used  int
}

// slot is one key's. The header stands in front of all records, so no offset is 0, and
// one that is means that the slot is empty.
type slot struct {
	sum      sum
	revision uint64
	offset   int64 // negative for a deletion
}

func newIndex() *index {
	return &index{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

// empty is an index without keys, with the sums of x, and room for n of them. Growing
// step by step leaves twice what it ends with behind, 12 MB of 100,000 keys.
func (x *index) empty(n int) *index {
	next := &index{seeds: x.seeds}
	if each := n / len(x.parts); each >= 8 {
		each += 2 * int(math.Sqrt(float64(each))) // of a hundred parts two get more than that
		for i := range next.parts {
			next.parts[i].slots = make([]slot, each*4/3+1)
		}
	}
	return next
}

// fit gives back the room of parts which got less than half of the keys that they were
// made for.
func (x *index) fit() {
	for i := range x.parts {
		if p := &x.parts[i]; p.used < len(p.slots)*3/8 {
			p.move(p.used*3/2 + 1)
		}
	}
}

// sum is what stands for a key.
type sum [2]uint64

func (x *index) sum(key definition.Key) sum {
	return sum{
		maphash.String(x.seeds[0], key.ID) ^ maphash.String(x.seeds[1], string(key.Kind)),
		maphash.String(x.seeds[1], key.ID) ^ maphash.String(x.seeds[0], string(key.Kind)),
	}
}

// sumOf is sum for whoever has no strings of a key and needs none.
func (x *index) sumOf(kind, id []byte) sum {
	return sum{
		maphash.Bytes(x.seeds[0], id) ^ maphash.Bytes(x.seeds[1], kind),
		maphash.Bytes(x.seeds[1], id) ^ maphash.Bytes(x.seeds[0], kind),
	}
}

// at is the slot of a sum, or the empty one where it would be. The top bits have
// chosen the part.
func (p *indexPart) at(sum sum) *slot {
	i, _ := bits.Mul64(sum[0]<<8, uint64(len(p.slots)))
	for {
		s := &p.slots[i]
		if s.offset == 0 || s.sum == sum {
			return s
		}
		if i++; i == uint64(len(p.slots)) {
			i = 0
		}
	}
}

// get is where the newest record of a key is; false when there is none.
func (x *index) get(sum sum) (place, bool) {
	p := &x.parts[sum[0]>>56]
	if p.used == 0 {
		return place{}, false
	}
	return p.at(sum).place()
}

// put notes a record that is newer than what there is of its key, and answers that.
// Of one that is not, it notes nothing and answers false.
func (x *index) put(sum sum, at place) (old place, held, newer bool) {
	p := &x.parts[sum[0]>>56]
	if 4*p.used >= 3*len(p.slots) {
		p.grow()
	}
	s := p.at(sum)
	if old, held = s.place(); held && old.revision >= at.revision {
		return old, held, false
	}
	if !held {
		p.used++
	}
	*s = slot{sum: sum, revision: at.revision, offset: at.offset}
	if at.dead {
		s.offset = -at.offset
	}
	return old, held, true
}

func (s *slot) place() (place, bool) {
	p := place{revision: s.revision, offset: s.offset}
	if s.offset < 0 {
		p.offset, p.dead = -s.offset, true
	}
	return p, s.offset != 0
}

// grow makes room for half as many again.
func (p *indexPart) grow() { p.move(max(8, len(p.slots)+len(p.slots)/2)) }

// move gives the part so many slots.
func (p *indexPart) move(slots int) {
	old := p.slots
	p.slots = make([]slot, slots)
	for i := range old {
		if old[i].offset != 0 {
			*p.at(old[i].sum) = old[i]
		}
	}
}
