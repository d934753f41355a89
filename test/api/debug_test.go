package api_test

import (
	"encoding/json"
	"regexp"
	"strings"
)

var debugPart = part{
	paths: map[string][]kind{"/v1.0/apigw/apis/debug/{api_id}": {apiKind}},
	fill:  func(*scenario, *holder) {},
	empty: func(*holder) []string { return nil },
	bodies: map[string]func(*scenario, *holder, []string) any{
		"apigw:apis:debug": func(*scenario, *holder, []string) any {
			return object{"mode": "DEVELOPER", "scheme": "HTTPS", "method": "GET", "path": "/x"}
		},
	},
}

// debugScenario calls an API as its owner sees it, step by step.
func debugScenario(s *scenario) {
	own, other := s.tenants()
	group := s.group(own.member, "orders")
	app := s.post(own.member, "apps", object{"name": "shop"})
	api := s.api(own.member, with(web(group, "orders", "/orders/{id}", s.echo()), "auth_type", "APP", "req_method", "ANY",
		"req_params", list{object{"name": "id", "location": "PATH", "type": "STRING"}, object{"name": "size", "location": "QUERY", "type": "NUMBER", "valid_enable": 1, "max_num": 9}},
		"backend_params", list{object{"name": "n", "location": "QUERY", "origin": "REQUEST", "value": "size"}},
		"backend_api", object{"url_domain": s.echo(), "req_protocol": "HTTP", "req_method": "ANY", "req_uri": "/backend", "timeout": 5000}))
	call := "POST apis/debug/" + api
	in := object{
		"mode": "developer", "scheme": "https", "method": "get", "path": "/orders/42",
		"query": object{"size": list{"3"}}, "header": object{"x-my-city": list{"shenzhen", "beijing"}},
	}
	host := s.get(own.member, "api-groups/"+group).text("sl_domain")
	drafted := s.do(own.member, call, in).want(200)
	request, response := drafted.text("request"), drafted.text("response")
	if want := "GET /orders/42?size=3 HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: APIGatewayDebugClient/1.0\r\nX-Apig-Mode: debug\r\nX-My-City: shenzhen\r\nX-My-City: beijing\r\n\r\n"; request != want {
		drafted.errorf("request %q, want %q", request, want)
	}
	shows(drafted, response, `^HTTP/1\.1 200 OK\r\n`, `\r\nX-Request-Id: [0-9a-f]{32}\r\n`, `X-Apig-Latency: \d+\r\n`, `\r\n\r\nGET /backend\?n=3`)
	shows(drafted, drafted.text("log"), `route: .*API `+api, `policy parameter: passed`, `default backend`, `answered 200`)
	shows(drafted, drafted.text("latency"), `^\d+$`)

	// The draft is not published, and a body reaches the backend.
	s.do(own.member, call, with(in, "mode", "CONSUMER")).refused(404, "APIG.3015", "")
	posted := s.do(s.admin, call, with(in, "method", "POST", "body", "five apples")).want(200)
	shows(posted, posted.text("response"), `POST /backend\?n=3 five apples`)
	shows(posted, posted.text("request"), `Content-Length: 11\r\n\r\nfive apples$`)
	refusedCall := s.do(own.member, call, with(in, "query", object{"size": list{"10"}})).want(200)
	shows(refusedCall, refusedCall.text("response"), `^HTTP/1\.1 400 Bad Request`, `APIG\.0201`)
	shows(refusedCall, refusedCall.text("log"), `policy parameter: refused with 400 APIG\.0201`)

	// A key is checked as for any caller.
	signed := with(in, "app_key", app.text("app_key"), "app_secret", app.text("app_secret"))
	known := s.do(own.member, call, signed).want(200)
	shows(known, known.text("response"), `^HTTP/1\.1 200`)
	shows(known, known.text("log"), `the caller is app `+app.text("id"))
	known.hides(app.text("app_secret"))
	wrong := s.do(own.member, call, with(signed, "app_secret", "wrong secret of the app")).want(200)
	shows(wrong, wrong.text("response"), `^HTTP/1\.1 401`, `APIG\.0303`)

	s.publish(own.member, api, releaseEnv)
	consumer := with(signed, "mode", "CONSUMER", "domain", strings.ToUpper(host))
	ungranted := s.do(own.member, call, consumer).want(200)
	shows(ungranted, ungranted.text("response"), `^HTTP/1\.1 403`, `APIG\.0304`)
	shows(ungranted, ungranted.text("request"), `\r\nX-Stage: RELEASE\r\n`, `\r\nAuthorization: SDK-HMAC-SHA256 Access=`)
	s.post(own.member, "app-auths", object{"api_ids": list{api}, "app_ids": list{app.text("id")}, "env_id": releaseEnv})
	granted := s.do(own.member, call, consumer).want(200)
	shows(granted, granted.text("response"), `^HTTP/1\.1 200`)

	// Another project's people may, once an app of theirs may.
	s.do(other.member, call, consumer).refused(403, "APIG.1102", "")
	guest := s.post(other.member, "apps", object{"name": "guest"})
	s.post(own.member, "app-auths", object{"api_ids": list{api}, "app_ids": list{guest.text("id")}, "env_id": releaseEnv})
	visitor := s.do(other.member, call, with(consumer, "app_key", guest.text("app_key"), "app_secret", guest.text("app_secret"))).want(200)
	shows(visitor, visitor.text("response"), `^HTTP/1\.1 200`)
	s.do(other.member, call, in).refused(403, "APIG.1102", "")

	s.debugRefusals(own, call, in, consumer)
	s.debugLargeAnswer(own, group)
}

