package gateway_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

// debugged is what the debugger showed.
type debugged struct{ request, response, log string }

// debug makes one call of an API through the debugger.
func (m *manager) debug(api, mode, path string, pairs ...any) debugged {
	m.t.Helper()
	a := m.do("POST apis/debug/"+api, with(object{"mode": mode, "scheme": "HTTP", "method": "GET", "path": path}, pairs...)).want(200)
	return debugged{a.text("request"), a.text("response"), a.text("log")}
}

func (d debugged) want(t testing.TB, status, part string) debugged {
	t.Helper()
	if !strings.HasPrefix(d.response, "HTTP/1.1 "+status+" ") || !strings.Contains(d.response, part) {
		t.Errorf("got %.2000q, want %s with %q; log:\n%s", d.response, status, part, d.log)
	}
	return d
}

// TestDebugOfOwner: neither lists nor limits hold the owner up, debugging uses
// nothing up, and the signature of what is sent is that of every call.
func TestDebugOfOwner(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	b := echo(t)
	g := own.group("orders")
	api := own.published(g, web("/orders", b.address))
	own.throttle(api, object{"api_call_limits": 1})
	own.acl(api, "DENY", "IP", "127.0.0.0/8")
	const signKey, signSecret = "sign_key_1", "sign_secret_0123456789"
	own.sign(api, signKey, signSecret)
	g.http("GET /orders").fault(403, "APIG.0402", "")

	for _, mode := range []string{"DEVELOPER", "CONSUMER"} {
		for range 3 {
			d := own.debug(api.id, mode, "/orders").want(t, "200", "GET /backend")
			inOrder(t, d.log, `policy access list of addresses: not applied, because the owner debugs`,
				`policy throttle: not applied, because the owner debugs`, `policy backend signature: passed`, `backend: answered 200`, `body: \d+ bytes`)
			hides(t, d.log, signSecret)
			if got := b.last(t).header.Get("Authorization"); !strings.Contains(got, "Access="+signKey) {
				t.Errorf("%s: the backend got Authorization %q", mode, got)
			}
		}
	}

	// The limit is as it was.
	list := own.get("acls?page_size=0").text("acls.0.id")
	own.put("acls/"+list, object{"acl_name": unique("acl"), "acl_type": "DENY", "entity_type": "IP", "acl_value": "192.0.2.1"})
	g.http("GET /orders").want(200, "")
	g.http("GET /orders").fault(429, "APIG.0308", "")
	own.debug(api.id, "CONSUMER", "/orders").want(t, "200", "")
}

// TestDebugOfAnotherProject: it is a caller like any other, and sees no more of
// the API than one.
func TestDebugOfAnotherProject(t *testing.T) {
	t.Parallel()
	p := start(t)
	own, guest := p.admin, p.tenant("guest")
	b := echo(t)
	g := own.group("orders")
	api := own.published(g, web("/orders", b.address), "auth_type", "APP")
	app := guest.app("visitor")
	own.grant(api, app)
	own.sign(api, "sign_key_1", "sign_secret_0123456789")
	own.throttle(api, object{"api_call_limits": 2})
	call := func() debugged {
		t.Helper()
		return guest.debug(api.id, "CONSUMER", "/orders", "app_key", app.key, "app_secret", app.secret)
	}
	d := call().want(t, "200", "GET /backend")
	inOrder(t, d.log, `route: .* is API `+api.id, `policy access list of addresses: passed`, `policy app authentication: passed`,
		`policy throttle: passed`, `backend: answered 200`)
	hides(t, d.log, b.address, "/backend", "sign_key_1", app.secret)
	g.http("GET /orders", app.signs()).want(200, "")
	call().want(t, "429", "APIG.0308")

	other := own.published(g, web("/others", b.address), "auth_type", "APP")
	own.grant(other, app)
	own.acl(other, "DENY", "IP", "127.0.0.0/8")
	guest.debug(other.id, "CONSUMER", "/others", "app_key", app.key, "app_secret", app.secret).want(t, "403", "APIG.0402")
	guest.do("POST apis/debug/"+other.id, object{
		"mode": "CONSUMER", "scheme": "HTTP", "method": "GET", "path": "/others", "header": object{"x-forwarded-for": list{"192.0.2.1"}},
	}).refused(400, "APIG.2011", "parameterName:header.x-forwarded-for")
}

