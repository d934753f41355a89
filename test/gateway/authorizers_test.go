package gateway_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

// decides is what the function of an authorizer answers.
func decides(status string, context object) string {
	body, err := json.Marshal(object{"status": status, "context": context})
	if err != nil {
		panic(err)
	}
	text, err := json.Marshal(object{"statusCode": 200, "body": string(body)})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func contextParam(name, value string) object {
	return object{"name": name, "location": "HEADER", "origin": "SYSTEM", "value": "$context.authorizer." + value}
}

// gatekeeper is the function of an authorizer, behind a URL. It allows "good",
// denies "bad" and breaks at anything else; it names what it was told.
func gatekeeper(t *testing.T) *recorder {
	return backend(t, func(w http.ResponseWriter, _ *http.Request, body string) {
		var e event
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			t.Error(err)
		}
		switch e.Headers["Token"] {
		case "good":
			io.WriteString(w, decides("allow", object{"user": "ann", "level": 7, "staff": true}))
		case "bad":
			io.WriteString(w, decides("deny", object{"reason": "not today"}))
		default:
			w.WriteHeader(500)
		}
	})
}

var wantsToken = list{object{"name": "Token", "location": "HEADER"}, object{"name": "role", "location": "QUERY"}}

// TestFrontendAuthorizer: identities, both verdicts, what cannot be asked, and
// what reaches the backend.
func TestFrontendAuthorizer(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	b, keeper := echo(t), gatekeeper(t)
	g := own.group("guarded")
	id := own.authorizer("FRONTEND", own.functionAt(keeper.url), "identities", wantsToken, "user_data", "told <to> it")
	api := own.published(g, web("/guarded", b.address), "auth_type", "AUTHORIZER", "authorizer_id", id, "backend_params", list{
		contextParam("X-User", "frontend.user"), contextParam("X-Level", "frontend.level"), contextParam("X-Staff", "frontend.staff"),
		contextParam("X-None", "frontend.none"),
	})
	for kind, call := range map[string]func(string, ...option) *reply{"http": g.http, "https": g.https, "h2": g.h2} {
		r := call("GET /guarded?role=r&x=1", header("Token", "good"), header("X-User", "forged"), header("Cookie", "a=b"), body("hidden")).want(200, "GET /backend")
		got := b.last(t).header
		if got.Get("X-User") != "ann" || len(got["X-User"]) != 1 || got.Get("X-Level") != "7" || got.Get("X-Staff") != "true" || got.Get("X-None") != "" || got.Get("Token") != "good" {
			t.Errorf("%s: the backend got %v", kind, got)
		}
		e := keeper.told(t)
		equal(t, kind+" headers", e.Headers, map[string]string{"Token": "good"})
		equal(t, kind+" query", e.Query, map[string]string{"role": "r"})
		equal(t, kind+" context", e.Context, map[string]string{
			"apiId": api.id, "requestId": r.header.Get("X-Request-Id"), "stage": "RELEASE", "sourceIp": "127.0.0.1",
		})
		if string(e.members["user_data"]) == "" || len(e.members) != 4 {
			t.Errorf("%s: told %s", kind, keeper.last(t).body)
		}
		var data string
		if err := json.Unmarshal(e.members["user_data"], &data); err != nil || data != "told <to> it" {
			t.Errorf("%s: user_data %s", kind, e.members["user_data"])
		}
	}
	asked, reached := keeper.count(), b.count()
	for _, path := range []string{"/guarded", "/guarded?role=", "/guarded?role=a&role=b", "/guarded?ROLE=a"} {
		g.http("GET "+path, header("Token", "good")).fault(401, "APIG.0305", "Incorrect authentication information.")
	}
	g.http("GET /guarded?role=r").fault(401, "APIG.0305", "Incorrect authentication information.")
	g.http("GET /guarded?role=r", func(r *http.Request) error { r.Header["Token"] = []string{"bad", "good"}; return nil }).fault(401, "APIG.0305", "")
	if n := keeper.count(); n != asked {
		t.Errorf("without identities the authorizer was asked %d times", n-asked)
	}
	g.http("GET /guarded?role=r", header("Token", "bad")).fault(403, "APIG.0306", "API access denied.")
	g.http("GET /guarded?role=r", header("Token", "broken")).fault(500, "APIG.0601", "Internal server error.")
	if n := b.count(); n != reached {
		t.Errorf("%d refused calls reached the backend", n-reached)
	}
}

// TestAuthorizerModules: the function may be a module, and whatever it does
// instead of deciding is 500.
func TestAuthorizerModules(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("modules")
	n := 0
	guarded := func(module []byte) string {
		n++
		path := "/m" + string(rune('a'+n))
		own.published(g, mock(path, "through"), "auth_type", "AUTHORIZER", "authorizer_id", own.authorizer("FRONTEND", own.function(module)))
		return "GET " + path
	}
	g.http(guarded(functiontest.Says(decides("allow", nil), "log"))).want(200, "through")
	g.http(guarded(functiontest.Says(decides("deny", nil), "log"))).fault(403, "APIG.0306", "API access denied.")
	for name, module := range map[string][]byte{
		"no answer": functiontest.Says("", "secret"), "a plain word": functiontest.Says("allow", "secret"),
		"another status": functiontest.Says(`{"statusCode":401,"body":"{\"status\":\"allow\"}"}`, ""),
		"an object":      functiontest.Says(`{"statusCode":200,"body":{"status":"allow"}}`, ""),
		"nested context": functiontest.Says(`{"statusCode":200,"body":"{\"status\":\"allow\",\"context\":{\"a\":{}}}"}`, ""),
		"a trap":         functiontest.Traps(), "a code": functiontest.Exits(1), "a loop": functiontest.Loops(),
	} {
		if r := g.http(guarded(module)).fault(500, "APIG.0601", "Internal server error."); r.status == 200 {
			t.Errorf("%s let the call through", name)
		}
	}
}

