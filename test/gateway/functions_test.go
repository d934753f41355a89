package gateway_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

// returns is what a function answers: its status and its body, as Base64.
func returns(status int, headers object, body string) string {
	if headers == nil {
		headers = object{}
	}
	text, err := json.Marshal(object{
		"statusCode": status, "headers": headers, "body": base64.StdEncoding.EncodeToString([]byte(body)), "isBase64Encoded": true,
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// event is what a function is told.
type event struct {
	Body    string            `json:"body"`
	Encoded bool              `json:"isBase64Encoded"`
	Context map[string]string `json:"requestContext"`
	Query   map[string]string `json:"queryStringParameters"`
	Path    map[string]string `json:"pathParameters"`
	Headers map[string]string `json:"headers"`
	Method  string            `json:"httpMethod"`
	Target  string            `json:"path"`
	members map[string]json.RawMessage
}

// told is the event that reached a function behind a URL last.
func (b *recorder) told(t *testing.T) event {
	t.Helper()
	var e event
	text := []byte(b.last(t).body)
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if err := json.Unmarshal(text, &e.members); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestFunctionEvent: what a FUNCTION backend is told (wire-facts §7.1), and what
// backend parameters make of it.
func TestFunctionEvent(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	b := backend(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		io.WriteString(w, returns(200, object{"Content-Type": "text/plain"}, "made"))
	})
	g := own.group("events")
	app := own.app("consumer")
	api := own.published(g, toFunction("/items/{id}", own.functionAt(b.url), "sync"), "auth_type", "APP",
		"req_params", list{
			object{"name": "id", "type": "STRING", "location": "PATH", "required": 1},
			object{"name": "sort", "type": "STRING", "location": "QUERY", "default_value": "up"},
			object{"name": "X-Old", "type": "STRING", "location": "HEADER"},
		},
		"backend_params", list{
			object{"name": "number", "location": "PATH", "origin": "REQUEST", "value": "id"},
			object{"name": "order", "location": "QUERY", "origin": "REQUEST", "value": "sort"},
			object{"name": "X-New", "location": "HEADER", "origin": "REQUEST", "value": "X-Old"},
			object{"name": "X-App", "location": "HEADER", "origin": "SYSTEM", "value": "$context.appId"},
			object{"name": "fixed", "location": "PATH", "origin": "CONSTANT", "value": "a b"},
		})
	own.grant(api, app)
	for kind, call := range map[string]func(string, ...option) *reply{"http": g.http, "https": g.https, "h2": g.h2} {
		r := call("POST /items/4%202?a=1&a=2&b=%26", body("two\x00apples"), header("X-Old", "o"), header("X-App", "forged"),
			header("Cookie", "c=d"), header("X-Stage", "RELEASE"), header("X-Forwarded-For", "192.0.2.1"), app.signs())
		r.want(200, "made").has("Content-Type", "text/plain").has("Server", "")
		e := b.told(t)
		content, err := base64.StdEncoding.DecodeString(e.Body)
		if err != nil || string(content) != "two\x00apples" || !e.Encoded {
			t.Errorf("%s: body %q, %v", kind, e.Body, err)
		}
		if e.Method != "POST" || e.Target != "/items/4%202" {
			t.Errorf("%s: %s %s", kind, e.Method, e.Target)
		}
		equal(t, kind+" query", e.Query, map[string]string{"a": "1,2", "b": "&", "order": "up"})
		equal(t, kind+" path", e.Path, map[string]string{"number": "4 2", "fixed": "a b"})
		equal(t, kind+" context", e.Context, map[string]string{
			"apiId": api.id, "requestId": r.header.Get("X-Request-Id"), "stage": "RELEASE", "sourceIp": "127.0.0.1",
		})
		want := map[string]string{
			"host": g.host, "cookie": "c=d", "x-new": "o", "x-app": app.id, "x-forwarded-for": "127.0.0.1",
			"x-forwarded-proto": strings.TrimSuffix(kind, "2"), "x-request-id": r.header.Get("X-Request-Id"), "user-agent": e.Headers["user-agent"],
		}
		if kind == "h2" {
			want["x-forwarded-proto"] = "https"
		}
		equal(t, kind+" headers", e.Headers, want)
		if _, ok := e.members["user_data"]; ok || len(e.members) != 8 {
			t.Errorf("%s: %d members in %s", kind, len(e.members), b.last(t).body)
		}
	}
	g.http("GET /items/1?sort=down&number=x&order=y", app.signs()).want(200, "")
	e := b.told(t)
	equal(t, "query", e.Query, map[string]string{"number": "x", "order": "down"})
	if e.Body != "" || e.Headers["x-old"] != "" {
		t.Errorf("%+v", e)
	}
}

func equal(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestFunctionAnswers: the contract of wire-facts §7.4, over modules.
func TestFunctionAnswers(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("answers")
	n := 0
	published := func(module []byte, pairs ...any) string {
		n++
		path := fmt.Sprintf("/f%d", n)
		urn := own.function(module, pairs...)
		own.published(g, toFunction(path, urn, "sync"), "func_info", object{"function_urn": urn, "invocation_type": "sync", "timeout": 30_000})
		return "GET " + path
	}
	says := func(text string) string { return published(functiontest.Says(text, "a secret of the function")) }

	r := g.https(says(returns(201, object{
		"X-Own": " v ", "Content-Type": "image/png", "Connection": "close, X-Hop", "X-Hop": "1", "Transfer-Encoding": "chunked",
		"Content-Length": "1", "X-Request-Id": "forged", "Keep-Alive": "1",
	}, "\x89PNG\x00"))).want(201, "\x89PNG\x00")
	r.has("X-Own", "v").has("Content-Type", "image/png").has("Content-Length", "5").has("X-Hop", "").has("Keep-Alive", "")
	if id := r.header.Get("X-Request-Id"); len(id) != 32 {
		t.Errorf("X-Request-Id is %q", id)
	}
	g.http(says(`{"statusCode":404,"headers":{},"body":"not here","isBase64Encoded":false,"more":1}`)).want(404, "not here").has("Content-Type", "")
	g.http(says(`{"statusCode":204,"headers":{},"body":"","isBase64Encoded":false}`)).want(204, "")

	for _, text := range []string{
		"plain", "", `"text"`, `[]`, `{}`, `{"statusCode":200}`,
		`{"statusCode":200,"headers":{},"body":"x"}`,
		`{"statusCode":200,"headers":{},"isBase64Encoded":false}`,
		`{"statusCode":200,"body":"x","isBase64Encoded":false}`,
		`{"statusCode":"200","headers":{},"body":"x","isBase64Encoded":false}`,
		`{"statusCode":101,"headers":{},"body":"x","isBase64Encoded":false}`,
		`{"statusCode":600,"headers":{},"body":"x","isBase64Encoded":false}`,
		`{"statusCode":2e2,"headers":{},"body":"x","isBase64Encoded":false}`,
		`{"statusCode":200,"headers":null,"body":"x","isBase64Encoded":false}`,
		`{"statusCode":200,"headers":{"A":1},"body":"x","isBase64Encoded":false}`,
		`{"statusCode":200,"headers":{"A":"1\r\nSet-Cookie: a"},"body":"x","isBase64Encoded":false}`,
		`{"statusCode":200,"headers":{"A B":"1"},"body":"x","isBase64Encoded":false}`,
		`{"statusCode":200,"headers":{"A":"1","a":"2"},"body":"x","isBase64Encoded":false}`,
		`{"statusCode":200,"headers":{},"body":{},"isBase64Encoded":false}`,
		`{"statusCode":200,"headers":{},"body":"x","isBase64Encoded":"true"}`,
		`{"statusCode":200,"headers":{},"body":"%%%","isBase64Encoded":true}`,
		`{"statusCode":200,"statusCode":201,"headers":{},"body":"x","isBase64Encoded":false}`,
		`{"statusCode":200,"headers":{},"body":"x","isBase64Encoded":false} {}`,
	} {
		r := g.http(says(text)).fault(500, "APIG.0601", "answered in another form")
		if strings.Contains(r.body, "secret") {
			t.Errorf("%s: the log of the function reached the caller", text)
		}
	}
	for name, module := range map[string][]byte{
		"a code": functiontest.Exits(3), "a trap": functiontest.Traps(), "memory": functiontest.Grows(),
		"the stack": functiontest.Recurses(), "a flood": functiontest.Floods(1),
	} {
		r := g.http(published(module, "timeout", 30)).fault(500, "APIG.0601", "the function failed")
		if strings.Contains(r.body, "code 3") || strings.Contains(r.body, "wasm") {
			t.Errorf("%s: %s", name, r.body)
		}
	}
	// The time of the function, and that of the API.
	for name, module := range map[string][]byte{"a loop": functiontest.Loops(), "recursion": functiontest.Branches(60), "a sleep": functiontest.Sleeps(30_000, "")} {
		begun := time.Now()
		g.http(published(module)).fault(504, "APIG.0201", "Backend timeout.")
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("%s: stopped after %v", name, took)
		}
	}
	slow := own.function(functiontest.Sleeps(30_000, ""), "timeout", 30)
	own.published(g, with(toFunction("/impatient", slow, "sync"), "func_info", object{"function_urn": slow, "invocation_type": "sync", "timeout": 100}))
	begun := time.Now()
	g.http("GET /impatient").fault(504, "APIG.0201", "Backend timeout.")
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("the timeout of 100 ms took %v", took)
	}
}

// TestFunctionFaults: what a caller gets when there is nothing to call.
func TestFunctionFaults(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("faults")
	broken := backend(t, func(w http.ResponseWriter, _ *http.Request, _ string) { w.WriteHeader(418) })
	own.published(g, toFunction("/teapot", own.functionAt(broken.url), "sync"))
	g.http("GET /teapot").fault(502, "APIG.0201", "Backend unavailable.")
	own.published(g, toFunction("/refused", own.functionAt("http://127.0.0.1:1/"), "sync"))
	g.http("GET /refused").fault(502, "APIG.0201", "Backend unavailable.")
	own.published(g, toFunction("/denied", own.functionAt("http://169.254.169.254/"), "sync"))
	g.http("GET /denied").fault(403, "APIG.0404", "Access to the backend IP address has been denied.")

	urn := own.function(functiontest.Says(returns(200, nil, "one"), ""))
	own.post("/v2/"+own.project+"/fgs/functions/"+urn+"/versions", object{"version": "v1"})
	own.put("/v2/"+own.project+"/fgs/functions/"+urn+"/code", object{
		"code_type": "inline", "func_code": object{"file": base64.StdEncoding.EncodeToString(functiontest.Says(returns(200, nil, "two"), ""))},
	})
	versioned := func(path, version string) {
		d := toFunction(path, urn, "sync")
		d["func_info"].(object)["version"] = version
		own.published(g, d)
	}
	versioned("/v1", "v1")
	versioned("/latest", "latest")
	versioned("/v9", "v9")
	g.http("GET /v1").want(200, "one")
	g.http("GET /latest").want(200, "two")
	g.http("GET /v9").fault(500, "APIG.0103", "The backend does not exist.")

	// An event holds 6 MB, in which a body stands as Base64.
	own.published(g, toFunction("/large", urn, "sync"))
	g.http("POST /large", body(strings.Repeat("x", 4<<20))).want(200, "two")
	g.http("POST /large", body(strings.Repeat("x", 5<<20))).fault(413, "APIG.0201", "Request entity too large.")
}

// TestFunctionAsync: the call is answered at once, and the function runs after
// it; too many are refused.
func TestFunctionAsync(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("async")
	release := make(chan struct{})
	b := backend(t, func(w http.ResponseWriter, _ *http.Request, _ string) { <-release })
	own.published(g, toFunction("/later", own.functionAt(b.url), "async"))
	for i := range 20 {
		r := g.http(fmt.Sprintf("POST /later?n=%d", i), body(fmt.Sprintf("call %d", i))).want(202, "").has("Content-Type", "application/json")
		if want := `{"request_id":"` + r.header.Get("X-Request-Id") + `"}`; r.body != want {
			t.Errorf("%s, want %s", r.body, want)
		}
	}
	close(release)
	eventually(t, "20 calls of the function", func() bool { return b.count() == 20 })
	seen := map[string]string{}
	for _, a := range b.requests() {
		var e event
		if err := json.Unmarshal([]byte(a.body), &e); err != nil {
			t.Fatal(err)
		}
		content, _ := base64.StdEncoding.DecodeString(e.Body)
		seen[e.Query["n"]] = string(content)
	}
	for i := range 20 {
		if got := seen[fmt.Sprint(i)]; got != fmt.Sprintf("call %d", i) {
			t.Errorf("call %d was told %q", i, got)
		}
	}

	own.published(g, toFunction("/busy", own.function(functiontest.Sleeps(900, "")), "async"))
	for range 200 {
		if r := g.http("GET /busy"); r.status != 202 {
			r.fault(502, "APIG.0201", "too many calls of the function are under way")
			return
		}
	}
	t.Error("200 calls of a function were taken")
}

// TestFunctionOfAPolicy: a policy backend may be a function.
func TestFunctionOfAPolicy(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("policies")
	chosen := own.function(functiontest.Says(returns(200, nil, "the chosen one"), ""))
	other := own.function(functiontest.Says(returns(200, nil, "the other one"), ""))
	own.published(g, toFunction("/p", other, "sync"), "req_params", list{object{"name": "to", "type": "STRING", "location": "QUERY"}},
		"policy_functions", list{object{
			"name": "chosen", "effect_mode": "ALL", "function_urn": chosen, "version": "latest", "invocation_type": "sync", "timeout": 5000,
			"conditions": list{object{"condition_origin": "param", "req_param_name": "to", "condition_type": "exact", "condition_value": "f"}},
		}})
	g.http("GET /p?to=f").want(200, "the chosen one")
	g.http("GET /p?to=b").want(200, "the other one")
}

// TestFunctionNeighbours: endless loops of one project, as many as it may have,
// do not keep the functions of another from answering.
func TestFunctionNeighbours(t *testing.T) {
	t.Parallel()
	p := start(t)
	noisy, quiet := p.admin, p.tenant("quiet")
	loud, calm := noisy.group("loud"), quiet.group("calm")
	for i := range 4 {
		noisy.published(loud, toFunction(fmt.Sprintf("/loop%d", i), noisy.function(functiontest.Branches(60), "timeout", 5), "async"))
	}
	quiet.published(calm, toFunction("/calm", quiet.function(functiontest.Says(returns(200, nil, "calm"), "")), "sync"))
	calm.http("GET /calm").want(200, "calm")
	for i := range 12 {
		loud.http(fmt.Sprintf("GET /loop%d", i%4)).want(202, "")
	}
	for range 50 {
		begun := time.Now()
		calm.http("GET /calm").want(200, "calm")
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("beside another project's loops a call took %v", took)
		}
	}
}
