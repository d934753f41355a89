package mapping

import (
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
	"github.com/lintel-gateway/lintel/internal/message"
)

// value is what a backend parameter is filled with: a constant, a system value,
// or a declared parameter; exactly one.
type value struct {
	text   string
	system system
	key    string // of authorizerValue: "frontend.<key>" or "backend.<key>"
	source *parameter.Source
}

// constant reports whether the value is the same for all calls: text.
func (v *value) constant() bool { return v.source == nil && v.system == notSystem }

// mapped is one backend parameter.
type mapped struct {
	name, in string
	value    value
}

func (m *mapped) target(name, in string) bool {
	return m.in == in && (m.name == name || in == definition.InHeader && message.EqualFold(m.name, name))
}

// inPlace reports whether the parameter stays where the caller put it.
func (m *mapped) inPlace() bool {
	s := m.value.source
	return s != nil && m.in != definition.InPath && m.target(s.Name, s.In)
}

func compile(mappings []definition.Mapping, set *parameter.Set) ([]mapped, error) {
	out := make([]mapped, 0, len(mappings))
	for i := range mappings {
		d := &mappings[i]
		m := mapped{name: d.Name, in: d.In}
		if err := m.check(out); err != nil {
			return nil, fmt.Errorf("backend parameter %q: %w", d.Name, err)
		}
		var err error
		if m.value, err = resolve(d, set); err != nil {
			return nil, fmt.Errorf("backend parameter %q: %w", d.Name, err)
		}
		out = append(out, m)
	}
	return out, nil
}

func (m *mapped) check(before []mapped) error {
	switch m.in {
	case definition.InPath, definition.InQuery:
	case definition.InHeader:
		if !token(m.name) {
			return fmt.Errorf("not a header name")
		}
		if identity.Held(m.name) {
			return fmt.Errorf("the header is reserved for the gateway")
		}
	default:
		return fmt.Errorf("location %q is none of PATH, QUERY, HEADER", m.in)
	}
	for i := range before {
		if before[i].target(m.name, m.in) {
			return fmt.Errorf("declared twice in %s", m.in)
		}
	}
	return nil
}

func resolve(d *definition.Mapping, set *parameter.Set) (value, error) {
	switch d.Origin {
	case definition.OriginConstant:
		if d.In == definition.InHeader && !fieldValue(d.Value) {
			return value{}, fmt.Errorf("the constant has a control character")
		}
		return value{text: d.Value}, nil
	case definition.OriginSystem:
		name := strings.TrimPrefix(d.Value, "$context.")
		key, ok := strings.CutPrefix(name, "authorizer.")
		if ok && (strings.HasPrefix(key, "frontend.") || strings.HasPrefix(key, "backend.")) {
			return value{system: authorizerValue, key: key}, nil
		}
		s, ok := systems[name]
		if !ok {
			return value{}, fmt.Errorf("system value %q is not known", d.Value)
		}
		return value{system: s}, nil
	case definition.OriginRequest:
		s := set.Find(d.Value, d.From)
		if s == nil {
			return value{}, fmt.Errorf("request parameter %q is not declared in %s", d.Value, d.From)
		}
		return value{source: s}, nil
	}
	return value{}, fmt.Errorf("origin %q is none of REQUEST, CONSTANT, SYSTEM", d.Origin)
}

// system names a value that the gateway knows about the call.
type system int

const (
	notSystem system = iota
	sourceIP
	stage
	apiID
	appID
	requestID
	authorizerValue // what an authorizer answered under a key
)

// systems are the names of the shared edition (wire-facts §6); each is also
// accepted with "$context." in front.
var systems = map[string]system{
	"sourceIp":  sourceIP,
	"stage":     stage,
	"apiId":     apiID,
	"appId":     appID,
	"requestId": requestID,
}

// of returns the value for a call, empty when it does not apply (appId of a call
// without app authentication, a key that the authorizer did not answer). key is
// for authorizerValue.
func (s system) of(c *call.Call, key string) string {
	switch s {
	case authorizerValue:
		return c.Answered(key)
	case sourceIP:
		return identity.SourceIP(c)
	case stage:
		return c.Target.EnvName
	case apiID:
		return c.Target.APIID
	case appID:
		return c.Caller.AppID
	case requestID:
		return c.ID
	}
	return ""
}

// next walks the values of v: one for a constant or a system value, as many as
// the call carries for a request parameter, else its default. cursor starts at
// zero and is negative when nothing more comes.
func (v *value) next(c *call.Call, cursor *int) (string, bool) {
	if *cursor < 0 {
		return "", false
	}
	if v.source == nil {
		*cursor = -1
		if v.system != notSystem {
			return v.system.of(c, v.key), true
		}
		return v.text, true
	}
	first := *cursor == 0
	if text, ok := v.source.Next(c, cursor); ok {
		return text, true
	}
	*cursor = -1
	if first && v.source.Default != nil {
		return *v.source.Default, true
	}
	return "", false
}
