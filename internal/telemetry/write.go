package telemetry

import (
	"net/netip"
	"strconv"
	"time"
	"unsafe"
)

// line is where the next byte of an access record goes.
//
// It is a bare pointer: AccessRecord.append has made room for everything that it
// writes, which TestLineFitsItsRoom holds against records of the longest parts,
// and asking again before each of fifty pieces took 900 of 2,500 instructions.
type line struct{ at unsafe.Pointer }

func (l line) skip(n int) line { return line{unsafe.Add(l.at, n)} }

// bytes are the next n bytes.
func (l line) bytes(n int) []byte { return unsafe.Slice((*byte)(l.at), n) }

func (l line) key(k *key) line {
	*(*[32]byte)(l.at) = k.text
	return l.skip(k.size)
}

// text writes a text as it is; up to 32 bytes in two pieces that may overlap, which takes
// half of what a call of the runtime's takes.
func (l line) text(s string) line {
	n, from := len(s), unsafe.Pointer(unsafe.StringData(s))
	switch {
	case n > 32:
		copy(l.bytes(n), s)
	case n >= 16:
		copy16(l.at, from)
		copy16(unsafe.Add(l.at, n-16), unsafe.Add(from, n-16))
	case n >= 8:
		*(*uint64)(unsafe.Add(l.at, n-8)) = word8(from, n-8)
		*(*uint64)(l.at) = word8(from, 0)
	case n >= 4:
		*(*uint32)(unsafe.Add(l.at, n-4)) = word4(from, n-4)
		*(*uint32)(l.at) = word4(from, 0)
	case n > 0:
		b := l.bytes(3)
		b[0], b[n>>1], b[n-1] = s[0], s[n>>1], s[n-1]
	}
	return l.skip(n)
}

// id is text for an identifier, of which nearly all have 32 bytes.
func (l line) id(s string) line {
	if len(s) != 32 {
		return l.text(s)
	}
	from := unsafe.Pointer(unsafe.StringData(s))
	copy16(l.at, from)
	copy16(unsafe.Add(l.at, 16), unsafe.Add(from, 16))
	return l.skip(32)
}

func copy16(to, from unsafe.Pointer) {
	copy((*[16]byte)(to)[:], (*[16]byte)(from)[:])
}

func word8(p unsafe.Pointer, at int) uint64 { return *(*uint64)(unsafe.Add(p, at)) }
func word4(p unsafe.Pointer, at int) uint32 { return *(*uint32)(unsafe.Add(p, at)) }

// address writes an address without a zone: that is text of the local system,
// which may hold any byte.
func (l line) address(a netip.Addr) line {
	if !a.Is4() {
		if !a.IsValid() {
			return l
		}
		return l.skip(len(a.WithZone("").AppendTo(l.bytes(64)[:0])))
	}
	for _, part := range a.As4() {
		d := &dotted[part]
		*(*[4]byte)(l.at) = d.text
		l = l.skip(int(d.size))
	}
	return l.skip(-1) // the last dot
}

// dotted are the parts of an IPv4 address, each with a dot behind it.
var dotted = func() (t [256]struct {
	text [4]byte
	size uint8
}) {
	for n := range t {
		t[n].size = uint8(copy(t[n].text[:], strconv.Itoa(n)+"."))
	}
	return t
}()

// moment is RFC 3339 in UTC with milliseconds, or nothing, with the keys around it.
func (l line) moment(s *second, t time.Time) line {
	if s.unix != t.Unix() || s.size == 0 {
		s.set(t)
	}
	*(*[64]byte)(l.at) = s.text
	if s.millis > 0 {
		digits := padded[uint(t.Nanosecond())/1e6]
		digits[3] = 'Z'
		*(*[4]byte)(unsafe.Add(l.at, s.millis)) = digits
	}
	return l.skip(s.size)
}

// duration writes seconds with microseconds: 0.001250.
func (l line) duration(d time.Duration) line {
	us := uint(max(d, 0)) / 1000
	if us < 1000 { // as connecting takes nearly always
		b := l.bytes(9)
		*(*[5]byte)(b) = [5]byte{'0', '.', '0', '0', '0'}
		*(*[4]byte)(b[5:]) = padded[us]
		return l.skip(8)
	}
	if us >= 10e6 {
		return l.skip(len(appendSeconds(l.bytes(32)[:0], d)))
	}
	ms, seconds := us/1e3, us/1e6
	b := l.bytes(9) // one more than there are: the last three digits are four bytes
	b[0], b[1] = byte('0'+seconds), '.'
	*(*[4]byte)(b[2:]) = padded[ms-seconds*1e3]
	*(*[4]byte)(b[5:]) = padded[us-ms*1e3]
	return l.skip(8)
}

// padded are the numbers below 1000 in three digits.
var padded = func() (t [1000][4]byte) {
	for n := range t {
		t[n] = [4]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)}
	}
	return t
}()

func (l line) durationOrNull(d time.Duration, known bool) line {
	if known {
		return l.duration(d)
	}
	return l.text("null")
}

func (l line) number(n int64) line {
	if u := uint(n); u < uint(len(numbers)) { // as a status and most sizes are
		d := &numbers[u]
		*(*[4]byte)(l.at) = d.text
		return l.skip(int(d.size))
	}
	return l.skip(len(strconv.AppendInt(l.bytes(32)[:0], n, 10)))
}

// numbers are the numbers below 1000 in digits.
var numbers = func() (t [1000]struct {
	text [4]byte
	size uint8
}) {
	for n := range t {
		t[n].size = uint8(copy(t[n].text[:], strconv.Itoa(n)))
	}
	return t
}()

func (l line) numberOrNull(n int64, known bool) line {
	if known {
		return l.number(n)
	}
	return l.text("null")
}
