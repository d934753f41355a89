package mapping

import (
	"strings"
	"sync"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
)

// Parts is what the mappings of backends with equal parameters have in common, which
// is most of a mapping. It lies in memory once for all of them, and so is in the
// processor's cache although each of them is called seldom. Safe for concurrent use.
type Parts struct {
	values         []mapped
	query, headers rewrite

	mu    sync.Mutex
	paths map[string]*template // by the backend's path; at most maxPaths
}

// maxPaths bounds the templates that are remembered in order to be shared. What does
// not fit is compiled for its API alone.
const maxPaths = 256

// Compile compiles the parameters of an HTTP backend. They and set must not change any
// more.
func Compile(mappings []definition.Mapping, set *parameter.Set) (*Parts, error) {
	values, err := compile(mappings, set)
	if err != nil {
		return nil, err
	}
	p := &Parts{values: values, query: rewriting(definition.InQuery, values, set), headers: rewriting(definition.InHeader, values, set)}
	for i := range p.query.add {
		e := &p.query.add[i]
		e.prefix = "&" + string(queryEscapes.append(nil, e.name)) + "="
		e.value.text = string(queryEscapes.append(nil, e.value.text))
	}
	return p, nil
}

// template compiles a backend path, or finds it.
func (p *Parts) template(path string) (*template, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.paths[path]; t != nil {
		return t, nil
	}
	t, err := parseTemplate(path, p.values)
	if err != nil {
		return nil, err
	}
	if len(p.paths) < maxPaths {
		if p.paths == nil {
			p.paths = make(map[string]*template)
		}
		p.paths[strings.Clone(path)] = &t
	}
	return &t, nil
}
