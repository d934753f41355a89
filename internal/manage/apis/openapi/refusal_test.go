package openapi_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// wrong are documents that are refused as a whole.
var wrong = []struct{ name, text, code, part string }{
	{"empty", "", "APIG.3609", ""},
	{"blanks", " \n\t\n", "APIG.3609", ""},
	{"no document", "a: [1", "APIG.3600", ""},
	{"half of JSON", `{"swagger":"2.0","paths":{`, "APIG.3600", ""},
	{"not UTF-8", "swagger: '2.0'\ninfo: {title: \"\xff\"}", "APIG.3600", "UTF-8"},
	{"NUL", `{"swagger":"2.0","info":{"title":"a\u0000b"},"paths":{}}`, "APIG.3600", "U+0000"},
	{"a text", "hello", "APIG.3602", "no object"},
	{"a list", "[1, 2]", "APIG.3602", "no object"},
	{"no version", "info: {title: abc}\npaths: {}", "APIG.3601", "2.0"},
	{"version 1.2", "swaggerVersion: '1.2'\n", "APIG.3601", ""},
	{"version 3.2", "openapi: 3.2.0\ninfo: {title: abc}\npaths: {}\n", "APIG.3601", ""},
	{"both versions", "openapi: 3.0.0\nswagger: '2.0'\ninfo: {title: abc}\npaths: {}\n", "APIG.3601", ""},
	{"a key twice", "swagger: '2.0'\nswagger: '2.0'\n", "APIG.3602", `"swagger" twice`},
	{"no paths", "swagger: '2.0'\ninfo: {title: abc}\n", "APIG.3602", "paths"},
	{"paths in a list", swagger("  - /a\n"), "APIG.3602", "paths"},
	{"a path that is text", swagger("  /a: b\n"), "APIG.3602", "/paths/~1a"},
	{"an operation that is text", swagger("  /a: {get: b}\n"), "APIG.3602", "/paths/~1a/get"},
	{"a path elsewhere", swagger("  /a: {$ref: 'http://169.254.169.254/x.json'}\n"), "APIG.3602", "/paths/~1a/$ref"},
	{"a file", swagger("  /a: {get: {parameters: [{$ref: '/etc/passwd#/x'}]}}\n"), "APIG.3602", "/paths/~1a/get/parameters/0/$ref"},
	{"a path that is nowhere", swagger("  /a: {$ref: '#/nowhere'}\n"), "APIG.3602", "names nothing"},
	{"a path that is itself", swagger("  /a: {$ref: '#/paths/~1a'}\n"), "APIG.3602", "circle"},
	{"a throttle that is text", swagger("  {}\n") + "x-apigateway-ratelimits: {slow: fast}\n", "APIG.3602", "/x-apigateway-ratelimits/slow must be an object"},
	{"a limit that is text", swagger("  {}\n") + "x-apigateway-ratelimits: {slow: {api-limit: many}}\n", "APIG.3602", "api-limit"},
	{"a list that is text", swagger("  {}\n") + "x-apigateway-access-controls: {few: x}\n", "APIG.3602", "/x-apigateway-access-controls/few"},
}

func TestDocumentsThatAreRefused(t *testing.T) {
	each(t, func(h *house) {
		for _, w := range wrong {
			h.t.Run(w.name, func(t *testing.T) {
				h.For(t).Do("POST", path, w.text).Refused(400, w.code, w.part)
				h.For(t).Do("POST", path+"?dry_run=true", w.text).Refused(400, w.code, w.part)
			})
		}
		for title, code := range map[string]string{"": "APIG.2001", "'%%%'": "APIG.2011", "ab": "APIG.2011", "{a: b}": "APIG.2001"} {
			h.Do("POST", path, strings.Replace(mocks("/a", "api_a"), "Orders", title, 1)).Refused(400, code, "info.title")
		}
		h.nothing()
		h.group("Orders")
		h.Do("POST", path, mocks("/a", "api_a")).Refused(400, "APIG.3201", "name:Orders")
		if h.count("apis") != 0 {
			h.t.Error("APIs without their group")
		}
	})
}

