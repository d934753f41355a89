package authorizer_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/authorizer"
)

// desk is a set of authorizers whose function is answer.
type desk struct {
	*authorizer.Authorizers
	functions *functions.Functions
	clock     *clock.Fake

	mu     sync.Mutex
	answer func(event string) (string, error)
	events []string
}

// RoundTrip implements http.RoundTripper: it stands in for a function's URL.
func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	event, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.events = append(d.events, string(event))
	answer := d.answer
	d.mu.Unlock()
	text, err := answer(string(event))
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}

func (d *desk) answers(f func(event string) (string, error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answer = f
}

// asked are the events since the last time.
func (d *desk) asked() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	events := d.events
	d.events = nil
	return events
}

func fixed(answer string) func(string) (string, error) {
	return func(string) (string, error) { return answer, nil }
}

func allow(context string) string {
	body, _ := json.Marshal(`{"status":"allow","context":` + context + `}`)
	return `{"statusCode":200,"body":` + string(body) + `}`
}

const deny = `{"statusCode":200,"body":"{\"status\":\"deny\",\"context\":{\"why\":\"no\"}}"}`

const urn = "urn:fss:r:p:function:default:gate"

func open(t testing.TB) *desk {
	t.Helper()
	d := &desk{clock: clock.NewFake(gatewaytest.Now)}
	d.answers(fixed(allow(`{"user":"abc"}`)))
	r, err := function.New(t.Context(), function.Options{Transport: d})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	d.functions = functions.New(r)
	d.Authorizers = authorizer.NewAuthorizers(d.functions, d.clock.Now)
	d.function(5000)
	return d
}

func (d *desk) function(timeoutMS int) {
	d.functions.Put(&definition.Function{
		URN: urn, Version: "latest", ProjectID: "p", Runtime: function.HTTP, TimeoutMS: timeoutMS, Target: "http://gate.test/",
	})
}

// frontend is an authorizer that wants the header Token and the parameter role.
func frontend(ttl int) *definition.Authorizer {
	return &definition.Authorizer{
		ID: "a1", Name: "gate", ProjectID: "p", Type: "FRONTEND", URN: urn + ":latest", TTL: ttl, UserData: "ud",
		Identities: []definition.IdentitySource{{Name: "Token", In: "HEADER"}, {Name: "role", In: "QUERY"}},
	}
}

// apply asks about a call that carries the identities unless it says otherwise.
func (d *desk) apply(t testing.TB, request string, fields ...string) (*call.Call, *call.Fault) {
	t.Helper()
	if request == "" {
		request = "GET /a?role=admin"
	}
	if fields == nil {
		fields = []string{"token: secret"}
	}
	c := gatewaytest.Prepared(t, request, fields...)
	c.ID = strings.Repeat("7", 32)
	c.Target.APIID, c.Target.EnvID, c.Target.EnvName, c.Target.ProjectID = "api", "env", "RELEASE", "p"
	return c, authorizer.Frontend(d.Authorizers, "a1").Apply(c)
}

