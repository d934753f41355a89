package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	appKey    = "d49b1cbfcc814a5fb2a061b568e376eb"
	appSecret = "s3cr3t-Value_01"
	appCode   = "An-AppCode-of-sufficient-length-0123456789-0123456789-0123456789-01"
)

// api returns a definition that serves everything at method and path over HTTP and
// HTTPS; change makes it particular.
func api(id, method, path string, change ...func(*definition.API)) definition.API {
	d := definition.API{
		ID: id, Name: "api " + id, GroupID: "group", ProjectID: "project", EnvID: "env-release", EnvName: "RELEASE",
		Method: method, Path: path, Match: "NORMAL", Protocol: "BOTH", Auth: "NONE",
		Backend: definition.Backend{Kind: "HTTP", HTTP: &definition.HTTPBackend{
			Scheme: "http", Address: "backend.test", Method: "ANY", Path: strings.NewReplacer("+}", "}").Replace(path), TimeoutMS: 5000,
		}},
	}
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			name = strings.TrimRight(name, "+}")
			d.Params = append(d.Params, definition.Param{Name: name, In: "PATH", Type: "STRING", Required: true})
			d.Backend.Mappings = append(d.Backend.Mappings, definition.Mapping{Name: name, In: "PATH", Origin: "REQUEST", Value: name, From: "PATH"})
		}
	}
	for _, f := range change {
		f(&d)
	}
	return d
}

func withAuth(d *definition.API)    { d.Auth = "APP" }
func withAppCode(d *definition.API) { d.Auth, d.AppCode = "APP", true }
func withCORS(d *definition.API)    { d.CORS = true }
func withVersion(d *definition.API) { d.VersionID = "v7" }

func mock(content string) func(*definition.API) {
	return func(d *definition.API) {
		d.Backend = definition.Backend{Kind: "MOCK", Mock: &definition.MockBackend{Content: content}}
	}
}

func house(t testing.TB, apis ...definition.API) *gatewaytest.Gateway {
	all := []any{
		definition.Group{ID: "group", ProjectID: "project", Hosts: []string{"example.com"}},
		definition.App{ID: "app", Name: "orders", ProjectID: "project-2", Key: appKey, Secret: []byte(appSecret), Codes: [][]byte{[]byte(appCode)}},
		definition.Grant{ID: "grant", AppID: "app", APIID: "granted", EnvID: "env-release"},
	}
	for _, a := range apis {
		all = append(all, a)
	}
	return gatewaytest.New(t, all...)
}

// outcome is what a caller got: status, error code, message.
func outcome(t testing.TB, g *gatewaytest.Gateway, c *call.Call) (status int, code, msg string) {
	t.Helper()
	c.Started = g.Clock.Now()
	g.Serve(c)
	g.Finish(c)
	id, _ := c.Response.Headers.Get("X-Request-Id")
	if !ids.Valid(id) || id != c.ID || c.Response.Headers.Count("X-Request-Id") != 1 {
		t.Errorf("X-Request-Id %q, call %q", id, c.ID)
	}
	if c.Fault == nil {
		return c.Response.Status, "", ""
	}
	var body struct {
		Code string `json:"error_code"`
		Msg  string `json:"error_msg"`
		ID   string `json:"request_id"`
	}
	if err := json.Unmarshal(c.Response.Bytes, &body); err != nil || body.ID != id {
		t.Errorf("fault body %s (%v), X-Request-Id %s", c.Response.Bytes, err, id)
	}
	kind, _ := c.Response.Headers.Get("Content-Type")
	server, _ := c.Response.Headers.Get("Server")
	if kind != "application/json" || server != "api-gateway" {
		t.Errorf("fault with Content-Type %q, Server %q", kind, server)
	}
	return c.Response.Status, body.Code, body.Msg
}

