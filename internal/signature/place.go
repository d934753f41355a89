package signature

import (
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/message"
)

// place keeps where the signed fields of m stand, so that the next message with
// the same names and the same list needs neither to be searched nor its list to be
// taken apart: 2,000 instructions of a signed call. signed was accepted for m, in
// lower case. A list that is not in order, and one that names a field which came
// twice, are not kept: those values have to be sorted.
func place(m *Message, signed string) {
	named := m.Layout.Room()
	begin, last := 0, ""
	for rest, more := signed, true; more; {
		var name string
		name, rest, more = nextName(rest)
		at, next := m.Headers.FirstTwo(name)
		if at < 0 || next >= 0 || !ascends(last, name) || at > 0xff {
			return
		}
		last = name
		named = append(named, message.Named{Begin: uint16(begin), End: uint16(begin + len(name)), Field: uint8(at)})
		begin += len(name) + len(";")
	}
	if coversDate(signed) && len(signed) < 1<<16 {
		m.Layout.Place(signed, named)
		m.Layout.Frame(beforeList, afterList)
	}
}

// places reports whether Layout knows where the fields of a list stand. The list that
// Authorization has read is known by where it lies.
func (m *Message) places(signed string) bool {
	return m.read(signed) || m.Layout.Placed(signed) != nil
}

// read reports whether a list is the one that Authorization has read.
func (m *Message) read(signed string) bool {
	return len(m.placed) > 0 && len(m.placed) == len(signed) && unsafe.StringData(m.placed) == unsafe.StringData(signed)
}
