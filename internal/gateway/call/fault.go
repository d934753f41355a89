package call

import (
	"strings"
	"unicode/utf8"
)

// Fault is an error that the gateway itself answers with. The faults of the
// data plane are declared once, in faults.go; With makes the variant that
// carries a detail.
type Fault struct {
	Code    string // "APIG.0101"
	Status  int
	Message string
	Type    Type // which of a group's own responses words it
}

// With returns a copy whose message ends in ": detail" instead of its full
// stop (wire-facts §1.3).
func (f *Fault) With(detail string) *Fault {
	return &Fault{Code: f.Code, Status: f.Status, Message: strings.TrimSuffix(f.Message, ".") + ": " + detail, Type: f.Type}
}

// AppendJSON appends the body of the gateway's answer (wire-facts §1.1). It
// uses no reflection: faults are what an attacker makes us produce most.
func (f *Fault) AppendJSON(dst []byte, requestID string) []byte {
	dst = append(dst, `{"error_code":`...)
	dst = AppendString(dst, f.Code)
	dst = append(dst, `,"error_msg":`...)
	dst = AppendString(dst, f.Message)
	dst = append(dst, `,"request_id":`...)
	dst = AppendString(dst, requestID)
	return append(dst, '}')
}

// AppendString appends s as a JSON string.
func AppendString(dst []byte, s string) []byte {
	return append(AppendText(append(dst, '"'), s), '"')
}

// AppendText appends s as a part of a JSON string, without the quotes around it.
// Details quote what the caller sent, so bytes that are not UTF-8 become U+FFFD,
// and the characters with which a browser could be led to see markup are escaped.
// A byte of s takes six at most.
func AppendText(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '&':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
			continue
		}
		i++
	}
	return dst
}