// failing are operations that fail alone. Each stands beside a good one.
var failing = []struct{ name, operation, code, part string }{
	{"type of backend", "x-apigateway-backend: {type: FTP}", "APIG.2011", "parameterName:backend_type"},
	{"no type of backend", "x-apigateway-backend: {parameters: []}", "APIG.2001", "parameterName:backend_type"},
	{"no endpoint", "x-apigateway-backend: {type: HTTP}", "APIG.2001", "httpEndpoints"},
	{"no channel's endpoint", "x-apigateway-backend: {type: HTTP-VPC}", "APIG.2001", "httpVpcEndpoints"},
	{"no function", "x-apigateway-backend: {type: FUNCTION}", "APIG.2001", "functionEndpoints"},
	{"unknown channel", "x-apigateway-backend: {type: HTTP-VPC, httpVpcEndpoints: {name: VPC_foreign, scheme: http, method: GET, path: /}}", "APIG.3023", "VPC_foreign"},
	{"unknown function", "x-apigateway-backend: {type: FUNCTION, functionEndpoints: {function-urn: 'urn:x', invocation-type: sync}}", "APIG.3019", ""},
	{"timeout of 0", "x-apigateway-backend: {type: HTTP, httpEndpoints: {address: h.test, scheme: http, method: GET, path: /, timeout: 0}}", "APIG.2002", "timeout"},
	{"timeout of a text", "x-apigateway-backend: {type: HTTP, httpEndpoints: {address: h.test, scheme: http, method: GET, path: /, timeout: long}}", "APIG.2011", "timeout"},
	{"timeout over a minute", "x-apigateway-backend: {type: HTTP, httpEndpoints: {address: h.test, scheme: http, method: GET, path: /, timeout: 60001}}", "APIG.2003", "timeout"},
	{"policy of another type", mock + "x-apigateway-backend-policies: [{type: HTTP, name: abc, effectMode: ANY, conditions: [], httpEndpoints: {address: h.test, scheme: http, method: GET, path: /}}]", "APIG.2011", "parameterName:backend_type"},
	{"policy without conditions", mock + "x-apigateway-backend-policies: [{type: MOCK, name: abc, effectMode: ANY, mockEndpoints: {result-content: x}}]", "APIG.2001", "conditions"},
	{"request type", mock + "x-apigateway-request-type: secret", "APIG.2011", "x-apigateway-request-type"},
	{"match mode", mock + "x-apigateway-match-mode: some", "APIG.2011", "match_mode"},
	{"security that is not defined", mock + "security: [{other: []}]", "APIG.3602", "other"},
	{"authorizer that does not exist", mock + "security: [{nobody: []}]", "APIG.3081", "Nobody"},
	{"reference that names nothing", mock + "parameters: [{$ref: '#/parameters/none'}]", "APIG.3602", "names nothing"},
	{"reference to itself", mock + "parameters: [{$ref: '#/parameters/loop'}]", "APIG.3602", "circle"},
	{"throttle that does not exist", mock + "x-apigateway-ratelimit: none", "APIG.3005", "none"},
	{"throttle that is wrong", mock + "x-apigateway-ratelimit: odd", "APIG.2011", "unit"},
	{"list that does not exist", mock + "x-apigateway-access-control: none", "APIG.3006", "none"},
	{"lists of one type", mock + "x-apigateway-access-control: [one, two]", "APIG.2011", "x-apigateway-access-control"},
	{"bounds the wrong way", mock + "parameters: [{name: q, in: query, type: integer, minimum: 5, maximum: 1}]", "APIG.2011", "min_num"},
	{"mapping of nothing", "x-apigateway-backend: {type: MOCK, mockEndpoints: {}, parameters: [{name: a, in: query, origin: REQUEST, value: b}]}", "APIG.2028", "b"},
	{"a path with a query", "", "APIG.2011", "req_uri"},
	{"a method that is none", mock, "APIG.2011", "req_method"},
}

const mock = "x-apigateway-backend: {type: MOCK, mockEndpoints: {result-content: x}}\n      "

