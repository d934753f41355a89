package gateway_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/verify"
)

const (
	signKey    = "orders_key_1"
	signSecret = "orders-secret-0123456789"
)

// checked is a backend with the vendor's check.
func checked(t testing.TB) *recorder {
	k := &signChecker{map[string]string{signKey: signSecret}}
	return backend(t, k.serve)
}

// bothWays is one with the vendor's check and package verify, which must agree.
func bothWays(t testing.TB) *recorder {
	k := &signChecker{map[string]string{signKey: signSecret}}
	v := verify.New(func(access string) ([]byte, bool) { return []byte(signSecret), access == signKey })
	return backend(t, func(w http.ResponseWriter, r *http.Request, body string) {
		byRules := k.check(r, body)
		r.Body = io.NopCloser(strings.NewReader(body)) // the recorder has read it
		if byPackage := v.Check(r); (byRules == nil) != (byPackage == nil) {
			t.Errorf("%s %s: the vendor's rules say %v, package verify %v", r.Method, r.RequestURI, byRules, byPackage)
		}
		k.serve(w, r, body)
	})
}

// mappedParams make a request towards the backend that differs from the caller's
// in path, query and fields.
func mappedParams() []any {
	return []any{
		"req_params", list{
			object{"name": "old", "type": "STRING", "location": "QUERY", "required": 2},
			object{"name": "X-City", "type": "STRING", "location": "HEADER", "required": 2},
		},
		"backend_params", list{
			object{"name": "new", "location": "QUERY", "origin": "REQUEST", "value": "old"},
			object{"name": "c", "location": "QUERY", "origin": "CONSTANT", "value": "a b&[c]=+%"},
			object{"name": "X-Place", "location": "HEADER", "origin": "REQUEST", "value": "X-City"},
			object{"name": "X-App-Id", "location": "HEADER", "origin": "SYSTEM", "value": "$context.appId"},
			object{"name": "X-Const", "location": "HEADER", "origin": "CONSTANT", "value": " kept, as it is "},
		},
	}
}

// oddCalls are targets below an API's path, with what they carry.
func oddCalls() map[string][]option {
	calls := map[string][]option{
		"POST ":     {body("")},
		"POST /a":   {body("hello"), header("Content-Type", "text/plain; charset=utf-8")},
		"PUT /b":    {body(strings.Repeat("0123456789", 100_000))},
		"PATCH /c":  {body("\x00\xff\r\n"), header("Content-Type", "application/octet-stream")},
		"DELETE /d": {body("x")},
		"POST /chunked?x=1": {func(r *http.Request) error {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader("of unknown length")), -1
			return nil
		}},
		"GET /fields": {header("X-City", "北京"), header("Authorization", "Bearer the-caller's-own"), header("X-Sdk-Date", "20200101T000000Z"),
			header("Accept", "*/*"), header("X-App-Id", "forged"), header("Cookie", "a=b")},
		"GET /hash": {header("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD"), body("still signed")},
	}
	for _, target := range []string{
		"", "/", "/a/b/c", "/a/b/", "/a%20b", "/%E5%BC%A0", "/@:!$&'()*+,=", "/a+b%2Bc", "/%7Etilde-._", "/100%25", "/semi%3Bcolon",
		"?", "?a", "?a=", "?=v", "?a=1&a=0&b=2", "?b=2&a=1", "?B=1&b=2&a%2Bb=3", "?q=%20+%2B", "?q=a%26b%3Dc", "?%E5%BC%A0=%E5%BC%A0",
		"?&&a=1&&", "?old=1&x=2&old=%20", "?q=%C3%28", "?q=[]{}|^", "/tail/?x=/a/b?c", "?a=~!@$*()_-.,:/",
	} {
		for _, method := range []string{"GET ", "DELETE ", "OPTIONS ", "HEAD "} {
			calls[method+target] = nil
		}
	}
	return calls
}

// TestBackendSignature: whatever is called, over every protocol, a backend with the
// vendor's check and one with package verify accept what the gateway sends.
func TestBackendSignature(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("signed")
	b := bothWays(t)
	plain := own.published(g, web("/plain", b.address), "match_mode", "SWA")
	mapped := own.published(g, web("/mapped", b.address), append(mappedParams(), "match_mode", "SWA")...)
	key := own.sign(plain, signKey, signSecret)
	own.post("sign-bindings", object{"sign_id": key, "publish_ids": list{mapped.publication}})
	n := 0
	for call, options := range oddCalls() {
		method, target, _ := strings.Cut(call, " ")
		for _, api := range []string{"/plain", "/mapped"} {
			for kind := range protocol(3) {
				part := "checked"
				if method == "HEAD" {
					part = ""
				}
				g.call(kind, method+" "+api+target, options...).want(200, part)
				n++
			}
		}
	}
	if got := b.count(); got != n || n < 500 {
		t.Errorf("%d of %d calls reached the backend", got, n)
	}
}

