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

func allOf(s string, class uint8) bool {
	for i := range len(s) {
		if !is(s[i], class) {
			return false
		}
	}
	return true
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

// text returns the first position from i on that holds a control character other
// than a tab. There has to be one. Eight bytes at a time: values are most of a
// head, and byte by byte they cost four times as much (BenchmarkReadRequest).
func text(s string, i int) int {
	for ; ; i++ {
		for i+8 <= len(s) {
			if m := below(load(s, i), ' '); m != 0 {
				i += bits.TrailingZeros64(m) / 8
				break
			}
			i += 8
		}
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return i
		}
	}
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

func load(s string, i int) uint64 {
	return binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(s[i:i+8]), 8))
}
