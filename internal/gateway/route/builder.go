package route

import (
	"fmt"
	"hash/maphash"
	"slices"
)

// MaxVisits bounds the nodes that one lookup may visit; see the package
// comment. At 1,024 the worst path that can be built costs about 10 µs
// (BenchmarkWorst).
const MaxVisits = 1024

// Entry is one route to build.
type Entry[T any] struct {
	Method string // one of the seven methods, or ANY
	Path   string // template
	Match  string // definition.MatchNormal or definition.MatchPrefix
	Value  T
}

// ConflictError says that two routes have the same method, shape and match
// mode (APIG.3301 at publication).
type ConflictError[T any] struct{ Entry, Other Entry[T] }

func (e *ConflictError[T]) Error() string {
	return fmt.Sprintf("route: %s %q (%s) and %s %q (%s) match the same requests; change the method, path or match mode of one",
		e.Entry.Method, e.Entry.Path, e.Entry.Match, e.Other.Method, e.Other.Path, e.Other.Match)
}

// VisitsError says that a route would let a request search too long.
type VisitsError struct {
	Method, Path, Match string
	Visits              int
}

func (e *VisitsError) Error() string {
	return fmt.Sprintf("route: %s %q (%s) would let one request visit %d places of the table, more than %d; "+
		"use fewer templates that differ only in where a variable stands for a literal",
		e.Method, e.Path, e.Match, e.Visits, MaxVisits)
}

// Build makes a table of all entries or reports the first that does not fit.
func Build[T any](entries []Entry[T]) (*Table[T], error) {
	b := NewBuilder[T]()
	for _, e := range entries {
		if err := b.Add(e); err != nil {
			return nil, err
		}
	}
	return b.Table(), nil
}

// Builder makes the next Table out of another. Its changes copy the nodes on
// their way and leave everything else shared, so that one change of a table of
// 100,000 routes allocates 3 KB (BenchmarkChange100000); nodes that it has made itself it changes in
// place, so that a table built from nothing costs no copies. A refused route
// leaves it as it was, so that the caller can go on without that one.
//
// A Builder is used by one goroutine, and only one of the builders of a table and
// of those made from it is used at a time: they share their words.
type Builder[T any] struct {
	root    *node[T]
	size    int
	longest int
	stamp   uint64
	seed    maphash.Seed
	words   *words
	parsed  template
}

// NewBuilder returns a builder of a table from nothing.
func NewBuilder[T any]() *Builder[T] {
	return &Builder[T]{root: &node[T]{stamp: 1, visits: 1}, stamp: 1, seed: maphash.MakeSeed(), words: newWords()}
}

// Edit returns a builder that begins with what is in t, which stays as it is.
func (t *Table[T]) Edit() *Builder[T] {
	return &Builder[T]{root: t.root, size: t.size, longest: t.longest, stamp: t.stamp + 1, seed: t.seed, words: t.words}
}

// Table returns the table as it is now. The builder may go on to be used.
func (b *Builder[T]) Table() *Table[T] {
	t := &Table[T]{root: b.root, size: b.size, longest: b.longest, stamp: b.stamp, seed: b.seed, words: b.words}
	b.stamp++ // what the table has is no longer the builder's own
	return t
}

// Len counts the routes so far.
func (b *Builder[T]) Len() int { return b.size }

// Add adds a route, or says why it cannot.
func (b *Builder[T]) Add(e Entry[T]) error {
	if err := b.parsed.parse(e.Method, e.Path, e.Match); err != nil {
		return err
	}
	if at := b.end(); at != nil {
		if i := at.place(b.parsed.end, b.parsed.method); i >= 0 {
			return &ConflictError[T]{Entry: e, Other: b.other(e, &at.routes[i])}
		}
	} else if n := b.root.with(b, b.parsed.segments); n > MaxVisits {
		return &VisitsError{Method: e.Method, Path: e.Path, Match: e.Match, Visits: n}
	}
	b.root = b.put(b.root, b.parsed.segments, held[T]{value: e.Value, shape: b.words.shape(e.Path, plain(e.Path, b.parsed.segments))})
	b.size++
	return nil
}

// Remove takes away the route of this method, shape and match mode, and returns
// its value. It answers false when there is none.
func (b *Builder[T]) Remove(method, path, match string) (value T, ok bool) {
	if b.parsed.parse(method, path, match) != nil {
		return value, false
	}
	at := b.end()
	if at == nil {
		return value, false
	}
	i := at.place(b.parsed.end, b.parsed.method)
	if i < 0 {
		return value, false
	}
	value = at.routes[i].value
	if b.root = b.take(b.root, b.parsed.segments); b.root == nil {
		b.root = &node[T]{stamp: b.stamp, visits: 1}
	}
	b.size--
	return value, true
}

// end is the node at which the parsed template ends, or nil.
func (b *Builder[T]) end() *node[T] {
	at := b.root
	for _, s := range b.parsed.segments {
		if at = at.child(b.seed, s); at == nil {
			return nil
		}
	}
	return at
}

// other is the entry of a route that stands where e wants to. Both have the same
// literals but for their spelling.
func (b *Builder[T]) other(e Entry[T], r *held[T]) Entry[T] {
	e.Value = r.value
	var names []param
	if r.shape != nil {
		names = r.shape.params
	}
	if e.Path = spell(e.Path, b.parsed.segments, names); r.shape != nil && r.shape.spelled != "" {
		e.Path = r.shape.spelled
	}
	return e
}

// put adds a route below n, nil for a new node, and returns what n has become.
// Its recursion is as deep as the template, at most MaxSegments.
func (b *Builder[T]) put(n *node[T], segments []segment, r held[T]) *node[T] {
	n = b.own(n)
	if len(segments) == 0 {
		n.insert(b.parsed.end, b.parsed.method, r)
		return n
	}
	s := segments[0]
	if s.variable {
		n.variable = b.put(n.variable, segments[1:], r)
	} else {
		old := n.literal(b.seed, s.text)
		was := old.most() // put may change it in place
		b.link(n, s.text, was, b.put(old, segments[1:], r))
	}
	n.visits = 1 + n.worst + n.variable.most()
	return n
}

// take removes the parsed route below n and returns what n has become: nil when
// nothing is left of it.
func (b *Builder[T]) take(n *node[T], segments []segment) *node[T] {
	n = b.own(n)
	switch {
	case len(segments) == 0:
		n.remove(b.parsed.end, b.parsed.method)
	case segments[0].variable:
		n.variable = b.take(n.variable, segments[1:])
	default:
		old := n.literal(b.seed, segments[0].text)
		was := old.most()
		b.link(n, segments[0].text, was, b.take(old, segments[1:]))
	}
	if n.empty() {
		return nil
	}
	n.visits = 1 + n.worst + n.variable.most()
	return n
}

// own returns a node that may be changed: n itself if this builder made it.
func (b *Builder[T]) own(n *node[T]) *node[T] {
	switch {
	case n == nil:
		return &node[T]{stamp: b.stamp, visits: 1}
	case n.stamp == b.stamp:
		return n
	}
	next := *n
	next.stamp = b.stamp
	next.routes, next.edges = slices.Clone(n.routes), slices.Clone(n.edges)
	return &next
}
