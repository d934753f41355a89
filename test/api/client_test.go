package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// object is a JSON object, list a JSON list.
type (
	object = map[string]any
	list   = []any
)

const releaseEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// actor is who sends a request: with a token, with an access key, or with
// nothing.
type actor struct {
	name           string
	token          string
	access, secret string
	project        string // X-Project-Id of signed requests
	signedAt       time.Time
}

// nobody has no credentials.
var nobody = &actor{name: "nobody"}

// scenario is a platform for one test.
type scenario struct {
	*platform
	t *testing.T
	// generated marks requests that a loop makes for every operation: they
	// count as provoking declared codes, not as somebody's thought about one.
	generated bool
}

func (p *platform) scenario(t *testing.T) *scenario { return &scenario{platform: p, t: t} }

// in is the scenario reporting to a subtest.
func (s *scenario) in(t *testing.T) *scenario {
	c := *s
	c.t = t
	return &c
}

// answer is an answer whose promises have been checked.
type answer struct {
	s      *scenario
	call   string
	path   string
	asked  string     // path and query
	op     *operation // nil for a path or a method that no operation has
	status int
	header http.Header
	body   []byte
	from   string // address that it was asked from, when not 127.0.0.1
}

// full is a call with its whole path: "GET apps" stands below the v1.0 API.
func full(call string) (method, path string) {
	method, path, _ = strings.Cut(call, " ")
	if !strings.HasPrefix(path, "/") {
		path = "/v1.0/apigw/" + path
	}
	return method, path
}

// request makes the request of a call. body is nil, a string sent as it is or
// a value sent as JSON.
func (s *scenario) request(as *actor, call string, body any, headers ...string) *http.Request {
	s.t.Helper()
	method, path := full(call)
	var raw io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		raw = strings.NewReader(b)
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		raw = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.ManagementURL()+path, raw)
	if err != nil {
		s.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	if as.token != "" {
		r.Header.Set("X-Auth-Token", as.token)
	}
	if as.access != "" {
		if as.project != "" {
			r.Header.Set("X-Project-Id", as.project)
		}
		at := as.signedAt
		if at.IsZero() {
			at = time.Now()
		}
		if err := signature.SignRequest(r, as.access, []byte(as.secret), at); err != nil {
			s.t.Fatal(err)
		}
	}
	return r
}

// do sends a request and checks what holds for every answer.
func (s *scenario) do(as *actor, call string, body any, headers ...string) *answer {
	s.t.Helper()
	return s.send(s.request(as, call, body, headers...), as.name+": "+call)
}

func (s *scenario) send(r *http.Request, call string) *answer {
	s.t.Helper()
	response, err := s.http.Do(r)
	if err != nil {
		s.t.Fatalf("%s: %v", call, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		s.t.Fatalf("%s: %v", call, err)
	}
	a := &answer{s: s, call: call, path: r.URL.EscapedPath(), asked: r.URL.RequestURI(), status: response.StatusCode, header: response.Header, body: body}
	if s.contract != nil {
		a.op = s.contract.find(r.Method, r.URL.EscapedPath())
	}
	a.promises(r.Method)
	if s.coverage != nil {
		s.coverage.codes(a)
	}
	s.writes.add(r.Method, a)
	return a
}

// promises are those of every answer.
func (a *answer) promises(method string) {
	a.s.t.Helper()
	if id := a.header.Get("X-Request-Id"); !ids.Valid(id) {
		a.errorf("X-Request-Id is %q, want 32 hex characters", id)
	}
	if v := a.header.Get("Cache-Control"); v != "no-store" {
		a.errorf("Cache-Control is %q, want no-store", v)
	}
	if v := a.header.Get("X-Content-Type-Options"); v != "nosniff" {
		a.errorf("X-Content-Type-Options is %q, want nosniff", v)
	}
	if v := a.header.Get("Content-Type"); len(a.body) > 0 && !strings.HasPrefix(v, "application/json") && !a.isYAML() {
		a.errorf("Content-Type is %q, want application/json", v)
	}
	if a.s.contract == nil || method == http.MethodHead {
		return
	}
	for _, fault := range a.s.contract.check(a) {
		a.errorf("%s\nbody: %.2000s", fault, a.body)
	}
}

// isYAML reports an answer in YAML, of an operation that has such.
func (a *answer) isYAML() bool {
	return a.op != nil && a.op.yaml && a.status == http.StatusOK && a.header.Get("Content-Type") == "application/yaml"
}

func (a *answer) errorf(format string, args ...any) {
	a.s.t.Helper()
	a.s.t.Errorf("%s: %d: "+format, append([]any{a.call, a.status}, args...)...)
}

// want ends the test unless the answer is that success.
func (a *answer) want(status int) *answer {
	a.s.t.Helper()
	if a.status != status {
		a.s.t.Fatalf("%s: status %d, want %d; body: %s", a.call, a.status, status, a.body)
	}
	if status < 400 {
		a.s.coverage.success(a)
	}
	return a
}

// refused checks a refusal: its status, its code ("" in the two other dialects)
// and a part of its text.
func (a *answer) refused(status int, code, text string) *answer {
	a.s.t.Helper()
	gotCode, gotText := a.fault()
	if a.status != status || gotCode != code || !strings.Contains(gotText, text) {
		a.errorf("%s %q, want %d %s with %q", gotCode, gotText, status, code, text)
		return a
	}
	a.s.coverage.refusal(a, code)
	return a
}

// fault is the code and the text of an error body of any dialect.
func (a *answer) fault() (code, text string) {
	a.s.t.Helper()
	var body struct {
		Code      string `json:"error_code"`
		Message   string `json:"error_msg"`
		RequestID string `json:"request_id"`
		Error     *struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
			Title   string `json:"title"`
		} `json:"error"`
	}
	if a.status < 400 {
		return "", ""
	}
	if thirdPath.MatchString(a.path) || a.op != nil && a.op.document.name == "ghippo" {
		return "", a.rpcStatus()
	}
	if err := json.Unmarshal(a.body, &body); err != nil {
		a.errorf("no error body: %q", a.body)
		return "", ""
	}
	if e := body.Error; e != nil {
		if e.Code != a.status || e.Title != http.StatusText(a.status) {
			a.errorf("code %d and title %q do not fit the status", e.Code, e.Title)
		}
		return "", e.Message
	}
	if body.RequestID != a.header.Get("X-Request-Id") {
		a.errorf("request_id %q is not that of the header", body.RequestID)
	}
	return body.Code, body.Message
}