// sign adds the fields of a signature at the time of the clock.
func sign(c *call.Call, key, secret, body string) {
	r := &c.Request
	query, _ := message.ParseQuery(nil, r.RawQuery)
	m := &signature.Message{Method: r.Method, Path: r.RawPath, Query: query, Headers: r.Headers}
	authorization, date := signature.Sign(m, key, []byte(secret), gatewaytest.Now, []byte(body))
	r.Headers = append(r.Headers,
		message.Field{Name: "X-Sdk-Date", Value: date}, message.Field{Name: "Authorization", Value: authorization})
}

func TestRouting(t *testing.T) {
	const (
		unpublished = "The API does not exist or has not been published in the environment."
		noMethod    = "The API does not exist."
	)
	inTest := func(d *definition.API) { d.EnvID, d.EnvName = "env-test", "TEST" }
	prefix := func(back string) func(*definition.API) {
		return func(d *definition.API) { d.Match, d.Backend.HTTP.Path = "SWA", back }
	}
	g := house(t,
		api("get", "GET", "/a"), api("test", "GET", "/only-test", inTest),
		api("swa", "GET", "/test/", prefix("/test2/")), api("user", "ANY", "/users/{id}"), api("files", "GET", "/files/{path+}"))
	tests := []struct {
		call   string
		fields []string
		status int
		msg    string
		target string
	}{
		{"GET /a", nil, 200, "", "http://backend.test/a"},
		{"GET /a", []string{"Host: EXAMPLE.com.:8000"}, 200, "", "http://backend.test/a"},
		{"GET /a", []string{"X-Stage: RELEASE"}, 200, "", "http://backend.test/a"},
		{"GET /%61", nil, 200, "", "http://backend.test/a"},
		{"GET /a", []string{"Host: other.com"}, 404, unpublished, ""},
		{"GET /a", []string{"X-Stage: TEST"}, 404, unpublished, ""},
		{"GET /a", []string{"X-Stage: "}, 404, unpublished, ""},
		{"GET /a", []string{"X-Stage: release"}, 404, unpublished, ""},
		{"GET /only-test", nil, 404, unpublished, ""},
		{"GET /only-test", []string{"x-stage: TEST"}, 200, "", "http://backend.test/only-test"},
		{"GET /a/", nil, 404, unpublished, ""},
		{"GET /A", nil, 404, unpublished, ""},
		{"POST /a", nil, 404, noMethod, ""},
		{"GET /test/AA/CC", nil, 200, "", "http://backend.test/test2/AA/CC"},
		{"GET /test/AA/CC/?x=1", nil, 200, "", "http://backend.test/test2/AA/CC/?x=1"},
		{"DELETE /users/a%20b", nil, 200, "", "http://backend.test/users/a%20b"},
		{"GET /users/%E5%BC%A0%40", nil, 200, "", "http://backend.test/users/%E5%BC%A0@"},
		{"GET /files/a/b%20c/d", nil, 200, "", "http://backend.test/files/a/b%20c/d"},
	}
	for _, test := range tests {
		t.Run(test.call+" "+strings.Join(test.fields, ","), func(t *testing.T) {
			c := gatewaytest.Raw(t, test.call, test.fields...)
			status, code, msg := outcome(t, g, c)
			if status != test.status || msg != test.msg || (status == 404) != (code == "APIG.0101") {
				t.Errorf("%d %s %s", status, code, msg)
			}
			sent := g.Backend.Take()
			if test.target == "" {
				if len(sent) > 0 {
					t.Errorf("sent %+v", sent)
				}
				return
			}
			if len(sent) != 1 || sent[0].Target != test.target || sent[0].Method != c.Request.Method {
				t.Errorf("sent %+v, want %s", sent, test.target)
			}
		})
	}
}

