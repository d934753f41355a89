package route

import (
	"hash/maphash"
	"math/bits"
	"slices"
)

const (
	// wide is the number of literal children beyond which they are hashed;
	// narrow is where they are compared again. Between them nothing changes, so
	// that a table does not swing.
	wide, narrow = 8, 4
	// A page is what a change copies beside the list of pages; a bucket holds
	// bucketSize children on average when the index is as full as it gets. Pages of 64
	// took 1.8 KB of a node with ten children, 18 bytes for each API of 100,000 in 1,000
	// groups, and made a change of 100,000 routes (BenchmarkChange100000) cost 13.3 µs and
	// 5.2 KB where it costs 11.4 and 2.8.
	pageSize   = 16
	bucketSize = 4
)

// index holds the literal children of a node that has many, in pages of buckets.
// A change of one child copies one page and the list of pages: of 100,000
// children 0.4 KB and 16 KB.
type index[T any] struct {
	pages []*page[T] // a power of two of them
	shift uint8      // 32 - log2(buckets)
	size  int
	// tallies count the children by their visits: those of most tables have two
	// or three values, and never more than MaxVisits.
	tallies []tally
	stamp   uint64
}

type page[T any] struct {
	stamp   uint64
	buckets [pageSize][]edge[T]
}

type tally struct {
	visits uint16
	count  uint32
}

func newIndex[T any](stamp uint64, pages int) *index[T] {
	x := &index[T]{pages: make([]*page[T], pages), shift: uint8(32 - bits.Len(uint(pages*pageSize-1))), stamp: stamp}
	for i := range x.pages {
		x.pages[i] = &page[T]{stamp: stamp}
	}
	return x
}

// tagOf hashes a segment. The seed is random per table, so that nobody who
// chooses paths can choose collisions. Below each parent is an index of its own,
// so the parent does not matter.
func tagOf(seed maphash.Seed, text string) uint32 { return uint32(maphash.String(seed, text) >> 32) }

func (x *index[T]) find(tag uint32, text string) *node[T] {
	at := tag >> x.shift
	bucket := x.pages[at/pageSize].buckets[at%pageSize]
	for i := range bucket {
		if e := &bucket[i]; e.tag == tag && e.text == text {
			return e.child
		}
	}
	return nil
}

// bucket returns the bucket of a tag in a page that may be changed.
func (x *index[T]) bucket(tag uint32) *[]edge[T] {
	at := tag >> x.shift
	p := x.pages[at/pageSize]
	if p.stamp != x.stamp {
		next := *p
		next.stamp = x.stamp
		x.pages[at/pageSize], p = &next, &next
	}
	return &p.buckets[at%pageSize]
}

// set puts child in the place of text, or takes text away with nil. Buckets are
// copied: their page may have been.
func (x *index[T]) set(tag uint32, text func() string, same string, child *node[T]) {
	b := x.bucket(tag)
	at := slices.IndexFunc(*b, func(e edge[T]) bool { return e.tag == tag && e.text == same })
	next := make([]edge[T], 0, len(*b)+1)
	next = append(next, *b...)
	switch {
	case child == nil:
		next = slices.Delete(next, at, at+1)
		x.size--
	case at >= 0:
		next[at].child = child
	default:
		next = append(next, edge[T]{text: text(), child: child, tag: tag})
		x.size++
	}
	if len(next) == 0 {
		next = nil
	}
	*b = next
}

// count moves a child from one tally to another; 0 is none.
func (x *index[T]) count(from, to uint16) {
	if from == to {
		return
	}
	for i := range x.tallies {
		switch t := &x.tallies[i]; t.visits {
		case from:
			t.count--
		case to:
			t.count++
			to = 0
		}
	}
	x.tallies = slices.DeleteFunc(x.tallies, func(t tally) bool { return t.count == 0 })
	if to != 0 {
		x.tallies = append(x.tallies, tally{visits: to, count: 1})
	}
}

func (x *index[T]) worst() (worst uint16) {
	for _, t := range x.tallies {
		worst = max(worst, t.visits)
	}
	return worst
}

// each calls f for every child.
func (x *index[T]) each(f func(e *edge[T])) {
	for _, p := range x.pages {
		for i := range p.buckets {
			for k := range p.buckets[i] {
				f(&p.buckets[i][k])
			}
		}
	}
}

// widen moves the children of n, which belongs to b, into an index.
func (b *Builder[T]) widen(n *node[T]) {
	n.many = newIndex[T](b.stamp, 1)
	for _, e := range n.edges {
		n.many.set(tagOf(b.seed, e.text), func() string { return e.text }, e.text, e.child)
		n.many.count(0, e.child.visits)
	}
	n.edges = nil
}

// linkMany is link for a node with an index.
func (b *Builder[T]) linkMany(n *node[T], text string, was uint16, next *node[T]) {
	x := n.many
	if x.stamp != b.stamp {
		own := *x
		own.stamp, own.pages, own.tallies = b.stamp, slices.Clone(x.pages), slices.Clone(x.tallies)
		x, n.many = &own, &own
	}
	x.set(tagOf(b.seed, text), func() string { return b.words.word(text) }, text, next)
	x.count(was, next.most())
	n.worst = x.worst()
	switch buckets := len(x.pages) * pageSize; {
	case x.size <= narrow:
		n.many = nil
		x.each(func(e *edge[T]) { n.edges = append(n.edges, edge[T]{text: e.text, child: e.child}) })
	case x.size > buckets*bucketSize:
		n.many = x.resized(len(x.pages) * 2)
	case len(x.pages) > 1 && x.size < buckets*bucketSize/8:
		n.many = x.resized(len(x.pages) / 2)
	}
}

// resized is x with another number of pages. It moves every child, once for each
// doubling.
func (x *index[T]) resized(pages int) *index[T] {
	next := newIndex[T](x.stamp, pages)
	next.size, next.tallies = x.size, x.tallies
	x.each(func(e *edge[T]) {
		b := next.bucket(e.tag)
		*b = append(*b, *e)
	})
	return next
}
