package signature

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/message"
)

// Algorithm is the only algorithm of this dialect, as it begins an
// Authorization header and a string to sign.
const Algorithm = "SDK-HMAC-SHA256"

// Header names of the dialect. Comparing ignores case.
const (
	HeaderAuthorization = "Authorization"
	HeaderDate          = "X-Sdk-Date"
	HeaderPayload       = "X-Sdk-Content-Sha256"
)

// Authorization is a parsed Authorization header. Its strings are slices of
// the header.
type Authorization struct {
	Access        string // app key or access key
	SignedHeaders string // "host;x-sdk-date"
	Signature     string // as sent; whether it is 64 hex digits is Verify's matter
}

// ParseAuthorization takes a header of the form
//
//	SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…
//
// apart. After the algorithm stand one or more blanks, after a comma one or
// none: what the vendor's own verifier accepts. It allocates nothing.
func ParseAuthorization(header string) (Authorization, bool) {
	var a Authorization
	const access, headers, signature = "Access=", "SignedHeaders=", "Signature="
	n := len(Algorithm)
	if len(header) <= n || header[:n] != Algorithm || !space(header[n]) {
		return Authorization{}, false
	}
	rest := header[n+1:]
	for rest != "" && space(rest[0]) {
		rest = rest[1:]
	}
	var ok bool
	if len(rest) < len(access) || rest[:len(access)] != access {
		return Authorization{}, false
	}
	if a.Access, rest, ok = part(rest[len(access):]); !ok || len(rest) < len(headers) || rest[:len(headers)] != headers {
		return Authorization{}, false
	}
	if a.SignedHeaders, rest, ok = part(rest[len(headers):]); !ok || len(rest) < len(signature) || rest[:len(signature)] != signature {
		return Authorization{}, false
	}
	if a.Signature = rest[len(signature):]; !word(a.Signature) {
		return Authorization{}, false
	}
	return a, true
}

// Authorization is ParseAuthorization for the message that the header came with. Of
// a header as clients write it, whose list of signed headers is the one that the
// layout knows, it looks at the ends alone and leaves the digits of the signature to
// WellFormed, which whoever refuses the message has to ask.
func (m *Message) Authorization(header string) (Authorization, bool) {
	const access, headers, signature, digits = Algorithm + " Access=", ", SignedHeaders=", ", Signature=", 64
	if len(header) < len(access) || header[:len(access)] != access {
		return ParseAuthorization(header)
	}
	comma := strings.IndexByte(header, ',')
	if comma <= len(access) || len(header) < comma+len(headers) || header[comma:comma+len(headers)] != headers {
		return ParseAuthorization(header)
	}
	list := header[comma+len(headers):]
	n, ok := m.Layout.Begins(list)
	if !ok || len(list) != n+len(signature)+digits || list[n:n+len(signature)] != signature {
		return ParseAuthorization(header)
	}
	m.placed = list[:n]
	return Authorization{Access: header[len(access):comma], SignedHeaders: list[:n], Signature: list[n+len(signature):]}, true
}

// WellFormed reports whether a signature is what ParseAuthorization takes.
func (a *Authorization) WellFormed() bool { return word(a.Signature) }

// part cuts "value," and one blank from the front of s.
func part(s string) (value, rest string, ok bool) {
	comma := strings.IndexByte(s, ',')
	if comma <= 0 {
		return "", "", false
	}
	value, rest = s[:comma], s[comma+1:]
	if rest != "" && space(rest[0]) {
		rest = rest[1:]
	}
	return value, rest, true
}

func space(c byte) bool { return c == ' ' || c == '\t' }

// word reports whether s is letters, digits and '_', at least one.
func word(s string) bool {
	if message.Alphanumeric(s) { // as the 64 digits of a signature are
		return true
	}
	for i := range len(s) {
		if c := s[i]; !message.Unreserved(c) || c == '-' || c == '.' || c == '~' {
			return false
		}
	}
	return s != ""
}
