package loader

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// Request is one message, which every contender gets in the same bytes.
type Request struct {
	Method string `json:"method"`
	Path   string `json:"path"`  // without the query
	Query  string `json:"query"` // without the question mark; may be empty
	Host   string `json:"host"`
	Body   int    `json:"body"` // bytes, at most 1 MB
	// Counted has the first eight zeros in the path count up with each request, from
	// another number on each connection. Such a request cannot be signed.
	Counted bool `json:"counted,omitempty"`

	// Key and Secret sign the message with SDK-HMAC-SHA256 when Key is not empty.
	// A body is declared as UNSIGNED-PAYLOAD, as SDKs do with bodies that they
	// stream: nginx does not hash it either.
	Key    string `json:"key"`
	Secret string `json:"secret"`
}

// Fields are the header fields in the order in which they are sent, signed at now.
// A signature is good for fifteen minutes.
func (r *Request) Fields(now time.Time) (message.Fields, error) {
	fields := message.Fields{{Name: "Host", Value: r.Host}}
	if r.Body > 0 {
		fields = append(fields, message.Field{Name: "Content-Type", Value: "application/octet-stream"},
			message.Field{Name: "Content-Length", Value: fmt.Sprint(r.Body)})
	}
	if r.Key == "" {
		return fields, nil
	}
	query, err := message.ParseQuery(nil, r.Query)
	if err != nil {
		return nil, err
	}
	client := message.Field{Name: ClientField, Value: "bench/1.0"}
	fields = append(fields, client)
	signed := message.Fields{fields[0], client}
	if r.Body > 0 {
		declared := message.Field{Name: signature.HeaderPayload, Value: signature.UnsignedPayload}
		fields, signed = append(fields, declared), append(signed, declared)
	}
	m := signature.Message{Method: r.Method, Path: r.Path, Query: query, Headers: signed}
	authorization, date := signature.Sign(&m, r.Key, []byte(r.Secret), now, nil)
	return append(fields, message.Field{Name: signature.HeaderDate, Value: date},
		message.Field{Name: signature.HeaderAuthorization, Value: authorization}), nil
}

// Bytes is the message as it is written to a connection.
func (r *Request) Bytes(now time.Time) ([]byte, error) {
	fields, err := r.Fields(now)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(r.Method + " " + r.Target() + " HTTP/1.1\r\n")
	for _, f := range fields {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	b.WriteString("\r\n")
	b.WriteString(strings.Repeat("abcdefghij", r.Body/10+1)[:r.Body])
	return b.Bytes(), nil
}

// Target is the path with the query.
func (r *Request) Target() string {
	if r.Query == "" {
		return r.Path
	}
	return r.Path + "?" + r.Query
}

// ClientField is a field of each signed request, which the API with the full chain
// hands on under another name.
const ClientField = "X-Client"

// Answer is the body with which the benchmark's backend answers: 128 bytes.
var Answer = `{"order":42,"note":"` + strings.Repeat("x", answerBytes-len(`{"order":42,"note":""}`)) + `"}`
