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
	if a.Signature = rest[len(signature):]; !isWord(a.Signature) {
		return Authorization{}, false
	}
	return a, true
}

// What stands in an Authorization header before the access, around the list of signed
// headers, and how many digits a signature has.
const (
	beforeAccess = Algorithm + " Access="
	beforeList   = ", SignedHeaders="
	afterList    = ", Signature="
	digits       = 64
)

// Authorization is ParseAuthorization for the message that the header came with. Of
// a header as clients write it, whose list of signed headers is the one that the
// layout knows, it looks neither at the digits of the signature nor for commas in the
// access: both is WellFormed's, which whoever refuses the message has to ask.
func (m *Message) Authorization(header string) (a Authorization, ok bool) {
	at := m.Layout.Framed(header, digits)
	if at <= len(beforeAccess) || header[:len(Algorithm)+1] != Algorithm+" " || header[len(Algorithm)+1:len(beforeAccess)] != "Access=" {
		return ParseAuthorization(header)
	}
	signature := len(header) - digits
	a.Access, a.SignedHeaders, a.Signature = header[len(beforeAccess):at], header[at+len(beforeList):signature-len(afterList)], header[signature:]
	m.placed = a.SignedHeaders
	return a, true
}

// WellFormed reports whether access and signature are what ParseAuthorization takes.
func (a *Authorization) WellFormed() bool {
	return strings.IndexByte(a.Access, ',') < 0 && isWord(a.Signature)
}

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

// isWord reports whether s is letters, digits and '_', at least one.
func isWord(s string) bool {
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
