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
	dst, _, err := ReadQuery(dst, raw)
	return dst, err
}

// ReadQuery is ParseQuery for who wants to know more: unescaped is whether every byte of
// all names and values is Unreserved, so that none of them is changed by AppendEscaped.
func ReadQuery(dst Fields, raw string) (pairs Fields, unescaped bool, err error) {
	if len(raw) >= 8 && all(raw, even) {
		if pairs, ok := splitEven(dst, raw); ok {
			return pairs, true, nil
		}
	}
	return readQuery(dst, raw)
}

// splitEven is ReadQuery for a text of Unreserved bytes and dividers, which nearly all are:
// with nothing to refuse and nothing to decode, only dividers are looked for. It reports
// false where a pair is empty, has two '=', or is one too many.
func splitEven(dst Fields, raw string) (Fields, bool) {
	before := len(dst)
	for begin := 0; ; {
		end, equals := divider(raw, begin), -1
		if end < len(raw) && raw[end] == '=' {
			equals = end
			if end = divider(raw, end+1); end < len(raw) && raw[end] == '=' {
				break
			}
		}
		if end == begin || len(dst)-before == MaxPairs {
			break
		}
		dst = append(dst, pairOf(raw, begin, equals, end))
		if end == len(raw) {
			return dst, true
		}
		begin = end + 1
	}
	return dst[:before], false
}

// divider is where the next '&' or '=' stands, len(raw) when there is none.
func divider(raw string, i int) int {
	for i < len(raw) && raw[i] != '=' && raw[i] != '&' {
		i++
	}
	return i
}

// pairOf is the pair from begin to end whose '=' stands at equals, unless that is below
// zero.
func pairOf(raw string, begin, equals, end int) Field {
	if equals < 0 {
		return Field{Name: raw[begin:end]}
	}
	return Field{raw[begin:equals], raw[equals+1 : end]}
}

func readQuery(dst Fields, raw string) (pairs Fields, unescaped bool, err error) {
	before := len(dst)
	all := even
	var text strings.Builder
	for i := 0; i < len(raw); i++ { // i stands on the '&' after each pair
		begin := i
		end, equals, both, err := scanPair(raw, begin)
		if err != nil {
			return dst[:before], false, err
		}
		i = end
		all &= both
		if begin == end {
			continue
		}
		if len(dst)-before == MaxPairs {
			return dst[:before], false, &Error{"query", "has more than 1000 parameters"}
		}
		pair := Field{Name: raw[begin:equals]}
		if equals < end {
			pair.Value = raw[equals+1 : end]
		}
		if both&uncoded == 0 {
			if pair, err = decodePair(&text, pair, len(raw)); err != nil {
				return dst[:before], false, err
			}
		}
		dst = append(dst, pair)
	}
	return dst, all != 0, nil
}

// scanPair looks once at each byte of the pair that begins at i: where it ends,
// where its first '=' is (at the end when there is none), and which of even and uncoded
// it is: even only when it has no other '='.
func scanPair(raw string, i int) (end, equals int, both uint16, err error) {
	equals, both = -1, even|uncoded
scan:
	for ; i < len(raw); i++ {
		c := raw[i]
		class := classes[c]
		both &= class
		if class&special == 0 {
			continue
		}
		switch {
		case c == '&':
			break scan
		case c == '=':
			if equals < 0 {
				equals = i
			} else {
				both &^= even
			}
		case c == '+' || c == '%':
			both = 0
		case c == ';' || c == '#':
			return i, i, 0, &Error{"query", "has one of ; # unencoded"}
		default:
			return i, i, 0, &Error{"query", "has a control character"}
		}
	}
	if equals < 0 {
		equals = i
	}
	return i, equals, both, nil
}

// decodePair decodes a pair. Decoded text is written to text, whose room for the
// whole query is taken once, so that earlier results stay where they are.
func decodePair(text *strings.Builder, pair Field, room int) (Field, error) {
	if text.Cap() == 0 {
		text.Grow(room)
	}
	var err error
	if pair.Name, err = decode(text, pair.Name); err != nil {
		return pair, err
	}
	pair.Value, err = decode(text, pair.Value)
	return pair, err
}

func decode(text *strings.Builder, s string) (string, error) {
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
