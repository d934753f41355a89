package telemetry

import (
	"net/netip"
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
	if len(s) > maxText {
		s = cut(s)
	}
	b = append(b, '"')
	if n := plain(s); n == len(s) {
		b = append(b, s...) // Fast path: nothing to escape.
	} else {
		b = append(b, s[:n]...)
		b = appendEscaped(b, s[n:])
	}
	return append(b, '"')
}

// cut shortens s between two characters.
func cut(s string) string {
	n := maxText
	for n > maxText-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// plain counts the bytes in front of the first one that may need an escape:
// below 0x20, '"', '\\' and from 0x7f on. Nearly every text is plain to its
// end, which isPlain sees eight bytes at a time.
func plain(s string) int {
	if len(s) >= 8 && isPlain(s) {
		return len(s)
	}
	for n := range len(s) {
		if c := s[n]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			return n
		}
	}
	return len(s)
}

// isPlain needs eight bytes at least; the last word overlaps the one before.
// It collects what it finds and branches once.
func isPlain(s string) bool {
	found := special(word(s, len(s)-8))
	for n := 0; n < len(s)-8; n += 8 {
		found |= special(word(s, n))
	}
	return found&0x8080808080808080 == 0
}

// word loads the eight bytes of s from n on; the compiler makes one load of it.
func word(s string, n int) uint64 {
	c := s[n : n+8]
	return uint64(c[0]) | uint64(c[1])<<8 | uint64(c[2])<<16 | uint64(c[3])<<24 |
		uint64(c[4])<<32 | uint64(c[5])<<40 | uint64(c[6])<<48 | uint64(c[7])<<56
}

// special has the top bit of a byte set when w holds a special byte there. A
// borrow or carry from a neighbour may set another one too, but only when the
// neighbour is special itself: as a yes or no the answer is exact.
func special(w uint64) uint64 {
	const ones = 0x0101010101010101
	return (w - ones*0x20) | // below 0x20
		((w ^ ones*'"') - ones) |
		((w ^ ones*'\\') - ones) |
		(w + ones) | w // 0x7f, and above
}

// appendEscaped is the slow path.
func appendEscaped(b []byte, s string) []byte {
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

func appendAddr(b []byte, a netip.Addr) []byte {
	b = append(b, '"')
	if a.IsValid() {
		// A zone is text of the local system, never of the peer, but it may hold
		// any byte; an access record does without it.
		b = a.WithZone("").AppendTo(b)
	}
	return append(b, '"')
}

// appendTime appends RFC 3339 in UTC with milliseconds.
func appendTime(b []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return append(b, '"', '"') // RFC 3339 knows no such year
	}
	hour, minute, second := t.Clock()
	millis := t.Nanosecond() / 1e6
	b = append(b, `"0000-00-00T00:00:00.000Z"`...)
	d := b[len(b)-26:]
	put2(d[1:], year/100)
	put2(d[3:], year%100)
	put2(d[6:], int(month))
	put2(d[9:], day)
	put2(d[12:], hour)
	put2(d[15:], minute)
	put2(d[18:], second)
	put2(d[21:], millis/10)
	d[23] = byte('0' + millis%10)
	return b
}

// appendSeconds appends a duration as seconds with microseconds: 0.001250.
func appendSeconds(b []byte, d time.Duration) []byte {
	if d < 0 {
		d = 0 // the clock was set back
	}
	us := uint64(d / time.Microsecond)
	seconds, rest := us/1e6, int(us%1e6)
	if seconds < 10 {
		b = append(b, "0.000000"...)
		b[len(b)-8] = byte('0' + seconds)
	} else {
		b = append(strconv.AppendUint(b, seconds, 10), ".000000"...)
	}
	f := b[len(b)-6:]
	put2(f, rest/10000)
	put2(f[2:], rest/100%100)
	put2(f[4:], rest%100)
	return b
}

// put2 writes n as two digits.
func put2(to []byte, n int) {
	_ = to[1]
	to[0], to[1] = byte('0'+n/10), byte('0'+n%10)
}