// rpcStatus is the text of an error body of the third dialect, whose code is
// that of gRPC for the status (wire-facts §18.4).
func (a *answer) rpcStatus() string {
	a.s.t.Helper()
	var body struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Details []any  `json:"details"`
	}
	if err := json.Unmarshal(a.body, &body); err != nil {
		a.errorf("no error body: %q", a.body)
	}
	codes := map[int]int{400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 413: 3, 429: 8, 500: 13, 501: 12, 503: 14}
	if body.Code != codes[a.status] || body.Details == nil || len(body.Details) > 0 {
		a.errorf("code %d and details %v do not fit the status", body.Code, body.Details)
	}
	return body.Message
}

// value is what stands at a path of keys and indexes, "apis.0.name".
func (a *answer) value(path string) (any, bool) {
	a.s.t.Helper()
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		a.s.t.Fatalf("%s: the body is not JSON: %q", a.call, a.body)
	}
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case object:
			next, ok := at[key]
			if !ok {
				return nil, false
			}
			v = next
		case list:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(at) {
				return nil, false
			}
			v = at[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// text is the string at a path; the test ends without one.
func (a *answer) text(path string) string {
	a.s.t.Helper()
	v, _ := a.value(path)
	s, ok := v.(string)
	if !ok {
		a.s.t.Fatalf("%s: no text at %s: %s", a.call, path, a.body)
	}
	return s
}

// fields says what an answer has where: a plain value, a *regexp.Regexp that a
// text matches, or gone.
type fields map[string]any

// gone stands for a field that is not there.
type gone struct{}

var (
	hexID  = regexp.MustCompile(`^[0-9a-f]{32}$`)
	moment = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$`)
	any64  = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// has checks fields.
func (a *answer) has(want fields) *answer {
	a.s.t.Helper()
	for path, expected := range want {
		got, ok := a.value(path)
		switch e := expected.(type) {
		case gone:
			if ok {
				a.errorf("has %s: %v", path, got)
			}
			continue
		case *regexp.Regexp:
			if text, isText := got.(string); !isText || !e.MatchString(text) {
				a.errorf("%s is %v, want %s", path, got, e)
			}
			continue
		case int:
			expected = float64(e)
		case []string:
			expected = texts(e...)
		}
		if !ok || !reflect.DeepEqual(got, expected) {
			a.errorf("%s is %v, want %v", path, got, expected)
		}
	}
	return a
}

func texts(values ...string) list {
	out := make(list, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

// each is one field of every entry of a list, in order, separated by blanks.
func (a *answer) each(path, field string) string {
	a.s.t.Helper()
	v, _ := a.value(path)
	entries, ok := v.(list)
	if !ok {
		a.s.t.Fatalf("%s: no list at %s: %s", a.call, path, a.body)
	}
	out := make([]string, len(entries))
	for i := range entries {
		out[i] = fmt.Sprint(entries[i].(object)[field])
	}
	return strings.Join(out, " ")
}

// row is one line of a scenario table: who calls what, and what comes back.
type row struct {
	name    string
	as      *actor
	call    string
	body    any
	status  int
	code    string // of a refusal in the v1.0 dialect
	text    string // part of the text of a refusal
	fields  fields // of a success
	headers []string
}

// rows runs a table from top to bottom.
func (s *scenario) rows(table []row) {
	s.t.Helper()
	for _, r := range table {
		s.t.Run(r.name, func(t *testing.T) {
			a := s.in(t).do(r.as, r.call, r.body, r.headers...)
			if r.status >= 400 {
				a.refused(r.status, r.code, r.text)
				return
			}
			a.want(r.status).has(r.fields)
			if r.status == http.StatusNoContent && len(a.body) > 0 {
				a.errorf("a body: %s", a.body)
			}
		})
	}
}

// get, post, put and remove are for what a scenario needs, not for what it
// asserts: anything but a success ends the test.
func (s *scenario) get(as *actor, path string) *answer {
	s.t.Helper()
	return s.do(as, "GET "+path, nil).want(200)
}

func (s *scenario) post(as *actor, path string, body any) *answer {
	s.t.Helper()
	return s.do(as, "POST "+path, body).want(201)
}

func (s *scenario) put(as *actor, path string, body any) *answer {
	s.t.Helper()
	return s.do(as, "PUT "+path, body).want(200)
}

func (s *scenario) remove(as *actor, path string) {
	s.t.Helper()
	s.do(as, "DELETE "+path, nil).want(204)
}
