package route

import (
	"hash/maphash"

	"github.com/lintel-gateway/lintel/internal/message"
)

// Table maps method and path to T. It is immutable and safe for concurrent
// use. Builder makes it.
//
// A lookup in a large table waits for memory, not for the processor. Hence few
// siblings are compared and only many are hashed, a tag stands beside the text of
// each hashed child, and a route is touched only when it has won.
type Table[T any] struct {
	root *node[T]
	size int
	// longest literal segment there ever was: a longer one of a request is not even
	// compared, so that a 32 KB segment costs one scan and not one hash per visit.
	longest int
	stamp   uint64
	seed    maphash.Seed
	words   *words
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
type search[T any] struct {
	table     *Table[T]
	path      string
	marks     marks
	method    method
	pathFound bool
	// The longest prefix met so far: its route, its length and what it leaves
	// over. Lengths count segments twice and a slash at the end once.
	prefix *held[T]
	length int
	tail   string
}

// Lookup finds the route of a request. path is canonical
// (message.CanonicalPath). The values of variables are appended to dst.
func (t *Table[T]) Lookup(method, path string, dst message.Fields) Match[T] {
	m := Match[T]{Params: dst}
	if path == "" || path[0] != '/' {
		return m
	}
	s := search[T]{table: t, path: path, method: methodOf(method)}
	s.marks.set(path)
	found := s.find(t.root, 0, 0)
	m.PathFound = s.pathFound
	if found == nil {
		if s.prefix == nil {
			return m
		}
		found, m.Tail = s.prefix, s.tail
	}
	m.Found, m.Value = true, found.value
	if found.shape != nil {
		m.Params = s.appendValues(dst, found.shape.params)
	}
	return m
}

// find returns the best NORMAL route below a node for what is left of the path
// from the slash at from on, or nil, and notes the longest prefix on its way. Only a
// search that finds no NORMAL route sees every prefix, and only then are prefixes
// wanted.
//
// It goes down in a loop where there is one way only, and recurses where there are
// more: as deep as the deepest template, at most MaxSegments.
func (s *search[T]) find(at *node[T], depth, from int) *held[T] {
	for {
		if at.ends[endPrefix] != 0 {
			s.note(at, endPrefix, 2*depth, s.path[from:])
		}
		if from == len(s.path) {
			return s.pick(at, endWhole)
		}
		if at.ends[endSlash] != 0 {
			s.note(at, endSlash, 2*depth+1, s.path[from:])
		}
		to := s.marks.end(s.path, depth, from)
		text := s.path[from+1 : to]
		var child *node[T]
		if len(text) <= s.table.longest {
			child = at.literal(s.table.seed, text)
		}
		switch wild := text != "" && (at.variable != nil || at.ends[endRest] != 0); {
		case child != nil && wild:
			if r := s.find(child, depth+1, to); r != nil {
				return r
			}
		case child != nil:
			at, depth, from = child, depth+1, to
			continue
		case !wild:
			return nil
		}
		if at.variable != nil && at.ends[endRest] == 0 {
			at, depth, from = at.variable, depth+1, to
			continue
		}
		if at.variable != nil {
			if r := s.find(at.variable, depth+1, to); r != nil {
				return r
			}
		}
		return s.pick(at, endRest)
	}
}

// appendValues cuts the values of list out of the path, which matches its template.
func (s *search[T]) appendValues(dst message.Fields, list []param) message.Fields {
	depth, from := 0, 0
	for i := range list {
		p := &list[i]
		for range p.skip {
			from = s.marks.end(s.path, depth, from)
			depth++
		}
		to := s.marks.end(s.path, depth, from)
		if p.several {
			to = len(s.path)
		}
		dst = append(dst, message.Field{Name: p.name, Value: s.path[from+1 : to]})
		depth, from = depth+1, to
	}
	return dst
}

// note remembers a prefix that is longer than those before. Of two equally long
// ones the first stays, which is the one with a literal where the other has a
// variable.
func (s *search[T]) note(at *node[T], e end, length int, rest string) {
	if s.prefix != nil && length <= s.length {
		return
	}
	if r := s.pick(at, e); r != nil {
		s.prefix, s.length, s.tail = r, length, rest
	}
}

// pick chooses among the routes of one shape: the method's own, else ANY's.
func (s *search[T]) pick(at *node[T], e end) *held[T] {
	have := at.ends[e]
	if have == 0 {
		return nil
	}
	s.pathFound = true
	bit := s.method.bit()
	if have&bit == 0 {
		if bit == 0 { // not a method that ANY stands for
			return nil
		}
		if bit = anyMethod.bit(); have&bit == 0 {
			return nil
		}
	}
	return &at.routes[at.before(e, bit)]
}

// Len counts the routes.
func (t *Table[T]) Len() int { return t.size }
