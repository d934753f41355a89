// Package mapping makes the request towards an HTTP backend out of the call and
// the backend parameters (reference table 4-44): REQUEST, CONSTANT and SYSTEM
// values in PATH, QUERY and HEADER.
//
// Rules beyond the table:
//
//   - What is not declared passes through, byte for byte where that is safe
//     (wire-facts §2.5).
//   - A declared parameter that is mapped elsewhere is not also forwarded under
//     its old name.
//   - A caller cannot write what a mapping writes: fields that came under the
//     name of a backend parameter are dropped first, or a caller could send its
//     own X-App-Id beside the gateway's.
//   - A value fills one path segment and is encoded as one; the finished path is
//     canonicalised again and refused when it is not canonical, because it is
//     after rewriting that dot segments get past a check (CVE-2025-32431 and its
//     successors).
//
// The package does not know where declared values come from (policy/parameter)
// and sends nothing (backend).
package mapping

import (
	"fmt"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
)

// Mapping fills Call.Out for one HTTP backend.
type Mapping struct {
	method  string // "" forwards the caller's
	scheme  string
	address string
	host    string // "" keeps the caller's, for a channel (wire-facts §10)
	timeout time.Duration

	path    *template
	tail    bool // append what a prefix match left over
	query   *rewrite
	headers *rewrite
}

// rewrite is what happens to the fields of one location.
type rewrite struct {
	drop    []string // names that do not pass
	lengths uint64   // a bit for the length of each of them, by 64
	add     []entry
}

type entry struct {
	name   string
	prefix string // in a query: "&name=", encoded
	value  value
	unless *parameter.Source // when set: only if the call does not carry it
}

// New compiles the mapping of an HTTP backend.
func New(api *definition.API, b *definition.Backend, set *parameter.Set) (*Mapping, error) {
	parts, err := Compile(b.Mappings, set)
	if err != nil {
		return nil, err
	}
	m, err := parts.Mapping(b.HTTP, api.Match)
	return &m, err
}

// Mapping is that of a backend with these parameters, for an API with this match mode.
func (p *Parts) Mapping(h *definition.HTTPBackend, match string) (Mapping, error) {
	m := Mapping{
		method: h.Method, scheme: h.Scheme, address: h.Address, host: h.Address,
		timeout: time.Duration(h.TimeoutMS) * time.Millisecond,
		tail:    match == definition.MatchPrefix,
		query:   &p.query, headers: &p.headers,
	}
	switch {
	case h.Scheme != "http" && h.Scheme != "https":
		return m, fmt.Errorf("backend scheme %q is none of http, https", h.Scheme)
	case h.Address == "" && h.ChannelID == "":
		return m, fmt.Errorf("backend address is empty")
	case h.TimeoutMS < 1:
		return m, fmt.Errorf("backend timeout %d ms is below 1", h.TimeoutMS)
	case h.Method == definition.MethodAny:
		m.method = ""
	}
	if h.ProxyHost != "" {
		m.host = h.ProxyHost
	}
	var err error
	m.path, err = p.template(h.Path)
	return m, err
}

// Apply fills c.Out. Out.Headers already holds what may pass (policy/identity).
func (m *Mapping) Apply(c *call.Call) *call.Fault {
	o := &c.Out
	o.Method = m.method
	if o.Method == "" {
		o.Method = c.Request.Method
	}
	o.Scheme, o.Address, o.Host, o.Timeout = m.scheme, m.address, m.host, m.timeout
	if o.Host == "" {
		o.Host, _ = c.Request.Field(call.HeaderHost)
	}

	var tail string
	if m.tail {
		tail = c.Target.Tail
	}
	var f *call.Fault
	if o.Path, f = m.path.fill(c, tail); f != nil {
		return f
	}
	if o.RawQuery, f = m.query.fillQuery(c); f != nil {
		return f
	}
	return m.headers.fillHeaders(c)
}

// rewriting works out what is dropped and added in one location.
func rewriting(in string, values []mapped, set *parameter.Set) rewrite {
	var r rewrite
	kept := func(name string) bool { // mapped to itself: it simply passes
		for i := range values {
			if v := &values[i]; v.target(name, in) && v.inPlace() {
				return true
			}
		}
		return false
	}
	drop := func(name string) {
		if !kept(name) {
			r.drop = append(r.drop, name)
			r.lengths |= 1 << (len(name) & 63)
		}
	}
	for i := range values {
		v := &values[i]
		if s := v.value.source; s != nil && s.In == in {
			drop(s.Name)
		}
		switch {
		case v.in != in:
		case !v.inPlace():
			drop(v.name)
			r.add = append(r.add, entry{name: v.name, value: v.value})
		}
	}
	// A default is sent for an absent parameter also when the parameter stays
	// where it is, mapped or not.
	for i := range set.Sources() {
		s := &set.Sources()[i]
		if s.In == in && s.Default != nil && !moved(s, values) {
			r.add = append(r.add, entry{name: s.Name, value: value{text: *s.Default}, unless: s})
		}
	}
	return r
}

// moved reports whether a parameter is mapped, and never to its own place.
func moved(s *parameter.Source, values []mapped) bool {
	found := false
	for i := range values {
		if values[i].value.source == s {
			if values[i].inPlace() {
				return false
			}
			found = true
		}
	}
	return found
}