// TestPolicies: who may call, in the order in which the answers show.
func TestPolicies(t *testing.T) {
	protected := func(d *definition.API) {
		withAppCode(d)
		d.Protocol = "HTTPS"
		d.Params = append(d.Params, definition.Param{Name: "q", In: "QUERY", Type: "STRING", Required: true})
	}
	g := house(t, api("granted", "GET", "/granted", protected), api("other", "GET", "/other", protected),
		api("plain", "GET", "/plain", func(d *definition.API) { d.Protocol = "HTTP" }),
		api("preflight", "OPTIONS", "/granted", withAuth))
	tests := []struct {
		name   string
		call   string
		tls    bool
		key    string // signed with it
		secret string
		fields []string
		status int
		code   string
		msg    string
	}{
		{name: "signed", call: "GET /granted?q=1", tls: true, key: appKey, secret: appSecret, status: 200},
		{name: "AppCode", call: "GET /granted?q=1", tls: true, fields: []string{"X-Apig-AppCode: " + appCode}, status: 200},
		{name: "protocol first", call: "GET /granted", fields: []string{"X-Apig-AppCode: wrong"}, status: 400, code: "APIG.0607",
			msg: "The following protocol is supported: HTTPS"},
		{name: "HTTP only", call: "GET /plain", tls: true, status: 400, code: "APIG.0607", msg: "The following protocol is supported: HTTP"},
		{name: "no credential, before parameters", call: "GET /granted", tls: true, status: 401, code: "APIG.0303",
			msg: "Incorrect app authentication information."},
		{name: "wrong secret", call: "GET /granted?q=1", tls: true, key: appKey, secret: "wrong", status: 401, code: "APIG.0303",
			msg: "Incorrect app authentication information: verify signature fail, canonicalRequest:GET|/granted/|q=1|host:example.com|"},
		{name: "unknown app", call: "GET /granted?q=1", tls: true, key: "nobody", secret: appSecret, status: 401, code: "APIG.0303",
			msg: "Incorrect app authentication information: app not found, appkey nobody"},
		{name: "not granted, before parameters", call: "GET /other", tls: true, key: appKey, secret: appSecret, status: 403, code: "APIG.0304",
			msg: "The app is not authorized to access the API."},
		{name: "parameter missing", call: "GET /granted", tls: true, key: appKey, secret: appSecret, status: 400, code: "APIG.0201",
			msg: "API request error: parameter q is missing"},
		{name: "OPTIONS needs no credential", call: "OPTIONS /granted", status: 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := gatewaytest.Raw(t, test.call, test.fields...)
			c.Request.TLS = test.tls
			if test.key != "" {
				sign(c, test.key, test.secret, "")
			}
			status, code, msg := outcome(t, g, c)
			if status != test.status || code != test.code || !strings.HasPrefix(msg, test.msg) {
				t.Errorf("%d %s %s", status, code, msg)
			}
			sent := g.Backend.Take()
			if (len(sent) == 1) != (status == 200) {
				t.Fatalf("sent %+v", sent)
			}
			for _, s := range sent {
				for _, name := range []string{"Authorization", "X-Sdk-", "AppCode"} {
					if strings.Contains(s.Headers, name) {
						t.Errorf("a credential went on: %s", s.Headers)
					}
				}
			}
		})
	}
	if g.Recorded != len(tests) {
		t.Errorf("%d of %d calls recorded", g.Recorded, len(tests))
	}
}

// TestGrantsAreLive: no publication is needed to take a grant away.
func TestGrantsAreLive(t *testing.T) {
	g := house(t, api("other", "GET", "/other", withAuth))
	try := func() int {
		c := gatewaytest.Raw(t, "GET /other")
		sign(c, appKey, appSecret, "")
		status, _, _ := outcome(t, g, c)
		return status
	}
	if s := try(); s != 403 {
		t.Fatal(s)
	}
	if err := g.Apply(t, definition.Grant{ID: "g2", AppID: "app", APIID: "other", EnvID: "env-release"}); err != nil {
		t.Fatal(err)
	}
	if s := try(); s != 200 {
		t.Fatal(s)
	}
	if err := g.Apply(t, definition.Grant{ID: "g2", AppID: "app", APIID: "other", EnvID: "env-test"}); err != nil {
		t.Fatal(err)
	}
	if s := try(); s != 403 {
		t.Fatal(s)
	}
}

