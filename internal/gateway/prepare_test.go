package gateway_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
)

// TestRequestForm: what is refused before anybody looks for an API, and how.
func TestRequestForm(t *testing.T) {
	const (
		bad     = "API request error: "
		twice   = " appears twice"
		unequal = "the Host header differs from the host of the request line"
	)
	long := func(n int) string { return strings.Repeat("a", n) }
	many := func(n int) []string {
		var out []string
		for range n {
			out = append(out, "A: b")
		}
		return out
	}
	tests := []struct {
		name   string
		call   string
		fields []string
		status int
		code   string
		msg    string
	}{
		{"fine", "GET /a", nil, 200, "", ""},
		{"TRACE", "TRACE /a", nil, 405, "APIG.0602", "Bad request: the method is not supported"},
		{"CONNECT", "CONNECT example.com:443", nil, 405, "APIG.0602", "Bad request: the method is not supported"},
		{"lower case", "get /a", nil, 405, "APIG.0602", "Bad request: the method is not supported"},
		{"ANY", "ANY /a", nil, 405, "APIG.0602", "Bad request: the method is not supported"},
		{"unknown method", "PROPFIND /a", nil, 405, "APIG.0602", "Bad request: the method is not supported"},
		{"longest URI", "GET /a?" + long(32<<10-3), nil, 200, "", ""},
		{"URI too large", "GET /a?" + long(32<<10-2), nil, 414, "APIG.0201", "Request URI too large."},
		{"field too large", "GET /a", []string{"A: " + long(32<<10)}, 494, "APIG.0201", "Request headers too large."},
		{"largest field", "GET /a", []string{"A: " + long(32<<10-1)}, 200, "", ""},
		{"fields too large together", "GET /a", []string{"A: " + long(30<<10), "B: " + long(30<<10), "C: " + long(30<<10), "D: " + long(30<<10), "E: " + long(30<<10)}, 494, "APIG.0201", "Request headers too large."},
		{"128 fields", "GET /a", many(127), 200, "", ""},
		{"129 fields", "GET /a", many(128), 494, "APIG.0201", "Request headers too large."},
		{"asterisk", "OPTIONS *", nil, 400, "APIG.0201", bad + "request path does not begin with '/'"},
		{"fragment", "GET /a#b", nil, 400, "APIG.0201", bad + "request path has one of"},
		{"backslash", `GET /a\b`, nil, 400, "APIG.0201", bad + "request path has one of"},
		{"empty segment", "GET //a", nil, 400, "APIG.0201", bad + "request path has an empty segment"},
		{"dot segment", "GET /b/../a", nil, 400, "APIG.0201", bad + "request path has a dot segment"},
		{"encoded dot segment", "GET /b/%2e%2E/a", nil, 400, "APIG.0201", bad + "request path has a dot segment"},
		{"encoded slash", "GET /a%2fb", nil, 400, "APIG.0201", bad + "request path has an encoded slash"},
		{"encoded twice", "GET /b/%252e%252e/a", nil, 400, "APIG.0201", bad + "request path has a slash"},
		{"NUL", "GET /a%00", nil, 400, "APIG.0201", bad + "request path has an encoded control"},
		{"path parameter", "GET /a;x=1", nil, 400, "APIG.0201", bad + "request path has one of"},
		{"bad escape in the query", "GET /a?x=%zz", nil, 400, "APIG.0201", bad + "request query has a '%'"},
		{"semicolon in the query", "GET /a?x=1;y=2", nil, 400, "APIG.0201", bad + "request query has one of"},
		{"too many pairs", "GET /a?" + strings.Repeat("x&", 1001), nil, 400, "APIG.0201", bad + "request query has more than 1000"},
		{"empty host", "GET /a", []string{"Host: "}, 400, "APIG.0201", bad + "request host is empty"},
		{"host with user", "GET /a", []string{"Host: a@example.com"}, 400, "APIG.0201", bad + "request host has a character"},
		{"two hosts", "GET /a", []string{"Host: example.com", "Host: example.com"}, 400, "APIG.0201", bad + "header Host" + twice},
		{"two hosts in another case", "GET /a", []string{"Host: example.com", "hOST: example.com"}, 400, "APIG.0201", bad + "header Host" + twice},
		{"two Authorization", "GET /a", []string{"Authorization: a", "authorization: a"}, 400, "APIG.0201", bad + "header Authorization" + twice},
		{"two dates", "GET /a", []string{"X-Sdk-Date: a", "X-SDK-DATE: a"}, 400, "APIG.0201", bad + "header X-Sdk-Date" + twice},
		{"two digests", "GET /a", []string{"X-Sdk-Content-Sha256: a", "x-sdk-content-sha256: b"}, 400, "APIG.0201", bad + "header X-Sdk-Content-Sha256" + twice},
		{"two AppCodes", "GET /a", []string{"X-Apig-AppCode: a", "X-Apig-Appcode: a"}, 400, "APIG.0201", bad + "header X-Apig-AppCode" + twice},
		{"two tokens", "GET /a", []string{"X-Auth-Token: a", "X-Auth-Token: a"}, 400, "APIG.0201", bad + "header X-Auth-Token" + twice},
		{"two stages", "GET /a", []string{"X-Stage: RELEASE", "x-stage: RELEASE"}, 400, "APIG.0201", bad + "header X-Stage" + twice},
		{"two types", "GET /a", []string{"Content-Type: a/b", "content-type: a/b"}, 400, "APIG.0201", bad + "header Content-Type" + twice},
		{"two of another field", "GET /a", []string{"Accept: a/b", "Accept: a/b"}, 200, "", ""},
		{"h2c", "GET /a", []string{"Connection: Upgrade", "Upgrade: h2c"}, 400, "APIG.0602", "Bad request: the connection cannot be upgraded to this protocol"},
		{"several upgrades", "GET /a", []string{"upgrade: websocket, h2c"}, 400, "APIG.0602", "Bad request: the connection cannot be upgraded to this protocol"},
		{"hops", "GET /a", []string{"X-Apig-Hops: 9"}, 200, "", ""},
		{"hops that are no number", "GET /a", []string{"X-Apig-Hops: 99x"}, 200, "", ""},
		{"too many hops", "GET /a", []string{"x-apig-hops: 10"}, 500, "APIG.0612", "An API cannot call itself."},
		{"far too many hops", "GET /a", []string{"X-Apig-Hops: 99999999999999999999999"}, 500, "APIG.0612", "An API cannot call itself."},
	}
	g := house(t, api("a", "ANY", "/a"))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := gatewaytest.Raw(t, test.call, test.fields...)
			status, code, msg := outcome(t, g, c)
			if status != test.status || code != test.code || !strings.HasPrefix(msg, test.msg) {
				t.Errorf("%d %s %s\nwant %d %s %s", status, code, msg, test.status, test.code, test.msg)
			}
			if sent := g.Backend.Take(); (len(sent) > 0) != (test.status == 200) {
				t.Errorf("sent %+v", sent)
			}
			if _, allow := c.Response.Headers.Get("Allow"); allow != (test.status == 405) {
				t.Errorf("Allow on %d: %v", status, allow)
			}
		})
	}

	t.Run("absolute target for another host", func(t *testing.T) {
		c := gatewaytest.Raw(t, "GET /a")
		c.Request.Host = "evil.test"
		if status, _, msg := outcome(t, g, c); status != 400 || msg != bad+unequal {
			t.Errorf("%d %s", status, msg)
		}
	})
	t.Run("host missing", func(t *testing.T) {
		c := gatewaytest.Raw(t, "GET /a")
		c.Request.Headers = c.Request.Headers[:0]
		if status, _, msg := outcome(t, g, c); status != 400 || msg != bad+"the Host header is missing" {
			t.Errorf("%d %s", status, msg)
		}
	})
	t.Run("names with underscore are dropped", func(t *testing.T) {
		c := gatewaytest.Raw(t, "GET /a", "X_Stage: TEST", "X-Own_Field: 1", "X_Forwarded_For: 1.1.1.1", "X-Own: 1")
		if status, _, _ := outcome(t, g, c); status != 200 {
			t.Errorf("%d", status)
		}
		if h := g.Backend.Take()[0].Headers; !strings.HasPrefix(h, "X-Own: 1 | X-Forwarded-For: "+gatewaytest.Peer+" | ") {
			t.Errorf("sent %s", h)
		}
	})
}

