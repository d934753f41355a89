package mapping

import (
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Event is the mapping of a FUNCTION backend. The rules are those of an HTTP
// backend, but what is made is an event (wire-facts §7.1): values in HEADER,
// QUERY and PATH become members of headers, queryStringParameters and
// pathParameters. A function has no path of its own, so a PATH parameter may
// have any name, and path variables that nothing maps elsewhere pass under
// theirs. Values stand decoded in an event.
type Event struct {
	headers, query, path rewrite
}

// NewEvent compiles the mapping of a FUNCTION backend.
func NewEvent(mappings []definition.Mapping, set *parameter.Set) (*Event, error) {
	values, err := compile(mappings, set)
	if err != nil {
		return nil, err
	}
	return &Event{
		headers: rewriting(definition.InHeader, values, set),
		query:   rewriting(definition.InQuery, values, set),
		path:    rewriting(definition.InPath, values, set),
	}, nil
}

// Apply implements plan.Policy: it makes the event's headers in c.Out.Headers,
// which already holds what may pass (policy/identity).
func (e *Event) Apply(c *call.Call) *call.Fault { return e.headers.fillHeaders(c) }

// Query appends the event's query parameters to dst.
func (e *Event) Query(dst message.Fields, c *call.Call) message.Fields {
	return e.query.fields(dst, c, c.Request.Query)
}

// Path appends the event's path parameters to dst.
func (e *Event) Path(dst message.Fields, c *call.Call) message.Fields {
	return e.path.fields(dst, c, c.Target.PathParams)
}

// fields appends what passes of the caller's fields, and what is added.
func (r *rewrite) fields(dst message.Fields, c *call.Call, from message.Fields) message.Fields {
	for _, f := range from {
		if !contains(r.drop, f.Name) {
			dst = append(dst, f)
		}
	}
	for i := range r.add {
		e := &r.add[i]
		if e.unless != nil && carries(c, e) {
			continue
		}
		for cursor := 0; cursor >= 0; {
			v, ok := e.value.next(c, &cursor)
			if !ok {
				break
			}
			dst = append(dst, message.Field{Name: e.name, Value: v})
		}
	}
	return dst
}
