package gateway_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// traces are the logs that a key showed, one call each.
func (m *manager) traces(id string) []string {
	m.t.Helper()
	var logs []string
	for _, v := range m.get("trace-keys/" + id + "/traces?page_size=0").value("traces").(list) {
		var lines []string
		for _, line := range v.(object)["log"].(list) {
			lines = append(lines, line.(string))
		}
		logs = append(logs, strings.Join(lines, "\n"))
	}
	return logs
}

// shown waits for the n-th trace: an answer may be there before its call is
// finished.
func (m *manager) shown(id string, n int) []string {
	m.t.Helper()
	var logs []string
	eventually(m.t, "the trace of the call", func() bool { logs = m.traces(id); return len(logs) >= n })
	return logs
}

// inOrder fails unless a text matches all patterns, one behind the other.
func inOrder(t testing.TB, text string, patterns ...string) {
	t.Helper()
	rest := text
	for _, p := range patterns {
		at := regexp.MustCompile(p).FindStringIndex(rest)
		if at == nil {
			t.Errorf("nothing matches %s, or not in this place:\n%s", p, text)
			return
		}
		rest = rest[at[1]:]
	}
}

func hides(t testing.TB, text string, secrets ...string) {
	t.Helper()
	for _, s := range secrets {
		if s != "" && strings.Contains(text, s) {
			t.Errorf("%q shows:\n%s", s, text)
		}
	}
}

func TestLiveTrace(t *testing.T) {
	t.Parallel()
	p := start(t)
	b := echo(t)
	g := p.admin.group("orders")
	api := p.admin.published(g, web("/orders", b.address), "auth_type", "APP")
	app := p.admin.app("consumer")
	p.admin.grant(api, app)
	p.admin.throttle(api, object{"api_call_limits": 2})
	const signKey, signSecret = "sign_key_1", "sign_secret_0123456789"
	p.admin.sign(api, signKey, signSecret)

	made := p.admin.post("trace-keys", object{"calls": 9, "seconds": 60})
	id, key := made.text("id"), made.text("key")
	watched := header("x-apig-TRACE", key)
	for n, kind := range []protocol{http1, h2} {
		r := g.call(kind, "GET /orders?token=in-the-query", watched, header("Cookie", "session=a-cookie-of-the-caller"), app.signs()).want(200, "GET /backend")
		for name, values := range r.header {
			hides(t, name+": "+strings.Join(values, ","), key, "policy", "route:", "X-Apig")
		}
		if got := b.last(t); len(got.header.Values("X-Apig-Trace")) > 0 || strings.Contains(strings.Join(got.header.Values("Connection"), ""), "race") {
			t.Errorf("the backend got the key: %v", got.header)
		}
		log := p.admin.shown(id, n+1)[n]
		inOrder(t, log,
			`request: id `+r.header.Get("X-Request-Id"),
			`\d µs +\d+ µs  request: GET /orders on host `+g.host,
			`route: GET /orders .* is API `+api.id,
			`policy access list of addresses: nothing is bound`, `policy access list of addresses: passed`,
			`policy fields of the request: passed`,
			`the caller is app `+app.id,
			`policy app authentication: passed`, `policy grant: passed`,
			`policy throttle: api: remain:\d,limit:2,time:1 day`, `policy throttle: passed`,
			`backend: the default backend`,
			`policy mapping: passed`, `policy fields of the gateway: passed`, `policy backend signature: passed`,
			`backend: GET http://`+b.address+`/backend`,
			`backend: answered 200`, `answer: 200`)
		t.Log("\n" + log)
		hides(t, log, app.secret, key, signSecret, "a-cookie-of-the-caller", "in-the-query", "Signature=")
	}
	// What is refused is traced too, also when routing led nowhere.
	g.http("GET /orders", watched, app.signs()).fault(429, "APIG.0308", "")
	inOrder(t, p.admin.shown(id, 3)[2], `policy throttle: refused with 429 APIG\.0308`, `answer: 429`)
	g.http("GET /orders", watched).fault(401, "APIG.0303", "")
	inOrder(t, p.admin.shown(id, 4)[3], `policy app authentication: refused with 401 APIG\.0303`)
	g.http("GET /nothing", watched).fault(404, "APIG.0101", "")
	inOrder(t, p.admin.shown(id, 5)[4], `route: refused with 404 APIG\.0101`, `answer: 404`)
	g.http("GET /orders/%2e%2e/x", watched).fault(400, "APIG.0201", "")
	inOrder(t, p.admin.shown(id, 6)[5], `request: refused with 400 APIG\.0201`)

	first := p.admin.get("trace-keys/" + id + "/traces")
	if first.text("total") != "6" || first.text("traces.0.status") != "200" || first.text("traces.0.api_id") != api.id || first.text("traces.0.host") != g.host || first.text("traces.2.status") != "429" {
		t.Errorf("traces: %s", first.body)
	}
	if left := p.admin.get("trace-keys"); left.text("trace_keys.0.used") != "6" || strings.Contains(string(left.body), key) {
		t.Errorf("keys: %s", left.body)
	}
	// Neither the access records nor the audit trail have the key.
	eventually(t, "the access records", func() bool {
		raw, err := os.ReadFile(p.config.AccessLog)
		if err != nil {
			t.Fatal(err)
		}
		hides(t, string(raw), key)
		return strings.Count(string(raw), "\n") >= 6
	})
	raw, err := os.ReadFile(p.config.AuditLog)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), `"apigw:trace_keys:create"`) || !strings.Contains(string(raw), id) {
		t.Error("making the key is not in the audit trail")
	}
	hides(t, string(raw), key)
}

