package message

import "slices"

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
// that is remembered. What it keeps is its own copy, bounded by 6 KB. The zero
// Layout remembers nothing. It belongs to one goroutine at a time.
type Layout struct {
	text  []byte
	ends  []uint16 // of each name in text
	list  []byte
	named []Named
}

// Named is one name of a list: the bytes from Begin to End of it, and which field
// has this name.
type Named struct {
	Begin, End uint16
	Field      uint8
}

// Same reports whether fields have the names that were learned, and no others.
func (l *Layout) Same(fields Fields) bool {
	if len(fields) != len(l.ends) || len(fields) == 0 {
		return false
	}
	begin := 0
	for i, end := range l.ends {
		if string(l.text[begin:end]) != fields[i].Name {
			return false
		}
		begin = int(end)
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
		l.text = append(l.text, fields[i].Name...)
		l.ends = append(l.ends, uint16(len(l.text)))
	}
}

// Forget remembers nothing any more.
func (l *Layout) Forget() {
	l.text, l.ends, l.list, l.named = l.text[:0], l.ends[:0], l.list[:0], l.named[:0]
}

// Place remembers where the fields of a list of names stand in the fields that
// were learned. It is the caller's to know that this holds for all fields of these
// names, and what else it has found out about the list.
func (l *Layout) Place(list string, named []Named) {
	l.list, l.named = l.list[:0], l.named[:0]
	if len(l.ends) > 0 && len(list) <= maxLayoutList {
		l.list = append(l.list, list...)
		l.named = append(l.named, named...)
	}
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
