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

// overlap is how many bytes are copied at once where more than that may follow.
const overlap = 16

// Layout remembers which names the fields of the last message had, in order and
// byte for byte. A client spells all its messages alike, so who reads the messages
// of one connection, or a few connections, keeps what he found out about the names
// for as long as Same says so: comparing all names takes 160 instructions for seven
// fields, and finding out what they are took 500, where the signed ones stand 1,600.
//
// It knows names alone, never values: two messages of one layout differ in nothing
// that is remembered. What it keeps is its own copy, bounded by 11 KB. The zero
// Layout remembers nothing. It belongs to one goroutine at a time.
type Layout struct {
	text  []byte
	names []learned
	list  []byte
	named []Named
	lines []byte // what AppendLines writes without the values, and overlap bytes
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
	switch n := len(s); {
	case n >= 8:
		return load(s, 0), load(s, n-8)
	case n >= 4:
		return load4(s, 0), load4(s, n-4)
	}
	return few(s), 0
}

// Same reports whether fields have the names that were learned, and no others.
func (l *Layout) Same(fields Fields) bool {
	if len(fields) != len(l.names) || len(fields) == 0 {
		return false
	}
	for i := range l.names {
		n, name := &l.names[i], fields[i].Name
		if len(name) != int(n.size) {
			return false
		}
		var differ uint64
		switch size := len(name); {
		case size >= 8:
			differ = (load(name, 0) ^ n.first) | (load(name, size-8) ^ n.last)
		case size >= 4:
			differ = (load4(name, 0) ^ n.first) | (load4(name, size-4) ^ n.last)
		default:
			differ = few(name) ^ n.first
		}
		if differ != 0 || n.size > 16 && string(l.text[n.end-n.size:n.end]) != name {
			return false
		}
	}
	return true
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
	l.text, l.names, l.list, l.named = l.text[:0], l.names[:0], l.list[:0], l.named[:0]
}

// Place remembers where the fields of a list of names stand in the fields that
// were learned. It is the caller's to know that this holds for all fields of these
// names, and what else it has found out about the list.
func (l *Layout) Place(list string, named []Named) {
	l.list, l.named, l.lines = l.list[:0], l.named[:0], l.lines[:0]
	if len(l.names) == 0 || len(list) > maxLayoutList {
		return
	}
	l.list = append(l.list, list...)
	l.named = append(l.named, named...)
	for _, n := range named {
		l.lines = append(append(append(l.lines, '\n'), list[n.Begin:n.End]...), ':')
	}
	l.lines = append(append(append(l.lines, "\n\n"...), list...), '\n')
	l.lines = append(l.lines, make([]byte, overlap)...)
}

// Begins reports whether text begins with the list that was placed, and with how
// many bytes.
func (l *Layout) Begins(text string) (n int, ok bool) {
	if l == nil || len(l.named) == 0 || len(text) < len(l.list) || string(l.list) != text[:len(l.list)] {
		return 0, false
	}
	return len(l.list), true
}

// AppendLines appends a line "name:value" for each name that was placed, with a line
// feed before it, then an empty line and the list in a line. fields are those that
// were learned, whatever their values. It reports false, and appends nothing, when a
// value begins or ends with a byte that is not visible ASCII, which may be a space
// to be trimmed.
//
// Short pieces are the whole of it. Appending them took 910 instructions for six
// lines, and slices with a length to be checked at each word 1,070. This takes 600:
// what is to be written is counted first, and then written without another look.
func (l *Layout) AppendLines(dst []byte, fields Fields) ([]byte, bool) {
	size := len(l.lines)
	for i := range l.named {
		value := fields[l.named[i].Field].Value
		n := len(value)
		if n > 0 && (value[0]-'!' > '~'-'!' || value[n-1]-'!' > '~'-'!') {
			return dst, false
		}
		size += n
	}
	begin := len(dst)
	dst = slices.Grow(dst, size)[:begin+size]
	if len(l.named) == 0 {
		return dst[:begin], false
	}
	n := fill(unsafe.Pointer(&dst[begin]), unsafe.Pointer(&l.lines[0]), l.named, fields)
	rest := l.lines[n:]
	copy(dst[len(dst)-len(rest):], rest)
	return dst[:len(dst)-overlap], true
}

// fill writes the lines of AppendLines, for which there is room at to, and overlap
// bytes more; from are the names of them, and overlap bytes more. It returns how many
// bytes the names have. It calls nothing, so that all that it needs stays in
// registers.
func fill(to, from unsafe.Pointer, named []Named, fields Fields) (size int) {
	for i := range named {
		p := &named[i]
		n := int(p.End-p.Begin) + len("\n:")
		for k := 0; k < n; k += overlap { // more than the name, which is written over
			*(*[overlap]byte)(unsafe.Add(to, k)) = *(*[overlap]byte)(unsafe.Add(from, k))
		}
		to, from, size = unsafe.Add(to, n), unsafe.Add(from, n), size+n
		s := fields[p.Field].Value
		n = len(s)
		value := unsafe.Pointer(unsafe.StringData(s))
		switch {
		case n >= 8:
			for k := 0; k < n-8; k += 8 {
				*(*uint64)(unsafe.Add(to, k)) = *(*uint64)(unsafe.Add(value, k))
			}
			*(*uint64)(unsafe.Add(to, n-8)) = *(*uint64)(unsafe.Add(value, n-8))
		case n >= 4:
			*(*uint32)(to) = *(*uint32)(value)
			*(*uint32)(unsafe.Add(to, n-4)) = *(*uint32)(unsafe.Add(value, n-4))
		case n > 0:
			*(*byte)(to) = *(*byte)(value)
			*(*byte)(unsafe.Add(to, n>>1)) = *(*byte)(unsafe.Add(value, n>>1))
			*(*byte)(unsafe.Add(to, n-1)) = *(*byte)(unsafe.Add(value, n-1))
		}
		to = unsafe.Add(to, n)
	}
	return size
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
