package message

const upperHex = "0123456789ABCDEF"

// Classes of bytes. A byte may be in several.
const (
	unreserved uint16 = 1 << iota // RFC 3986 §2.3: means the same bare and encoded
	decodes                       // of a path: the canonical spelling is the bare one
	bare                          // may stand in a path as it is
	inside                        // bare, and no '/'
	control                       // never, neither bare nor encoded
	forbidden                     // never bare: delimiters that readers treat differently
	special                       // of a query: divides, is coded or is refused
	name                          // of a canonical host, inside a label
	plain                         // unreserved, or a '/'
	visible                       // not control
	uncoded                       // of a query: stands for itself
	even                          // of a query: unreserved, or divides
)

// classes is the class of each byte. ';' is a sub-delimiter of RFC 3986 that
// servlet containers cut path parameters at, so it must come encoded.
var classes = classify()

func classify() (t [256]uint16) {
	set := func(chars string, class uint16) {
		for i := range len(chars) {
			t[chars[i]] |= class
		}
	}
	set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", unreserved|decodes|bare|plain|even)
	set("!$&'()*,=:@", decodes|bare)
	set("+/", bare)
	set("/", plain)
	set("&=", even)
	for c := range t {
		if t[c]&bare != 0 && c != '/' {
			t[c] |= inside
		}
	}
	set(`\#?;`, forbidden)
	set("&=+%;#", special)
	set("abcdefghijklmnopqrstuvwxyz0123456789-_", name)
	for c := range 0x20 {
		t[c] = control | special
	}
	t[0x7f] = control | special
	for c := range t {
		if t[c]&control == 0 {
			t[c] |= visible
		}
		if c != '+' && c != '%' {
			t[c] |= uncoded
		}
	}
	return t
}

// Unreserved reports whether c means the same bare and encoded everywhere in a
// URL: A–Z a–z 0–9 - . _ ~.
func Unreserved(c byte) bool { return classes[c]&unreserved != 0 }

// AllUnreserved reports whether every byte of s is Unreserved.
func AllUnreserved(s string) bool { return all(s, unreserved) }

// AllVisible reports whether s has no control character: neither one below a blank
// nor DEL.
func AllVisible(s string) bool { return all(s, visible) }

// PlainPath reports whether s is Unreserved bytes and slashes only.
func PlainPath(s string) bool { return all(s, plain) }

// all reports whether every byte of s is of a class.
func all(s string, class uint16) bool { return common(s, class) != 0 }

// common are those of some classes that every byte of s is of. Eight or four are
// asked at once, the last ones overlapping those before: of a long text a loop over
// bytes that ends at the first one takes twice the instructions.
func common(s string, of uint16) uint16 {
	n := len(s)
	both := of
	switch {
	case n >= 8:
		both &= eight(s, n-8)
		for i := 0; i < n-8; i += 8 {
			both &= eight(s, i)
		}
	case n >= 4:
		both &= four(s, 0) & four(s, n-4)
	default:
		for i := range n {
			both &= classes[s[i]]
		}
	}
	return both
}

// eight are the classes that eight bytes have in common.
func eight(s string, at int) uint16 {
	c := s[at : at+8]
	return classes[c[0]] & classes[c[1]] & classes[c[2]] & classes[c[3]] &
		classes[c[4]] & classes[c[5]] & classes[c[6]] & classes[c[7]]
}

func four(s string, at int) uint16 {
	c := s[at : at+4]
	return classes[c[0]] & classes[c[1]] & classes[c[2]] & classes[c[3]]
}

// AppendEscaped appends s with every byte that is not Unreserved as %XX with
// upper-case digits: the form that signatures are made over (wire-facts
// §3.1) and that is safe in every place of a URL.
func AppendEscaped(dst []byte, s string) []byte {
	if len(s) >= 8 {
		if !all(s, unreserved) {
			return appendEscaped(dst, s)
		}
		return append(dst, s...)
	}
	for i := range len(s) {
		if !Unreserved(s[i]) {
			return appendEscaped(dst, s)
		}
	}
	return append(dst, s...) // nearly always
}

// appendEscaped is AppendEscaped for a text that has a byte to escape.
func appendEscaped(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if Unreserved(c) {
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		start = i + 1
	}
	return append(dst, s[start:]...)
}

// AppendEscapedByte is AppendEscaped for one byte.
func AppendEscapedByte(dst []byte, c byte) []byte {
	if Unreserved(c) {
		return append(dst, c)
	}
	return append(dst, '%', upperHex[c>>4], upperHex[c&15])
}

// Decoded returns the byte that s encodes at position i as %XX, and whether
// there is one.
func Decoded(s string, i int) (byte, bool) {
	if i+2 >= len(s) || s[i] != '%' {
		return 0, false
	}
	hi, lo := digit(s[i+1]), digit(s[i+2])
	return hi<<4 | lo&15, hi < 16 && lo < 16
}

// digit is the value of a hex digit, 0xff when c is none.
func digit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}
