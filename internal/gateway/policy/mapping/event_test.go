package mapping_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/mapping"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
	"github.com/lintel-gateway/lintel/internal/message"
)

// event compiles the mapping of a FUNCTION backend in the short form of api.
func (a api) event() (*mapping.Event, error) {
	d := &definition.API{Path: a.front, Match: definition.MatchNormal}
	for _, line := range lines(a.params) {
		in, name, _ := strings.Cut(line, " ")
		p := definition.Param{In: in, Type: "STRING"}
		var text string
		var ok bool
		if p.Name, text, ok = strings.Cut(name, "="); ok {
			p.Default = &text
		}
		d.Params = append(d.Params, p)
	}
	var list []definition.Mapping
	for _, line := range lines(a.mappings) {
		w := append(strings.SplitN(line, " ", 5), "")
		list = append(list, definition.Mapping{In: w[0], Name: w[1], Origin: w[2], Value: w[3], From: w[4]})
	}
	set, err := parameter.Compile(d)
	if err != nil {
		return nil, err
	}
	return mapping.NewEvent(list, set)
}

func TestEvent(t *testing.T) {
	for name, test := range map[string]struct {
		api                  api
		headers, query, path string
	}{
		"all passes": {api{front: "/a/{id}"}, "Host: example.com | X-Old: h", "q: 1 | old: b c | old: d", "id: 4/2"},
		"mapped elsewhere": {
			api{front: "/a/{id}", params: "PATH id;QUERY old;HEADER X-Old", mappings: "QUERY id REQUEST id PATH;HEADER X-New REQUEST old QUERY;PATH h REQUEST X-Old HEADER"},
			"Host: example.com | X-New: b c | X-New: d", "q: 1 | id: 4/2", "h: h",
		},
		"forged": {api{front: "/a/{id}", mappings: "QUERY old CONSTANT a&b;HEADER x-old SYSTEM $context.requestId;PATH id CONSTANT ../x"},
			"Host: example.com | x-old: 77", "q: 1 | old: a&b", "id: ../x"},
		"defaults": {api{front: "/a/{id}", params: "QUERY more=5;HEADER X-More=6;QUERY q=7"},
			"Host: example.com | X-Old: h | X-More: 6", "q: 1 | old: b c | old: d | more: 5", "id: 4/2"},
		"authorizer": {api{front: "/a/{id}", mappings: "QUERY u SYSTEM $context.authorizer.frontend.user;HEADER X-K SYSTEM authorizer.backend.k;PATH n SYSTEM $context.authorizer.frontend.none"},
			"Host: example.com | X-Old: h | X-K: v", "q: 1 | old: b c | old: d | u: ann", "id: 4/2 | n: "},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := test.api.event()
			if err != nil {
				t.Fatal(err)
			}
			c := gatewaytest.Prepared(t, "GET /a/x?q=1&old=b%20c&old=d", "Host: example.com", "X-Old: h")
			c.ID = "77"
			c.Target.PathParams = append(c.Target.PathParams, message.Field{Name: "id", Value: "4/2"})
			c.Authorizer = append(c.Authorizer, message.Field{Name: "frontend.user", Value: "ann"}, message.Field{Name: "backend.k", Value: "v"})
			if fault := m.Apply(c); fault != nil {
				t.Fatal(fault.Message)
			}
			if got := gatewaytest.Lines(c.Out.Headers); got != test.headers {
				t.Errorf("headers %q, want %q", got, test.headers)
			}
			if got := gatewaytest.Lines(m.Query(nil, c)); got != test.query {
				t.Errorf("query %q, want %q", got, test.query)
			}
			if got := gatewaytest.Lines(m.Path(nil, c)); got != test.path {
				t.Errorf("path %q, want %q", got, test.path)
			}
		})
	}
	for _, mappings := range []string{"HEADER Transfer-Encoding CONSTANT x", "QUERY a REQUEST a QUERY", "QUERY a SYSTEM $context.authorizer.", "BODY a CONSTANT b"} {
		if _, err := (api{front: "/a/{id}", mappings: mappings}).event(); err == nil {
			t.Errorf("%q was taken", mappings)
		}
	}
}

// TestAuthorizerValues: what authorizers answered goes to an HTTP backend, as one
// value each; what they did not answer is empty, and in a path is refused.
func TestAuthorizerValues(t *testing.T) {
	a := api{front: "/a", back: "/b/{user}", mappings: "PATH user SYSTEM $context.authorizer.frontend.user;QUERY k SYSTEM authorizer.backend.k"}
	m, err := a.compile()
	if err != nil {
		t.Fatal(err)
	}
	c := gatewaytest.Prepared(t, "GET /a?k=forged")
	c.Authorizer = append(c.Authorizer, message.Field{Name: "backend.user", Value: "x"}, message.Field{Name: "frontend.user", Value: "a&n"})
	if fault := m.Apply(c); fault != nil || c.Out.Path != "/b/a&n" || c.Out.RawQuery != "k=" {
		t.Errorf("%v, %s?%s", fault, c.Out.Path, c.Out.RawQuery)
	}
	c.Authorizer = append(c.Authorizer[:0], message.Field{Name: "frontend.user", Value: "../x"}, message.Field{Name: "backend.k", Value: "&x=1"})
	if fault := m.Apply(c); fault == nil || fault.Code != call.Orchestration.Code {
		t.Errorf("a value of two segments: %v, %s", fault, c.Out.Path)
	}
	c.Authorizer = c.Authorizer[:0]
	if fault := m.Apply(c); fault == nil || fault.Code != call.Orchestration.Code {
		t.Errorf("no value: %v, %s", fault, c.Out.Path)
	}
}
