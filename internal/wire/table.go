package wire

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/message"
)

// table finds the route of a path. It is built once and then only read.
//
// http.ServeMux was tried first. It refuses the paths of the v1.0 reference:
// PUT /apps/secret/{id} and PUT /apps/{app_id}/app-codes overlap and neither
// is more specific. It also redirects unclean paths and decodes {id} before it
// is matched. Here a literal segment always wins over a {name}, and a path
// that leads nowhere with the literal is tried again with the {name}.
type table struct{ root node }

type node struct {
	literals map[string]*node
	param    *node
	methods  map[string]*entry
}

type entry struct {
	route   *Route
	dialect *Dialect
	names   []string // of the {name}s, in order
}

// add puts a route in. It refuses a second route of the same method and shape,
// and two names for one {name}: OpenAPI would have two entries for one path.
func (t *table) add(d *Dialect, r *Route) error {
	segments, err := split(r.Pattern)
	if err != nil {
		return err
	}
	n := &t.root
	e := &entry{route: r, dialect: d}
	for _, s := range segments {
		if name, ok := paramName(s); ok {
			e.names = append(e.names, name)
			if n.param == nil {
				n.param = new(node)
			}
			n = n.param
			continue
		}
		if n.literals == nil {
			n.literals = map[string]*node{}
		}
		if n.literals[s] == nil {
			n.literals[s] = new(node)
		}
		n = n.literals[s]
	}
	for method, other := range n.methods {
		if method == r.Method {
			return fmt.Errorf("the pattern is already taken by %s %s", other.route.Method, other.route.Pattern)
		}
		if !slices.Equal(other.names, e.names) {
			return fmt.Errorf("%s has other names for the same path; use one name per place", other.route.Pattern)
		}
	}
	if n.methods == nil {
		n.methods = map[string]*entry{}
	}
	n.methods[r.Method] = e
	return nil
}

// split is a pattern in segments. "/v3/{$}" is "/v3/".
func split(pattern string) ([]string, error) {
	path, ok := strings.CutPrefix(pattern, "/")
	if !ok {
		return nil, fmt.Errorf("a pattern begins with '/'")
	}
	segments := strings.Split(strings.TrimSuffix(path, "{$}"), "/")
	seen := map[string]bool{}
	for i, s := range segments {
		name, isParam := paramName(s)
		switch {
		case isParam && (name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" || seen[name]):
			return nil, fmt.Errorf("segment %s is not a {name} of lower-case letters used once; {name...} is not supported", s)
		case !isParam && s == "" && i < len(segments)-1, !isParam && strings.ContainsAny(s, "{}"):
			return nil, fmt.Errorf("segment %q is neither a literal nor a {name}", s)
		}
		seen[name] = isParam
	}
	return segments, nil
}

func paramName(segment string) (string, bool) {
	if len(segment) < 2 || segment[0] != '{' || segment[len(segment)-1] != '}' {
		return "", false
	}
	return segment[1 : len(segment)-1], true
}

// find looks a canonical path up. Without a route for the method, allow holds
// the methods that the path has; it is empty when the path is unknown.
//
// A slash at the end is ignored when the path has no route with it: one page
// of the reference prints it and its neighbours do not (wire-facts §0.2).
func (t *table) find(method, path string) (e *entry, values, allow []string) {
	found := map[string]bool{}
	e, values = t.root.find(method, path[1:], nil, found)
	if e == nil && len(found) == 0 && len(path) > 1 && strings.HasSuffix(path, "/") {
		e, values = t.root.find(method, path[1:len(path)-1], nil, found)
	}
	if e != nil {
		return e, values, nil
	}
	return nil, nil, slices.Sorted(maps.Keys(found))
}

func (n *node) find(method, path string, values []string, allow map[string]bool) (*entry, []string) {
	segment, rest, more := strings.Cut(path, "/")
	for _, next := range [2]*node{n.literals[segment], n.param} {
		if next == nil {
			continue
		}
		taken := values
		if next == n.param {
			if segment == "" {
				continue
			}
			taken = append(values, segment)
		}
		if more {
			if e, got := next.find(method, rest, taken, allow); e != nil {
				return e, got
			}
			continue
		}
		if e := next.method(method, allow); e != nil {
			return e, taken
		}
	}
	return nil, nil
}

// method is the entry for a method; HEAD is served by GET where it has none of
// its own.
func (n *node) method(method string, allow map[string]bool) *entry {
	if e := n.methods[method]; e != nil {
		return e
	}
	if e := n.methods[http.MethodGet]; e != nil && method == http.MethodHead {
		return e
	}
	for m := range n.methods {
		allow[m] = true
		if m == http.MethodGet {
			allow[http.MethodHead] = true
		}
	}
	return nil
}

// canonical is the path of r as everything decides on it: the bytes of the
// request line, or the parsed path where a request was made in memory.
func canonical(r *http.Request) (string, error) {
	raw, _, _ := strings.Cut(r.RequestURI, "?")
	if !strings.HasPrefix(raw, "/") {
		raw = r.URL.EscapedPath()
	}
	return message.CanonicalPath(raw)
}

// bind decodes the values of the {name}s into r.
func (e *entry) bind(r *http.Request, values []string) error {
	for i, name := range e.names {
		v, err := url.PathUnescape(values[i])
		if err != nil {
			return err
		}
		if !utf8.ValidString(v) {
			return fmt.Errorf("%s is not UTF-8", name)
		}
		r.SetPathValue(name, v)
	}
	return nil
}
