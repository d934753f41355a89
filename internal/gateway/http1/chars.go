package http1

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// Classes of characters.
const (
	token    = 1 << iota // RFC 9110 §5.6.2: methods and field names
	hostChar             // of a Host field; what of it is a host is the gateway's to say
)

// classes has the classes of each character.
var classes = func() (t [256]uint8) {
	set := func(class uint8, chars string) {
		for i := range len(chars) {
			t[chars[i]] |= class
		}
	}
	const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	set(token, alphanumeric+"!#$%&'*+-.^_`|~")
	set(hostChar, alphanumeric+"-._~!$&'()*+,;=%:[]")
	return t
}()

func is(c byte, class uint8) bool { return classes[c]&class != 0 }

// allOf reports whether every byte of s is of a class. Eight at once: a loop that
// ends at the first one that is not takes twice the instructions.
func allOf(s string, class uint8) bool {
	both := class
	for ; len(s) >= 8; s = s[8:] {
		both &= classes[s[0]] & classes[s[1]] & classes[s[2]] & classes[s[3]] &
			classes[s[4]] & classes[s[5]] & classes[s[6]] & classes[s[7]]
	}
	for i := range len(s) {
		both &= classes[s[i]]
	}
	return both != 0
}

// isName reports whether s is a name of a field. Letters and hyphens are passed as clean
// does it; a name with anything else is looked at once more.
func isName(s string) bool {
	last := len(s) - 8
	if last < 0 {
		return s != "" && allOf(s, token)
	}
	odd := unlettered(load(s, last))
	for i := 0; i < last; i += 8 {
		odd |= unlettered(load(s, i))
	}
	return odd == 0 || allOf(s, token)
}

func digit(c byte) bool { return c-'0' <= 9 }

func blank(c byte) bool { return c == ' ' || c == '\t' }

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// below marks, with the high bit of each, the bytes of a word that are less than
// n (at most 128) or DEL. The lowest mark is exact; those above it may be borrowed.
func below(word, n uint64) uint64 {
	del := word ^ ones*0x7f
	return ((word-ones*n)&^word | (del-ones)&^del) & highs
}

// unusual is the quick question for control characters: false says that there is none,
// true that there may be one, or a character outside ASCII.
func unusual(word uint64) bool { return ((word-ones*' ')|(word+ones))&highs != 0 }

// unlettered marks, with the high bit of each, the bytes of a word that are neither
// letters nor hyphens. The lowest mark is exact: sums carry upwards only, out of marked bytes.
func unlettered(word uint64) uint64 {
	lower := word | ones*0x20
	// The high bit of each sum says that the byte is at least that character.
	letters := (lower + ones*(0x80-'a')) &^ (lower + ones*(0x80-'z'-1))
	others := (word ^ ones*'-') + ones*0x7f
	return (others&^letters | word) & highs
}

// text returns the first position from i on that holds a control character other
// than a tab, if that is the end of a line, or -1. There has to be one. Eight bytes at
// a time: values are most of a head, and byte by byte they cost four times as much
// (BenchmarkReadRequest).
func text(s string, i int) int {
	for i+8 <= len(s) {
		word := load(s, i)
		if !unusual(word) {
			i += 8
			continue
		}
		m := below(word, ' ')
		if m == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(m) / 8
		if s[i] != '\t' {
			return lineEnd(s, i)
		}
		i++
	}
	for s[i] >= ' ' && s[i] != 0x7f || s[i] == '\t' {
		i++
	}
	return lineEnd(s, i)
}

func lineEnd(s string, i int) int {
	if s[i] == '\r' && s[i+1] == '\n' {
		return i
	}
	return -1
}

// visible returns the first position from i on that holds a control character or
// a space. There has to be one.
func visible(s string, i int) int {
	for i+8 <= len(s) {
		if m := below(load(s, i), ' '+1); m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
		i += 8
	}
	for s[i] > ' ' && s[i] != 0x7f {
		i++
	}
	return i
}

// name returns the first position from i on that holds no token character, if
// that is a colon, or -1. There has to be one. Letters and hyphens, of which nearly all
// names are made, are passed eight at a time.
func name(s string, i int) int {
	for i+8 <= len(s) {
		m := unlettered(load(s, i))
		if m == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(m) / 8
		if c := s[i]; c == ':' {
			return i
		} else if !is(c, token) {
			return -1
		}
		i++
	}
	for is(s[i], token) {
		i++
	}
	if s[i] != ':' {
		return -1
	}
	return i
}

// load is the eight bytes of s from i on, the first one lowest. They have to be there.
func load(s string, i int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(unsafe.Pointer(unsafe.StringData(s)), i))[:])
}
