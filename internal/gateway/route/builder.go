package route

import "fmt"

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
	b := NewBuilder[T](len(entries))
	for _, e := range entries {
		if err := b.Add(e); err != nil {
			return nil, err
		}
	}
	return b.Table(), nil
}

// Builder collects routes for a Table. A refused route leaves it as it was, so
// that the caller can go on without that one.
type Builder[T any] struct {
	nodes    []branch // nodes[0] is the root
	literals map[edge]uint32
	routes   []added[T] // routes[0] is unused: 0 means none
	parsed   template
	way      []step
}

// branch is a node that still grows.
type branch struct {
	text        string
	parent      uint32
	child       uint32 // the {x} child
	first, next uint32 // literal children: the first, and the next of the parent's
	ends        [4]uint32
	visits      visits
}

// added is a route. Routes of one shape form a chain of at most eight.
type added[T any] struct {
	value   T
	pattern string
	next    uint32
	method  method
}

// edge leads to a literal child.
type edge struct {
	parent uint32
	text   string
}

// visits below a node: the worst of its literal children, and its {x} child.
type visits struct{ literal, variable int32 }

// with returns v with a child that may cause n visits.
func (v visits) with(variable bool, n int32) visits {
	if variable {
		v.variable = max(v.variable, n)
	} else {
		v.literal = max(v.literal, n)
	}
	return v
}

// step is one edge of the way down to where a route ends.
type step struct {
	parent   uint32
	variable bool
}

// NewBuilder returns a builder with room for about n routes.
func NewBuilder[T any](n int) *Builder[T] {
	return &Builder[T]{
		nodes:    make([]branch, 1, n+1),
		literals: make(map[edge]uint32, n),
		routes:   make([]added[T], 1, n+1),
	}
}

// Add adds a route, or says why it cannot.
func (b *Builder[T]) Add(e Entry[T]) error {
	if err := b.parsed.parse(e.Method, e.Path, e.Match); err != nil {
		return err
	}
	at, known := b.descend()
	missing := b.parsed.segments[known:]
	if len(missing) == 0 {
		if i := b.same(at); i != 0 {
			return &ConflictError[T]{Entry: e, Other: Entry[T]{
				Method: e.Method, Path: b.routes[i].pattern, Match: e.Match, Value: b.routes[i].value,
			}}
		}
	} else if n := b.raise(at, missing, false); n > MaxVisits {
		return &VisitsError{Method: e.Method, Path: e.Path, Match: e.Match, Visits: n}
	} else {
		b.raise(at, missing, true)
	}
	for i, s := range missing {
		at = b.extend(at, s, missing[i+1:])
	}
	head := &b.nodes[at].ends[b.parsed.end]
	b.routes = append(b.routes, added[T]{value: e.Value, pattern: e.Path, next: *head, method: b.parsed.method})
	*head = uint32(len(b.routes) - 1)
	return nil
}

// descend follows the parsed template as far as there are nodes, noting the way.
func (b *Builder[T]) descend() (at uint32, known int) {
	b.way = b.way[:0]
	for _, s := range b.parsed.segments {
		next := b.nodes[at].child
		if !s.variable {
			next = b.literals[edge{at, s.text}]
		}
		if next == 0 {
			break
		}
		b.way = append(b.way, step{parent: at, variable: s.variable})
		at = next
		known++
	}
	return at, known
}

// same returns the route that already has the parsed template's shape, match
// mode and method, or 0.
func (b *Builder[T]) same(at uint32) uint32 {
	i := b.nodes[at].ends[b.parsed.end]
	for i != 0 && b.routes[i].method != b.parsed.method {
		i = b.routes[i].next
	}
	return i
}

// raise computes the worst visits of the root once missing hangs below at, and
// with keep records it on the way up.
func (b *Builder[T]) raise(at uint32, missing []segment, keep bool) int {
	below, variable := int32(len(missing)), missing[0].variable
	for i := len(b.way); ; i-- {
		v := b.nodes[at].visits.with(variable, below)
		if keep {
			b.nodes[at].visits = v
		}
		below = 1 + v.literal + v.variable
		if i == 0 {
			return int(below)
		}
		at, variable = b.way[i-1].parent, b.way[i-1].variable
	}
}

// extend hangs a new node below at; the segments after it are still to come.
func (b *Builder[T]) extend(at uint32, s segment, after []segment) uint32 {
	id := uint32(len(b.nodes))
	n := branch{text: s.text, parent: at}
	if len(after) > 0 {
		n.visits = n.visits.with(after[0].variable, int32(len(after)))
	}
	if s.variable {
		b.nodes[at].child = id
	} else {
		n.next, b.nodes[at].first = b.nodes[at].first, id
		b.literals[edge{at, s.text}] = id
	}
	b.nodes = append(b.nodes, n)
	return id
}
