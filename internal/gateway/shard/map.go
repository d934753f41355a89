package shard

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

const (
	parts      = 256
	partShift  = 64 - 8 // the top bits choose the part, the low bits the bucket
	minBuckets = 8
)

// Map maps K to V. Make it with New. All methods are safe for concurrent use.
type Map[K comparable, V any] struct {
	// The seed is random per map, so that whoever chooses the keys cannot pile
	// them into one chain.
	seed  maphash.Seed
	parts [parts]part[K, V]
}

type part[K comparable, V any] struct {
	mu    sync.Mutex // writers
	size  int        // keys, under mu
	table atomic.Pointer[table[K, V]]
}

// table is a power of two of chains. Only the heads change after publication.
type table[K comparable, V any] []atomic.Pointer[node[K, V]]

// node is immutable once it is reachable.
type node[K comparable, V any] struct {
	hash  uint64
	next  *node[K, V]
	key   K
	value V
}

// New returns an empty map.
func New[K comparable, V any]() *Map[K, V] {
	return &Map[K, V]{seed: maphash.MakeSeed()}
}

// Get returns the value of key and whether there is one.
func (m *Map[K, V]) Get(key K) (V, bool) {
	hash := maphash.Comparable(m.seed, key)
	if t := m.parts[hash>>partShift].table.Load(); t != nil {
		for n := (*t)[hash&uint64(len(*t)-1)].Load(); n != nil; n = n.next {
			if n.hash == hash && n.key == key {
				return n.value, true
			}
		}
	}
	var none V
	return none, false
}

// Set gives key a value.
func (m *Map[K, V]) Set(key K, value V) {
	m.Update(key, func(V, bool) (V, bool) { return value, true })
}

// Delete removes key.
func (m *Map[K, V]) Delete(key K) {
	m.Update(key, func(V, bool) (none V, keep bool) { return none, false })
}

// Update replaces the value of key by what change makes of the present one, or
// removes the key when change says not to keep it. No other write to the key
// happens in between. change must not write to the same map.
func (m *Map[K, V]) Update(key K, change func(old V, present bool) (value V, keep bool)) {
	m.update(maphash.Comparable(m.seed, key), key, change)
}

func (m *Map[K, V]) update(hash uint64, key K, change func(old V, present bool) (value V, keep bool)) {
	p := &m.parts[hash>>partShift]
	p.mu.Lock()
	defer p.mu.Unlock()

	var old V
	present := false
	t := p.table.Load()
	if t != nil {
		for n := (*t)[hash&uint64(len(*t)-1)].Load(); n != nil; n = n.next {
			if n.hash == hash && n.key == key {
				old, present = n.value, true
				break
			}
		}
	}
	value, keep := change(old, present)
	if !keep && !present {
		return
	}
	switch {
	case keep && !present:
		p.size++
	case !keep:
		p.size--
	}
	t = p.fit(t)
	if t == nil {
		return
	}
	head := &(*t)[hash&uint64(len(*t)-1)]
	chain := head.Load()
	if present {
		chain = without(chain, hash, key)
	}
	if keep {
		chain = &node[K, V]{hash: hash, next: chain, key: key, value: value}
	}
	head.Store(chain)
}

// without returns chain without key: the nodes before it are copied, those
// after it shared.
func without[K comparable, V any](chain *node[K, V], hash uint64, key K) *node[K, V] {
	if chain == nil {
		return nil
	}
	if chain.hash == hash && chain.key == key {
		return chain.next
	}
	n := *chain
	n.next = without(chain.next, hash, key)
	return &n
}

// fit returns the table in which p.size keys have room, publishing a larger or
// smaller one when the present one is more than full or nearly empty. A part
// without keys has no table.
func (p *part[K, V]) fit(t *table[K, V]) *table[K, V] {
	if p.size == 0 {
		p.table.Store(nil)
		return nil
	}
	if t != nil && p.size <= len(*t) && (len(*t) == minBuckets || p.size >= len(*t)/8) {
		return t
	}
	buckets := minBuckets
	for buckets < p.size*3/2 {
		buckets *= 2
	}
	next := make(table[K, V], buckets)
	if t != nil {
		for i := range *t {
			for n := (*t)[i].Load(); n != nil; n = n.next {
				moved := *n
				head := &next[n.hash&uint64(buckets-1)]
				moved.next = head.Load()
				head.Store(&moved)
			}
		}
	}
	p.table.Store(&next)
	return &next
}

// Len counts the keys. It takes every part's lock in turn.
func (m *Map[K, V]) Len() int {
	n := 0
	for i := range m.parts {
		p := &m.parts[i]
		p.mu.Lock()
		n += p.size
		p.mu.Unlock()
	}
	return n
}
