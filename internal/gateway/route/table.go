package route

import (
	"hash/maphash"
	"math/bits"

	"github.com/lintel-gateway/lintel/internal/message"
)

// Table maps method and path to T. It is immutable and safe for concurrent
// use. Builder makes it.
//
// A lookup in a large table waits for memory, not for the processor. Hence
// nodes of half a cache line, siblings side by side and branches together; few
// siblings are compared, only many are hashed; words and parameter lists are
// stored once, so that the common ones stay in the cache; and a route is
// touched only when it has won.
type Table[T any] struct {
	nodes []node // nodes[0] is the root
	words string // all literal segments, each once
	// longest literal segment: a longer one of a request is not even compared,
	// so that a 32 KB segment costs one scan and not one hash per visit.
	longest int
	routes  []entry[T]
	index   []slot // of the children of wide nodes: a power of two, two thirds full
	shift   uint8  // 32 - log2(len(index))
	seed    maphash.Seed
}

// node is a segment in its place.
type node struct {
	word, size  uint32 // its literal in words; the root and variables have none
	parent      uint32
	variable    uint32 // the {x} child
	first, many uint32 // literal children
	// The routes that end here, by end and then by method, begin at routes; ends
	// has for each end a bit per method.
	routes uint32
	ends   [4]uint8
}

// wide is the number of literal children from which on they are hashed.
const wide = 8

// slot of the index; child 0 means empty.
type slot struct{ tag, child uint32 }

type entry[T any] struct {
	value  T
	params *[]param // shared by the routes that have the same; nil when none
}

// Match is the verdict of Lookup.
type Match[T any] struct {
	Value T
	// Params are dst with the raw, still percent-encoded slices of the path
	// appended, in template order.
	Params message.Fields
	// Tail is what a prefix left over: "" or beginning with a slash.
	Tail string
	// Found says that Value is set.
	Found bool
	// PathFound says that some route has this path, though perhaps for other
	// methods only.
	PathFound bool
}

// search is what one lookup carries through the tree.
type search struct {
	method    method
	pathFound bool
	// The longest prefix met so far: its route, its length and what it leaves
	// over. Lengths count segments twice and a slash at the end once.
	prefix int
	length int
	tail   string
}

// none is no route.
const none = -1

// Lookup finds the route of a request. path is canonical
// (message.CanonicalPath). The values of variables are appended to dst.
func (t *Table[T]) Lookup(method, path string, dst message.Fields) Match[T] {
	m := Match[T]{Params: dst}
	if path == "" || path[0] != '/' {
		return m
	}
	s := search{method: methodOf(method), prefix: none}
	found := t.find(0, 0, path, &s)
	m.PathFound = s.pathFound
	if found == none {
		if s.prefix == none {
			return m
		}
		found, m.Tail = s.prefix, s.tail
	}
	r := &t.routes[found]
	m.Found, m.Value = true, r.value
	if r.params != nil {
		m.Params = appendValues(dst, *r.params, path)
	}
	return m
}

// find returns the best NORMAL route below node n for what is left of the
// path, or none, and notes the longest prefix on its way. Only a search that
// finds no NORMAL route sees every prefix, and only then are prefixes wanted.
//
// Its recursion is as deep as the deepest template, at most MaxSegments.
func (t *Table[T]) find(n uint32, depth int, rest string, s *search) int {
	at := &t.nodes[n]
	if at.ends[endPrefix] != 0 {
		s.note(at, endPrefix, 2*depth, rest)
	}
	if rest == "" {
		return s.pick(at, endWhole)
	}
	if at.ends[endSlash] != 0 {
		s.note(at, endSlash, 2*depth+1, rest)
	}
	text, after := cut(rest)
	if child := t.literal(n, at, text); child != 0 {
		if r := t.find(child, depth+1, after, s); r != none {
			return r
		}
	}
	if text == "" {
		return none
	}
	if at.variable != 0 {
		if r := t.find(at.variable, depth+1, after, s); r != none {
			return r
		}
	}
	return s.pick(at, endRest)
}

// note remembers a prefix that is longer than those before. Of two equally long
// ones the first stays, which is the one with a literal where the other has a
// variable.
func (s *search) note(at *node, e end, length int, rest string) {
	if s.prefix != none && length <= s.length {
		return
	}
	if r := s.pick(at, e); r != none {
		s.prefix, s.length, s.tail = r, length, rest
	}
}

// pick chooses among the routes of one shape: the method's own, else ANY's.
func (s *search) pick(at *node, e end) int {
	have := at.ends[e]
	if have == 0 {
		return none
	}
	s.pathFound = true
	bit := s.method.bit()
	if have&bit == 0 {
		if bit == 0 { // not a method that ANY stands for
			return none
		}
		if bit = anyMethod.bit(); have&bit == 0 {
			return none
		}
	}
	before := bits.OnesCount8(have & (bit - 1))
	for _, mask := range at.ends[:e] {
		before += bits.OnesCount8(mask)
	}
	return int(at.routes) + before
}

// literal returns the child of node n with this segment, or 0.
func (t *Table[T]) literal(n uint32, at *node, text string) uint32 {
	if len(text) > t.longest {
		return 0
	}
	if at.many <= wide {
		for child := at.first; child < at.first+at.many; child++ {
			if t.is(child, text) {
				return child
			}
		}
		return 0
	}
	tag := tagOf(t.seed, n, text)
	mask := uint32(len(t.index) - 1)
	for i := tag >> t.shift; ; i++ {
		s := t.index[i&mask]
		if s.child == 0 {
			return 0
		}
		if s.tag == tag && t.nodes[s.child].parent == n && t.is(s.child, text) {
			return s.child
		}
	}
}

func (t *Table[T]) is(n uint32, text string) bool {
	at := &t.nodes[n]
	return int(at.size) == len(text) && t.words[at.word:at.word+at.size] == text
}

// tagOf hashes a segment below its parent. Multiplying by an odd constant
// spreads the parent over the high bits, which choose the slot.
func tagOf(seed maphash.Seed, parent uint32, text string) uint32 {
	h := maphash.String(seed, text) ^ uint64(parent)*0x9e3779b97f4a7c15
	return uint32((h * 0xd6e8feb86659fd93) >> 32)
}

// Len counts the routes.
func (t *Table[T]) Len() int { return len(t.routes) }
