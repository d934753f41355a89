package functions

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Limits of the answer of a FUNCTION backend.
const (
	maxFields      = 128
	maxFieldBytes  = 32 << 10  // name and value of one
	maxHeaderBytes = 128 << 10 // of all
)

// Answer is what a FUNCTION backend answers (wire-facts §7.4).
type Answer struct {
	Status  int // 200 to 599
	Headers message.Fields
	Body    []byte
}

// ReadAnswer reads an object with all of statusCode, headers, body and
// isBase64Encoded; other members are passed over. Fields that belong to one
// connection are left out. The error is for the owner of the function: it
// quotes what the function answered.
func ReadAnswer(data []byte) (Answer, error) {
	var a Answer
	members, err := Members(data)
	if err != nil {
		return a, err
	}
	for _, name := range []string{"statusCode", "headers", "body", "isBase64Encoded"} {
		if members[name] == nil {
			return a, fmt.Errorf("it has no member %s", name)
		}
	}
	if a.Status, err = strconv.Atoi(string(members["statusCode"])); err != nil || a.Status < 200 || a.Status > 599 {
		return a, fmt.Errorf("statusCode %.20s is not a number from 200 to 599", members["statusCode"])
	}
	if a.Headers, err = readFields(members["headers"]); err != nil {
		return a, err
	}
	body, ok := Text(members["body"])
	if !ok {
		return a, errors.New("body is not a string")
	}
	switch string(members["isBase64Encoded"]) {
	case "true":
		if a.Body, err = base64.StdEncoding.DecodeString(body); err != nil {
			return a, errors.New("body is not Base64, which isBase64Encoded says it is")
		}
	case "false":
		a.Body = []byte(body)
	default:
		return a, errors.New("isBase64Encoded is neither true nor false")
	}
	return a, nil
}

// readFields reads the headers of an answer. A value that could end its field
// fails the whole answer.
func readFields(data json.RawMessage) (message.Fields, error) {
	members, err := Members(data)
	if err != nil {
		return nil, fmt.Errorf("headers: %w", err)
	}
	if len(members) > maxFields {
		return nil, fmt.Errorf("headers: there are %d; %d are allowed", len(members), maxFields)
	}
	var out message.Fields
	total, connection := 0, ""
	for name, raw := range members {
		value, ok := Text(raw)
		value = strings.Trim(value, " \t")
		switch {
		case !ok:
			return nil, fmt.Errorf("headers: the value of %.64q is not a string", name)
		case !isToken(name):
			return nil, fmt.Errorf("headers: %.64q is not a field name", name)
		case !isFieldValue(value):
			return nil, fmt.Errorf("headers: the value of %.64q has a control character", name)
		case len(name)+len(value) > maxFieldBytes:
			return nil, fmt.Errorf("headers: %.64q has more than %d bytes", name, maxFieldBytes)
		}
		if total += len(name) + len(value); total > maxHeaderBytes {
			return nil, fmt.Errorf("headers: there are more than %d bytes", maxHeaderBytes)
		}
		if message.EqualFold(name, "Connection") {
			connection = value
		}
		if !ofConnection(name) {
			out = append(out, message.Field{Name: name, Value: value})
		}
	}
	out = slices.DeleteFunc(out, func(f message.Field) bool { return identity.Listed(connection, f.Name) })
	slices.SortFunc(out, func(a, b message.Field) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(out); i++ { // names that differ in case only are one field
		for j := range i {
			if message.EqualFold(out[i].Name, out[j].Name) {
				return nil, fmt.Errorf("headers: %.64q stands twice", out[i].Name)
			}
		}
	}
	return out, nil
}

// ofConnection reports whether a field speaks about a connection or a framing,
// of which a function has none (RFC 9110 §7.6.1).
func ofConnection(name string) bool {
	for _, n := range []string{
		"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authentication-Info",
		"TE", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Alt-Svc",
	} {
		if message.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// isToken reports whether s is a field name (RFC 9110 §5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// isFieldValue reports whether s may stand in a field (RFC 9110 §5.5).
func isFieldValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
