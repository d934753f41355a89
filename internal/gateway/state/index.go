package state

import (
	"hash/maphash"
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
	hash     [2]uint64
	revision uint64
	offset   int64 // negative for a deletion
}

func newIndex() *index {
	return &index{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

func (x *index) hash(key definition.Key) [2]uint64 {
	return [2]uint64{
		maphash.String(x.seeds[0], key.ID) ^ maphash.String(x.seeds[1], string(key.Kind)),
		maphash.String(x.seeds[1], key.ID) ^ maphash.String(x.seeds[0], string(key.Kind)),
	}
}

// at is the slot of a hash, or the empty one where it would be. The top bits have
// chosen the part.
func (p *indexPart) at(hash [2]uint64) *slot {
	i, _ := bits.Mul64(hash[0]<<8, uint64(len(p.slots)))
	for {
		s := &p.slots[i]
		if s.offset == 0 || s.hash == hash {
			return s
		}
		if i++; i == uint64(len(p.slots)) {
			i = 0
		}
	}
}

// get is where the newest record of a key is; false when there is none.
func (x *index) get(key definition.Key) (place, bool) {
	hash := x.hash(key)
	p := &x.parts[hash[0]>>56]
	if p.used == 0 {
		return place{}, false
	}
	return p.at(hash).place()
}

// put notes a record that is newer than what there is of its key, and answers that.
// Of one that is not, it notes nothing and answers false.
func (x *index) put(key definition.Key, at place) (old place, held, newer bool) {
	hash := x.hash(key)
	p := &x.parts[hash[0]>>56]
	if 4*p.used >= 3*len(p.slots) {
		p.grow()
	}
	s := p.at(hash)
	if old, held = s.place(); held && old.revision >= at.revision {
		return old, held, false
	}
	if !held {
		p.used++
	}
	*s = slot{hash: hash, revision: at.revision, offset: at.offset}
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
func (p *indexPart) grow() {
	old := p.slots
	p.slots = make([]slot, max(8, len(old)+len(old)/2))
	for i := range old {
		if old[i].offset != 0 {
			*p.at(old[i].hash) = old[i]
		}
	}
}
