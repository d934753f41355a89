package telemetry

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// maxText bounds one text of a record: a caller can send a header of 32 KB and
// must not be able to fill the disk with it thirty times faster than with
// calls.
const maxText = 1024

const hex = "0123456789abcdef"

// appendText appends s as a JSON string. Whatever the bytes are, the result is
// one valid JSON string in one line that is safe to show on a terminal:
// control characters, DEL and the C1 controls are escaped, invalid UTF-8
// becomes U+FFFD.
func appendText(b []byte, s string) []byte {
	return append(appendEscaped(append(b, '"'), s), '"')
}

// escape is the inside of a JSON string.
func escape(s string) string {
	if specials(s)&tops == 0 {
		return s
	}
	return string(appendEscaped(nil, s))
}

// cut shortens s between two characters.
func cut(s string) string {
	n := maxText
	for n > maxText-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// specials has one of tops set when a text needs an escape or a cut, as nearly none
// does: then it is only copied. A byte is plain from 0x20 to 0x7e but for '"' and
// '\\'. It looks at eight bytes at a time.
func specials(s string) (found uint64) {
	n := len(s)
	switch {
	case n >= 8:
		if n > maxText {
			return tops
		}
		found = special(load8(s, n-8)) // overlaps the word before
		for i := 0; i < n-8; i += 8 {
			found |= special(load8(s, i))
		}
	case n > 0:
		found = special(short(s))
	}
	return found
}

// short is all of a text of one to seven bytes, some of them twice, filled up with
// blanks.
func short(s string) uint64 {
	n := len(s)
	if n >= 4 {
		return load4(s, 0) | load4(s, n-4)<<32
	}
	return uint64(s[0]) | uint64(s[n>>1])<<8 | uint64(s[n-1])<<16 | blanks&^0xffffff
}

const (
	ones   = 0x0101010101010101
	tops   = ones * 0x80
	blanks = ones * ' '
)

// load8 and load4 become one load each.
func load8(s string, at int) uint64 {
	c := s[at : at+8]
	return uint64(c[0]) | uint64(c[1])<<8 | uint64(c[2])<<16 | uint64(c[3])<<24 |
		uint64(c[4])<<32 | uint64(c[5])<<40 | uint64(c[6])<<48 | uint64(c[7])<<56
}

func load4(s string, at int) uint64 {
	c := s[at : at+4]
	return uint64(c[0]) | uint64(c[1])<<8 | uint64(c[2])<<16 | uint64(c[3])<<24
}

// special has the top bit of a byte set when w holds a special byte there. A
// borrow or carry from a neighbour may set another one too, but only when the
// neighbour is special itself: as a yes or no the answer is exact.
func special(w uint64) uint64 {
	return (w - ones*0x20) | // below 0x20
		((w ^ ones*'"') - ones) |
		((w ^ ones*'\\') - ones) |
		(w + ones) | w // 0x7f, and above
}

// question is special for a question mark alone.
func question(w uint64) uint64 { return (w ^ ones*'?') - ones }

// appendEscaped is the slow path.
func appendEscaped(b []byte, s string) []byte {
	if len(s) > maxText {
		s = cut(s)
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '"' || c == '\\':
				b = append(b, '\\', c)
			case c < 0x20 || c == 0x7f:
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			default:
				b = append(b, c)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, `\ufffd`...)
		case r < 0xa0 || isTricky(r):
			b = append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		default:
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return b
}

// isTricky are characters of the basic plane that break lines or reorder what
// a reader of the log sees: line and paragraph separator, and the marks of
// bidirectional text.
func isTricky(r rune) bool {
	return r == 0x061c || 0x200b <= r && r <= 0x200f || 0x2028 <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069 || r == 0xfeff
}

// appendTime appends RFC 3339 in UTC with milliseconds.
func appendTime(b []byte, t time.Time) []byte {
	if year := t.UTC().Year(); year < 0 || year > 9999 {
		return b // RFC 3339 knows no such year
	}
	return t.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
}

// second is appendTime for many times of one second, with the keys around it: all but
// the milliseconds is made once, which saves an access record 300 instructions.
type second struct {
	unix   int64
	text   [64]byte // `","time_local":"2006-01-02T15:04:05.000Z","request_time":`, padded
	size   int      // of text; 0 when there is none
	millis int      // where the milliseconds stand in text; 0 when they do not
}

// set makes it the second in which t lies.
func (s *second) set(t time.Time) {
	b := append(s.text[:0], keyTime.text[:keyTime.size]...)
	before := len(b)
	b = appendTime(b, t)
	s.unix, s.millis = t.Unix(), 0
	if len(b) > before {
		s.millis = before + len("2006-01-02T15:04:05.")
	}
	s.size = len(append(b, keyRequestTime.text[:keyRequestTime.size]...))
}

// appendSeconds appends a duration as seconds with microseconds: 0.001250.
func appendSeconds(b []byte, d time.Duration) []byte {
	if d < 0 {
		d = 0 // the clock was set back
	}
	us := uint(d) / 1000
	seconds, rest := us/1e6, us%1e6
	if seconds < 10 {
		b = append(b, "0.000000"...)
		b[len(b)-8] = byte('0' + seconds)
	} else {
		b = append(strconv.AppendUint(b, uint64(seconds), 10), ".000000"...)
	}
	f := b[len(b)-6:]
	put2(f, rest/10000)
	put2(f[2:], rest/100%100)
	put2(f[4:], rest%100)
	return b
}

// appendInt is strconv.AppendInt with a short way for what a status and most
// sizes are.
func appendInt(b []byte, n int64) []byte {
	u := uint(n)
	switch {
	case u < 10:
		return append(b, byte('0'+u))
	case u < 100:
		return append(b, pairs[2*u], pairs[2*u+1])
	case u < 1000:
		return append(b, byte('0'+u/100), pairs[2*(u%100)], pairs[2*(u%100)+1])
	}
	return strconv.AppendInt(b, n, 10)
}

// put2 writes n, below 100, as two digits.
func put2(to []byte, n uint) {
	_ = to[1]
	to[0], to[1] = pairs[2*n], pairs[2*n+1]
}

const pairs = "0001020304050607080910111213141516171819" +
	"2021222324252627282930313233343536373839" +
	"4041424344454647484950515253545556575859" +
	"6061626364656667686970717273747576777879" +
	"8081828384858687888990919293949596979899"
