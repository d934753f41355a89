package parameter

import (
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Source is where a call carries one declared parameter.
type Source struct {
	Name     string
	In       string  // definition.InPath, InQuery or InHeader
	Greedy   bool    // a {name+} path variable: the value may hold several segments
	Default  *string // stands in for an absent parameter
	place    place   // In, quicker to compare
	position int     // of a path variable among those of the path
}

type place uint8

const (
	inPath place = iota
	inQuery
	inHeader
)

// Set is the declared parameters of one API.
type Set struct {
	sources []Source
	params  []definition.Param
}

// Compile resolves the declarations of an API. A path variable needs no
// declaration to be found, because management demands one anyway (APIG.2026)
// and a route without it would still match.
func Compile(api *definition.API) (*Set, error) {
	variables, err := Variables(api.Path)
	if err != nil {
		return nil, err
	}
	s := &Set{params: api.Params}
	for i := range api.Params {
		p := &api.Params[i]
		src := Source{Name: p.Name, In: p.In, Default: p.Default}
		switch p.In {
		case definition.InQuery:
			src.place = inQuery
		case definition.InHeader:
			src.place = inHeader
		case definition.InPath:
			v := indexOf(variables, p.Name)
			if v < 0 {
				return nil, fmt.Errorf("parameter %q: the path %q has no variable of this name", p.Name, api.Path)
			}
			src.position, src.Greedy = v, variables[v].Greedy
		default:
			return nil, fmt.Errorf("parameter %q: location %q is none of PATH, QUERY, HEADER", p.Name, p.In)
		}
		if s.Find(p.Name, p.In) != nil {
			return nil, fmt.Errorf("parameter %q: declared twice in %s", p.Name, p.In)
		}
		s.sources = append(s.sources, src)
	}
	return s, nil
}

// Find returns the source of a declared parameter, or nil. Header names match
// without case (wire-facts §2.5).
func (s *Set) Find(name, in string) *Source {
	for i := range s.sources {
		src := &s.sources[i]
		if src.In == in && (src.Name == name || in == definition.InHeader && message.EqualFold(src.Name, name)) {
			return src
		}
	}
	return nil
}

// Sources are all declared parameters.
func (s *Set) Sources() []Source { return s.sources }

// Next returns the next value that the call carries, beginning at *cursor, which
// starts at zero and is negative when nothing more comes for certain. It does not know
// the default.
func (s *Source) Next(c *call.Call, cursor *int) (string, bool) {
	at, name := *cursor, s.Name
	if at < 0 {
		return "", false
	}
	if s.place == inPath {
		if at > 0 || s.position >= len(c.Target.PathParams) {
			return "", false
		}
		*cursor = -1
		return c.Target.PathParams[s.position].Value, true
	}
	var fields message.Fields
	if s.place == inQuery {
		fields = c.Request.Query
		for at < len(fields) && fields[at].Name != name {
			at++
		}
	} else {
		fields = c.Request.Headers
		for at < len(fields) && !message.EqualFold(fields[at].Name, name) {
			at++
		}
	}
	if at >= len(fields) {
		return "", false
	}
	if *cursor = at + 1; at+1 == len(fields) {
		*cursor = -1
	}
	return fields[at].Value, true
}

// Segment is the value when it is one segment of the path, and "" when it is not.
func (s *Source) Segment(c *call.Call) string {
	if s.place != inPath || s.Greedy || s.position >= len(c.Target.PathParams) {
		return ""
	}
	return c.Target.PathParams[s.position].Value
}

// InHeader reports whether the values are those of header fields of the name.
func (s *Source) InHeader() bool { return s.place == inHeader }

// InQuery reports whether the values are those of pairs of the query of the name.
func (s *Source) InQuery() bool { return s.place == inQuery }

// First returns the first value that the call carries, else the default.
func (s *Source) First(c *call.Call) (string, bool) {
	var cursor int
	if v, ok := s.Next(c, &cursor); ok {
		return v, true
	}
	if s.Default != nil {
		return *s.Default, true
	}
	return "", false
}

// Variable is one {name} or {name+} of a path.
type Variable struct {
	Name   string
	Greedy bool
}

// Variables lists the variables of a front path in order.
func Variables(path string) ([]Variable, error) {
	var out []Variable
	for segment := range strings.SplitSeq(path, "/") {
		if !strings.ContainsAny(segment, "{}") {
			continue
		}
		name, ok := strings.CutPrefix(segment, "{")
		if ok {
			name, ok = strings.CutSuffix(name, "}")
		}
		name, greedy := strings.CutSuffix(name, "+")
		if !ok || name == "" || strings.ContainsAny(name, "{}") {
			return nil, fmt.Errorf("path %q: a variable must fill its whole segment", path)
		}
		if indexOf(out, name) >= 0 {
			return nil, fmt.Errorf("path %q: variable %q appears twice", path, name)
		}
		out = append(out, Variable{name, greedy})
	}
	return out, nil
}

func indexOf(vs []Variable, name string) int {
	for i := range vs {
		if vs[i].Name == name {
			return i
		}
	}
	return -1
}
