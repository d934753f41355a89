package telemetry

import (
	"net/netip"
	"time"
	"unsafe"
)

// familiar is what is remembered between the records of a page: the second, the caller's
// address, how the last backend answered, stretches of a line with texts of ours that
// are often the same, and of each text that a caller makes one that could stand as it was.
//
// Of these nothing is believed: to compare takes a third of looking for bytes that need
// an escape. Stretches with several of a caller's texts brought nothing, because then to
// compare is what costs.
type familiar struct {
	second                 second
	caller                 remote
	outcome                outcome
	route, backend, region stretch
	agent, forwarded, uri  plain
}

// stretch is a part of a line that is known by two texts that nobody ever writes to, and
// so by where they lie, and by a number. It keeps them, so that no other text can come
// to lie there.
type stretch struct {
	one, two string
	number   int
	size     int // of text; 0 when there is none
	other    int // so many other ones may come before one of them is remembered
	text     [stretchRoom]byte
}

// stretchRoom is more than a path of 40 bytes needs with the keys around it.
const stretchRoom = 128

// is reports whether g is known by these.
func (g *stretch) is(one, two string, number int) bool {
	return g.size > 0 && lie(one, g.one) && lie(two, g.two) && number == g.number
}

// lie reports whether two texts are one.
func lie(one, two string) bool {
	return len(one) == len(two) && unsafe.StringData(one) == unsafe.StringData(two)
}

// learn remembers what was written from a place on, when it is its turn and no text of the
// line up to there may not stand so.
func (g *stretch) learn(from, to line, found uint64, one, two string, number int) {
	n := int(uintptr(to.at) - uintptr(from.at))
	if g.other--; g.other >= 0 || found&tops != 0 || n > stretchRoom {
		return
	}
	g.one, g.two, g.number, g.other = one, two, number, patience
	g.size = copy(g.text[:], from.bytes(n))
}

// plain is a text in which nothing needs an escape; its size is 0 when there is none.
type plain struct {
	size  int
	other int      // so many other texts may come before one of them is remembered
	text  [64]byte // what is longer is not kept
}

// patience is how many other texts come before the next one is remembered, because
// remembering takes more than is saved where texts keep changing.
const patience = 15

// known is foreign for a text that is often the same.
func (l line) known(s string, k *plain, found uint64) (line, uint64) {
	n := len(s)
	if n == 0 {
		return l, found
	}
	if n != k.size {
		return l.strange(s, k, found)
	}
	from, same := unsafe.Pointer(unsafe.StringData(s)), unsafe.Pointer(&k.text)
	differs := uint64(0)
	for i := 0; i < n-8; i += 8 {
		w := word8(from, i)
		*(*uint64)(unsafe.Add(l.at, i)) = w
		differs |= w ^ word8(same, i)
	}
	w := word8(from, n-8) // overlaps the word before
	*(*uint64)(unsafe.Add(l.at, n-8)) = w
	if differs |= w ^ word8(same, n-8); differs != 0 {
		return l.strange(s, k, found)
	}
	return l.skip(n), found
}

// strange is foreign for a text that is not the one remembered, and remembers it when it
// is its turn.
func (l line) strange(s string, k *plain, found uint64) (line, uint64) {
	l, spoilt := l.foreign(s, 0)
	if n := len(s); n >= 8 && n <= len(k.text) {
		if k.other--; k.other < 0 && spoilt&tops == 0 {
			k.size, k.other = copy(k.text[:], s), patience
		}
	}
	return l, found | spoilt
}

// foreign is text for what may hold any bytes: found gets one of tops when s may not
// stand as it is or has a question mark, behind which a path has its query. Looking
// while copying, eight bytes at a time, takes two thirds of what a look before the copy
// takes.
func (l line) foreign(s string, found uint64) (line, uint64) {
	n := len(s)
	if n == 0 {
		return l, found
	}
	if n < 8 {
		w := short(s)
		return l.text(s), found | special(w) | question(w)
	}
	from := unsafe.Pointer(unsafe.StringData(s))
	w := word8(from, n-8) // overlaps the word before
	*(*uint64)(unsafe.Add(l.at, n-8)) = w
	found |= special(w) | question(w)
	for i := 0; i < n-8; i += 8 {
		w := word8(from, i)
		*(*uint64)(unsafe.Add(l.at, i)) = w
		found |= special(w) | question(w)
	}
	return l.skip(n), found
}

// remote is the caller's address with the keys around it.
type remote struct {
	address netip.Addr
	size    int // of text; 0 when there is none
	text    [remoteRoom]byte
}

// remoteRoom is enough for an IPv6 address without a zone and the keys, each of which is
// written with 32 bytes.
const remoteRoom = 96

// meet makes it those of an address.
func (k *remote) meet(a netip.Addr) {
	start := unsafe.Pointer(&k.text)
	l := line{start}
	l = l.key(&keyRemoteAddr)
	l = l.address(a)
	l = l.key(&keyRequestID)
	k.address, k.size = a, int(uintptr(l.at)-uintptr(start))
}

// caller writes the address of the caller with the keys around it.
func (l line) caller(a netip.Addr, last *remote) line {
	if last.size == 0 || last.address != a {
		last.meet(a)
	}
	*(*[remoteRoom]byte)(l.at) = last.text
	return l.skip(last.size)
}

// outcome is what stands between the path that a backend was asked for and the time
// until its answer's head: the same for nearly all that answer over a connection that
// was there.
type outcome struct {
	status  int
	connect time.Duration
	size    int // of text; 0 when there is none
	text    [outcomeRoom]byte
}

// outcomeRoom is enough for a status of three digits and up to ten seconds.
const outcomeRoom = 96
