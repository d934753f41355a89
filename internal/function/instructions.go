package function

// walk is what the instructions of a function hold.
type walk struct {
	// jumps counts the places where control meets: the compiler keeps every
	// local for each of them.
	jumps int
	// calls is whether it calls functions.
	calls bool
	bulk  []bulk
}

// bulk is an operation on much memory and where it stands, counted from the
// first instruction.
type bulk struct {
	op      uint32 // behind 0xfc
	at, end int
}

// Operations on memory that may be as long as a memory.
const (
	memoryCopy = 10
	memoryFill = 11
)

// bulkJumps is what the compiler makes of one operation on much memory, with a
// check before it: bounds, loops and their ends. It also bounds how many a function
// may have in a row.
const bulkJumps = 8

// walk goes over the instructions of a function. It knows their lengths and
// next to nothing of what they do; what it does not know is refused, as the
// compiler would.
func (r *reader) walk() (w walk) {
	all := len(r.rest)
	for len(r.rest) > 0 && r.err == nil {
		at := all - len(r.rest)
		switch op := r.byte(); {
		case op >= 0x02 && op <= 0x04: // block, loop, if
			r.skip(1)
			w.jumps++
		case op == 0x0d: // br_if
			r.skip(1)
			w.jumps++
		case op == 0x0e: // br_table
			targets := int(r.u32())
			if targets > len(r.rest) {
				r.fail("a jump has more targets than the module has bytes")
				return w
			}
			r.skip(targets + 1)
			w.jumps += targets + 1
		case op == 0x1c: // select of a type
			r.bytes(r.u32())
		case op == 0xfc:
			if op, long := r.bulk(); long {
				w.bulk = append(w.bulk, bulk{op, at, all - len(r.rest)})
				w.jumps += bulkJumps
			}
		default:
			w.calls = w.calls || op == 0x10 || op == 0x11
			r.operands(op)
		}
	}
	return w
}

// operands passes over what stands behind an instruction without jumps.
func (r *reader) operands(op byte) {
	switch {
	case op <= 0x01, op == 0x05, op == 0x0b, op == 0x0f, op == 0x1a, op == 0x1b, op >= 0x45 && op <= 0xc4: // none
	case op == 0x0c, op == 0x10, op >= 0x20 && op <= 0x26, op >= 0x3f && op <= 0x42, op == 0xd2:
		r.skip(1)
	case op == 0x11, op >= 0x28 && op <= 0x3e: // call_indirect, loads and stores
		r.skip(2)
	case op == 0x43:
		r.bytes(4)
	case op == 0x44:
		r.bytes(8)
	case op == 0xfd:
		r.vector()
	default:
		r.fail("the module has an instruction %#x, which is not supported", op)
	}
}

// bulk passes over saturating conversions and operations on much memory, and
// reports whether it was one of the latter.
func (r *reader) bulk() (op uint32, long bool) {
	op = r.u32()
	switch op {
	case 0, 1, 2, 3, 4, 5, 6, 7:
		return op, false
	case 9, 13: // data.drop, elem.drop
		r.skip(1)
		return op, false
	case memoryFill:
		r.skip(1)
	case 8, memoryCopy, 12, 14:
		r.skip(2)
	default:
		r.fail("the module has an instruction 0xfc %d, which is not supported", op)
	}
	return op, true
}

// vector passes over operations on 128 bits.
func (r *reader) vector() {
	switch op := r.u32(); {
	case op <= 11, op == 92, op == 93: // loads and stores
		r.skip(2)
	case op == 12, op == 13: // constants
		r.bytes(16)
	case op >= 21 && op <= 34: // lanes
		r.bytes(1)
	case op >= 84 && op <= 91: // lanes in memory
		r.skip(2)
		r.bytes(1)
	}
}

// skip passes over LEB128 numbers of up to 64 bits.
func (r *reader) skip(numbers int) {
	for range numbers {
		for range 10 {
			if r.byte()&0x80 == 0 {
				break
			}
		}
	}
}