func TestFrontendEvent(t *testing.T) {
	d := open(t)
	d.Put(frontend(0))
	c, fault := d.apply(t, "GET /a?role=admin&other=1", "token: secret", "X-Other: 1", "Cookie: a=b")
	if fault != nil || gatewaytest.Lines(c.Authorizer) != "frontend.user: abc" {
		t.Fatalf("%v, %s", fault, gatewaytest.Lines(c.Authorizer))
	}
	want := `{"user_data":"ud","headers":{"Token":"secret"},"queryStringParameters":{"role":"admin"},` +
		`"requestContext":{"apiId":"api","requestId":"` + c.ID + `","stage":"RELEASE","sourceIp":"` + gatewaytest.Peer + `"}}`
	if got := d.asked(); len(got) != 1 || got[0] != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestBackendEvent(t *testing.T) {
	d := open(t)
	d.Put(&definition.Authorizer{ID: "b", ProjectID: "p", Type: "BACKEND", URN: urn + ":latest", UserData: "数\"<"})
	c := gatewaytest.Prepared(t, "GET /a?role=admin", "Token: secret")
	if fault := authorizer.Backend(d.Authorizers, "b").Apply(c); fault != nil || gatewaytest.Lines(c.Authorizer) != "backend.user: abc" {
		t.Fatalf("%v, %s", fault, gatewaytest.Lines(c.Authorizer))
	}
	var event map[string]any
	if got := d.asked(); json.Unmarshal([]byte(got[0]), &event) != nil || len(event) != 1 || event["user_data"] != "数\"<" {
		t.Errorf("%q", got)
	}
	// One is not the other.
	if fault := authorizer.Frontend(d.Authorizers, "b").Apply(c); fault != call.AuthorizerBroken {
		t.Errorf("a BACKEND authorizer in front: %v", fault)
	}
}

func TestIdentities(t *testing.T) {
	d := open(t)
	d.Put(frontend(10))
	for name, test := range map[string]struct {
		request string
		fields  []string
	}{
		"no header":        {"GET /a?role=admin", []string{"X-A: b"}},
		"an empty header":  {"GET /a?role=admin", []string{"Token: "}},
		"two headers":      {"GET /a?role=admin", []string{"Token: a", "TOKEN: b"}},
		"no parameter":     {"GET /a", []string{"Token: a"}},
		"an empty one":     {"GET /a?role=", []string{"Token: a"}},
		"two parameters":   {"GET /a?role=a&role=b", []string{"Token: a"}},
		"in the wrong one": {"GET /a?Token=a&role=b", []string{"role: a"}},
		"in another case":  {"GET /a?Role=b", []string{"Token: a"}},
	} {
		if _, fault := d.apply(t, test.request, test.fields...); fault != call.NoIdentity {
			t.Errorf("%s: %v", name, fault)
		}
	}
	if got := d.asked(); len(got) != 0 {
		t.Errorf("the function was asked: %q", got)
	}
}

func TestVerdicts(t *testing.T) {
	d := open(t)
	d.Put(frontend(0))
	body := func(text string) string {
		b, _ := json.Marshal(text)
		return `{"statusCode":200,"body":` + string(b) + `}`
	}
	long := strings.Repeat("k", 32)
	for _, test := range []struct {
		answer string
		fault  *call.Fault
		values string
	}{
		{allow(`{}`), nil, ""},
		{allow(`null`), nil, ""},
		{body(`{"status":"allow"}`), nil, ""},
		{allow(`{"a":"x","b":1.50,"c":true,"D-_9":""}`), nil, "frontend.D-_9:  | frontend.a: x | frontend.b: 1.50 | frontend.c: true"},
		{allow(`{"` + long + `":"v"}`), nil, "frontend." + long + ": v"},
		{deny, call.AuthorizerDenied, "frontend.why: no"},
		{`{"statusCode":200,"headers":{},"isBase64Encoded":false,"body":"{\"status\":\"deny\"}"}`, call.AuthorizerDenied, ""},

		{allow(`{"` + long + `k":"v"}`), call.AuthorizerBroken, ""},
		{allow(`{"1a":"v"}`), call.AuthorizerBroken, ""},
		{allow(`{"a.b":"v"}`), call.AuthorizerBroken, ""},
		{allow(`{"":"v"}`), call.AuthorizerBroken, ""},
		{allow(`{"a":{}}`), call.AuthorizerBroken, ""},
		{allow(`{"a":[1]}`), call.AuthorizerBroken, ""},
		{allow(`{"a":null}`), call.AuthorizerBroken, ""},
		{allow(`[]`), call.AuthorizerBroken, ""},
		{allow(`{"a":"1","a":"2"}`), call.AuthorizerBroken, ""},
		{allow(`{"a":"` + strings.Repeat("v", 17<<10) + `"}`), call.AuthorizerBroken, ""},
		{body(`{"status":"ALLOW"}`), call.AuthorizerBroken, ""},
		{body(`{"Status":"allow"}`), call.AuthorizerBroken, ""},
		{body(`{"status":"deny","status":"allow"}`), call.AuthorizerBroken, ""},
		{body(`{"status":"allow"} {}`), call.AuthorizerBroken, ""},
		{body(`"allow"`), call.AuthorizerBroken, ""},
		{`{"statusCode":403,"body":"{\"status\":\"allow\"}"}`, call.AuthorizerBroken, ""},
		{`{"statusCode":"200","body":"{\"status\":\"allow\"}"}`, call.AuthorizerBroken, ""},
		{`{"statusCode":200,"body":{"status":"allow"}}`, call.AuthorizerBroken, ""},
		{`{"statusCode":200}`, call.AuthorizerBroken, ""},
		{`{"status":"allow"}`, call.AuthorizerBroken, ""},
		{`allow`, call.AuthorizerBroken, ""},
		{``, call.AuthorizerBroken, ""},
		{`{"statusCode":200,"body":"` + strings.Repeat(" ", 1<<20) + `"}`, call.AuthorizerBroken, ""},
	} {
		d.answers(fixed(test.answer))
		c, fault := d.apply(t, "")
		if fault != test.fault || gatewaytest.Lines(c.Authorizer) != test.values {
			t.Errorf("%.200s: %v with %q, want %v with %q", test.answer, fault, gatewaytest.Lines(c.Authorizer), test.fault, test.values)
		}
	}
	d.answers(func(string) (string, error) { return "", errors.New("out of order") })
	if _, fault := d.apply(t, ""); fault != call.AuthorizerBroken {
		t.Errorf("a function that cannot be reached: %v", fault)
	}
	d.functions.Drop(urn + ":latest")
	if _, fault := d.apply(t, ""); fault != call.AuthorizerBroken {
		t.Errorf("no function: %v", fault)
	}
	d.Drop("a1")
	if _, fault := d.apply(t, ""); fault != call.AuthorizerBroken {
		t.Errorf("no authorizer: %v", fault)
	}
}

func TestFunctionThatIsSlow(t *testing.T) {
	d := open(t)
	d.function(50)
	for _, ttl := range []int{0, 10} {
		d.Put(frontend(ttl))
		release := make(chan struct{})
		d.answers(func(string) (string, error) { <-release; return "", errors.New("late") })
		time.AfterFunc(100*time.Millisecond, func() { close(release) })
		if _, fault := d.apply(t, ""); fault != call.AuthorizerBroken {
			t.Errorf("ttl %d: %v", ttl, fault)
		}
	}
}

func TestForeignFunctionIsNotAsked(t *testing.T) {
	d := open(t)
	a := frontend(0)
	a.ProjectID = "q"
	d.Put(a)
	if _, fault := d.apply(t, ""); fault != call.AuthorizerBroken || len(d.asked()) != 0 {
		t.Errorf("%v", fault)
	}
}

func TestCheck(t *testing.T) {
	d := open(t)
	many := make([]definition.IdentitySource, 65)
	for i := range many {
		many[i] = definition.IdentitySource{Name: "n", In: "QUERY"}
	}
	for want, change := range map[string]func(a *definition.Authorizer){
		"":                 func(*definition.Authorizer) {},
		"is none of FRONT": func(a *definition.Authorizer) { a.Type = "BOTH" },
		"URN":              func(a *definition.Authorizer) { a.URN = "" },
		"ttl -1":           func(a *definition.Authorizer) { a.TTL = -1 },
		"ttl 3601":         func(a *definition.Authorizer) { a.TTL = 3601 },
		"no name":          func(a *definition.Authorizer) { a.Identities[0].Name = "" },
		"none of HEADER":   func(a *definition.Authorizer) { a.Identities[1].In = "PATH" },
		"no header":        func(a *definition.Authorizer) { a.Identities[0].Name = "access_token" },
		"65 identities":    func(a *definition.Authorizer) { a.Identities = many },
	} {
		a := frontend(3600)
		change(a)
		if err := d.Check(a); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
