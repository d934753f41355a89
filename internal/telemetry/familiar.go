package telemetry

import "unsafe"

// familiar is what is remembered between the records of a page: the second, and of
// each text that may hold any bytes one that could stand as it was. The region is always
// the same, the others often, and to compare takes a third of looking for bytes that
// need an escape. It is not always the last one, because remembering takes more than is
// saved where texts keep changing.
type familiar struct {
	second                                                      second
	method, host, route, agent, forwarded, backend, uri, region plain
}

// plain is a text in which nothing needs an escape; its size is 0 when there is none.
type plain struct {
	size  int
	other int      // so many other texts may come before one of them is remembered
	text  [64]byte // what is longer is not kept
}

// patience is how many other texts come before the next one is remembered.
const patience = 15

// foreign is text for what may hold any bytes: found gets one of tops when s may not
// stand as it is or has a question mark, behind which a path has its query.
func (l line) foreign(s string, known *plain, found uint64) (line, uint64) {
	n := len(s)
	if n == 0 {
		return l, found
	}
	if n < 8 {
		w := short(s)
		return l.text(s), found | special(w) | question(w)
	}
	if n != known.size {
		return l.strange(s, known, found)
	}
	from, same := unsafe.Pointer(unsafe.StringData(s)), unsafe.Pointer(&known.text)
	differs := uint64(0)
	for i := 0; i < n-8; i += 8 {
		w := *(*uint64)(unsafe.Add(from, i))
		*(*uint64)(unsafe.Add(l.at, i)) = w
		differs |= w ^ *(*uint64)(unsafe.Add(same, i))
	}
	w := *(*uint64)(unsafe.Add(from, n-8)) // overlaps the word before
	*(*uint64)(unsafe.Add(l.at, n-8)) = w
	if differs |= w ^ *(*uint64)(unsafe.Add(same, n-8)); differs != 0 {
		return l.strange(s, known, found)
	}
	return l.skip(n), found
}

// strange is foreign for a text of at least eight bytes that is not familiar.
// Looking while copying, eight bytes at a time, takes two thirds of what a look before
// the copy takes.
func (l line) strange(s string, known *plain, found uint64) (line, uint64) {
	n := len(s)
	from := unsafe.Pointer(unsafe.StringData(s))
	w := *(*uint64)(unsafe.Add(from, n-8)) // overlaps the word before
	*(*uint64)(unsafe.Add(l.at, n-8)) = w
	spoilt := special(w) | question(w)
	for i := 0; i < n-8; i += 8 {
		w := *(*uint64)(unsafe.Add(from, i))
		*(*uint64)(unsafe.Add(l.at, i)) = w
		spoilt |= special(w) | question(w)
	}
	if known.other--; known.other < 0 && spoilt&tops == 0 && n <= len(known.text) {
		known.size, known.other = copy(known.text[:], s), patience
	}
	return l.skip(n), found | spoilt
}
