package mapping

// escapes says which bytes are percent-encoded in one place of a URL.
type escapes [256]uint8

// The tables of wire-facts §2.5 for CONSTANT values, with ';' added to both: some
// servers cut path parameters and query pairs there, and message refuses it
// unencoded. They serve for caller values too, so that a constant and a value
// of the same text look alike to the backend.
var (
	pathEscapes  = encoding("?></%#\"[\\]^`{|};")
	queryEscapes = encoding("><=+&%#\"[\\]^`{|};")
	// rawEscapes is for query text that is already encoded: only what may not
	// stand on a request line at all.
	rawEscapes = encoding("><#\"[\\]^`{|};")
)

func encoding(chars string) *escapes {
	var e escapes
	for c := range 256 {
		if c <= ' ' || c >= 127 {
			e[c] = 1
		}
	}
	for i := range len(chars) {
		e[chars[i]] = 1
	}
	return &e
}

const upperHex = "0123456789ABCDEF"

// append adds s to dst, encoded.
func (e *escapes) append(dst []byte, s string) []byte {
	if e.clean(s) { // nearly always
		return append(dst, s...)
	}
	start := 0
	for i := range len(s) {
		if c := s[i]; e[c] != 0 {
			dst = append(dst, s[start:i]...)
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
			start = i + 1
		}
	}
	return append(dst, s[start:]...)
}

// clean reports whether nothing in s needs encoding. It looks at eight bytes in a
// row, the last ones once more: bytes one by one take twice as long.
func (e *escapes) clean(s string) bool {
	found, n := uint8(0), len(s)
	if n < 8 {
		for i := range n {
			found |= e[s[i]]
		}
		return found == 0
	}
	for i := 0; i < n-8; i += 8 {
		found |= e.eight(s[i : i+8])
	}
	return found|e.eight(s[n-8:]) == 0
}

func (e *escapes) eight(s string) uint8 {
	_ = s[7]
	return e[s[0]] | e[s[1]] | e[s[2]] | e[s[3]] | e[s[4]] | e[s[5]] | e[s[6]] | e[s[7]]
}
