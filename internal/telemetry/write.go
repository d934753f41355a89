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

func (l line) text(s string) line {
	copy(l.bytes(len(s)), s)
	return l.skip(len(s))
}

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

// moment writes RFC 3339 in UTC with milliseconds, or nothing.
func (l line) moment(s *second, t time.Time) line {
	if s.unix != t.Unix() || s.size == 0 {
		s.set(t)
	}
	if s.size == 0 {
		return l
	}
	*(*[32]byte)(l.at) = s.text
	millis := uint(t.Nanosecond()) / 1e6
	b := l.bytes(32)
	b[momentMillis] = byte('0' + millis/100)
	put2(b[momentMillis+1:], millis%100)
	return l.skip(s.size)
}

// momentMillis is where the milliseconds stand in second.text.
const momentMillis = len("2006-01-02T15:04:05.")

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
