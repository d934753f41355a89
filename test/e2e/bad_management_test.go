package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// accessKey makes an access key of the administrator.
func (a *admin) accessKey() (access, secret string) {
	a.t.Helper()
	var made struct {
		Credential struct{ Access, Secret string }
	}
	a.do("POST", "/v3.0/OS-CREDENTIAL/credentials", object{"credential": object{"description": "e2e"}}).
		want(a.t, 201).decode(a.t, &made)
	return made.Credential.Access, made.Credential.Secret
}

// sign answers the two fields that sign a GET without query.
func sign(path, host, access, secret string, now time.Time) []string {
	m := signature.Message{Method: "GET", Path: path, Headers: message.Fields{{Name: "Host", Value: host}}}
	authorization, date := signature.Sign(&m, access, []byte(secret), now, nil)
	return []string{"X-Sdk-Date: " + date, "Authorization: " + authorization}
}

// TestBadInputToManagement sends over the wire what no client should: each
// message gets its code, names its parameter, and leaves nothing behind.
func TestBadInputToManagement(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := p.admin(t, password)
	kept := a.group("kept")
	host := strings.TrimPrefix(p.management, "http://")
	token := "X-Auth-Token: " + a.token
	access, secret := a.accessKey()
	const groups, apps, apis, auths = "/v1.0/apigw/api-groups", "/v1.0/apigw/apps", "/v1.0/apigw/apis", "/v1.0/apigw/app-auths"
	get := func(target string, fields ...string) string {
		return head("GET", target, host, append(fields, token)...)
	}
	post := func(target, body string, fields ...string) string {
		return whole("POST", target, host, body, append(fields, token)...)
	}
	remark := func(text string) string { return post(groups, `{"name":"bad_input","remark":"`+text+`"}`) }
	deep := strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)
	id := strings.Repeat("0", 32)
	tests := []wrong{
		// The head.
		{"head of 100 KB", get(groups, "X-Large: "+strings.Repeat("x", 100<<10)), 431, plain, nil},
		{"control character in the target", get("/v1.0/\x01"), 400, plain, nil},
		{"control character in a field", get(groups, "X-A: a\x01b"), 400, plain, nil},
		{"no Host", "GET " + groups + " HTTP/1.1\r\n" + token + "\r\n\r\n", 400, plain, nil},
		{"two Hosts", get(groups, "Host: other"), 400, plain, nil},
		{"Host with blank", head("GET", groups, "a b", token), 400, plain, nil},
		{"no HTTP", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400, plain, nil},
		{"two lengths", head("POST", groups, host, token, "Content-Length: 5", "Content-Length: 6") + "hello!", 400, plain, nil},
		{"TRACE", head("TRACE", groups, host, token), 405, "APIG.0101", []string{"Allow"}},
		{"CONNECT", head("CONNECT", host, host, token), 400, "APIG.2000", []string{"path"}},
		{"OPTIONS *", head("OPTIONS", "*", host, token), 400, "APIG.2000", []string{"path"}},
		{"method in lower case", head("get", groups, host, token), 405, "APIG.0101", nil},
		{"TRACE of identity", head("TRACE", "/v3/auth/tokens", host, token), 405, keystone, nil},

		// The path and the query.
		{"unknown path", get("/v1.0/apigw/nothing"), 404, "APIG.0101", nil},
		{"unknown path of identity", get("/v3/nothing"), 404, keystone, nil},
		{"other page", get("/favicon.ico"), 404, "APIG.0101", nil},
		{"encoded NUL", get(groups + "/%00"), 400, "APIG.2000", []string{"path"}},
		{"encoded slash", get(groups + "/a%2f..%2fb"), 400, "APIG.2000", []string{"path"}},
		{"dot segments", get("/v1.0/x/../apigw/api-groups"), 400, "APIG.2000", []string{"path"}},
		{"encoded dot segments", get("/v1.0/%2e%2e/apigw/api-groups"), 400, "APIG.2000", []string{"path"}},
		{"double encoding", get(groups + "/%252e%252e"), 400, "APIG.2000", []string{"path"}},
		{"double slash", get("/v1.0//apigw/api-groups"), 400, "APIG.2000", []string{"path"}},
		{"bad escape in the query", get(groups + "?name=%zz"), 400, "APIG.2000", []string{"query"}},
		{"semicolon in the query", get(groups + "?name=a;id=b"), 400, "APIG.2000", []string{"query"}},
		{"NUL in the query", get(groups + "?name=%00"), 400, "APIG.2000", []string{"query"}},
		{"query that is not UTF-8", get(groups + "?name=%ff"), 400, "APIG.2000", []string{"query"}},
		{"1001 parameters", get(groups + "?" + strings.Repeat("a=1&", 1001)), 400, "APIG.2000", []string{"1000"}},
		{"page_size 501", get(groups + "?page_size=501"), 400, "APIG.2003", []string{"parameterName:page_size"}},
		{"page_size -1", get(groups + "?page_size=-1"), 400, "APIG.2002", []string{"parameterName:page_size"}},
		{"page_size of 30 digits", get(apps + "?page_size=" + strings.Repeat("9", 30)), 400, "APIG.2003", []string{"parameterName:page_size"}},
		{"page_size in words", get(apis + "?page_size=ten"), 400, "APIG.2011", []string{"parameterName:page_size"}},
		{"page_size twice", get(groups + "?page_size=1&page_size=2"), 400, "APIG.2011", []string{"parameterName:page_size"}},
		{"page_no 0", get(groups + "?page_no=0"), 400, "APIG.2002", []string{"parameterName:page_no"}},
		{"page_no beyond", get(groups + "?page_no=99999999999"), 400, "APIG.2003", []string{"parameterName:page_no"}},

		// Ids.
		{"no such group", get(groups + "/" + id), 404, "APIG.3001", []string{id}},
		{"no such app", get(apps + "/" + id), 404, "APIG.3004", []string{id}},
		{"no such API", get(apis + "/" + id), 404, "APIG.3002", []string{id}},
		{"no such environment", head("DELETE", "/v1.0/apigw/envs/"+id, host, token), 404, "APIG.3003", []string{id}},
		{"no such grant", head("DELETE", auths+"/"+id, host, token), 404, "APIG.3009", nil},
		{"id with quotes", get(groups + "/%27%20OR%201=1%20--"), 404, "APIG.3001", nil},
		{"id in Chinese", get(groups + "/%E5%BC%A0"), 404, "APIG.3001", nil},
		{"id of 8 KB", get(groups + "/" + strings.Repeat("a", 8<<10)), 404, "APIG.3001", nil},
		{"API in no group", post(apis, `{"name":"bad_input","group_id":"`+id+`","type":1,"req_protocol":"HTTP","req_method":"GET","req_uri":"/x","auth_type":"NONE","backend_type":"MOCK","mock_info":{}}`),
			404, "APIG.3001", []string{id}},
		{"grant of no API", post(auths, `{"api_ids":["`+id+`"],"app_ids":["`+id+`"],"env_id":"`+release+`"}`), 404, "APIG.3002", nil},

		// The body.
		{"body of 1 MB and a byte, announced", head("POST", groups, host, token, fmt.Sprintf("Content-Length: %d", 1<<20+1)), 413, "APIG.2006", []string{"1048576"}},
		{"body of 2 MB, not announced", chunks("POST", groups, host, strings.Repeat(" ", 2<<20), token), 413, "APIG.2006", []string{"1048576"}},
		{"log-in of 65 KB", whole("POST", "/v3/auth/tokens", host, strings.Repeat(" ", 65<<10)), 413, keystone, []string{"65536"}},
		{"no body", post(groups, ""), 400, "APIG.2000", []string{"empty"}},
		{"half an object", post(groups, `{"name":"bad_input"`), 400, "APIG.2000", []string{"byte"}},
		{"two objects", post(groups, `{"name":"bad_input"}{}`), 400, "APIG.2000", nil},
		{"list", post(groups, `[]`), 400, "APIG.2000", []string{"object"}},
		{"null", post(groups, `null`), 400, "APIG.2000", []string{"null"}},
		{"duplicate key", post(groups, `{"name":"bad_input","name":"bad_input2"}`), 400, "APIG.2000", []string{"twice"}},
		{"duplicate key in another case", post(groups, `{"name":"bad_input","NAME":"bad_input2"}`), 400, "APIG.2000", []string{"twice"}},
		{"70 levels", post(groups, `{"name":"bad_input","x":`+deep+`}`), 400, "APIG.2000", []string{"64"}},
		{"100,000 levels", post(groups, strings.Repeat("[", 100_000)), 400, "APIG.2000", nil},
		{"raw control character", post(groups, "{\"name\":\"bad\x01input\"}"), 400, "APIG.2000", nil},
		{"not UTF-8", post(groups, "{\"name\":\"bad\xff\"}"), 400, "APIG.2000", []string{"UTF-8"}},
		{"NUL", remark(`a\u0000b`), 400, "APIG.2000", []string{"U+0000"}},
		{"escaped control character", remark(`a\u0007b`), 400, "APIG.2011", []string{"parameterName:remark"}},
		{"terminal escape", remark(`\u001b[2J`), 400, "APIG.2011", []string{"parameterName:remark"}},
		{"control character in a name", post(groups, `{"name":"bad\ninput"}`), 400, "APIG.2011", []string{"parameterName:name"}},
		{"no name", post(groups, `{"remark":"x"}`), 400, "APIG.2001", []string{"parameterName:name"}},
		{"short name", post(groups, `{"name":"ab"}`), 400, "APIG.2005", []string{"parameterName:name"}},
		{"long name", post(groups, `{"name":"`+strings.Repeat("a", 65)+`"}`), 400, "APIG.2006", []string{"parameterName:name"}},
		{"long remark", remark(strings.Repeat("r", 256)), 400, "APIG.2006", []string{"parameterName:remark"}},
		{"name of a wrong type", post(groups, `{"name":{"first":"bad"}}`), 400, "APIG.2011", []string{"parameterName:name"}},
		{"list of a wrong type", post(auths, `{"api_ids":"x","app_ids":[],"env_id":""}`), 400, "APIG.2011", []string{"parameterName:api_ids"}},
		{"name that exists", post(groups, `{"name":"kept"}`), 400, "APIG.3201", nil},
		{"enumeration", post(apis, `{"name":"bad_input","group_id":"`+kept.ID+`","type":1,"req_protocol":"GOPHER","req_method":"GET","req_uri":"/x","auth_type":"NONE","backend_type":"MOCK","mock_info":{}}`),
			400, "APIG.2011", []string{"parameterName:req_protocol"}},
		{"log-in without body", whole("POST", "/v3/auth/tokens", host, ""), 400, keystone, nil},
		{"log-in with duplicate key", whole("POST", "/v3/auth/tokens", host, `{"auth":{},"AUTH":{}}`), 400, keystone, []string{"twice"}},

		// Credentials.
		{"none", head("GET", groups, host), 401, "APIG.1000", nil},
		{"none, body announced", head("POST", groups, host, "Content-Length: 100000"), 401, "APIG.1000", nil},
		{"token that is none", head("GET", groups, host, "X-Auth-Token: x"), 401, "APIG.1002", nil},
		{"token with another end", head("GET", groups, host, token[:len(token)-4]+"AAAA"), 401, "APIG.1002", nil},
		{"token of 32 KB", head("GET", groups, host, "X-Auth-Token: "+strings.Repeat("A", 32<<10)), 401, "APIG.1002", nil},
		{"two tokens", head("GET", groups, host, token, token), 401, "APIG.1002", []string{"more than once"}},
		{"token and signature", head("GET", groups, host, append(sign(groups, host, access, secret, time.Now()), token)...), 401, "APIG.1002", nil},
		{"signature of yesterday", head("GET", groups, host, sign(groups, host, access, secret, time.Now().Add(-24*time.Hour))...), 401, "APIG.1001", []string{"signature expired"}},
		{"signature 16 minutes ahead", head("GET", groups, host, sign(groups, host, access, secret, time.Now().Add(16*time.Minute))...), 401, "APIG.1001", []string{"signature expired"}},
		{"signature with another secret", head("GET", groups, host, sign(groups, host, access, "x"+secret, time.Now())...), 401, "APIG.1002", nil},
		{"signature of another path", head("GET", apps, host, sign(groups, host, access, secret, time.Now())...), 401, "APIG.1002", nil},
		{"signature for another host", head("GET", groups, "other.example", sign(groups, host, access, secret, time.Now())...), 401, "APIG.1002", nil},
		{"unknown access key", head("GET", groups, host, sign(groups, host, "NOSUCHKEY", secret, time.Now())...), 401, "APIG.1002", nil},
		{"Basic", head("GET", groups, host, "Authorization: Basic YWRtaW46YWRtaW4="), 401, "APIG.1002", nil},
		{"browser of another origin", post(groups, `{"name":"bad_input"}`, "Origin: https://evil.example", "Sec-Fetch-Site: cross-site"), 403, "APIC.7106", []string{"another origin"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.send(t, host) })
	}

	// The key itself is good, and nothing was left behind.
	wrong{"", head("GET", groups, host, sign(groups, host, access, secret, time.Now())...), 200, plain, []string{`"total":1`, kept.ID}}.send(t, host)
	a.do("GET", apps, nil).want(t, 200, `"total":0`)
	a.do("GET", apis, nil).want(t, 200, `"total":0`)
}
