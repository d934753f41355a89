package answer_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/answer"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// refused is a call whose answer stands in the gateway's words.
func refused(t testing.TB, f *call.Fault) *call.Call {
	c := call.Acquire(t.Context())
	t.Cleanup(func() { call.Release(c) })
	fill(c, f)
	return c
}

func fill(c *call.Call, f *call.Fault) {
	c.ID, c.Fault = "0123456789abcdef0123456789abcdef", f
	r := &c.Request
	r.Method, r.Path, r.RawPath, r.RawQuery = "POST", "/a b", "/a%20b", `x="1"`
	r.Client = netip.MustParseAddr("2001:db8::9")
	c.Target = call.Target{APIID: "api-1", APIName: "orders", GroupID: "g", EnvName: "RELEASE"}
	c.Caller.AppID, c.Caller.AppName = "app-1", `the "app"`
	c.Authorizer = append(c.Authorizer, message.Field{Name: "frontend.user", Value: "anna"},
		message.Field{Name: "backend.user-id", Value: "7"}, message.Field{Name: "frontend.User", Value: "upper"})
	c.Response.Status = f.Status
	c.Response.Headers = append(c.Response.Headers, message.Field{Name: "Content-Type", Value: "application/json"})
	standard := append(c.Scratch(), "standard"...)
	c.Keep(standard)
	c.Response.Bytes = standard
}

func response(id string, isDefault bool, types ...definition.ResponseType) *definition.Response {
	return &definition.Response{ID: id, GroupID: "g", Default: isDefault, Types: types}
}

func throttled(status int, body string) definition.ResponseType {
	return definition.ResponseType{Type: "THROTTLED", Status: status, Body: body}
}

func holding(t testing.TB, all ...*definition.Response) *answer.Answers {
	t.Helper()
	a := answer.New()
	for _, d := range all {
		if err := a.Check(d); err != nil {
			t.Fatal(err)
		}
		a.Put(d)
	}
	return a
}

func TestVariables(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{`"plain"`, `"plain"`},
		{`{"a":"$context.apiId/$context.apiName/$context.appId/$context.stage"}`, `{"a":"api-1/orders/app-1/RELEASE"}`},
		{`"$context.requestId"`, `"0123456789abcdef0123456789abcdef"`},
		{`"$context.sourceIp"`, `"2001:db8::9"`},
		{`"$context.error.code|$context.error.message|$context.error.type"`, `"APIG.0308|The throttling threshold has been reached.|THROTTLED"`},
		{`"$context.reqMethod $context.reqPath $context.reqUri"`, `"POST /a b /a%20b?x=\"1\""`},
		{`"$context.appName"`, `"the \"app\""`},
		{`"$context.authorizer.frontend.user,$context.authorizer.frontend.User,$context.authorizer.frontend.USER."`, `"anna,upper,."`},
		{`"$context.authorizer.backend.user-id-"`, `"7-"`},
		{`"Call $context.apiId. Or $context.apiName..."`, `"Call api-1. Or orders..."`},
		{`"$context.apiId$context.apiId"`, `"api-1api-1"`},
		{`{"$context.apiId":1}`, `{"api-1":1}`},
		{`"\\$context.apiId \u0024context.apiId"`, `"\\api-1 \u0024context.apiId"`},
		{`"$ $context $contextapiId"`, `"$ $context $contextapiId"`},
	} {
		a := holding(t, response("r", true, throttled(0, test.body)))
		c := refused(t, call.TooManyCalls)
		a.Word(c, "g", "")
		if got := string(c.Response.Bytes); got != test.want || c.Response.Status != 429 {
			t.Errorf("%s: %d %s, want %s", test.body, c.Response.Status, got, test.want)
		}
	}
}

// TestChoice: the API's response, else the group's default one; nothing falls
// through from a type that is not set.
func TestChoice(t *testing.T) {
	a := holding(t,
		response("default", true, throttled(503, `"default"`), definition.ResponseType{Type: "DEFAULT_4XX", Body: `"other"`}),
		response("own", false, throttled(0, `"own"`)),
		response("empty", false),
		&definition.Response{ID: "foreign", GroupID: "h", Types: []definition.ResponseType{throttled(0, `"foreign"`)}},
	)
	for _, test := range []struct {
		group, response string
		fault           *call.Fault
		status          int
		want            string
	}{
		{"g", "", call.TooManyCalls, 503, `"default"`},
		{"g", "own", call.TooManyCalls, 429, `"own"`},
		{"g", "empty", call.TooManyCalls, 429, "standard"},
		{"g", "gone", call.TooManyCalls, 503, `"default"`},
		{"g", "foreign", call.TooManyCalls, 503, `"default"`},
		{"g", "", call.QuotaUsedUp, 405, `"other"`},
		{"g", "", call.BadAppAuth, 401, "standard"},
		{"h", "", call.TooManyCalls, 429, "standard"},
		{"h", "foreign", call.TooManyCalls, 429, `"foreign"`},
		{"", "", call.TooManyCalls, 429, "standard"},
		{"", "own", call.TooManyCalls, 429, "standard"},
	} {
		c := refused(t, test.fault)
		a.Word(c, test.group, test.response)
		if got := string(c.Response.Bytes); got != test.want || c.Response.Status != test.status {
			t.Errorf("%s of group %q, response %q: %d %s, want %d %s", test.fault.Type, test.group, test.response, c.Response.Status, got, test.status, test.want)
		}
	}
}

