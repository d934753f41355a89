package message

// Texts of a call are compared and classified eight bytes at a time: the header
// names alone were 1,000 instructions of each call byte by byte.

// equalFold compares eight bytes at a time, the last ones overlapping those
// before.
func equalFold(a, b string) bool {
	n := len(a)
	if n < 8 {
		// They have one length, which the compiler does not know. Of four to seven
		// bytes the first and the last four are the word; they overlap.
		if n >= 4 && n == len(b) {
			return sameWord(load4(a, 0)|load4(a, n-4)<<32, load4(b, 0)|load4(b, n-4)<<32)
		}
		return sameWord(few(a), few(b))
	}
	b = b[:n]
	for i := 0; i < n-8; i += 8 {
		if !sameWord(load(a, i), load(b, i)) {
			return false
		}
	}
	return sameWord(load(a, n-8), load(b, n-8))
}

const (
	ones = 0x0101010101010101
	tops = 0x80 * ones
)

// load becomes one load.
func load(s string, at int) uint64 {
	c := s[at : at+8]
	return uint64(c[0]) | uint64(c[1])<<8 | uint64(c[2])<<16 | uint64(c[3])<<24 |
		uint64(c[4])<<32 | uint64(c[5])<<40 | uint64(c[6])<<48 | uint64(c[7])<<56
}

// few is the word of a text below four bytes; texts of one length have one word
// only when they are equal.
func few(s string) uint64 {
	var x uint64
	for i := range len(s) {
		x = x<<8 | uint64(s[i])
	}
	return x
}

// load4 becomes one load.
func load4(s string, at int) uint64 {
	c := s[at : at+4]
	return uint64(c[0]) | uint64(c[1])<<8 | uint64(c[2])<<16 | uint64(c[3])<<24
}

// sameWord compares eight bytes without case. Bytes may differ in the bit 0x20
// alone, and only where that makes a letter of a letter.
func sameWord(x, y uint64) bool {
	differ := x ^ y
	if differ&^(0x20*ones) != 0 {
		return false
	}
	return differ == 0 || differ<<2&^letters(x) == 0
}

// letters has the top bit of each byte set that is an ASCII letter.
func letters(x uint64) uint64 {
	low := x&^tops | 0x20*ones
	fromA, beyondZ := low+(0x80-'a')*ones, low+(0x7f-'z')*ones
	return fromA &^ beyondZ &^ x & tops
}

// decimals has the top bit of each byte set that is an ASCII digit.
func decimals(x uint64) uint64 {
	low := x &^ tops
	from0, beyond9 := low+(0x80-'0')*ones, low+(0x7f-'9')*ones
	return from0 &^ beyond9 &^ x & tops
}

// zeros is not zero when a byte of x is. Which one it is it does not say.
func zeros(x uint64) uint64 { return (x - ones) &^ x & tops }

// Alphanumeric reports whether s is ASCII letters and digits only and at least
// eight of them. It is the quick answer for long texts; shorter ones are left to
// their caller.
func Alphanumeric(s string) bool {
	n := len(s)
	if n < 8 {
		return false
	}
	word := load(s, n-8)
	good := letters(word) | decimals(word)
	for i := 0; i < n-8; i += 8 {
		word = load(s, i)
		good &= letters(word) | decimals(word)
	}
	return good == tops
}

// Lower reports whether s has no ASCII letter in upper case.
func Lower(s string) bool {
	n := len(s)
	if n < 8 {
		for i := range n {
			if 'A' <= s[i] && s[i] <= 'Z' {
				return false
			}
		}
		return true
	}
	word := load(s, n-8)
	found := letters(word) &^ (word << 2) // 0x20 is what makes a letter lower
	for i := 0; i < n-8; i += 8 {
		word = load(s, i)
		found |= letters(word) &^ (word << 2)
	}
	return found == 0
}
