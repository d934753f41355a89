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

// api writes a definition in short. A parameter is "LOCATION name" or
// "LOCATION name=default"; a mapping is "LOCATION name ORIGIN value [FROM]".
type api struct {
	front, match, back string
	params, mappings   string
}

func (a api) compile() (*mapping.Mapping, error) {
	d := &definition.API{Path: a.front, Match: a.match}
	if d.Match == "" {
		d.Match = definition.MatchNormal
	}
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
	b := &definition.Backend{Kind: "HTTP", HTTP: &definition.HTTPBackend{
		Scheme: "http", Address: "backend.test:8080", Method: "ANY", Path: a.back, TimeoutMS: 1000,
	}}
	for _, line := range lines(a.mappings) {
		w := strings.SplitN(line, " ", 5)
		m := definition.Mapping{In: w[0], Name: w[1], Origin: w[2], Value: w[3]}
		if len(w) > 4 {
			m.From = w[4]
		}
		b.Mappings = append(b.Mappings, m)
	}
	set, err := parameter.Compile(d)
	if err != nil {
		return nil, err
	}
	return mapping.New(d, b, set)
}

func lines(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ';' })
}

func TestApply(t *testing.T) {
	tests := []struct {
		name    string
		api     api
		call    string
		path    []string // values of path variables
		tail    string
		headers string // extra fields, "|" between
		target  string // path?query towards the backend
		out     string // fields towards the backend
	}{
		{name: "static path, all passes", api: api{front: "/a", back: "/b"},
			call: "GET /a?x=1&&y=%20+&z", headers: "Accept: */*|X-Own: 1",
			target: "/b?x=1&&y=%20+&z", out: "Accept: */* | X-Own: 1"},
		{name: "path variable", api: api{front: "/u/{id}", back: "/v/{id}/x", params: "PATH id", mappings: "PATH id REQUEST id PATH"},
			call: "GET /u/42", path: []string{"42"}, target: "/v/42/x"},
		{name: "part of a segment", api: api{front: "/u/{id}", back: "/v/f-{id}.json", params: "PATH id", mappings: "PATH id REQUEST id PATH"},
			call: "GET /u/42", path: []string{"42"}, target: "/v/f-42.json"},
		{name: "path value is encoded", api: api{front: "/u/{id}", back: "/v/{id}", params: "PATH id", mappings: "PATH id REQUEST id PATH"},
			call: "GET /u/x", path: []string{"a b?张@;"}, target: "/v/a%20b%3F%E5%BC%A0@%3B"},
		{name: "greedy keeps its segments", api: api{front: "/f/{p+}", back: "/g/{p}", params: "PATH p", mappings: "PATH p REQUEST p PATH"},
			call: "GET /f/a/b%20c", path: []string{"a/b c"}, target: "/g/a/b%20c"},
		{name: "constant in the path", api: api{front: "/a", back: "/{c}", mappings: "PATH c CONSTANT [apig]"},
			call: "GET /a", target: "/%5Bapig%5D"},
		{name: "constant in the query", api: api{front: "/a", back: "/a", mappings: "QUERY c CONSTANT a=b&[c]"},
			call: "GET /a?x=1", target: "/a?x=1&c=a%3Db%26%5Bc%5D"},
		{name: "constant in a header", api: api{front: "/a", back: "/a", mappings: "HEADER X-C CONSTANT [a%b]"},
			call: "GET /a", target: "/a", out: "X-C: [a%b]"},
		{name: "query to path", api: api{front: "/a", back: "/a/{id}", params: "QUERY id", mappings: "PATH id REQUEST id QUERY"},
			call: "GET /a?id=7&x=1", target: "/a/7?x=1"},
		{name: "query to query under another name", api: api{front: "/a", back: "/a", params: "QUERY old", mappings: "QUERY new REQUEST old QUERY"},
			call: "GET /a?x=%41&old=1&y=2&old=2", target: "/a?x=%41&y=2&new=1&new=2"},
		{name: "query to the same place passes as sent", api: api{front: "/a", back: "/a", params: "QUERY q", mappings: "QUERY q REQUEST q QUERY"},
			call: "GET /a?x=1&q=%41+b", target: "/a?x=1&q=%41+b"},
		{name: "encoded name is the same name", api: api{front: "/a", back: "/a", params: "QUERY old", mappings: "QUERY new REQUEST old QUERY"},
			call: "GET /a?%6Fld=1", target: "/a?new=1"},
		{name: "query to header", api: api{front: "/a", back: "/a", params: "QUERY q", mappings: "HEADER X-Q REQUEST q QUERY"},
			call: "GET /a?q=a+b", headers: "X-Other: 1", target: "/a", out: "X-Other: 1 | X-Q: a b"},
		{name: "header to query", api: api{front: "/a", back: "/a", params: "HEADER X-H", mappings: "QUERY h REQUEST X-H HEADER"},
			call: "GET /a", headers: "x-h: a&b", target: "/a?h=a%26b"},
		{name: "header to header", api: api{front: "/a", back: "/a", params: "HEADER X-H", mappings: "HEADER X-New REQUEST X-H HEADER"},
			call: "GET /a", headers: "x-H: 1|x-h: 2", target: "/a", out: "X-New: 1 | X-New: 2"},
		{name: "header in place ignoring case", api: api{front: "/a", back: "/a", params: "HEADER X-H", mappings: "HEADER x-h REQUEST X-H HEADER"},
			call: "GET /a", headers: "X-h: 1", target: "/a", out: "X-h: 1"},
		{name: "default when absent", api: api{front: "/a", back: "/a/{p}", params: "QUERY p=one;QUERY q=t o;HEADER X-H=three",
			mappings: "PATH p REQUEST p QUERY;QUERY q2 REQUEST q QUERY;HEADER X-H2 REQUEST X-H HEADER"},
			call: "GET /a", target: "/a/one?q2=t%20o", out: "X-H2: three"},
		{name: "default not needed", api: api{front: "/a", back: "/a", params: "QUERY q=d", mappings: "QUERY q2 REQUEST q QUERY"},
			call: "GET /a?q=", target: "/a?q2="},
		{name: "default of what stays in place", api: api{front: "/a", back: "/a", params: "QUERY q=d;HEADER X-H=e", mappings: "QUERY q REQUEST q QUERY"},
			call: "GET /a", target: "/a?q=d", out: "X-H: e"},
		{name: "default of what stays, sent", api: api{front: "/a", back: "/a", params: "QUERY q=d;HEADER X-H=e", mappings: "QUERY q REQUEST q QUERY"},
			call: "GET /a?q=1", headers: "x-h: 2", target: "/a?q=1", out: "x-h: 2"},
		{name: "to another place and its own", api: api{front: "/a", back: "/a", params: "QUERY q", mappings: "QUERY q REQUEST q QUERY;HEADER X-Q REQUEST q QUERY"},
			call: "GET /a?q=1", target: "/a?q=1", out: "X-Q: 1"},
		{name: "optional and absent", api: api{front: "/a", back: "/a", params: "QUERY q", mappings: "QUERY r REQUEST q QUERY"},
			call: "GET /a?x=1", target: "/a?x=1"},
		{name: "a caller cannot write what a mapping writes",
			api:  api{front: "/a", back: "/a", params: "QUERY q", mappings: "HEADER X-App-Id SYSTEM $context.appId;QUERY stage SYSTEM stage;QUERY r REQUEST q QUERY"},
			call: "GET /a?stage=forged&r=forged&x=1", headers: "x-app-id: forged", target: "/a?x=1&stage=RELEASE", out: "X-App-Id: app-1"},
		{name: "system values", api: api{front: "/a", back: "/{requestId}", mappings: "HEADER X-Ip SYSTEM $context.sourceIp;QUERY api SYSTEM apiId;PATH requestId SYSTEM requestId"},
			call: "GET /a", target: "/call-1?api=api-1", out: "X-Ip: 203.0.113.9"},
		{name: "prefix: front /test/, back /test2/", api: api{front: "/test/", match: "SWA", back: "/test2/"},
			call: "GET /test/AA/CC", tail: "/AA/CC", target: "/test2/AA/CC"},
		{name: "prefix without slashes", api: api{front: "/test", match: "SWA", back: "/test2"},
			call: "GET /test/AA/CC/", tail: "/AA/CC/", target: "/test2/AA/CC/"},
		{name: "prefix to root", api: api{front: "/test", match: "SWA", back: "/"},
			call: "GET /test/AA", tail: "/AA", target: "/AA"},
		{name: "prefix, nothing left over", api: api{front: "/test", match: "SWA", back: "/test2/"},
			call: "GET /test", tail: "", target: "/test2/"},
		{name: "no tail for a whole match", api: api{front: "/test", back: "/test2"},
			call: "GET /test", tail: "/AA", target: "/test2"},
		{name: "query bytes that may not stand on a request line", api: api{front: "/a", back: "/a"},
			call: "GET /a?x=\"<>^`{|}[]\\张 &y=1", target: "/a?x=%22%3C%3E%5E%60%7B%7C%7D%5B%5D%5C%E5%BC%A0%20&y=1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := test.api.compile()
			if err != nil {
				t.Fatal(err)
			}
			c := prepare(t, test.call, test.headers, test.path, test.tail)
			if f := m.Apply(c); f != nil {
				t.Fatal(f.Message)
			}
			target := c.Out.Path
			if c.Out.RawQuery != "" {
				target += "?" + c.Out.RawQuery
			}
			if target != test.target {
				t.Errorf("target %s\n  want %s", target, test.target)
			}
			if got := gatewaytest.Lines(c.Out.Headers); got != test.out {
				t.Errorf("fields %q\n  want %q", got, test.out)
			}
			if c.Out.Method != "GET" || c.Out.Scheme != "http" || c.Out.Address != "backend.test:8080" || c.Out.Host != "backend.test:8080" || c.Out.Timeout.Milliseconds() != 1000 {
				t.Errorf("out %+v", c.Out)
			}
		})
	}
}

