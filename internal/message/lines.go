package message

import (
	"math"
	"slices"
	"unsafe"
)

// overlap is how many bytes are copied at once where more than that may follow.
const overlap = 16

// spot is where a value belongs among the lines of a Layout: behind so many bytes after
// the value before, and of which field it is.
type spot struct{ behind, field uint16 }

// AppendLines appends a line "name:value" for each name that was placed, with a line
// feed before it, then an empty line and the list in a line. fields are those that
// were learned, whatever their values. It reports false, and appends nothing, when a
// value begins or ends with a byte that is not visible ASCII, which may be a space
// to be trimmed.
//
// Short pieces are the whole of it. Appending them took 910 instructions for six
// lines, slices with a length to be checked at each word 1,070, and counting first what
// is to be written 600.
func (l *Layout) AppendLines(dst []byte, fields Fields) ([]byte, bool) {
	if len(l.spots) == 0 || len(fields) != len(l.names) {
		return dst, false
	}
	room := cap(dst) - len(dst) - len(l.lines)
	if room >= 0 {
		to := unsafe.Add(unsafe.Pointer(unsafe.SliceData(dst)), len(dst))
		room = fill(to, unsafe.Pointer(unsafe.SliceData(l.lines)), l.spots, unsafe.Pointer(unsafe.SliceData(fields)), room)
	}
	if room < 0 {
		if room == trim {
			return dst, false
		}
		return l.appendLonger(dst, fields)
	}
	size := cap(dst) - room - overlap
	n := len(l.list) + len("\n\n\n")
	to := unsafe.Add(unsafe.Pointer(unsafe.SliceData(dst)), size-n)
	from := unsafe.Add(unsafe.Pointer(unsafe.SliceData(l.lines)), len(l.lines)-overlap-n)
	for k := 0; k < n; k += overlap {
		*(*[overlap]byte)(unsafe.Add(to, k)) = *(*[overlap]byte)(unsafe.Add(from, k))
	}
	return dst[:size], true
}

// trim is the room that fill answers for a value that may have to be trimmed.
const trim = math.MinInt

// fill writes the lines at to, where there is room for all of them with room bytes of
// values; from are the lines without values, fields the first field. It returns how much
// room is left, which is below zero when it did not suffice. It calls nothing, so that
// most of what it needs stays in registers.
func fill(to, from unsafe.Pointer, spots []spot, fields unsafe.Pointer, room int) int {
	for i := range spots {
		n := int(spots[i].behind)
		*(*[overlap]byte)(to) = *(*[overlap]byte)(from)
		for k := overlap; k < n; k += overlap { // more than the name, which is written over
			*(*[overlap]byte)(unsafe.Add(to, k)) = *(*[overlap]byte)(unsafe.Add(from, k))
		}
		to, from = unsafe.Add(to, n), unsafe.Add(from, n)
		value := (*Field)(unsafe.Add(fields, uintptr(spots[i].field)*unsafe.Sizeof(Field{}))).Value
		n = len(value)
		if n == 0 {
			continue
		}
		if value[0]-'!' > '~'-'!' || value[n-1]-'!' > '~'-'!' {
			return trim
		}
		if room -= n; room < 0 {
			return room
		}
		v := unsafe.Pointer(unsafe.StringData(value))
		switch {
		case n > 16:
			for k := 0; k < n-16; k += 16 {
				*(*[16]byte)(unsafe.Add(to, k)) = *(*[16]byte)(unsafe.Add(v, k))
			}
			*(*[16]byte)(unsafe.Add(to, n-16)) = *(*[16]byte)(unsafe.Add(v, n-16))
		case n >= 8:
			last := *(*uint64)(unsafe.Add(v, n-8))
			*(*uint64)(to) = *(*uint64)(v)
			*(*uint64)(unsafe.Add(to, n-8)) = last
		case n >= 4:
			last := *(*uint32)(unsafe.Add(v, n-4))
			*(*uint32)(to) = *(*uint32)(v)
			*(*uint32)(unsafe.Add(to, n-4)) = last
		default:
			*(*byte)(to) = *(*byte)(v)
			*(*byte)(unsafe.Add(to, n>>1)) = *(*byte)(unsafe.Add(v, n>>1))
			*(*byte)(unsafe.Add(to, n-1)) = *(*byte)(unsafe.Add(v, n-1))
		}
		to = unsafe.Add(to, n)
	}
	return room
}

// appendLonger is AppendLines where the room does not suffice.
func (l *Layout) appendLonger(dst []byte, fields Fields) ([]byte, bool) {
	size := len(l.lines)
	for _, s := range l.spots {
		size += len(fields[s.field].Value)
	}
	longer, ok := l.AppendLines(slices.Grow(dst, size), fields)
	if !ok {
		return dst, false
	}
	return longer, true
}

// Put writes s to memory that has room for it, and returns where it ends. Appending a
// text of a few bytes takes 35 instructions, most of them for the way to the runtime's
// copy of any length; this takes 15. What the memory is must not be forgotten meanwhile:
// behind its last byte to belongs to somebody else.
func Put(to unsafe.Pointer, s string) unsafe.Pointer {
	n, from := len(s), unsafe.Pointer(unsafe.StringData(s))
	switch {
	case n > 16:
		for k := 0; k < n-16; k += 16 {
			*(*[16]byte)(unsafe.Add(to, k)) = *(*[16]byte)(unsafe.Add(from, k))
		}
		*(*[16]byte)(unsafe.Add(to, n-16)) = *(*[16]byte)(unsafe.Add(from, n-16))
	case n >= 8:
		*(*uint64)(to) = *(*uint64)(from)
		*(*uint64)(unsafe.Add(to, n-8)) = *(*uint64)(unsafe.Add(from, n-8))
	case n >= 4:
		*(*uint32)(to) = *(*uint32)(from)
		*(*uint32)(unsafe.Add(to, n-4)) = *(*uint32)(unsafe.Add(from, n-4))
	case n > 0:
		*(*byte)(to) = *(*byte)(from)
		*(*byte)(unsafe.Add(to, n>>1)) = *(*byte)(unsafe.Add(from, n>>1))
		*(*byte)(unsafe.Add(to, n-1)) = *(*byte)(unsafe.Add(from, n-1))
	}
	return unsafe.Add(to, n)
}
