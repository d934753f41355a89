package e2e_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestBadCall sends over the wire what no caller should: each message gets its
// code of the data plane, and none reaches the backend.
func TestBadCall(t *testing.T) {
	t.Parallel()
	reached := make(chan string, 1000)
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached <- r.Method + " " + r.URL.Path
	}))
	t.Cleanup(backend.Close)
	p := start(t, setup{args: []string{"--backend-allow", "127.0.0.0/8"}})
	a := p.admin(t, password)
	g := a.group("bad")
	address := strings.TrimPrefix(backend.URL, "http://")
	caller, stranger := a.app("caller"), a.app("stranger")
	signed := a.api(g.ID, "signed_api", "/signed", "APP", address)
	a.api(g.ID, "open_api", "/open", "NONE", address)
	a.grant(signed, caller)
	httpsOnly(a, g, address)
	draft(a, g, address)

	_, port, err := net.SplitHostPort(p.gateway)
	if err != nil {
		t.Fatal(err)
	}
	host := g.Host + ":" + port
	auth := func(key, secret string, now time.Time) []string { return sign("/signed", host, key, secret, now) }
	get := func(target string, fields ...string) string { return head("GET", target, host, fields...) }
	good := auth(caller.Key, caller.Secret, time.Now())
	many := make([]string, 200)
	for i := range many {
		many[i] = fmt.Sprintf("X-Field-%d: v", i)
	}
	fat := make([]string, 20)
	for i := range fat {
		fat[i] = fmt.Sprintf("X-Fat-%d: %s", i, strings.Repeat("f", 8<<10))
	}
	tests := []wrong{
		// The head.
		{"field of 33 KB", get("/open", "X-Large: "+strings.Repeat("x", 33<<10)), 494, "APIG.0201", []string{"Request headers too large."}},
		{"fields of 160 KB", get("/open", fat...), 494, "APIG.0201", []string{"Request headers too large."}},
		{"200 fields", get("/open", many...), 494, "APIG.0201", nil},
		{"head of 2 MB", get("/open", "X-Large: "+strings.Repeat("x", 2<<20)), 431, plain, nil},
		{"URI of 33 KB", get("/open?a=" + strings.Repeat("x", 33<<10)), 414, "APIG.0201", []string{"Request URI too large."}},
		{"control character in the target", get("/open\x01"), 400, plain, nil},
		{"control character in a field", get("/open", "X-A: a\x01b"), 400, plain, nil},
		{"blank before the colon", get("/open", "X-A : b"), 400, plain, nil},
		{"folded field", get("/open", "X-A: a", " b"), 400, plain, nil},
		{"length and coding", head("POST", "/open", host, "Content-Length: 4", "Transfer-Encoding: chunked") + "0\r\n\r\n", 400, plain, nil},
		{"two lengths", head("POST", "/open", host, "Content-Length: 4", "Content-Length: 5") + "hello", 400, plain, nil},
		{"bare LF", "GET /open HTTP/1.1\nHost: " + host + "\n\n", 400, plain, nil},
		{"no HTTP", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400, plain, nil},
		{"no Host", "GET /open HTTP/1.1\r\n\r\n", 400, plain, nil},
		{"two Hosts", get("/open", "Host: "+host), 400, plain, nil},
		{"Host with userinfo", head("GET", "/open", "admin@"+host), 400, plain, nil},
		{"two hosts in one message", head("GET", "http://other.example/open", host), 400, plain, nil},

		// The host and the environment.
		{"empty Host", head("GET", "/open", ""), 400, "APIG.0201", []string{"Host"}},
		{"address for a host", head("GET", "/open", p.gateway), 404, "APIG.0101", nil},
		{"another group", head("GET", "/open", strings.Repeat("0", 32)+".apigw.localhost"), 404, "APIG.0101", []string{"has not been published"}},
		{"group under another domain", head("GET", "/open", g.Host[:32]+".example.com"), 404, "APIG.0101", nil},
		{"group below the group", head("GET", "/open", "a."+g.Host), 404, "APIG.0101", nil},
		{"unknown environment", get("/open", "X-Stage: NOWHERE"), 404, "APIG.0101", []string{"has not been published"}},
		{"two environments", get("/open", "X-Stage: RELEASE", "X-Stage: NOWHERE"), 400, "APIG.0201", []string{"X-Stage appears twice"}},

		// The method and the path.
		{"TRACE", head("TRACE", "/open", host), 405, "APIG.0602", []string{"method"}},
		{"CONNECT", head("CONNECT", host, host), 405, "APIG.0602", []string{"method"}},
		{"method in lower case", head("get", "/open", host), 405, "APIG.0602", nil},
		{"made-up method", head("BREW", "/open", host), 405, "APIG.0602", nil},
		{"OPTIONS *", head("OPTIONS", "*", host), 400, "APIG.0201", []string{"path"}},
		{"another method of the API", head("POST", "/secured", host), 404, "APIG.0101", []string{`"The API does not exist."`}},
		{"no such path", get("/absent"), 404, "APIG.0101", []string{"has not been published"}},
		{"path in another case", get("/OPEN"), 404, "APIG.0101", nil},
		{"slash at the end", get("/open/"), 404, "APIG.0101", nil},
		{"what is not published", get("/draft"), 404, "APIG.0101", []string{"has not been published"}},
		{"encoded slash", get("/x%2f..%2fopen"), 400, "APIG.0201", []string{"path"}},
		{"encoded NUL", get("/open%00"), 400, "APIG.0201", []string{"path"}},
		{"dot segments", get("/x/../open"), 400, "APIG.0201", []string{"path"}},
		{"encoded dot segments", get("/x/%2e%2e/open"), 400, "APIG.0201", []string{"path"}},
		{"double encoding", get("/x/%252e%252e/open"), 400, "APIG.0201", []string{"path"}},
		{"double slash", get("//open"), 400, "APIG.0201", []string{"path"}},
		{"backslash", get(`/x\open`), 400, "APIG.0201", []string{"path"}},
		{"semicolon", get("/open;x=1"), 400, "APIG.0201", []string{"path"}},
		{"bad escape", get("/open%zz"), 400, plain, nil},
		{"bad escape in the query", get("/open?a=%zz"), 400, "APIG.0201", []string{"query"}},
		{"semicolon in the query", get("/open?a=1;b=2"), 400, "APIG.0201", []string{"query"}},
		{"1001 parameters", get("/open?" + strings.Repeat("a=1&", 1001)), 400, "APIG.0201", []string{"1000"}},

		// The protocol.
		{"HTTP to an API for HTTPS", get("/secured"), 400, "APIG.0607", []string{"The following protocol is supported: HTTPS"}},
		{"WebSocket without its handshake", get("/open", "Connection: Upgrade", "Upgrade: websocket"), 400, "APIG.0602", []string{"Sec-WebSocket-Key"}},
		{"upgrade to h2c", get("/open", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"), 400, "APIG.0602", nil},

		// The body.
		{"body of 12 MB and a byte, announced", head("POST", "/open", host, fmt.Sprintf("Content-Length: %d", 12<<20+1)), 413, "APIG.0201", []string{"Request entity too large."}},
		{"signed body of 13 MB, not announced", chunks("POST", "/signed", host, strings.Repeat("x", 13<<20), good...), 413, "APIG.0201", []string{"Request entity too large."}},

		// Credentials.
		{"none", get("/signed"), 401, "APIG.0303", nil},
		{"malformed", get("/signed", "Authorization: SDK-HMAC-SHA256 Access=x"), 401, "APIG.0303", []string{"malformed"}},
		{"another scheme", get("/signed", "Authorization: Bearer x"), 401, "APIG.0303", nil},
		{"wrong secret", get("/signed", auth(caller.Key, "wrong", time.Now())...), 401, "APIG.0303", []string{"verify signature fail", "canonicalRequest:GET|/signed/|"}},
		{"unknown app", get("/signed", auth("nobody-knows-me", "wrong", time.Now())...), 401, "APIG.0303", []string{"app not found, appkey nobody-knows-me"}},
		{"signature of an hour ago", get("/signed", auth(caller.Key, caller.Secret, time.Now().Add(-time.Hour))...), 401, "APIG.0303", []string{"signature expired, signature time:"}},
		{"signature of in an hour", get("/signed", auth(caller.Key, caller.Secret, time.Now().Add(time.Hour))...), 401, "APIG.0303", []string{"signature expired"}},
		{"signature for another path", get("/signed", sign("/other", host, caller.Key, caller.Secret, time.Now())...), 401, "APIG.0303", []string{"verify signature fail"}},
		{"signature for another host", get("/signed", sign("/signed", "other.example", caller.Key, caller.Secret, time.Now())...), 401, "APIG.0303", []string{"verify signature fail"}},
		{"signature with a query that was not signed", get("/signed?a=1", good...), 401, "APIG.0303", []string{"verify signature fail"}},
		{"signature with a body that was not signed", whole("GET", "/signed", host, "body", good...), 401, "APIG.0303", []string{"verify signature fail"}},
		{"two signatures", get("/signed", append(good, good[1])...), 400, "APIG.0201", []string{"Authorization appears twice"}},
		{"two dates", get("/signed", append(good, good[0])...), 400, "APIG.0201", []string{"X-Sdk-Date appears twice"}},
		{"AppCode where none is accepted", get("/signed", "X-Apig-AppCode: x"), 401, "APIG.0303", []string{"does not accept an AppCode"}},
		{"signature and AppCode", get("/signed", append(good, "X-Apig-AppCode: x")...), 401, "APIG.0303", []string{"more than one credential"}},
		{"app without grant", get("/signed", auth(stranger.Key, stranger.Secret, time.Now())...), 403, "APIG.0304", []string{"The app is not authorized to access the API."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.send(t, p.gateway) })
	}
	select {
	case got := <-reached:
		t.Errorf("a refused call reached the backend: %s", got)
	default:
	}

	// The good ones pass.
	wrong{"", get("/signed", good...), 200, plain, nil}.send(t, p.gateway)
	wrong{"", get("/open"), 200, plain, nil}.send(t, p.gateway)
	t.Run("TLS below 1.2", func(t *testing.T) { oldTLS(t, p) })
	r := request(t, "GET", "https://"+p.gatewayTLS+"/secured", nil)
	r.Host = g.Host
	do(t, r).want(t, 200)
	if len(reached) != 3 {
		t.Errorf("%d calls reached the backend, want 3", len(reached))
	}
}

// httpsOnly publishes an API that speaks HTTPS only.
func httpsOnly(a *admin, g group, address string) {
	a.t.Helper()
	id := a.id("/apis", object{
		"name": "secured_api", "group_id": g.ID, "type": 1, "req_method": "GET", "req_uri": "/secured", "auth_type": "NONE",
		"backend_type": "HTTP", "backend_api": object{
			"url_domain": address, "req_protocol": "HTTP", "req_method": "GET", "req_uri": "/secured", "timeout": 5000,
		},
	})
	a.do("POST", "/v1.0/apigw/apis/publish/"+id, object{"env_id": release}).want(a.t, 201)
}

// draft registers an API and does not publish it.
func draft(a *admin, g group, address string) {
	a.t.Helper()
	a.id("/apis", object{
		"name": "draft_api", "group_id": g.ID, "type": 1, "req_protocol": "BOTH", "req_method": "GET", "req_uri": "/draft",
		"auth_type": "NONE", "backend_type": "HTTP", "backend_api": object{
			"url_domain": address, "req_protocol": "HTTP", "req_method": "GET", "req_uri": "/draft", "timeout": 5000,
		},
	})
}

// oldTLS wants a handshake with TLS 1.1 to fail.
func oldTLS(t *testing.T, p *process) {
	c, err := tls.Dial("tcp", p.gatewayTLS, &tls.Config{
		InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, // the other side must refuse
	})
	if err == nil {
		c.Close()
		t.Fatal("TLS 1.1 was accepted")
	}
	if !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("the handshake failed for another reason: %v", err)
	}
}
