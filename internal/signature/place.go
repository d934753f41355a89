package signature

import "github.com/lintel-gateway/lintel/internal/message"

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
	}
}

// covers is coversDate for a message: only lists that cover the date are placed.
func covers(m *Message, signed string) bool {
	return m.places(signed) || coversDate(signed)
}

// places reports whether Layout knows where the fields of a list stand. Of the list
// that Authorization read, which is the same string, nothing is compared again.
func (m *Message) places(signed string) bool {
	return m.placed != "" && m.placed == signed || m.Layout.Placed(signed) != nil
}
