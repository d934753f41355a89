package route

import (
	"math/bits"
	"strings"
)

// marks are where the first segments of a path end. A lookup needs each end twice, to
// compare and to cut values out, and a search for one slash after the other took 70
// instructions each time; all slashes of a path together take 100.
type marks [16]uint32

// set finds the ends of the first segments of path, which begins with a slash: the
// slashes behind the first one, eight bytes at a time, and the end of the path.
func (m *marks) set(path string) {
	n := 0
	for at := 1; at < len(path); at += 8 {
		var eight uint64
		if at+8 <= len(path) {
			eight = word(path, at)
		} else {
			eight = rest(path, at)
		}
		for found := slashes(eight); found != 0; found &= found - 1 {
			if n == len(m) {
				return
			}
			m[n] = uint32(at + bits.TrailingZeros64(found)/8)
			n++
		}
	}
	if n < len(m) {
		m[n] = uint32(len(path))
	}
}

// rest is what path has from at on, less than eight bytes, with zeros behind it.
func rest(path string, at int) (w uint64) {
	if n := len(path); n >= 8 {
		return word(path, n-8) >> (8 * uint(at+8-n))
	}
	for i := len(path) - 1; i >= at; i-- {
		w = w<<8 | uint64(path[i])
	}
	return w
}

// end is where the segment ends that is the depth-th of path and whose slash is at
// from.
func (m *marks) end(path string, depth, from int) int {
	if uint(depth) < uint(len(m)) {
		return int(m[depth])
	}
	return farEnd(path, from)
}

func farEnd(path string, from int) int {
	if i := strings.IndexByte(path[from+1:], '/'); i >= 0 {
		return from + 1 + i
	}
	return len(path)
}

// word becomes one load.
func word(s string, at int) uint64 {
	c := s[at : at+8]
	return uint64(c[0]) | uint64(c[1])<<8 | uint64(c[2])<<16 | uint64(c[3])<<24 |
		uint64(c[4])<<32 | uint64(c[5])<<40 | uint64(c[6])<<48 | uint64(c[7])<<56
}

// slashes has the top bit of each byte set that is a slash, and no other: adding 0x7f
// to the low seven bits of a byte carries into its top bit unless they are all zero, and
// never into the next byte.
func slashes(x uint64) uint64 {
	const low = 0x7f7f7f7f7f7f7f7f
	x ^= '/' * 0x0101010101010101
	return ^(x&low + low | x | low)
}
