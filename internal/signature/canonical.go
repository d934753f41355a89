package signature

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/message"
)

// Message is the part of a request that a signature covers.
type Message struct {
	Method string
	// Path is escaped, canonical or as on the wire: both give one result.
	Path string
	// Query holds the decoded pairs in any order.
	Query message.Fields
	// Headers holds all fields, Host included.
	Headers message.Fields
}

// secretHeaders carry credentials of their own. Clients may sign them; a
// mismatch must not show them.
var secretHeaders = [...]string{
	"authorization", "cookie", "proxy-authorization", "x-apig-appcode",
	"x-auth-token", "x-security-token", "x-subject-token",
}

// scratch is the memory that one canonical request needs.
type scratch struct {
	out    []byte
	query  message.Fields
	values []string
}

// canonical writes the canonical request of m to s.out. masked hides the
// values of secretHeaders.
func (s *scratch) canonical(m *Message, signed, payload string, masked bool) error {
	s.out = append(appendUpper(s.out[:0], m.Method), '\n')
	s.out = append(appendPath(s.out, m.Path), '\n')
	s.appendQuery(m.Query)
	s.out = append(s.out, '\n')
	if err := s.appendHeaders(m.Headers, signed, masked); err != nil {
		return err
	}
	s.out = append(s.out, '\n')
	s.out = append(appendLower(s.out, signed), '\n')
	s.out = append(s.out, payload...)
	return nil
}

// appendPath escapes the decoded path anew and ends it with '/'. An encoded
// slash becomes one, as in the clients, which all start from the decoded path.
func appendPath(dst []byte, path string) []byte {
	begin := len(dst)
	for rest := path; rest != ""; {
		plain := 0 // bytes that stay as they are: nearly always all
		for plain < len(rest) && (rest[plain] == '/' || message.Unreserved(rest[plain])) {
			plain++
		}
		dst, rest = append(dst, rest[:plain]...), rest[plain:]
		if rest == "" {
			break
		}
		c, size := rest[0], 1
		if decoded, ok := message.Decoded(rest, 0); ok {
			c, size = decoded, 3
		}
		if c == '/' {
			dst = append(dst, c)
		} else {
			dst = message.AppendEscapedByte(dst, c)
		}
		rest = rest[size:]
	}
	if len(dst) == begin || dst[len(dst)-1] != '/' {
		dst = append(dst, '/')
	}
	return dst
}

// appendQuery sorts by decoded name, then by decoded value, and escapes after
// sorting: "F" < "a+b" < "b".
func (s *scratch) appendQuery(query message.Fields) {
	if !slices.IsSortedFunc(query, byName) {
		s.query = append(s.query[:0], query...)
		slices.SortFunc(s.query, byName)
		query = s.query
	}
	for i, p := range query {
		if i > 0 {
			s.out = append(s.out, '&')
		}
		s.out = append(message.AppendEscaped(s.out, p.Name), '=')
		s.out = message.AppendEscaped(s.out, p.Value)
	}
}

func byName(a, b message.Field) int {
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.Value, b.Value)
}

// appendHeaders writes one line for each value of each signed header, in the
// order of SignedHeaders; values of one name are sorted.
func (s *scratch) appendHeaders(headers message.Fields, signed string, masked bool) error {
	// More names than fields cannot all be present; looking for repetitions
	// in a list of thousands would cost more than the signature.
	if strings.Count(signed, ";") >= len(headers) {
		return fmt.Errorf("%w: more names than header fields", ErrHeaderNotPresent)
	}
	for rest, more := signed, true; more; {
		var name string
		name, rest, more = nextName(rest)
		if name == "" || more && listed(rest, name) {
			return ErrSignedHeaders
		}
		s.values = s.values[:0]
		for i := range headers {
			if message.EqualFold(headers[i].Name, name) {
				s.values = append(s.values, strings.TrimSpace(headers[i].Value))
			}
		}
		switch len(s.values) {
		case 0:
			return fmt.Errorf("%w: %.64q", ErrHeaderNotPresent, name)
		case 1:
		default:
			slices.Sort(s.values)
		}
		hidden := masked && slices.ContainsFunc(secretHeaders[:], func(h string) bool { return message.EqualFold(h, name) })
		for _, value := range s.values {
			if hidden {
				value = "******"
			}
			s.out = append(appendLower(s.out, name), ':')
			s.out = append(append(s.out, value...), '\n')
		}
	}
	return nil
}

// listed reports whether a list of signed headers names name, in any case.
func listed(signed, name string) bool {
	for more := true; more; {
		var n string
		n, signed, more = nextName(signed)
		if message.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// endsWith reports whether name is the last of a list of signed headers: clients
// sort the list, and little comes behind x-sdk-date.
func endsWith(signed, name string) bool {
	at := len(signed) - len(name)
	return at > 0 && signed[at-1] == ';' && message.EqualFold(signed[at:], name)
}

// nextName is strings.Cut at a ';', at half the price.
func nextName(signed string) (name, rest string, more bool) {
	if i := strings.IndexByte(signed, ';'); i >= 0 {
		return signed[:i], signed[i+1:], true
	}
	return signed, "", false
}

// appendLower copies first: appending byte by byte takes twice as long.
func appendLower(dst []byte, s string) []byte {
	begin := len(dst)
	dst = append(dst, s...)
	for i, c := range dst[begin:] {
		if 'A' <= c && c <= 'Z' {
			dst[begin+i] = c + ('a' - 'A')
		}
	}
	return dst
}

func appendUpper(dst []byte, s string) []byte {
	begin := len(dst)
	dst = append(dst, s...)
	for i, c := range dst[begin:] {
		if 'a' <= c && c <= 'z' {
			dst[begin+i] = c - ('a' - 'A')
		}
	}
	return dst
}
