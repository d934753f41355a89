package message

import (
	"slices"
	"unsafe"
)

// Bounds of what a Layout remembers. Messages beyond them are read anew each
// time.
const (
	maxLayoutFields = 128
	maxLayoutText   = 4 << 10 // bytes of all names together
	maxLayoutList   = 1 << 10 // bytes of a list of names
)

// Layout remembers which names the fields of the last message had, in order and
// byte for byte. A client spells all its messages alike, so who reads the messages
// of one connection, or a few connections, keeps what he found out about the names
// for as long as Same says so: comparing all names takes 160 instructions for seven
// fields, and finding out what they are took 500, where the signed ones stand 1,600.
//
// It knows names alone, never values: two messages of one layout differ in nothing
// that is remembered. What it keeps is its own copy, bounded by 13 KB. The zero
// Layout remembers nothing. It belongs to one goroutine at a time.
type Layout struct {
	text  []byte
	names []learned
	list  []byte
	named []Named
	lines []byte // what AppendLines writes without the values, and overlap bytes
	spots []spot // of the values in it
	frame []byte // list with what Frame was given around it
}

// Named is one name of a list: the bytes from Begin to End of it, and which field
// has this name.
type Named struct {
	Begin, End uint16
	Field      uint8
}

// learned is one name: where it ends in text, its length, and its edges. To compare
// nine names by them takes 180 instructions less than nine comparisons of strings.
type learned struct {
	first, last uint64
	size, end   uint16
}

// edges are the first and the last eight bytes of a text, the first and the last four
// of a shorter one, or all of one below four: of two texts of one length up to sixteen
// they are the same only when the texts are.
func edges(s string) (first, last uint64) {
	p := unsafe.Pointer(unsafe.StringData(s))
	switch n := len(s); {
	case n >= 8:
		return *(*uint64)(p), *(*uint64)(unsafe.Add(p, n-8))
	case n >= 4:
		return uint64(*(*uint32)(p)), uint64(*(*uint32)(unsafe.Add(p, n-4)))
	}
	return few(s), 0
}

// Same reports whether fields have the names that were learned, and no others.
func (l *Layout) Same(fields Fields) bool {
	_, same := l.Measure(fields)
	return same
}

// Measure is Same, and how many bytes the values have together: all lengths are at hand.
//
// It goes by addresses, because with the bounds of slices and strings to be checked it
// takes 36 instructions a name instead of 30.
func (l *Layout) Measure(fields Fields) (values int, same bool) {
	names := l.names
	if len(fields) != len(names) || len(fields) == 0 {
		return 0, false
	}
	var differ uint64
	for i := range fields {
		n, f := &names[i], &fields[i]
		size := len(f.Name)
		if size != int(n.size) {
			return 0, false
		}
		values += len(f.Value)
		name := unsafe.Pointer(unsafe.StringData(f.Name))
		switch {
		case size >= 8:
			differ |= (*(*uint64)(name) ^ n.first) | (*(*uint64)(unsafe.Add(name, size-8)) ^ n.last)
		case size >= 4:
			differ |= (uint64(*(*uint32)(name)) ^ n.first) | (uint64(*(*uint32)(unsafe.Add(name, size-4))) ^ n.last)
		default:
			differ |= few(f.Name) ^ n.first
		}
		if size > 16 && string(l.text[int(n.end)-size:n.end]) != f.Name {
			return 0, false
		}
	}
	return values, differ == 0
}

// Learn remembers the names of fields in place of all that was remembered.
func (l *Layout) Learn(fields Fields) {
	l.Forget()
	if len(fields) > maxLayoutFields {
		return
	}
	for i := range fields {
		if len(l.text)+len(fields[i].Name) > maxLayoutText {
			l.Forget()
			return
		}
		name := fields[i].Name
		l.text = append(l.text, name...)
		first, last := edges(name)
		l.names = append(l.names, learned{first, last, uint16(len(name)), uint16(len(l.text))})
	}
}

// Size is how many bytes the names have that were learned.
func (l *Layout) Size() int { return len(l.text) }

// Forget remembers nothing any more.
func (l *Layout) Forget() {
	l.text, l.names = l.text[:0], l.names[:0]
	l.unplace()
}

func (l *Layout) unplace() {
	l.list, l.named, l.lines, l.spots, l.frame = l.list[:0], l.named[:0], l.lines[:0], l.spots[:0], l.frame[:0]
}

// Place remembers where the fields of a list of names stand in the fields that
// were learned. It is the caller's to know that this holds for all fields of these
// names, and what else it has found out about the list.
func (l *Layout) Place(list string, named []Named) {
	l.unplace()
	if len(l.names) == 0 || len(list) > maxLayoutList {
		return
	}
	for _, n := range named {
		if int(n.Field) >= len(l.names) { // no field that AppendLines could look at
			return
		}
	}
	l.list = append(l.list, list...)
	l.named = append(l.named, named...)
	for _, n := range named {
		l.lines = append(append(append(l.lines, '\n'), list[n.Begin:n.End]...), ':')
		l.spots = append(l.spots, spot{n.End - n.Begin + uint16(len("\n:")), uint16(n.Field)})
	}
	l.lines = append(append(append(l.lines, "\n\n"...), list...), '\n')
	l.lines = append(l.lines, make([]byte, overlap)...)
}

// Frame remembers the list that was placed with texts around it, as it stands in another
// text.
func (l *Layout) Frame(before, after string) {
	if len(l.named) > 0 {
		l.frame = append(append(append(l.frame[:0], before...), l.list...), after...)
	}
}

// Framed returns where the list with the texts around it begins in text, behind which
// only so many bytes may come, or -1.
func (l *Layout) Framed(text string, behind int) int {
	if l == nil || len(l.frame) == 0 {
		return -1
	}
	at, end := len(text)-behind-len(l.frame), len(text)-behind
	if at < 0 || text[at:end] != string(l.frame) {
		return -1
	}
	return at
}

// Placed returns what Place was given for this list, nil when it was none or
// another one. It is valid until the next call of another method.
func (l *Layout) Placed(list string) []Named {
	if l == nil || len(l.named) == 0 || string(l.list) != list {
		return nil
	}
	return l.named
}

// Room returns an empty list of names, to append to and hand to Place.
func (l *Layout) Room() []Named { return slices.Grow(l.named[:0], 8) }
