package message

import "strings"

// MaxPairs bounds the pairs of one query: parsing, sorting for a signature and
// looking up parameters cost in proportion (the class of CVE-2026-39825).
const MaxPairs = 1000

// ParseQuery appends the decoded pairs of a raw query (without '?') to dst in
// arrival order. '+' is a blank, a pair without '=' has an empty value, empty
// pairs between '&' are skipped. On error dst comes back with nothing added.
//
// It refuses what other readers drop or cut silently: bad escapes, ';' (net/url
// drops the pair, older servers split there), '#', control characters. Pairs
// that need no decoding are slices of raw; all others share one allocation.
func ParseQuery(dst Fields, raw string) (Fields, error) {
	before := len(dst)
	var text strings.Builder
	for rest, more := raw, raw != ""; more; {
		var pair string
		pair, rest, more = strings.Cut(rest, "&")
		if pair == "" {
			continue
		}
		if len(dst)-before == MaxPairs {
			return dst[:before], &Error{"query", "has more than 1000 parameters"}
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := decodeQuery(&text, name, len(raw))
		if err != nil {
			return dst[:before], err
		}
		value, err = decodeQuery(&text, value, len(raw))
		if err != nil {
			return dst[:before], err
		}
		dst = append(dst, Field{Name: name, Value: value})
	}
	return dst, nil
}

// decodeQuery decodes one name or value. Decoded text is written to text, whose
// room for the whole query is taken once, so that earlier results stay where
// they are.
func decodeQuery(text *strings.Builder, s string, room int) (string, error) {
	plain := true
	for i := range len(s) {
		switch c := s[i]; {
		case c == '+' || c == '%':
			plain = false
		case c == ';' || c == '#':
			return "", &Error{"query", "has one of ; # unencoded"}
		case classes[c]&control != 0:
			return "", &Error{"query", "has a control character"}
		}
	}
	if plain {
		return s, nil
	}
	if text.Cap() == 0 {
		text.Grow(room)
	}
	start := text.Len()
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '+':
			text.WriteByte(' ')
		case '%':
			d, ok := Decoded(s, i)
			if !ok {
				return "", &Error{"query", "has a '%' without two hex digits"}
			}
			text.WriteByte(d)
			i += 2
		default:
			text.WriteByte(c)
		}
	}
	return text.String()[start:], nil
}