func prepare(t testing.TB, request, headers string, path []string, tail string) *call.Call {
	c := gatewaytest.Prepared(t, request)
	c.Request.Headers, c.Out.Headers = c.Request.Headers[:0], c.Out.Headers[:0]
	for _, line := range strings.FieldsFunc(headers, func(r rune) bool { return r == '|' }) {
		name, value, _ := strings.Cut(line, ": ")
		c.Request.Headers = append(c.Request.Headers, message.Field{Name: name, Value: value})
	}
	c.Out.Headers = append(c.Out.Headers, c.Request.Headers...)
	for _, v := range path {
		c.Target.PathParams = append(c.Target.PathParams, message.Field{Name: "-", Value: v})
	}
	c.ID, c.Caller.AppID = "call-1", "app-1"
	c.Target.Tail, c.Target.EnvName, c.Target.APIID = tail, "RELEASE", "api-1"
	return c
}

// TestApplyRefuses: values that would make another path or split a message.
func TestApplyRefuses(t *testing.T) {
	queryToPath := api{front: "/a", back: "/v/{id}", params: "QUERY id", mappings: "PATH id REQUEST id QUERY"}
	partial := api{front: "/a", back: "/v/.{id}", params: "QUERY id", mappings: "PATH id REQUEST id QUERY"}
	greedy := api{front: "/f/{p+}", back: "/g/{p}", params: "PATH p", mappings: "PATH p REQUEST p PATH"}
	toHeader := api{front: "/a", back: "/a", params: "QUERY q", mappings: "HEADER X-Q REQUEST q QUERY"}
	tests := []struct {
		name string
		api  api
		call string
		path string
	}{
		{"slash", queryToPath, "GET /a?id=a/b", ""},
		{"encoded slash", queryToPath, "GET /a?id=a%2Fb", ""},
		{"backslash", queryToPath, `GET /a?id=a%5Cb`, ""},
		{"dot segment", queryToPath, "GET /a?id=..", ""},
		{"encoded dot segment", queryToPath, "GET /a?id=%2E%2e", ""},
		{"single dot", queryToPath, "GET /a?id=.", ""},
		{"encoded twice", queryToPath, "GET /a?id=%252e%252e", ""},
		{"slash encoded twice", queryToPath, "GET /a?id=%252F", ""},
		{"NUL", queryToPath, "GET /a?id=%00", ""},
		{"line break", queryToPath, "GET /a?id=%0D%0A", ""},
		{"empty", queryToPath, "GET /a?id=", ""},
		{"absent", queryToPath, "GET /a", ""},
		{"several", queryToPath, "GET /a?id=1&id=2", ""},
		{"dot segment over a part", partial, "GET /a?id=.", ""},
		{"greedy with dot segment", greedy, "GET /f/x", "a/../b"},
		{"greedy with empty segment", greedy, "GET /f/x", "a//b"},
		{"header with a line break", toHeader, "GET /a?q=a%0D%0AX-Admin:%201", ""},
		{"header with NUL", toHeader, "GET /a?q=%00", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := test.api.compile()
			if err != nil {
				t.Fatal(err)
			}
			var path []string
			if test.path != "" {
				path = []string{test.path}
			}
			c := gatewaytest.Raw(t, test.call)
			if c.Request.Query, err = message.ParseQuery(nil, c.Request.RawQuery); err != nil {
				t.Fatalf("the row never reaches the policy: %v", err)
			}
			for _, v := range path {
				c.Target.PathParams = append(c.Target.PathParams, message.Field{Value: v})
			}
			f := m.Apply(c)
			if f == nil {
				t.Fatalf("went out as %s?%s %v", c.Out.Path, c.Out.RawQuery, c.Out.Headers)
			}
			if f.Code != "APIG.0106" || f.Status != 400 {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name string
		api  api
		want string
	}{
		{"variable without parameter", api{front: "/a", back: "/{x}"}, "has no backend parameter"},
		{"parameter without variable", api{front: "/a", back: "/a", mappings: "PATH x CONSTANT 1"}, "has no such variable"},
		{"unclosed", api{front: "/a", back: "/{x"}, "without '}'"},
		{"unopened", api{front: "/a", back: "/x}"}, "without '{'"},
		{"relative", api{front: "/a", back: "a"}, "begin with '/'"},
		{"dot segment", api{front: "/a", back: "/a/../b"}, "dot segment"},
		{"query in the path", api{front: "/a", back: "/a?x=1"}, "unencoded"},
		{"constant with a slash", api{front: "/a", back: "/{c}", mappings: "PATH c CONSTANT a/b"}, "encoded slash"},
		{"constant dot segment", api{front: "/a", back: "/{c}", mappings: "PATH c CONSTANT .."}, "dot segment"},
		{"constant header with line break", api{front: "/a", back: "/a", mappings: "HEADER X-C CONSTANT a\nb"}, "control character"},
		{"not a header name", api{front: "/a", back: "/a", mappings: "HEADER X:C CONSTANT a"}, "not a header name"},
		{"reserved header", api{front: "/a", back: "/a", mappings: "HEADER transfer-encoding CONSTANT chunked"}, "reserved"},
		{"gateway's own header", api{front: "/a", back: "/a", mappings: "HEADER X-Forwarded-For CONSTANT 1.1.1.1"}, "reserved"},
		{"undeclared", api{front: "/a", back: "/a", mappings: "QUERY a REQUEST a QUERY"}, "not declared"},
		{"system value", api{front: "/a", back: "/a", mappings: "QUERY a SYSTEM $context.authorizer.sideways.user"}, "not known"},
		{"origin", api{front: "/a", back: "/a", mappings: "QUERY a COOKIE a"}, "origin"},
		{"location", api{front: "/a", back: "/a", mappings: "BODY a CONSTANT a"}, "location"},
		{"twice", api{front: "/a", back: "/a", mappings: "HEADER X-A CONSTANT a;HEADER x-a CONSTANT b"}, "twice"},
	}
	for _, test := range tests {
		_, err := test.api.compile()
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want …%s…", test.name, err, test.want)
		}
	}
}

// FuzzPathValue: whatever a caller puts into a path variable, it stays within its
// segment, and the backend sees one canonical path.
func FuzzPathValue(f *testing.F) {
	for _, seed := range []string{"42", "..", "a/b", "%2e%2e", "%252f", "\\", "\x00", "张三", ";x", "a?b#c", "."} {
		f.Add(seed)
	}
	m, err := api{front: "/u/{id}", back: "/v/{id}/x", params: "PATH id", mappings: "PATH id REQUEST id PATH"}.compile()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value string) {
		c := prepare(t, "GET /u/x", "", []string{value}, "")
		if m.Apply(c) != nil {
			return
		}
		path := c.Out.Path
		canonical, err := message.CanonicalPath(path)
		if err != nil || canonical != path || strings.Count(path, "/") != 3 ||
			!strings.HasPrefix(path, "/v/") || !strings.HasSuffix(path, "/x") {
			t.Fatalf("%q went out as %q", value, path)
		}
	})
}

