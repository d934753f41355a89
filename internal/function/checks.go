package function

import "encoding/binary"

// check is an empty loop: `loop end`. The engine asks at the head of each loop,
// in Go, whether the call was stopped, and only there.
var check = []byte{0x03, 0x40, 0x0b}

// Sections of a module.
const (
	sectionTypes     = 1
	sectionImports   = 2
	sectionFunctions = 3
	sectionCode      = 10
)

// withChecks answers the module with more places at which it can be stopped.
// Compiled code cannot be interrupted: neither a deadline nor Go's collector,
// which stops everybody, gets through to it before the next check. A function
// that calls itself twice needs no loop to run for years, so every function that
// calls others begins with a check; those that call nobody end soon, because
// their size is bounded. Filling or copying a gigabyte takes a second, so these
// operations become calls of functions that do them in pieces (pieces.go); the
// other operations on memory and tables have a check before them.
//
// Custom sections (names, debug information) are left out. The module has passed
// inspect.
func withChecks(module []byte) []byte {
	const header = 8
	var ids []byte
	bodies := map[byte][]byte{}
	r := &reader{rest: module[header:]}
	for len(r.rest) > 0 && r.err == nil {
		id := r.byte()
		body := r.bytes(r.u32())
		if id != 0 {
			ids = append(ids, id)
			bodies[id] = body
		}
	}
	types, functions := entries(bodies[sectionTypes]), entries(bodies[sectionFunctions])
	h := helpers{copy: entries(bodies[sectionImports]) + functions}
	h.fill = h.copy + 1
	bodies[sectionCode] = h.code(bodies[sectionCode])
	if h.used {
		kind := binary.AppendUvarint(nil, uint64(types))
		bodies[sectionTypes] = more(bodies[sectionTypes], pieceType)
		bodies[sectionFunctions] = more(bodies[sectionFunctions], kind, kind)
		bodies[sectionCode] = more(bodies[sectionCode], sized(copyPieces()), sized(fillPieces()))
	}
	out := append(make([]byte, 0, len(module)+len(module)/8), module[:header]...)
	for _, id := range ids {
		out = append(append(out, id), sized(bodies[id])...)
	}
	return out
}

// entries is the count with which a section begins; 0 for none.
func entries(section []byte) uint32 {
	if section == nil {
		return 0
	}
	return (&reader{rest: section}).u32()
}

// more answers a section with entries behind its own.
func more(section []byte, added ...[]byte) []byte {
	r := &reader{rest: section}
	out := binary.AppendUvarint(nil, uint64(r.u32())+uint64(len(added))) // LEB128, as WebAssembly writes numbers
	out = append(out, r.rest...)
	for _, a := range added {
		out = append(out, a...)
	}
	return out
}

// sized is a body behind its length.
func sized(body []byte) []byte {
	return append(binary.AppendUvarint(make([]byte, 0, len(body)+5), uint64(len(body))), body...)
}

// helpers are the indexes of the functions that fill and copy in pieces.
type helpers struct {
	copy, fill uint32
	used       bool
}

func (h *helpers) code(section []byte) []byte {
	r := &reader{rest: section}
	n := r.u32()
	out := binary.AppendUvarint(make([]byte, 0, len(section)+len(section)/8), uint64(n))
	for range n {
		out = append(out, sized(h.function(r.bytes(r.u32())))...)
	}
	return out
}

func (h *helpers) function(body []byte) []byte {
	r := &reader{rest: body}
	r.locals()
	code := r.rest
	w := r.walk()
	if !w.calls && len(w.bulk) == 0 {
		return body
	}
	out := make([]byte, 0, len(body)+8*(1+len(w.bulk)))
	out = append(out, body[:len(body)-len(code)]...)
	out = append(out, check...)
	from := 0
	for _, b := range w.bulk {
		out = append(out, code[from:b.at]...)
		from = b.end
		switch b.op {
		case memoryCopy:
			out = h.call(out, h.copy)
		case memoryFill:
			out = h.call(out, h.fill)
		default:
			out = append(out, check...)
			out = append(out, code[b.at:b.end]...)
		}
	}
	return append(out, code[from:]...)
}

func (h *helpers) call(out []byte, index uint32) []byte {
	h.used = true
	return binary.AppendUvarint(append(out, 0x10), uint64(index))
}