func TestPutAndDrop(t *testing.T) {
	a := holding(t, response("r", true, throttled(0, `"one"`)))
	said := func() string {
		c := refused(t, call.TooManyCalls)
		a.Word(c, "g", "r")
		return string(c.Response.Bytes)
	}
	a.Put(response("r", true, throttled(0, `"two"`)))
	if got := said(); got != `"two"` {
		t.Errorf("after a change: %s", got)
	}
	a.Put(response("other", false, throttled(0, `"other"`)))
	a.Drop("other")
	a.Drop("never there")
	if got := said(); got != `"two"` {
		t.Errorf("after another one went: %s", got)
	}
	a.Drop("r")
	if got := said(); got != "standard" {
		t.Errorf("after it went: %s", got)
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, test := range []struct {
		d    *definition.Response
		want string
	}{
		{response("r", true, definition.ResponseType{Type: "TEAPOT", Body: `""`}), "type \"TEAPOT\" is unknown"},
		{response("r", true, throttled(199, `""`)), "status 199"},
		{response("r", true, throttled(600, `""`)), "status 600"},
		{response("r", true, throttled(444, `""`)), "status 444"},
		{response("r", true, throttled(0, `{`)), "not JSON"},
		{response("r", true, throttled(0, ``)), "not JSON"},
		{response("r", true, throttled(0, `{"a":$context.apiId}`)), "not JSON"},
		{response("r", true, throttled(0, `"$context.secret"`)), "no variable $context.secret"},
		{response("r", true, throttled(0, `"$context.apiIds"`)), "no variable $context.apiIds"},
		{response("r", true, throttled(0, `"$context."`)), "no variable $context."},
		{response("r", true, throttled(0, `"$context.authorizer.sideways.a"`)), "no variable"},
		{response("r", true, throttled(0, `"$context.authorizer.frontend."`)), "no variable"},
		{response("r", true, throttled(0, `"$context.authorizer.frontend.a.b"`)), "no variable"},
		{response("r", true, throttled(0, `"`+strings.Repeat("x", 4*8192)+`"`)), "bytes"},
		{response("r", true, throttled(0, `""`), throttled(0, `""`)), "twice"},
		{&definition.Response{ID: "r"}, "group_id"},
	} {
		if err := answer.New().Check(test.d); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, want …%s…", err, test.want)
		}
	}
}

// TestBound: a template of many values, called with long ones, makes a bounded
// answer that is still JSON.
func TestBound(t *testing.T) {
	a := holding(t, response("r", true, throttled(0, `{"a":"`+strings.Repeat("$context.reqUri", 500)+`","end":"$context.requestId"}`)))
	c := refused(t, call.TooManyCalls)
	c.Request.RawPath, c.Request.RawQuery = "/"+strings.Repeat("<", 16<<10), strings.Repeat("张", 4<<10)
	a.Word(c, "g", "")
	if n := len(c.Response.Bytes); n > 64<<10 || n < 48<<10 || !json.Valid(c.Response.Bytes) {
		t.Errorf("%d bytes, valid %v", n, json.Valid(c.Response.Bytes))
	}
}

// FuzzWord: whatever the template and the caller, the answer is JSON and has the
// values as they are.
func FuzzWord(f *testing.F) {
	f.Add(`{"a":"$context.reqUri"}`, "/a?b", "x")
	f.Add(`"\\$context.appName\""`, "\xff\x00\"", "\\")
	f.Add(`["$context.reqPath.","\u0024$context.error.message"]`, "</script>", "\u2028")
	f.Fuzz(func(t *testing.T, body, path, name string) {
		d := response("r", true, throttled(0, body))
		a := answer.New()
		if a.Check(d) != nil {
			return
		}
		a.Put(d)
		c := refused(t, call.TooManyCalls)
		c.Request.RawPath, c.Request.Path, c.Caller.AppName = path, path, name
		a.Word(c, "g", "")
		if !json.Valid(c.Response.Bytes) {
			t.Fatalf("%q with %q and %q: %q", body, path, name, c.Response.Bytes)
		}
	})
}

// FuzzValue: a value comes out of the JSON as it went in, but for what is no
// UTF-8.
func FuzzValue(f *testing.F) {
	f.Add(`a"b\c</script>`, "张三\x00\x7f")
	a := holding(f, response("r", true, throttled(0, `{"path":"$context.reqPath","name":"$context.appName"}`)))
	f.Fuzz(func(t *testing.T, path, name string) {
		if len(path)+len(name) > 8<<10 {
			return
		}
		c := refused(t, call.TooManyCalls)
		c.Request.Path, c.Caller.AppName = path, name
		a.Word(c, "g", "")
		var got map[string]string
		if err := json.Unmarshal(c.Response.Bytes, &got); err != nil {
			t.Fatal(err)
		}
		if got["path"] != utf8Of(path) || got["name"] != utf8Of(name) {
			t.Fatalf("%q, %q came out as %q", path, name, got)
		}
	})
}

// utf8Of has U+FFFD for every byte that is no UTF-8.
func utf8Of(s string) string { return string([]rune(s)) }

func once(a *answer.Answers, t testing.TB) {
	c := call.Acquire(t.Context())
	fill(c, call.TooManyCalls)
	a.Word(c, "g", "r")
	if c.Response.Status != 503 {
		t.Fatal("not worded")
	}
	call.Release(c)
}

func typical(t testing.TB) *answer.Answers {
	return holding(t, response("r", false, throttled(503, `{"code":"$context.error.code","text":"$context.error.message","id":"$context.requestId","ip":"$context.sourceIp","uri":"$context.reqUri"}`)))
}

func BenchmarkWord(b *testing.B) {
	a := typical(b)
	once(a, b)
	b.ReportAllocs()
	for b.Loop() {
		once(a, b)
	}
}