// FuzzQuery: what goes out parses to what came in, and fits on a request line.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "old=1&old=2", "&&a", "a=%20+", "a=\"", "%6Fld=x&y"} {
		f.Add(seed)
	}
	m, err := api{front: "/a", back: "/a", params: "QUERY old", mappings: "QUERY new REQUEST old QUERY"}.compile()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		in, err := message.ParseQuery(nil, raw)
		if err != nil {
			return
		}
		c := prepare(t, "GET /a", "", nil, "")
		c.Request.RawQuery, c.Request.Query = raw, in
		if fault := m.Apply(c); fault != nil {
			t.Fatal(fault.Message)
		}
		var want message.Fields
		for _, p := range in {
			if p.Name != "old" && p.Name != "new" {
				want = append(want, p)
			}
		}
		for _, p := range in {
			if p.Name == "old" {
				want = append(want, message.Field{Name: "new", Value: p.Value})
			}
		}
		got, err := message.ParseQuery(nil, c.Out.RawQuery)
		if err != nil || gatewaytest.Lines(got) != gatewaytest.Lines(want) {
			t.Fatalf("%q went out as %q (%v)", raw, c.Out.RawQuery, err)
		}
		for i := range len(c.Out.RawQuery) {
			if b := c.Out.RawQuery[i]; b <= ' ' || b >= 0x7f {
				t.Fatalf("%q went out as %q", raw, c.Out.RawQuery)
			}
		}
	})
}