// TestDebugOfDrafts: a draft that was never published runs with channels,
// functions, conditions and authorizers.
func TestDebugOfDrafts(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	b := echo(t)
	g := own.group("drafts")

	t.Run("channel", func(t *testing.T) {
		own, g := own.on(t), g.on(t)
		api := own.api(g, toChannel("/channel", own.channel(b.port, []string{b.host})))
		d := own.debug(api, "DEVELOPER", "/channel").want(t, "200", "GET /backend")
		inOrder(t, d.log, `policy backend signature: passed`, b.address+` gave the head of its answer 200`, `backend: answered 200`)
		g.http("GET /channel").fault(404, "APIG.0101", "")
	})
	t.Run("function", func(t *testing.T) {
		own := own.on(t)
		urn := own.function(functiontest.Says(`{"statusCode":201,"headers":{"X-From":"function"},"body":"made","isBase64Encoded":false}`, ""))
		d := own.debug(own.api(g, toFunction("/function", urn, "sync")), "DEVELOPER", "/function").want(t, "201", "\r\n\r\nmade")
		inOrder(t, d.log, `backend: answered 201`)
	})
	t.Run("condition", func(t *testing.T) {
		own := own.on(t)
		policy := object{
			"name": "five", "effect_mode": "ALL", "result_content": "from the policy backend",
			"conditions": list{object{"req_param_name": "n", "condition_type": "exact", "condition_origin": "param", "condition_value": "5"}},
		}
		api := own.api(g, mock("/condition", "from the default"), "policy_mocks", list{policy},
			"req_params", list{object{"name": "n", "location": "QUERY", "type": "STRING"}})
		d := own.debug(api, "DEVELOPER", "/condition", "query", object{"n": list{"5"}}).want(t, "200", "from the policy backend")
		inOrder(t, d.log, `QUERY n exact 5`, `backend: policy backend five, the first whose conditions hold`)
		d = own.debug(api, "DEVELOPER", "/condition", "query", object{"n": list{"6"}}).want(t, "200", "from the default")
		inOrder(t, d.log, `the default backend, because the conditions of no policy backend hold \(1 tried\)`)
	})
	t.Run("authorizer", func(t *testing.T) {
		own := own.on(t)
		allow := own.function(functiontest.Says(`{"statusCode":200,"body":"{\"status\":\"allow\",\"context\":{\"user\":\"u-1\"}}"}`, ""))
		deny := own.function(functiontest.Says(`{"statusCode":200,"body":"{\"status\":\"deny\"}"}`, ""))
		api := own.api(g, mock("/allowed", "open"), "auth_type", "AUTHORIZER", "authorizer_id", own.authorizer("FRONTEND", allow+":latest"))
		d := own.debug(api, "DEVELOPER", "/allowed").want(t, "200", "open")
		inOrder(t, d.log, `policy authorizer: passed`, `answer: 200`)
		api = own.api(g, mock("/denied", "open"), "auth_type", "AUTHORIZER", "authorizer_id", own.authorizer("FRONTEND", deny+":latest"))
		d = own.debug(api, "DEVELOPER", "/denied")
		inOrder(t, d.log, `policy authorizer: refused with (401|403) APIG\.030[56]`, `answer: 40[13], made by the gateway`)
	})
	t.Run("IAM", func(t *testing.T) {
		own := own.on(t)
		api := own.api(g, mock("/iam", "open"), "auth_type", "IAM")
		own.debug(api, "DEVELOPER", "/iam").want(t, "401", "APIG.0301")
		d := own.debug(api, "DEVELOPER", "/iam", "header", object{"X-Auth-Token": list{own.token}}).want(t, "200", "open")
		inOrder(t, d.log, `the caller is user `+own.user, `policy IAM authentication: passed`, `policy access list of accounts: not applied`)
		hides(t, d.log, own.token)
		if !strings.Contains(d.request, "X-Auth-Token: "+own.token) {
			t.Error("the request is not shown as it was sent")
		}
	})
}

// TestDebugLogIsOurs: what a caller sends makes no line of the log.
func TestDebugLogIsOurs(t *testing.T) {
	t.Parallel()
	p := start(t)
	g := p.admin.group("lines")
	api := p.admin.api(g, mock("/{id}", "x"), "req_params", list{object{"name": "id", "location": "PATH", "type": "STRING"}})
	d := p.admin.debug(api, "DEVELOPER", "/a%E2%80%A8%20%20policy%20throttle:%20passed").want(t, "200", "x")
	for line := range strings.SplitSeq(d.log, "\n") {
		if !strings.Contains(line, " µs ") {
			t.Errorf("a line that is not ours: %q", line)
		}
	}
}
