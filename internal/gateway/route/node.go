package route

import (
	"hash/maphash"
	"math/bits"
	"slices"
)

// node is a segment in its place. Once a Table has it, it never changes: builders
// change only nodes of their own stamp.
type node[T any] struct {
	variable *node[T]  // the {x} child
	edges    []edge[T] // literal children while they are few: compared
	many     *index[T] // when they are many: hashed; edges are nil then
	// The routes that end here, by end and then by method; ends has for each end
	// a bit per method.
	routes []held[T]
	ends   [4]uint8
	// visits is the most that one search can cause in the tree from here on, this
	// node included; worst is that of the literal children. Both stay within
	// MaxVisits.
	visits, worst uint16
	stamp         uint64
}

// edge leads to a literal child.
type edge[T any] struct {
	text  string
	child *node[T]
	tag   uint32 // of text; only in an index
}

// held is a route.
type held[T any] struct {
	value T
	shape *shape // shared by the routes that have the same; nil without variables
}

// most is the visits of a node that may be missing.
func (n *node[T]) most() uint16 {
	if n == nil {
		return 0
	}
	return n.visits
}

func (n *node[T]) empty() bool {
	return n.variable == nil && len(n.edges) == 0 && n.many == nil && len(n.routes) == 0
}

// child is the child by which a segment goes on, or nil.
func (n *node[T]) child(seed maphash.Seed, s segment) *node[T] {
	if s.variable {
		return n.variable
	}
	return n.literal(seed, s.text)
}

// literal is the child with this segment, or nil.
func (n *node[T]) literal(seed maphash.Seed, text string) *node[T] {
	if n.many != nil {
		return n.many.find(tagOf(seed, text), text)
	}
	for i := range n.edges {
		if n.edges[i].text == text {
			return n.edges[i].child
		}
	}
	return nil
}

// with computes the visits of n once segments, not all of which are there, lead
// on from it.
func (n *node[T]) with(b *Builder[T], segments []segment) int {
	switch {
	case n == nil:
		return 1 + len(segments)
	case len(segments) == 0:
		return int(n.visits)
	case segments[0].variable:
		return 1 + int(n.worst) + n.variable.with(b, segments[1:])
	}
	below := n.literal(b.seed, segments[0].text).with(b, segments[1:])
	return 1 + max(int(n.worst), below) + int(n.variable.most())
}

// place is where in routes the route of an end and method stands, or negative.
func (n *node[T]) place(e end, m method) int {
	if n.ends[e]&m.bit() == 0 {
		return -1
	}
	return n.before(e, m.bit())
}

// before counts the routes in front of that of an end and of a method's bit.
func (n *node[T]) before(e end, bit uint8) int {
	count := bits.OnesCount8(n.ends[e] & (bit - 1))
	for _, mask := range n.ends[:e] {
		count += bits.OnesCount8(mask)
	}
	return count
}

func (n *node[T]) insert(e end, m method, r held[T]) {
	n.routes = slices.Insert(n.routes, n.before(e, m.bit()), r)
	n.ends[e] |= m.bit()
}

func (n *node[T]) remove(e end, m method) {
	at := n.before(e, m.bit())
	n.routes = slices.Delete(n.routes, at, at+1)
	n.ends[e] &^= m.bit()
}

// link makes next the child of n with this segment in place of one that had was
// visits, 0 if there was none; without next the segment is taken away. n and next
// belong to b.
func (b *Builder[T]) link(n *node[T], text string, was uint16, next *node[T]) {
	b.longest = max(b.longest, len(text))
	if n.many != nil {
		b.linkMany(n, text, was, next)
		return
	}
	at := slices.IndexFunc(n.edges, func(e edge[T]) bool { return e.text == text })
	switch {
	case next == nil:
		n.edges = slices.Delete(n.edges, at, at+1)
	case at >= 0:
		n.edges[at].child = next
	case len(n.edges) == wide:
		b.widen(n)
		b.linkMany(n, text, was, next)
		return
	default:
		n.edges = append(n.edges, edge[T]{text: b.words.word(text), child: next})
	}
	n.worst = 0
	for i := range n.edges {
		n.worst = max(n.worst, n.edges[i].child.visits)
	}
}
