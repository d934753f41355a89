package message

import (
	"net/netip"
	"strings"
)

// maxHost is the longest name that DNS can carry.
const maxHost = 253

// CanonicalHost returns the name of a Host header: lower case, without port and
// without one dot at the end. An IPv6 address keeps its brackets. Anything that
// is not a host and an optional port is refused with an *Error; above all an
// empty host, which engines route differently.
func CanonicalHost(raw string) (string, error) {
	if strings.HasPrefix(raw, "[") {
		return bracketed(raw)
	}
	host := raw
	if colon := strings.IndexByte(raw, ':'); colon >= 0 {
		host = raw[:colon]
		if !decimal(raw[colon+1:]) {
			return "", &Error{"host", "has a port that is not a number"}
		}
	}
	host = strings.TrimSuffix(host, ".")
	if host == "" {
		return "", &Error{"host", "is empty"}
	}
	if len(host) > maxHost {
		return "", &Error{"host", "is longer than 253 characters"}
	}
	label, upper := 0, false
	for i := range len(host) {
		switch c := host[i]; {
		case classes[c]&name != 0: // nearly all
		case c == '.':
			if i == label {
				return "", &Error{"host", "has an empty label"}
			}
			label = i + 1
		case 'A' <= c && c <= 'Z':
			upper = true
		default:
			return "", &Error{"host", "has a character other than letters, digits, '-', '_' and '.'"}
		}
	}
	if label == len(host) {
		return "", &Error{"host", "has an empty label"}
	}
	if upper {
		host = strings.ToLower(host)
	}
	return host, nil
}

func bracketed(raw string) (string, error) {
	end := strings.IndexByte(raw, ']')
	if end < 0 {
		return "", &Error{"host", "has no ']' after its address"}
	}
	addr, err := netip.ParseAddr(raw[1:end])
	if err != nil || !addr.Is6() || addr.Zone() != "" {
		return "", &Error{"host", "has no IPv6 address between its brackets"}
	}
	if port := raw[end+1:]; port != "" && (port[0] != ':' || !decimal(port[1:])) {
		return "", &Error{"host", "has a port that is not a number"}
	}
	return "[" + addr.String() + "]", nil
}

// decimal reports whether s is empty or a number of up to five digits.
func decimal(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) <= 5
}