func TestOperationsThatFail(t *testing.T) {
	each(t, func(h *house) {
		for i, f := range failing {
			method, route := "get", "/bad"
			switch f.name {
			case "a path with a query":
				route = "/bad?x=1"
			case "a method that is none":
				method = "trace"
			}
			text := mocks("/good", "api_good") + "  " + route + ":\n    " + method + ":\n      operationId: api_bad\n      " + f.operation + `
parameters:
  loop: {$ref: '#/parameters/loop'}
securityDefinitions:
  nobody: {type: apiKey, name: unused, in: header, x-apigateway-auth-type: AUTHORIZER, x-apigateway-authorizer: {name: Nobody}}
x-apigateway-ratelimits:
  odd: {api-limit: 1, interval: 1, unit: WEEK}
x-apigateway-access-controls:
  one: {acl-type: PERMIT, entity-type: IP, value: 1.1.1.1}
  two: {acl-type: PERMIT, entity-type: IP, value: 1.1.1.2}
`
			h.t.Run(f.name, func(t *testing.T) {
				res := h.imported(h.For(t).Do("POST", path, strings.Replace(text, "Orders", fmt.Sprintf("Orders_%d", i), 1)))
				if len(res.Success) != 1 || res.Success[0].Path != "/good" || len(res.Failure) != 1 {
					t.Fatalf("%+v %+v", res.Success, res.Failure)
				}
				got := res.Failure[0]
				if got.Code != f.code || !strings.Contains(got.Message, f.part) || got.Method != strings.ToUpper(method) || got.Path != route {
					t.Errorf("%+v, want %s with %q", got, f.code, f.part)
				}
			})
		}
		// What a failing operation had made on its way is gone with it.
		if h.count("acls")+h.count("throttles")+h.count("binding_wishes") != 0 {
			h.t.Error("a failed operation left policies")
		}
	})
}

func TestQuotas(t *testing.T) {
	limits, err := quota.Default().With(map[quota.Item]int{quota.Imports: 3, quota.APIs: 3, quota.Groups: 2, quota.APIsPerGroup: 2, quota.Throttles: 0})
	if err != nil {
		t.Fatal(err)
	}
	eachWith(t, limits, func(h *house) {
		h.Do("POST", path, mocks("/a", "api_a", "/b", "api_b", "/c", "api_c", "/d", "api_d")).
			Refused(403, "APIG.3127", "A maximum of 3 APIs can be imported at a time.")
		h.nothing()
		res := h.imported(h.Do("POST", path, mocks("/a", "api_a", "/b", "api_b", "/c", "api_c")))
		if len(res.Success) != 2 || len(res.Failure) != 1 || res.Failure[0].Code != "APIG.3125" {
			h.t.Errorf("APIs of a group: %+v %+v", res.Success, res.Failure)
		}
		text := strings.Replace(mocks("/a", "api_a", "/b", "api_b"), "Orders", "More", 1)
		res = h.imported(h.Do("POST", path, text))
		if len(res.Success) != 1 || len(res.Failure) != 1 || res.Failure[0].Code != "APIG.3102" {
			h.t.Errorf("APIs of a project: %+v %+v", res.Success, res.Failure)
		}
		h.Do("POST", path, strings.Replace(text, "More", "Much_more", 1)).Refused(403, "APIG.3101")
		limited := strings.Replace(mocks("/x", "api_a"), "x-apigateway-backend", "x-apigateway-ratelimit: slow\n      x-apigateway-backend", 1) +
			"x-apigateway-ratelimits: {slow: {api-limit: 1, interval: 1, unit: DAY}}\n"
		res = h.imported(h.Do("PUT", path+"?mode=override&group_id="+res.GroupID, limited))
		if len(res.Failure) != 1 || res.Failure[0].Code != "APIG.3107" {
			h.t.Errorf("throttles of a project: %+v", res.Failure)
		}
	})
}