// TestTraceKeysThatDoNothing: a bad key changes nothing about a call, and no
// backend gets one.
func TestTraceKeysThatDoNothing(t *testing.T) {
	t.Parallel()
	p := start(t)
	b := echo(t)
	g := p.admin.group("orders")
	api := p.admin.published(g, web("/orders", b.address))
	other := p.admin.published(g, web("/others", b.address))
	foreign := p.admin.group("foreign")
	p.admin.published(foreign, web("/orders", b.address))
	mint := func(d object) (id, key string) {
		made := p.admin.post("trace-keys", d)
		return made.text("id"), made.text("key")
	}
	forAPI, apiKey := mint(object{"api_id": api.id, "calls": 5})
	forGroup, groupKey := mint(object{"group_id": g.id, "calls": 5})
	dropped, droppedKey := mint(object{"calls": 5})
	p.admin.remove("trace-keys/" + dropped)
	usedUp, usedKey := mint(object{"calls": 1})
	g.http("GET /others", header("X-Apig-Trace", usedKey)).want(200, "")
	p.admin.shown(usedUp, 1)
	expiring, expiredKey := mint(object{"seconds": 1, "calls": 5})
	until := time.Now().Add(1100 * time.Millisecond)

	plain := g.http("GET /orders").want(200, "GET /backend")
	bad := map[string]string{
		"unknown": strings.Repeat("A", 43), "short": "A", "long": strings.Repeat("A", 9000), "dropped": droppedKey, "used up": usedKey,
	}
	check := func(name, key string) {
		t.Helper()
		r := g.http("GET /orders", header("X-Apig-Trace", key)).want(200, plain.body)
		if len(r.header) != len(plain.header) {
			t.Errorf("%s: the fields %v, without a key %v", name, r.header, plain.header)
		}
		if got := b.last(t).header.Get("X-Apig-Trace"); got != "" {
			t.Errorf("%s: the backend got %q", name, got)
		}
	}
	for name, key := range bad {
		check(name, key)
	}
	for time.Now().Before(until) {
		time.Sleep(10 * time.Millisecond)
	}
	check("expired", expiredKey)
	for _, id := range []string{usedUp, expiring} {
		want := 0
		if id == usedUp {
			want = 1
		}
		if got := p.admin.traces(id); len(got) != want {
			t.Errorf("%d traces, want %d", len(got), want)
		}
	}

	// Keys for one API and for one group see nothing else.
	for _, key := range []string{apiKey, groupKey} {
		g.http("GET /others", header("X-Apig-Trace", key)).want(200, "")
		foreign.http("GET /orders", header("X-Apig-Trace", key)).want(200, "")
		g.http("GET /orders", header("X-Apig-Trace", key)).want(200, "")
	}
	p.admin.shown(forAPI, 1)
	p.admin.shown(forGroup, 2)
	for id, want := range map[string]string{forAPI: api.id, forGroup: other.id + " " + api.id} {
		a := p.admin.get("trace-keys/" + id + "/traces")
		var got []string
		for _, v := range a.value("traces").(list) {
			got = append(got, v.(object)["api_id"].(string))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("traced %v, want %s", got, want)
		}
	}
}

// TestTraceKeysAreForAdministrators: members see and make none.
func TestTraceKeysAreForAdministrators(t *testing.T) {
	t.Parallel()
	p := start(t)
	member := p.tenant("shop")
	id := p.admin.post("trace-keys", object{}).text("id")
	member.do("POST trace-keys", object{}).refused(403, "APIG.1107", "")
	member.do("GET trace-keys", nil).refused(403, "APIG.1107", "")
	member.do("GET trace-keys/"+id+"/traces", nil).refused(403, "APIG.1107", "")
	member.do("DELETE trace-keys/"+id, nil).refused(403, "APIG.1107", "")
	p.admin.remove("trace-keys/" + id)
	p.admin.do("GET trace-keys/"+id+"/traces", nil).refused(404, "APIG.3007", "")
}