// TestPassesCredentialsOfOthers: an API without authentication is transparent for
// Authorization, and for nothing that this gateway reads itself.
func TestPassesCredentialsOfOthers(t *testing.T) {
	g := house(t, api("a", "GET", "/a"))
	c := gatewaytest.Raw(t, "GET /a", "Authorization: Bearer x", "Cookie: c=1", "X-Auth-Token: t", "X-Apig-AppCode: "+appCode, "X-Stage: RELEASE", "TE: trailers", "Expect: 100-continue")
	if status, _, _ := outcome(t, g, c); status != 200 {
		t.Fatal(status)
	}
	want := "Authorization: Bearer x | Cookie: c=1 | X-Forwarded-For: " + gatewaytest.Peer + " | X-Forwarded-Proto: http | X-Request-Id: " + c.ID
	if got := g.Backend.Take()[0].Headers; got != want {
		t.Errorf("sent %s\nwant %s", got, want)
	}
}

func TestPolicyBackends(t *testing.T) {
	beta := func(d *definition.API) {
		d.Params = append(d.Params, definition.Param{Name: "v", In: "QUERY", Type: "STRING"})
		other := definition.Backend{Kind: "HTTP", HTTP: &definition.HTTPBackend{Scheme: "https", Address: "beta.test", ProxyHost: "shown.test", Method: "PUT", Path: "/beta", TimeoutMS: 1}}
		when := func(name, value string, b definition.Backend) definition.PolicyBackend {
			return definition.PolicyBackend{Name: name, Effect: "ALL", Backend: b,
				Conditions: []definition.Condition{{Origin: "param", Type: "pattern", Value: value, Param: "v", ParamIn: "QUERY"}}}
		}
		d.Policies = []definition.PolicyBackend{
			when("beta", "[1-3]", other),
			when("mock", "[3-5]", definition.Backend{Kind: "MOCK", Mock: &definition.MockBackend{Content: "mocked"}}),
		}
	}
	g := house(t, api("a", "GET", "/a", beta))
	tests := []struct{ call, method, target, host, body string }{
		{"GET /a", "GET", "http://backend.test/a", "backend.test", "ok"},
		{"GET /a?v=2", "PUT", "https://beta.test/beta?v=2", "shown.test", "ok"},
		{"GET /a?v=3", "PUT", "https://beta.test/beta?v=3", "shown.test", "ok"},
		{"GET /a?v=4", "", "", "", "mocked"},
		{"GET /a?v=33", "GET", "http://backend.test/a?v=33", "backend.test", "ok"},
	}
	for _, test := range tests {
		c := gatewaytest.Raw(t, test.call)
		if status, _, msg := outcome(t, g, c); status != 200 || string(c.Response.Bytes) != test.body {
			t.Errorf("%s: %d %s %s", test.call, status, msg, c.Response.Bytes)
		}
		sent := g.Backend.Take()
		if test.target == "" {
			if len(sent) != 0 {
				t.Errorf("%s: sent %+v", test.call, sent)
			}
			continue
		}
		if len(sent) != 1 || sent[0].Method != test.method || sent[0].Target != test.target || sent[0].Host != test.host {
			t.Errorf("%s: sent %+v", test.call, sent)
		}
	}
}

func TestPanicIsOneCallsFault(t *testing.T) {
	g := house(t, api("a", "GET", "/a"))
	g.Backend.Answer = func(*call.Call) *call.Fault { panic("broken") }
	c := gatewaytest.Raw(t, "GET /a")
	status, code, msg := outcome(t, g, c)
	if status != 500 || code != "APIG.0201" || msg != "An unexpected error occurred" {
		t.Errorf("%d %s %s", status, code, msg)
	}
}