// bombs are documents whose cost is out of proportion to their length, beyond
// those that package document refuses by itself.
func bombs() map[string]string {
	repeat := func(head string, n int, format, tail string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := range n {
			if strings.Contains(format, "%") {
				fmt.Fprintf(&b, format, i)
			} else {
				b.WriteString(format)
			}
		}
		return b.String() + tail
	}
	laughs := "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths: {}\nx-a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]\n"
	for i := 1; i < 9; i++ {
		laughs += fmt.Sprintf("x-a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	return map[string]string{
		"aliases of aliases":       laughs,
		"nested schemas":           `{"openapi":"3.0.3","info":{"title":"x","version":"1"},"paths":{},"components":{"schemas":{"A":` + strings.Repeat(`{"type":"array","items":`, 2000) + `{}` + strings.Repeat("}", 2000) + "}}}",
		"brackets":                 strings.Repeat("[", 200_000),
		"brackets, 5 MB":           strings.Repeat("[", document.MaxBytes),
		"50,000 operations":        repeat("swagger: '2.0'\ninfo: {title: Many}\npaths:\n", 50_000, "  /p%d:\n    get: {operationId: o}\n", ""),
		"50,000 operations, JSON":  repeat(`{"swagger":"2.0","info":{"title":"Many"},"paths":{`, 50_000, `"/p%d":{"get":{}},`, `"/last":{}}}`),
		"one path, 10,000 times":   repeat("swagger: '2.0'\ninfo: {title: Many}\nx-p: {get: {parameters: ["+strings.Repeat("{name: a, in: query},", 900)+"]}}\npaths:\n", 4000, "  /p%d: {$ref: '#/x-p'}\n", ""),
		"references in a circle":   swagger("  /a: {$ref: '#/paths/~1b'}\n  /b: {$ref: '#/paths/~1a'}\n"),
		"a server without an end":  "openapi: 3.0.0\ninfo: {title: x}\nservers: [{url: '" + strings.Repeat("{a}", 600) + "', variables: {a: {default: '" + strings.Repeat("{a}", 600) + "'}}}]\npaths: {}\n",
		"more than 5 MB":           strings.Repeat("#\n", document.MaxBytes/2+1),
		"a million dashes":         strings.Repeat("-\n", 1_000_000),
		"a list in flow style":     "a: [" + strings.Repeat("a,", 1_000_000) + "]",
		"a long number":            `{"swagger":"2.0","paths":` + strings.Repeat("9", 2_000_000) + "}",
		"references elsewhere":     swagger("  /a: {$ref: 'http://169.254.169.254/x.json'}\n"),
		"a reference to a file":    swagger("  /a: {$ref: 'file:///etc/passwd'}\n"),
		"2,000 parameters":         swagger("  /a:\n    get:\n      parameters: [" + strings.Repeat("{name: a, in: query},", 2_000) + "]\n"),
		"5,000 security schemes":   repeat("swagger: '2.0'\ninfo: {title: x}\nsecurity:\n", 5_000, "  - s%d: []\n", "paths:\n  /a: {get: {}, put: {}, post: {}}\n"),
		"operations and operation": strings.Repeat("get:\n", 500_000),
	}
}

func TestBombs(t *testing.T) {
	each(t, func(h *house) {
		for name, text := range bombs() {
			h.t.Run(name, func(t *testing.T) {
				c := h.For(t)
				var r *wiretest.Response
				took, limit := time.Hour, 100*time.Millisecond*slower
				for tries := 0; tries < 10 && took > limit; tries++ { // others use this machine as well
					var before, after runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&before)
					begun := time.Now()
					r = c.Do("POST", path+"?dry_run=true", text)
					took = min(took, time.Since(begun))
					runtime.ReadMemStats(&after)
					// The request itself is in the figure: its body, read once.
					if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
						t.Errorf("allocated %d MB", used>>20)
					}
				}
				if took > limit {
					t.Errorf("took %v", took)
				}
				if r.Status == 200 && len(h.imported(r).Success) > 0 || r.Status != 200 && r.Status != 400 {
					t.Errorf("%d %.300s", r.Status, r.Body)
				}
			})
		}
		h.nothing()
	})
}
