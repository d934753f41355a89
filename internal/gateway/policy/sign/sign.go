package sign

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// Key is a signature key, ready. It is immutable.
type Key struct {
	access string
	secret *signature.Key
}

// Slot holds the key that is bound to an API in an environment at the moment;
// nil when none is.
type Slot = atomic.Pointer[Key]

// Compile refuses a key that cannot be used: an access part that does not fit
// into the header is one, as it could end the field or forge another one.
func Compile(access string, secret []byte) (*Key, error) {
	if access == "" {
		return nil, fmt.Errorf("signature key: the key is empty")
	}
	for i := range len(access) {
		if c := access[i]; c <= ' ' || c >= 0x7f || c == ',' {
			return nil, fmt.Errorf("signature key: the key %q has a character that cannot stand in an Authorization header", access)
		}
	}
	if len(secret) == 0 {
		return nil, fmt.Errorf("signature key %s: the secret is empty", access)
	}
	return &Key{access, signature.NewKey(secret)}, nil
}

// Policy signs Call.Out. It runs last, when everything that is sent stands. It is safe for
// concurrent use.
type Policy struct {
	bound  *Slot
	shared *Shared
}

// Shared is what the policies of backends with equal backend parameters have in
// common, so that it lies once in memory for all their APIs.
type Shared struct {
	clock  clock.Clock
	fields signedFields
	date   atomic.Pointer[dated]
}

// Share makes it.
func Share(now clock.Clock, mappings []definition.Mapping) *Shared {
	return &Shared{clock: now, fields: fieldsFor(mappings)}
}

// Policy is that of the API whose slot is bound.
func (s *Shared) Policy(bound *Slot) Policy { return Policy{bound, s} }

// dated is X-Sdk-Date of a second: the calendar costs more than a look at it.
type dated struct {
	second int64
	text   string
}

// today is X-Sdk-Date now.
func (s *Shared) today() string {
	now := s.clock()
	if d := s.date.Load(); d != nil && d.second == now.Unix() {
		return d.text
	}
	d := &dated{now.Unix(), string(signature.AppendDate(nil, now))}
	s.date.Store(d)
	return d.text
}

// New makes the policy of a backend; mappings are its backend parameters.
func New(bound *Slot, now clock.Clock, mappings []definition.Mapping) *Policy {
	return &Policy{bound, Share(now, mappings)}
}

// Apply implements plan.Policy. The call may be refused because its body is
// (Call.Buffer), else with APIG.0705.
func (p *Policy) Apply(c *call.Call) *call.Fault {
	key := p.bound.Load()
	if key == nil {
		return nil
	}
	payload, fault := payloadOf(c)
	if fault != nil {
		return fault
	}
	query, ok := queryOf(c)
	if !ok {
		return call.SignatureFailed
	}
	o := &c.Out
	date := p.shared.today()
	o.Headers = append(without(o.Headers), message.Field{Name: signature.HeaderDate, Value: date})
	if payload == signature.UnsignedPayload {
		o.Headers = append(o.Headers, message.Field{Name: signature.HeaderPayload, Value: payload})
	}
	signed := p.shared.fields.of(c, payload == signature.UnsignedPayload)
	// Host is signed like a field and sent by the backend's own means.
	sent := len(o.Headers)
	o.Headers = append(o.Headers, message.Field{Name: "Host", Value: o.Host})
	m := signature.Message{Method: o.Method, Path: o.Path, Query: query, Headers: o.Headers}
	b, err := key.secret.AppendAuthorization(c.Scratch(), key.access, &m, signed, date, payload)
	o.Headers = o.Headers[:sent]
	if err != nil {
		if c.Trace != nil {
			c.Trace.Say("backend signature: %v", err)
		}
		return call.SignatureFailed
	}
	o.Headers = append(o.Headers, message.Field{Name: signature.HeaderAuthorization, Value: c.Keep(b)})
	if c.Trace != nil {
		c.Trace.Say("backend signature: with key %s, over %s, body %s", key.access, signed, payload)
	}
	return nil
}

// payloadOf is what is signed of the body.
func payloadOf(c *call.Call) (string, *call.Fault) {
	r := &c.Request
	switch {
	case r.Body == nil || r.BodyLength == 0: // nothing is sent
		return signature.HashPayload(nil), nil
	case r.BodyLength < 0:
		return signature.UnsignedPayload, nil
	}
	body, fault := c.Buffer()
	if fault != nil {
		return "", fault
	}
	return c.Keep(signature.AppendPayload(c.Scratch(), body)), nil
}

// queryOf returns the decoded pairs that the backend gets. Those of the caller
// are known; a query that the mapping has changed is read again, into the memory
// behind the caller's pairs.
func queryOf(c *call.Call) (message.Fields, bool) {
	r := &c.Request
	if c.Out.RawQuery == "" {
		return nil, true
	}
	if c.Out.RawQuery == r.RawQuery {
		return r.Query, true
	}
	own := len(r.Query)
	all, err := message.ParseQuery(r.Query, c.Out.RawQuery)
	if err != nil { // more pairs than a query may have, by those of the mapping
		return nil, false
	}
	r.Query = all[:own]
	return all[own:], true
}

// without takes out the fields that the signature brings, whoever wrote them.
// Nearly always there is none, and the length of a name says so.
func without(fields message.Fields) message.Fields {
	mask := lengths
	for i := range fields {
		if mask&(1<<(len(fields[i].Name)&63)) != 0 && brought(fields[i].Name) {
			return slices.DeleteFunc(fields, func(f message.Field) bool { return brought(f.Name) })
		}
	}
	return fields
}

// lengths has a bit for the length of each name that is brought. It is a variable
// because the compiler has one instruction for the test of it, and for a constant four.
var lengths uint64 = 1<<len(signature.HeaderAuthorization) | 1<<len(signature.HeaderDate) | 1<<len(signature.HeaderPayload)

func brought(name string) bool {
	return message.EqualFold(name, signature.HeaderDate) || message.EqualFold(name, signature.HeaderAuthorization) ||
		message.EqualFold(name, signature.HeaderPayload)
}
