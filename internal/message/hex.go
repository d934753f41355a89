package message

import "encoding/binary"

// AppendHex appends b, whose length is a multiple of eight, in lower-case hex
// digits, eight at a time: encoding/hex takes 20 instructions for a byte and
// this 10, which a signed call with its 80 bytes (two digests, the request id)
// feels.
func AppendHex(dst, b []byte) []byte {
	for ; len(b) >= 8; b = b[8:] {
		n := binary.BigEndian.Uint64(b)
		dst = binary.BigEndian.AppendUint64(dst, digits(uint32(n>>32)))
		dst = binary.BigEndian.AppendUint64(dst, digits(uint32(n)))
	}
	return dst
}

// digits returns the eight hex digits of n as the bytes of a word. Each half byte
// is moved into a byte of its own; '0' is added to all and the distance to 'a'
// to those above 9.
func digits(n uint32) uint64 {
	x := uint64(n)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	letters := (x + 0x0606060606060606) >> 4 & 0x0101010101010101
	return x + 0x3030303030303030 + letters*('a'-'0'-10)
}