// TestAuthorizerTTL: verdicts are kept as long as nothing that decided changes.
func TestAuthorizerTTL(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	var verdict atomic.Value
	verdict.Store(decides("allow", object{"user": "ann"}))
	keeper := backend(t, func(w http.ResponseWriter, _ *http.Request, _ string) { io.WriteString(w, verdict.Load().(string)) })
	g := own.group("kept")
	urn := own.functionAt(keeper.url)
	document := object{"name": "keeper", "type": "FRONTEND", "authorizer_type": "FUNC", "authorizer_uri": urn, "ttl": 3600, "identities": wantsToken}
	id := own.post("authorizers", document).text("id")
	own.published(g, mock("/a", "a"), "auth_type", "AUTHORIZER", "authorizer_id", id)
	own.published(g, mock("/b", "b"), "auth_type", "AUTHORIZER", "authorizer_id", id)
	asks := func(what string, n int) {
		t.Helper()
		if got := keeper.count(); got != n {
			t.Errorf("%s: the authorizer was asked %d times in all, want %d", what, got, n)
		}
	}
	call := func(path, tokenValue, role string) *reply {
		return g.http("GET "+path+"?role="+role, header("Token", tokenValue))
	}
	for range 3 {
		call("/a", "t", "r").want(200, "a")
	}
	asks("the same call", 1)
	call("/a", "t2", "r").want(200, "a")
	call("/a", "t", "r2").want(200, "a")
	call("/b", "t", "r").want(200, "b")
	asks("another identity, another API", 4)

	verdict.Store(decides("deny", nil))
	call("/a", "t", "r").want(200, "a")
	asks("a kept verdict", 4)
	own.put("authorizers/"+id, with(document, "user_data", "new"))
	for range 2 {
		call("/a", "t", "r").fault(403, "APIG.0306", "")
	}
	asks("a changed authorizer", 5)
	verdict.Store(decides("allow", nil))
	own.put("/v2/"+own.project+"/fgs/functions/"+urn+"/config", object{"timeout": 2})
	call("/a", "t", "r").want(200, "a")
	asks("a changed function", 6)

	own.put("authorizers/"+id, with(document, "ttl", 0))
	for range 3 {
		call("/a", "t", "r").want(200, "a")
	}
	asks("no ttl", 9)
}

// TestBackendAuthorizer: asked before the backend, told its user_data only.
func TestBackendAuthorizer(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	b := echo(t)
	var verdict atomic.Value
	verdict.Store(decides("allow", object{"key": "k-1"}))
	keeper := backend(t, func(w http.ResponseWriter, _ *http.Request, _ string) { io.WriteString(w, verdict.Load().(string)) })
	g := own.group("behind")
	id := own.authorizer("BACKEND", own.functionAt(keeper.url), "user_data", "who")
	d := web("/behind", b.address)
	d["backend_api"].(object)["authorizer_id"] = id
	app := own.app("consumer")
	api := own.published(g, d, "auth_type", "APP", "backend_params", list{contextParam("X-Key", "backend.key")})
	own.grant(api, app)
	g.http("GET /behind").fault(401, "APIG.0303", "")
	if n := keeper.count(); n != 0 {
		t.Errorf("a call that was refused before asked the backend's authorizer %d times", n)
	}
	g.http("GET /behind", header("X-Key", "forged"), app.signs()).want(200, "GET /backend")
	if got := b.last(t).header["X-Key"]; len(got) != 1 || got[0] != "k-1" {
		t.Errorf("X-Key reached the backend as %q", got)
	}
	if got := keeper.last(t).body; got != `{"user_data":"who"}` {
		t.Errorf("told %s", got)
	}
	verdict.Store(decides("deny", nil))
	g.http("GET /behind", app.signs()).fault(403, "APIG.0306", "API access denied.")
	verdict.Store("nonsense")
	g.http("GET /behind", app.signs()).fault(500, "APIG.0601", "Internal server error.")
	if n := b.count(); n != 1 {
		t.Errorf("%d calls reached the backend, want 1", n)
	}
}

// TestAuthorizerBeforeFunction: both are functions, and the event of the second
// holds what the first answered.
func TestAuthorizerBeforeFunction(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	b := backend(t, func(w http.ResponseWriter, _ *http.Request, _ string) { io.WriteString(w, returns(200, nil, "made")) })
	g := own.group("both")
	id := own.authorizer("FRONTEND", own.function(functiontest.Says(decides("allow", object{"user": "张"}), "")))
	own.published(g, toFunction("/both", own.functionAt(b.url), "sync"), "auth_type", "AUTHORIZER", "authorizer_id", id, "backend_params", list{
		contextParam("X-User", "frontend.user"),
		object{"name": "user", "location": "QUERY", "origin": "SYSTEM", "value": "$context.authorizer.frontend.user"},
	})
	g.http("POST /both", body("b")).want(200, "made")
	e := b.told(t)
	if e.Headers["x-user"] != "张" || e.Query["user"] != "张" || e.Body != base64.StdEncoding.EncodeToString([]byte("b")) {
		t.Errorf("%+v", e)
	}
}
