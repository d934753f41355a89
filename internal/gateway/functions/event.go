package functions

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Event is what a FUNCTION backend is told of a call, beside the call itself.
type Event struct {
	Headers message.Fields
	Query   message.Fields // decoded
	Path    message.Fields // values of path variables, decoded
	Body    []byte
}

// Append appends the event of a call as JSON (wire-facts §7.1). There is no
// user_data: that is an authorizer's.
func (e *Event) Append(dst []byte, c *call.Call) []byte {
	dst = append(dst, `{"body":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, e.Body)
	dst = append(dst, `","requestContext":`...)
	dst = AppendContext(dst, c)
	dst = append(dst, `,"queryStringParameters":`...)
	dst = AppendFields(dst, e.Query)
	dst = append(dst, `,"httpMethod":`...)
	dst = call.AppendString(dst, c.Request.Method)
	dst = append(dst, `,"pathParameters":`...)
	dst = AppendFields(dst, e.Path)
	dst = append(dst, `,"headers":`...)
	dst = AppendFields(dst, e.headers(c))
	dst = append(dst, `,"path":`...)
	dst = call.AppendString(dst, c.Request.Path)
	return append(dst, `,"isBase64Encoded":true}`...)
}

// headers are those of the event in lower case, with the host that the caller
// named: the field itself stays at the gateway.
func (e *Event) headers(c *call.Call) message.Fields {
	out := make(message.Fields, 0, len(e.Headers)+1)
	out = append(out, message.Field{Name: "host", Value: c.Request.Host})
	for _, f := range e.Headers {
		out = append(out, message.Field{Name: strings.ToLower(f.Name), Value: f.Value})
	}
	return out
}

// AppendContext appends the requestContext of an event.
func AppendContext(dst []byte, c *call.Call) []byte {
	dst = append(dst, `{"apiId":`...)
	dst = call.AppendString(dst, c.Target.APIID)
	dst = append(dst, `,"requestId":`...)
	dst = call.AppendString(dst, c.ID)
	dst = append(dst, `,"stage":`...)
	dst = call.AppendString(dst, c.Target.EnvName)
	dst = append(dst, `,"sourceIp":`...)
	dst = call.AppendString(dst, identity.SourceIP(c))
	return append(dst, '}')
}

// AppendFields appends an object of fields; values of one name are joined. It
// sorts a copy, because a query of 32 KB holds thousands of names and comparing
// each with each would be the caller's way to keep us busy.
func AppendFields(dst []byte, fields message.Fields) []byte {
	fields = slices.Clone(fields)
	for i := range fields {
		if n := &fields[i].Name; !utf8.ValidString(*n) { // two names could be one in JSON
			*n = string([]rune(*n))
		}
	}
	slices.SortStableFunc(fields, func(a, b message.Field) int { return strings.Compare(a.Name, b.Name) })
	dst = append(dst, '{')
	for i := 0; i < len(fields); {
		if i > 0 {
			dst = append(dst, ',')
		}
		name := fields[i].Name
		dst = call.AppendString(dst, name)
		dst = append(dst, ':')
		n := 1
		for i+n < len(fields) && fields[i+n].Name == name {
			n++
		}
		dst = call.AppendString(dst, joined(fields[i:i+n]))
		i += n
	}
	return append(dst, '}')
}

func joined(same message.Fields) string {
	if len(same) == 1 {
		return same[0].Value
	}
	separator := ","
	if same[0].Name == "cookie" {
		separator = "; "
	}
	values := make([]string, len(same))
	for i := range same {
		values[i] = same[i].Value
	}
	return strings.Join(values, separator)
}
