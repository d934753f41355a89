package mapping

// escapes says which bytes are percent-encoded in one place of a URL.
type escapes [256]bool

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
		e[c] = c <= ' ' || c >= 127
	}
	for i := range len(chars) {
		e[chars[i]] = true
	}
	return &e
}

const upperHex = "0123456789ABCDEF"

// append adds s to dst, encoded.
func (e *escapes) append(dst []byte, s string) []byte {
	start := 0
	for i := range len(s) {
		if c := s[i]; e[c] {
			dst = append(dst, s[start:i]...)
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
			start = i + 1
		}
	}
	return append(dst, s[start:]...)
}

// clean reports whether nothing in s needs encoding.
func (e *escapes) clean(s string) bool {
	for i := range len(s) {
		if e[s[i]] {
			return false
		}
	}
	return true
}
