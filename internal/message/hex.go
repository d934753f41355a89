package message

import (
	"encoding/binary"
	"slices"
)

// hexPairs are the two digits of each byte, the first one low.
var hexPairs = pairs()

func pairs() (t [256]uint16) {
	const digits = "0123456789abcdef"
	for b := range t {
		t[b] = uint16(digits[b>>4]) | uint16(digits[b&15])<<8
	}
	return t
}

// AppendHex appends b, whose length is a multiple of eight, in lower-case hex
// digits: encoding/hex takes 20 instructions for a byte and this 5, which a
// signed call with its 144 bytes (four digests, the request id) feels. Moving half
// bytes about in words took 10.
func AppendHex(dst, b []byte) []byte {
	begin, size := len(dst), len(b)&^7*2
	dst = slices.Grow(dst, size)[:begin+size]
	out := dst[begin:]
	for len(b) >= 32 && len(out) >= 64 {
		Hex32((*[64]byte)(out), (*[32]byte)(b))
		b, out = b[32:], out[64:]
	}
	for ; len(b) >= 8 && len(out) >= 16; b, out = b[8:], out[16:] {
		hex8((*[16]byte)(out), (*[8]byte)(b))
	}
	return dst
}

// Hex32 is AppendHex for a digest of 32 bytes.
func Hex32(out *[64]byte, in *[32]byte) {
	hex8((*[16]byte)(out[0:16]), (*[8]byte)(in[0:8]))
	hex8((*[16]byte)(out[16:32]), (*[8]byte)(in[8:16]))
	hex8((*[16]byte)(out[32:48]), (*[8]byte)(in[16:24]))
	hex8((*[16]byte)(out[48:64]), (*[8]byte)(in[24:32]))
}

// Hex16 is AppendHex for 16 bytes.
func Hex16(out *[32]byte, in *[16]byte) {
	hex8((*[16]byte)(out[0:16]), (*[8]byte)(in[0:8]))
	hex8((*[16]byte)(out[16:32]), (*[8]byte)(in[8:16]))
}

// Hex8 is AppendHex for 8 bytes.
func Hex8(out *[16]byte, in *[8]byte) { hex8(out, in) }

// hex8 is written out so that nothing is left of it but loads and stores.
func hex8(out *[16]byte, in *[8]byte) {
	binary.LittleEndian.PutUint16(out[0:], hexPairs[in[0]])
	binary.LittleEndian.PutUint16(out[2:], hexPairs[in[1]])
	binary.LittleEndian.PutUint16(out[4:], hexPairs[in[2]])
	binary.LittleEndian.PutUint16(out[6:], hexPairs[in[3]])
	binary.LittleEndian.PutUint16(out[8:], hexPairs[in[4]])
	binary.LittleEndian.PutUint16(out[10:], hexPairs[in[5]])
	binary.LittleEndian.PutUint16(out[12:], hexPairs[in[6]])
	binary.LittleEndian.PutUint16(out[14:], hexPairs[in[7]])
}