func TestBodyLimit(t *testing.T) {
	const limit = 12 << 20
	g := house(t, api("a", "POST", "/a"), api("granted", "POST", "/b", withAuth))
	tests := []struct {
		name     string
		size     int
		announce bool
		sign     bool
		status   int
	}{
		{"largest", limit, true, false, 200},
		{"announced too large", limit + 1, true, false, 413},
		{"largest, unannounced", limit, false, false, 200},
		{"unannounced too large", limit + 1, false, false, 413},
		{"largest, hashed", limit, true, true, 200},
		{"too large, hashed", limit + 1, false, true, 413},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := strings.Repeat("b", test.size)
			path := "/a"
			if test.sign {
				path = "/b"
			}
			c := gatewaytest.Raw(t, "POST "+path)
			if test.sign {
				sign(c, appKey, appSecret, body)
			}
			c.Request.Body, c.Request.BodyLength = strings.NewReader(body), -1
			if test.announce {
				c.Request.BodyLength = int64(test.size)
			}
			status, code, msg := outcome(t, g, c)
			sent := g.Backend.Take()
			if status != test.status {
				t.Fatalf("%d %s %s", status, code, msg)
			}
			switch {
			case status == 200 && (len(sent) != 1 || sent[0].Body != body):
				t.Error("the body did not arrive")
			case status == 413 && (code != "APIG.0201" || msg != "Request entity too large."):
				t.Errorf("%s %s", code, msg)
			}
		})
	}
}