// TestBackendSignatureSays: what the backend gets, and what becomes of it when
// the key changes or goes.
func TestBackendSignatureSays(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("signed")
	b := checked(t)
	api := own.published(g, web("/orders", b.address), mappedParams()...)
	g.http("GET /orders").want(401, `Authorization "" does not match`) // not bound yet
	key := own.sign(api, signKey, signSecret)
	g.https("POST /orders", body("x"), header("Content-Type", "text/plain"), header("Authorization", "Bearer mine")).want(200, "checked")
	got := b.last(t).header
	want := "SDK-HMAC-SHA256 Access=" + signKey + ", SignedHeaders=content-type;host;x-app-id;x-const;x-sdk-date, Signature="
	if a := got.Values("Authorization"); len(a) != 1 || !strings.HasPrefix(a[0], want) {
		t.Errorf("Authorization %q, want %s…", a, want)
	}
	if got.Get("X-Sdk-Content-Sha256") != "" || len(got.Values("X-Sdk-Date")) != 1 {
		t.Errorf("fields %v", got)
	}
	own.put("signs/"+key, object{"name": unique("sign"), "sign_key": signKey, "sign_secret": "another-secret-0123456"})
	g.http("GET /orders").want(401, "signature does not match")
	own.put("signs/"+key, object{"name": unique("sign"), "sign_key": "another_key_1", "sign_secret": signSecret})
	g.http("GET /orders").want(401, "key another_key_1 is unknown")
	bound := own.get("sign-bindings/binded-signs?api_id=" + api.id).text("bindings.0.id")
	own.remove("sign-bindings/" + bound)
	g.http("GET /orders", header("Authorization", "Bearer mine")).want(401, `Authorization "Bearer mine"`)
}

// TestBackendSignatureFails: a query that the gateway cannot sign any more is not
// sent unsigned.
func TestBackendSignatureFails(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("signed")
	b := echo(t)
	own.sign(own.published(g, web("/orders", b.address), mappedParams()...), signKey, signSecret)
	g.http("GET /orders?"+strings.Repeat("&a", 999)).want(200, "")
	g.http("GET /orders?"+strings.Repeat("&a", 1000)).fault(500, "APIG.0705", "Backend signature calculation failed.")
	if b.count() != 1 {
		t.Errorf("%d calls reached the backend, want 1", b.count())
	}
}

// TestForgedCalls goes around the gateway with a signed request that was seen.
func TestForgedCalls(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g := own.group("signed")
	b := bothWays(t)
	own.sign(own.published(g, web("/orders", b.address), mappedParams()...), signKey, signSecret)
	g.http("POST /orders?x=1", body("five apples"), header("Content-Type", "text/plain")).want(200, "")
	seen := b.last(t)

	replay := func(change func(*http.Request)) int {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, seen.method, "http://"+b.address+seen.uri, strings.NewReader(seen.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header, r.Host = seen.header.Clone(), seen.host
		change(r)
		response, err := p.management.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode
	}
	if status := replay(func(*http.Request) {}); status != 200 {
		t.Fatalf("the request itself: %d", status)
	}
	for name, change := range map[string]func(*http.Request){
		"no signature": func(r *http.Request) { r.Header.Del("Authorization") },
		"method":       func(r *http.Request) { r.Method = "PUT" },
		"path":         func(r *http.Request) { r.URL.Path = "/backend/admin" },
		"query":        func(r *http.Request) { r.URL.RawQuery += "&admin=1" },
		"host":         func(r *http.Request) { r.Host = "other.example.com" },
		"body":         func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("nine apples")) },
		"identity":     func(r *http.Request) { r.Header.Set("X-App-Id", "somebody") },
		"type":         func(r *http.Request) { r.Header.Set("Content-Type", "text/html") },
		"later date": func(r *http.Request) {
			r.Header.Set("X-Sdk-Date", time.Now().Add(time.Minute).UTC().Format("20060102T150405Z"))
		},
		"old date": func(r *http.Request) { r.Header.Set("X-Sdk-Date", "20200101T000000Z") },
		"unsigned": func(r *http.Request) {
			r.Header.Set("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")
			r.Body = io.NopCloser(strings.NewReader("nine apples"))
		},
		"another key": func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), signKey, "orders_key_2", 1))
		},
		"fewer fields": func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "x-app-id;", "", 1))
			r.Header.Set("X-App-Id", "somebody")
		},
	} {
		if status := replay(change); status != 401 {
			t.Errorf("%s: %d, want 401", name, status)
		}
	}
	if _, port, err := net.SplitHostPort(seen.host); err != nil || port == "" {
		t.Errorf("the backend was asked as %q", seen.host)
	}
}
