package message

// CanonicalPath returns the one spelling of a request path: encoded characters
// that may stand bare are decoded, hex digits upper-cased, bytes that may not
// stand bare are encoded. A path that already has that spelling is returned as
// it is, without allocation. Paths that have more than one meaning are refused
// with an *Error.
//
// The slash at the end is kept: "/test" and "/test/" are two APIs (wire-facts
// §2.3). "%40" becomes "@" although RFC 3986 §2.2 does not call the two
// equivalent: backends decode before they route, so a caller could choose by
// the spelling which of two APIs guards one backend path (wire-facts §2.3 has
// paths decoded before routing as well). '+' alone keeps both spellings: some
// backends read a bare one as a blank.
func CanonicalPath(raw string) (string, error) {
	path, _, err := ReadPath(raw)
	return path, err
}

// ReadPath is CanonicalPath for who wants to know more: when plain, the path is
// PlainPath beyond doubt. Of some paths that are, which are short or were spelled in
// another way, it does not find that out.
func ReadPath(raw string) (path string, plain bool, err error) {
	if settled, plain := settled(raw); settled {
		return raw, plain, nil
	}
	canonical, err := inspectPath(raw)
	if err != nil {
		return "", false, err
	}
	if canonical {
		return raw, false, nil
	}
	out := string(rewritePath(raw))
	// Only the rewritten text shows dot segments and double encodings that
	// were themselves encoded ("%2e%2E", "%25%32f").
	if _, err := inspectPath(out); err != nil {
		return "", false, err
	}
	return out, false, nil
}

// settled reports whether a path is beyond doubt canonical: it begins with '/', all
// its bytes may stand bare, and no '/' is followed by a '/' or a '.'. That is so for
// nearly all paths of nine bytes or more, and eight of them are looked at at once.
// The classes that the bytes have in common tell besides whether it is plain.
func settled(p string) (yes, isPlain bool) {
	n := len(p)
	if n < 9 || p[0] != '/' {
		return false, false
	}
	both := common(p, bare|plain)
	if both&bare == 0 {
		return false, false
	}
	suspect := slashed(load(p, n-9), load(p, n-8))
	for i := 0; i < n-9; i += 8 {
		suspect |= slashed(load(p, i), load(p, i+1))
	}
	return suspect == 0, both&plain != 0
}

// slashed is not zero when a byte of x is '/' and the same one of y is '/' or '.',
// which is '/' without its last bit.
func slashed(x, y uint64) uint64 { return zeros((x ^ '/'*ones) | ((y | ones) ^ '/'*ones)) }

// inspectPath reports whether p is canonical, or why it is refused.
func inspectPath(p string) (canonical bool, err error) {
	if p == "" || p[0] != '/' {
		return false, &Error{"path", "does not begin with '/'"}
	}
	canonical = true
	segment := 1 // where the present segment begins
	for i := 1; i < len(p); i++ {
		c := p[i]
		switch {
		case classes[c]&inside != 0: // nearly all
		case c == '/':
			if i == segment {
				return false, &Error{"path", "has an empty segment"}
			}
			if dots(p[segment:i]) {
				return false, &Error{"path", "has a dot segment"}
			}
			segment = i + 1
		case c == '%':
			plain, err := inspectEncoded(p, i)
			if err != nil {
				return false, err
			}
			canonical = canonical && plain
			i += 2
		case classes[c]&control != 0:
			return false, &Error{"path", "has a control character"}
		case classes[c]&forbidden != 0:
			return false, &Error{"path", `has one of \ # ? ; unencoded`}
		default:
			canonical = false
		}
	}
	if dots(p[segment:]) {
		return false, &Error{"path", "has a dot segment"}
	}
	return canonical, nil
}

// inspectEncoded looks at the %XX at position i of p.
func inspectEncoded(p string, i int) (canonical bool, err error) {
	c, ok := Decoded(p, i)
	switch {
	case !ok:
		return false, &Error{"path", "has a '%' without two hex digits"}
	case c == '/' || c == '\\':
		return false, &Error{"path", "has an encoded slash or backslash"}
	case classes[c]&control != 0:
		return false, &Error{"path", "has an encoded control character"}
	case c == '%' && encodedTwice(p[i+3:]):
		return false, &Error{"path", "has a slash, backslash, dot or NUL that is encoded twice"}
	}
	return classes[c]&decodes == 0 && !lowerHex(p[i+1]) && !lowerHex(p[i+2]), nil
}

// encodedTwice reports whether the text after a %25 makes an encoded separator,
// dot or NUL once a second reader decodes it, however often it was encoded.
func encodedTwice(after string) bool {
	for len(after) >= 4 && after[:2] == "25" {
		after = after[2:]
	}
	if len(after) < 2 || digit(after[0]) > 15 || digit(after[1]) > 15 {
		return false
	}
	switch digit(after[0])<<4 | digit(after[1]) {
	case '/', '\\', '.', 0:
		return true
	}
	return false
}

func dots(segment string) bool { return segment == "." || segment == ".." }

func lowerHex(c byte) bool { return c >= 'a' }

// rewritePath spells a path that inspectPath did not refuse.
func rewritePath(p string) []byte {
	out := make([]byte, 0, len(p)+16)
	for i := 0; i < len(p); i++ {
		c, encoded := Decoded(p, i)
		if encoded {
			i += 2
		} else {
			c = p[i]
		}
		if class := classes[c]; class&decodes != 0 || !encoded && class&bare != 0 {
			out = append(out, c)
		} else {
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return out
}
