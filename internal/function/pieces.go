package function

import "slices"

// pieceType is the type of both functions: three numbers of 32 bits (where to,
// where from or what, how many bytes), no result.
var pieceType = []byte{0x60, 3, 0x7f, 0x7f, 0x7f, 0}

// Instructions. The locals are 0: where to, 1: where from or what, 2: how many.
var (
	// piece is 64 KB, which takes some µs.
	piece   = []byte{0x41, 0x80, 0x80, 0x04}
	args    = []byte{0x20, 0, 0x20, 1, 0x20, 2}
	doFill  = []byte{0xfc, memoryFill, 0}
	doCopy  = []byte{0xfc, memoryCopy, 0, 0}
	short   = slices.Concat([]byte{0x20, 2}, piece, []byte{0x4d}) // how many ≤ piece
	shrink  = slices.Concat([]byte{0x20, 2}, piece, []byte{0x6b, 0x21, 2})
	onward0 = slices.Concat([]byte{0x20, 0}, piece, []byte{0x6a, 0x21, 0})
	onward1 = slices.Concat([]byte{0x20, 1}, piece, []byte{0x6a, 0x21, 1})
)

// whole does all at once when a condition holds, and returns.
func whole(condition, op []byte) []byte {
	return slices.Concat(condition, []byte{0x04, 0x40}, args, op, []byte{0x0f, 0x0b})
}

// outside is whether a range of so many bytes from a local leaves the memory. Then
// the operation itself is left to fail, before it has written anything.
func outside(local byte) []byte {
	return []byte{0x20, local, 0xad, 0x20, 2, 0xad, 0x7c, 0x3f, 0, 0xad, 0x42, 16, 0x86, 0x56}
}

// again repeats steps until what is left is short. Its head is a check.
func again(op []byte, steps ...[]byte) []byte {
	return slices.Concat([]byte{0x03, 0x40}, whole(short, op), slices.Concat(steps...), []byte{0x0c, 0, 0x0b})
}

// fillPieces is the body of a function that does memory.fill.
func fillPieces() []byte {
	return slices.Concat([]byte{0}, // no more locals
		whole(short, doFill), whole(outside(0), doFill),
		again(doFill, []byte{0x20, 0, 0x20, 1}, piece, doFill, onward0, shrink),
		[]byte{0x0b})
}

// copyPieces is the body of a function that does memory.copy: forwards when it
// copies to a lower place, else backwards, so that ranges may overlap.
func copyPieces() []byte {
	return slices.Concat([]byte{0},
		whole(short, doCopy), whole(outside(0), doCopy), whole(outside(1), doCopy),
		[]byte{0x20, 0, 0x20, 1, 0x4d, 0x04, 0x40},
		again(doCopy, []byte{0x20, 0, 0x20, 1}, piece, doCopy, onward0, onward1, shrink),
		[]byte{0x0b},
		again(doCopy, shrink, []byte{0x20, 0, 0x20, 2, 0x6a, 0x20, 1, 0x20, 2, 0x6a}, piece, doCopy),
		[]byte{0x0b})
}