// TestTamePathsAreCanonical: a path that is not read again after its values were
// put in is the one that reading it again gives, also where a value meets an
// escape or a dot of its neighbours.
func TestTamePathsAreCanonical(t *testing.T) {
	for _, back := range []string{"/a/{x}", "/a.{x}", "/.{x}", "/{x}.", "/a%25{x}", "/a%25{x}b", "/%41{x}", "/{x}{y}"} {
		for _, value := range []string{"v", ".", "..", "2f", "2F", "252e", "00", "a.b", "~", "-", "5c", "a%20b", "%2e"} {
			d := &definition.API{Path: "/f/{x}/{y}", Backend: definition.Backend{HTTP: &definition.HTTPBackend{Scheme: "http", Address: "b", Method: "GET", Path: back, TimeoutMS: 1}}}
			for _, name := range []string{"x", "y"} {
				d.Params = append(d.Params, definition.Param{Name: name, In: "PATH"})
				if strings.Contains(back, "{"+name+"}") {
					d.Backend.Mappings = append(d.Backend.Mappings, definition.Mapping{Name: name, In: "PATH", Origin: "REQUEST", Value: name, From: "PATH"})
				}
			}
			set, err := parameter.Compile(d)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mapping.New(d, &d.Backend, set)
			if err != nil {
				t.Fatalf("%s: %v", back, err)
			}
			c := gatewaytest.Prepared(t, "GET /")
			c.Target.PathParams = append(c.Target.PathParams, message.Field{Name: "x", Value: value}, message.Field{Name: "y", Value: "."})
			f := m.Apply(c)
			if f != nil {
				continue // which only reading it again answers
			}
			if again, err := message.CanonicalPath(c.Out.Path); err != nil || again != c.Out.Path {
				t.Errorf("%s with %q goes to %s, which reads as %q, %v", back, value, c.Out.Path, again, err)
			}
		}
	}
}