func (s *scenario) debugRefusals(own *tenant, call string, in, consumer object) {
	s.env(own.member, "STAGE")
	group := s.group(own.member, "variables")
	needy := s.api(own.member, web(group, "needy", "/needy", "#host#"))
	invalid := func(name string, body object, text string) row {
		return row{name: name, as: own.member, call: call, body: body, status: 400, code: "APIG.2011", text: text}
	}
	s.rows([]row{
		{name: "a reader debugs", as: own.reader, call: call, body: in, status: 403, code: "APIC.7110"},
		{name: "nobody debugs", as: nobody, call: call, body: in, status: 401, code: "APIG.1000"},
		{name: "unknown API", as: own.member, call: "POST apis/debug/" + s.unknown(), body: in, status: 404, code: "APIG.3002"},
		{name: "draft with variables", as: own.member, call: "POST apis/debug/" + needy, body: with(in, "path", "/needy"), status: 400, code: "APIG.2030", text: "CONSUMER"},
		{name: "unknown stage", as: own.member, call: call, body: with(consumer, "stage", "NOWHERE"), status: 404, code: "APIG.3003"},
		{name: "stage without the API", as: own.member, call: call, body: with(consumer, "stage", "STAGE"), status: 404, code: "APIG.3015"},
		{name: "no mode", as: own.member, call: call, body: with(in, "mode", nil), status: 400, code: "APIG.2001", text: "parameterName:mode"},
		{name: "no path", as: own.member, call: call, body: with(in, "path", nil), status: 400, code: "APIG.2001", text: "parameterName:path"},
		{name: "long path", as: own.member, call: call, body: with(in, "path", "/"+many("a", 1024)), status: 400, code: "APIG.2006", text: "parameterName:path"},
		{name: "long body", as: own.member, call: call, body: with(in, "body", many("a", 2_097_153)), status: 400, code: "APIG.2006", text: "parameterName:body"},
		{name: "key without secret", as: own.member, call: call, body: with(in, "app_key", "k"), status: 400, code: "APIG.2001", text: "parameterName:app_secret"},
		invalid("mode MARKET", with(in, "mode", "MARKET"), "parameterName:mode"),
		invalid("scheme", with(in, "scheme", "ftp"), "parameterName:scheme"),
		invalid("method ANY", with(in, "method", "ANY"), "parameterName:method"),
		invalid("path with dots", with(in, "path", "/a/../b"), "parameterName:path"),
		invalid("path without slash", with(in, "path", "a"), "parameterName:path"),
		invalid("path that does not decode", with(in, "path", "/%zz"), "parameterName:path"),
		invalid("foreign domain", with(in, "domain", "example.com"), "parameterName:domain"),
		invalid("domain that is none", with(in, "domain", "a b"), "parameterName:domain"),
		invalid("query of the gateway", with(in, "query", object{"X-Apig-Mode": list{"debug"}}), "parameterName:query.X-Apig-Mode"),
		invalid("header of the gateway", with(in, "header", object{"x-stage": list{"A"}}), "parameterName:header.x-stage"),
		invalid("header name", with(in, "header", object{"a_b": list{"A"}}), "parameterName:header.a_b"),
		invalid("header with a line break", with(in, "header", object{"A": list{"x\r\nB: y"}}), "parameterName:header.A"),
		invalid("another client", with(in, "header", object{"x-forwarded-for": list{"192.0.2.1"}}), "parameterName:header.x-forwarded-for"),
		invalid("Host", with(in, "header", object{"host": list{"x"}}), "parameterName:header.host"),
		invalid("credentials with CONSUMER", with(consumer, "header", object{"Authorization": list{"x"}}), "parameterName:header.Authorization"),
		{name: "too many values", as: own.member, call: call, body: with(in, "query", object{"a": make(list, 0, 1), "b": repeated("x", 101)}), status: 400, code: "APIG.2006", text: "parameterName:query"},
	})
}

// debugLargeAnswer: an answer of more than 2 MB is cut.
func (s *scenario) debugLargeAnswer(own *tenant, group string) {
	s.t.Helper()
	api := s.api(own.member, with(web(group, "large", "/large", s.large(3<<20)), "req_method", "GET"))
	a := s.do(own.member, "POST apis/debug/"+api, object{"mode": "DEVELOPER", "scheme": "HTTP", "method": "GET", "path": "/large"}).want(200)
	var out struct{ Response string }
	if err := json.Unmarshal(a.body, &out); err != nil {
		s.t.Fatal(err)
	}
	_, body, _ := strings.Cut(out.Response, "\r\n\r\n")
	if len(body) != 2_097_152+len("[TRUNCATED]") || !strings.HasSuffix(body, "[TRUNCATED]") {
		s.t.Errorf("the body has %d bytes and ends in %q", len(body), body[max(0, len(body)-20):])
	}
}

// shows fails for each pattern that the text does not have.
func shows(a *answer, text string, patterns ...string) {
	a.s.t.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile(p).MatchString(text) {
			a.errorf("%q does not show %s", text, p)
		}
	}
}

func repeated(text string, n int) list {
	l := make(list, n)
	for i := range l {
		l[i] = text
	}
	return l
}
