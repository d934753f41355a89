package authorizer

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/message"
)

// event is what the function is told, in memory of its own: it may be read
// after the call has ended. Names of identities are spelled as defined.
func (q *question) event(c *call.Call) []byte {
	b := make([]byte, 0, 512)
	b = append(b, `{"user_data":`...)
	b = call.AppendString(b, q.authorizer.UserData)
	if q.authorizer.Type == backend {
		return append(b, '}')
	}
	for _, part := range []struct{ in, name string }{
		{definition.InHeader, "headers"}, {definition.InQuery, "queryStringParameters"},
	} {
		var fields message.Fields
		for i := range q.authorizer.Identities {
			if id := &q.authorizer.Identities[i]; id.In == part.in {
				fields = append(fields, message.Field{Name: id.Name, Value: q.values[i]})
			}
		}
		b = append(b, `,"`...)
		b = append(b, part.name...)
		b = append(b, `":`...)
		b = functions.AppendFields(b, fields)
	}
	b = append(b, `,"requestContext":`...)
	b = functions.AppendContext(b, c)
	return append(b, '}')
}

// key names everything that the verdict may depend on: what the event holds,
// but for the id of the call. user_data, the function and the identities' names
// are the authorizer's, whose verdicts end when it changes. Each part stands
// behind its length, so that no two calls share a key by cutting values
// differently.
func (q *question) key(c *call.Call) [sha256.Size]byte {
	b := c.Scratch()
	if q.authorizer.Type == frontend {
		b = appendPart(b, c.Target.APIID)
		b = appendPart(b, c.Target.EnvID)
		address := c.Request.Client.As16()
		b = append(b, address[:]...)
		for i := range q.authorizer.Identities {
			b = appendPart(b, q.values[i])
		}
	}
	return sha256.Sum256(b)
}

func appendPart(b []byte, part string) []byte {
	return append(binary.LittleEndian.AppendUint64(b, uint64(len(part))), part...)
}
