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
	// Layout, when set, has learned the names of Headers: where the signed fields
	// stand is kept there for the next message. It must be no other's.
	Layout *message.Layout
	// PlainPath and PlainQuery say that somebody has found Path to be
	// message.PlainPath, and all names and values of Query to be Unreserved.
	PlainPath, PlainQuery bool
	// Workspace, when set, is the memory to verify in. It must be no other's.
	Workspace *Workspace

	placed string // the list that Authorization has found to be the one of Layout
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
	copied bool // whether query or values hold anything
}

// canonical writes the canonical request of m to s.out. masked hides the
// values of secretHeaders.
func (s *scratch) canonical(m *Message, signed, payload string, masked bool) error {
	s.out = append(appendUpper(s.out[:0], m.Method), '\n')
	s.out = append(appendPath(s.out, m.Path, m.PlainPath), '\n')
	s.appendQuery(m.Query, m.PlainQuery)
	if !masked && m.places(signed) {
		if out, ok := m.Layout.AppendLines(s.out, m.Headers); ok {
			s.out = append(out, payload...)
			return nil
		}
	}
	s.out = append(s.out, '\n')
	lower := message.Lower(signed) // as clients write it: nothing is to be changed
	if err := s.appendHeaders(m.Headers, signed, lower, masked); err != nil {
		return err
	}
	s.out = append(s.out, '\n')
	s.out = append(appendName(s.out, signed, lower), '\n')
	s.out = append(s.out, payload...)
	if m.Layout != nil && lower && !masked {
		place(m, signed)
	}
	return nil
}

// appendPath escapes the decoded path anew and ends it with '/'. An encoded
// slash becomes one, as in the clients, which all start from the decoded path.
func appendPath(dst []byte, path string, plain bool) []byte {
	if plain || message.PlainPath(path) { // nearly always
		dst = append(dst, path...)
		if path == "" || path[len(path)-1] != '/' {
			dst = append(dst, '/')
		}
		return dst
	}
	return appendCodedPath(dst, path)
}

func appendCodedPath(dst []byte, path string) []byte {
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
func (s *scratch) appendQuery(query message.Fields, plain bool) {
	if len(query) > maxInserted {
		s.query, s.copied = append(s.query[:0], query...), true
		slices.SortFunc(s.query, byName)
		for i := range s.query {
			s.appendPair(&s.query[i], i > 0)
		}
		return
	}
	var room [maxInserted]uint8
	order := inserted(&room, query)
	if !plain {
		for i, n := range order {
			s.appendPair(&query[n], i > 0)
		}
		return
	}
	out := s.out
	for i, n := range order {
		if i > 0 {
			out = append(out, '&')
		}
		out = append(append(out, query[n].Name...), '=')
		out = append(out, query[n].Value...)
	}
	s.out = out
}

// maxInserted is up to how many pairs inserting one after the other is quicker than
// sorting.
const maxInserted = 12

// inserted is the order of at most maxInserted pairs, in room.
func inserted(room *[maxInserted]uint8, query message.Fields) []uint8 {
	for i := range query {
		at := i
		for at > 0 && before(&query[i], &query[room[at-1]]) {
			room[at] = room[at-1]
			at--
		}
		room[at] = uint8(i)
	}
	return room[:len(query)]
}

func (s *scratch) appendPair(pair *message.Field, more bool) {
	out := s.out
	if more {
		out = append(out, '&')
	}
	out = append(message.AppendEscaped(out, pair.Name), '=')
	s.out = message.AppendEscaped(out, pair.Value)
}

// before is the order of byName. Most names differ in their first letter.
func before(a, b *message.Field) bool {
	if a.Name != "" && b.Name != "" && a.Name[0] != b.Name[0] {
		return a.Name[0] < b.Name[0]
	}
	if a.Name != b.Name {
		return a.Name < b.Name
	}
	return a.Value < b.Value
}

func byName(a, b message.Field) int {
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.Value, b.Value)
}

// appendHeaders writes one line for each value of each signed header, in the
// order of SignedHeaders; values of one name are sorted.
func (s *scratch) appendHeaders(headers message.Fields, signed string, lower, masked bool) error {
	// More names than fields cannot all be present; looking for repetitions
	// in a list of thousands would cost more than the signature.
	if strings.Count(signed, ";") >= len(headers) {
		return fmt.Errorf("%w: more names than header fields", ErrHeaderNotPresent)
	}
	distinct := false // whether that was found out by looking at all pairs
	for rest, more, last := signed, true, ""; more; {
		var name string
		name, rest, more = nextName(rest)
		if name == "" {
			return ErrSignedHeaders
		}
		// A list in order, which clients write, names nothing twice.
		if !distinct && !(lower && ascends(last, name)) {
			if repeats(signed) {
				return ErrSignedHeaders
			}
			distinct = true
		}
		last = name
		if err := s.appendHeader(headers, name, lower, masked); err != nil {
			return err
		}
	}
	return nil
}

// ascends reports whether a comes before b; most names differ at once.
func ascends(a, b string) bool {
	return a == "" || a[0] < b[0] || a[0] == b[0] && a < b
}

// repeats reports whether a list of signed headers names one twice.
func repeats(signed string) bool {
	for more := true; more; {
		var name string
		name, signed, more = nextName(signed)
		if more && listed(signed, name) {
			return true
		}
	}
	return false
}

// appendHeader writes the lines of one name, nearly always a single one.
func (s *scratch) appendHeader(headers message.Fields, name string, lower, masked bool) error {
	at, next := headers.FirstTwo(name)
	if at < 0 {
		return fmt.Errorf("%w: %.64q", ErrHeaderNotPresent, name)
	}
	hidden := masked && slices.ContainsFunc(secretHeaders[:], func(h string) bool { return message.EqualFold(h, name) })
	if next < 0 {
		s.appendLine(name, trimmed(headers[at].Value), lower, hidden)
		return nil
	}
	s.copied = true
	s.values = append(s.values[:0], trimmed(headers[at].Value))
	for ; next >= 0; next = headers.Index(name, next+1) {
		s.values = append(s.values, trimmed(headers[next].Value))
	}
	slices.Sort(s.values)
	for _, value := range s.values {
		s.appendLine(name, value, lower, hidden)
	}
	return nil
}

func (s *scratch) appendLine(name, value string, lower, hidden bool) {
	if hidden {
		value = "******"
	}
	out := append(appendName(s.out, name, lower), ':')
	s.out = append(append(out, value...), '\n')
}

// trimmed is strings.TrimSpace, which is called only where there may be a space.
func trimmed(s string) string {
	if n := len(s); n > 0 && plain(s[0]) && plain(s[n-1]) {
		return s
	}
	return strings.TrimSpace(s)
}

func plain(c byte) bool { return ' ' < c && c < 0x7f }

func appendName(dst []byte, name string, lower bool) []byte {
	if lower {
		return append(dst, name...)
	}
	return appendLower(dst, name)
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

// coversDate reports whether a list of signed headers names X-Sdk-Date. Clients
// sort the list and write it in lower case, and little comes behind x-sdk-date.
func coversDate(signed string) bool {
	return strings.HasSuffix(signed, ";x-sdk-date") || listed(signed, HeaderDate)
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
