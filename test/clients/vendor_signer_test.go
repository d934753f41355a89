package clients_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request"
)

// echoed is what reached the backend.
type echoed struct {
	Method string
	URI    string
	Header http.Header
	Body   []byte
}

// newEcho is a backend that answers with what reached it.
func newEcho(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(echoed{r.Method, r.RequestURI, r.Header, body})
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// signAndSend does with a request what the vendor's client does: sign it, add
// the headers that the signer answers, convert it, send it.
func signAndSend(t *testing.T, r *request.DefaultHttpRequest, key, secret string) *answer {
	t.Helper()
	headers, err := signer.Sign(r, key, secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		r.AddHeaderParam(name, value)
	}
	converted, err := r.ConvertRequest()
	if err != nil {
		t.Fatal(err)
	}
	return send(t, converted)
}

// call begins a request to a group's APIs.
func call(l *lintel, g group, method, path string) *request.HttpRequestBuilder {
	return request.NewHttpRequestBuilder().WithEndpoint(l.endpoint(g)).WithMethod(method).WithPath(path)
}

// TestVendorSignerCallsAPIs calls through the gateway with the vendor's signer.
func TestVendorSignerCallsAPIs(t *testing.T) {
	t.Parallel()
	l := serve(t)
	g := l.group("vendor")
	caller, stranger := l.app("caller"), l.app("stranger")
	l.publish(g, "echo_api", "/echo", newEcho(t), caller)

	t.Run("GET", func(t *testing.T) {
		got := pass(t, call(l, g, "GET", "/echo").Build(), caller)
		if got.Method != "GET" || got.URI != "/echo" {
			t.Errorf("the backend got %s %s", got.Method, got.URI)
		}
		for _, name := range []string{"Authorization", "X-Sdk-Date"} {
			if v := got.Header.Get(name); v != "" {
				t.Errorf("%s: %s reached the backend", name, v)
			}
		}
	})
	t.Run("query and escapes", func(t *testing.T) {
		r := call(l, g, "GET", "/echo/a b/中文/x~y_z.-/+@").
			AddQueryParam("city", reflect.ValueOf("shen zhen & co/=?~*")).
			AddQueryParam("a+b", reflect.ValueOf("1+1")).
			AddQueryParam("empty", reflect.ValueOf("")).
			AddQueryParam("many", reflect.ValueOf([]string{"2", "10", "1"})).
			AddQueryParam("limit", reflect.ValueOf(10)).Build()
		got := pass(t, r, caller)
		u, err := http.NewRequest(got.Method, "http://backend"+got.URI, nil)
		if err != nil {
			t.Fatal(err)
		}
		if u.URL.Path != "/echo/a b/中文/x~y_z.-/+@" {
			t.Errorf("the backend got the path %q", u.URL.Path)
		}
		want := map[string][]string{
			"city": {"shen zhen & co/=?~*"}, "a+b": {"1+1"}, "empty": {""}, "many": {"2", "10", "1"}, "limit": {"10"},
		}
		if q := map[string][]string(u.URL.Query()); !reflect.DeepEqual(q, want) {
			t.Errorf("the backend got the query %v, want %v", q, want)
		}
	})
	t.Run("slash at the end", func(t *testing.T) {
		if got := pass(t, call(l, g, "GET", "/echo/").Build(), caller); got.URI != "/echo/" {
			t.Errorf("the backend got %s", got.URI)
		}
	})
	t.Run("POST JSON", func(t *testing.T) {
		r := call(l, g, "POST", "/echo/orders").AddHeaderParam("Content-Type", "application/json;charset=UTF-8").
			AddHeaderParam("X-My-City", "  shenzhen  ").AddHeaderParam("Host", strings.TrimPrefix(l.endpoint(g), "http://")).
			WithBody("", map[string]any{"name": "张三", "note": "<&>", "qty": 2}).Build()
		got := pass(t, r, caller)
		var body struct {
			Name, Note string
			Qty        int
		}
		if err := json.Unmarshal(got.Body, &body); err != nil || body.Name != "张三" || body.Note != "<&>" || body.Qty != 2 {
			t.Errorf("the backend got the body %q (%v)", got.Body, err)
		}
		if got.Header.Get("X-My-City") != "shenzhen" {
			t.Errorf("the backend got the header %q", got.Header.Get("X-My-City"))
		}
	})
	t.Run("body that is not JSON", func(t *testing.T) {
		r := call(l, g, "PUT", "/echo/logo").AddHeaderParam("Content-Type", "text/plain").WithBody("", "\x00\x01 plain text\n").Build()
		got := pass(t, r, caller)
		if r.GetHeaderParams()["X-Sdk-Content-Sha256"] != "UNSIGNED-PAYLOAD" {
			t.Errorf("the signer did not leave the body unsigned: %v", r.GetHeaderParams())
		}
		if string(got.Body) != "\x00\x01 plain text\n" {
			t.Errorf("the backend got the body %q", got.Body)
		}
	})
	t.Run("DELETE with a header that has an underscore", func(t *testing.T) {
		got := pass(t, call(l, g, "DELETE", "/echo/1").AddHeaderParam("my_hdr", "zzz").Build(), caller)
		if got.Method != "DELETE" || got.Header.Get("My_hdr") != "" || got.Header.Get("my_hdr") != "" {
			t.Errorf("the backend got %s with %v", got.Method, got.Header)
		}
	})
	t.Run("environment", func(t *testing.T) {
		pass(t, call(l, g, "GET", "/echo").AddHeaderParam("X-Stage", "RELEASE").Build(), caller)
		signAndSend(t, call(l, g, "GET", "/echo").AddHeaderParam("X-Stage", "NOWHERE").Build(), caller.Key, caller.Secret).
			want(t, 404, "APIG.0101")
	})
	t.Run("wrong secret", func(t *testing.T) {
		signAndSend(t, call(l, g, "GET", "/echo").Build(), caller.Key, "wrong").want(t, 401, "APIG.0303", "verify signature fail")
	})
	t.Run("unknown key", func(t *testing.T) {
		signAndSend(t, call(l, g, "GET", "/echo").Build(), "nobody", caller.Secret).want(t, 401, "APIG.0303", "app not found, appkey nobody")
	})
	t.Run("old signature", func(t *testing.T) {
		old := time.Now().UTC().Add(-16 * time.Minute).Format(signer.BasicDateFormat)
		r := call(l, g, "GET", "/echo").AddHeaderParam(signer.HeaderXDate, old).Build()
		signAndSend(t, r, caller.Key, caller.Secret).want(t, 401, "APIG.0303", "signature expired, signature time:"+old)
	})
	t.Run("body changed on the way", func(t *testing.T) { changedBody(t, l, g, caller) })
	t.Run("app without grant", func(t *testing.T) {
		signAndSend(t, call(l, g, "GET", "/echo").Build(), stranger.Key, stranger.Secret).want(t, 403, "APIG.0304")
	})
}

// pass wants a call to reach the backend, and answers what reached it.
func pass(t *testing.T, r *request.DefaultHttpRequest, caller app) (got echoed) {
	t.Helper()
	signAndSend(t, r, caller.Key, caller.Secret).want(t, 200).decode(t, &got)
	return got
}

// changedBody signs one body and sends another.
func changedBody(t *testing.T, l *lintel, g group, caller app) {
	r := call(l, g, "POST", "/echo").AddHeaderParam("Content-Type", "application/json").WithBody("", `{"qty":1}`).Build()
	headers, err := signer.Sign(r, caller.Key, caller.Secret)
	if err != nil {
		t.Fatal(err)
	}
	other, err := http.NewRequest("POST", l.endpoint(g)+"/echo", strings.NewReader(`{"qty":9}`))
	if err != nil {
		t.Fatal(err)
	}
	other.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		other.Header.Set(name, value)
	}
	send(t, other).want(t, 401, "APIG.0303")
}

// TestVendorSignerManages signs management calls with the access key of a user.
func TestVendorSignerManages(t *testing.T) {
	t.Parallel()
	l := serve(t)
	var made struct {
		Credential struct{ Access, Secret string }
	}
	l.do("POST", "/v3.0/OS-CREDENTIAL/credentials", object{"credential": object{"description": "vendor"}}).want(t, 201).decode(t, &made)
	access, secret := made.Credential.Access, made.Credential.Secret
	manage := func(method, path string) *request.HttpRequestBuilder {
		return request.NewHttpRequestBuilder().WithEndpoint(l.management).WithMethod(method).WithPath(path).
			AddHeaderParam("Content-Type", "application/json")
	}

	var g group
	r := manage("POST", "/v1.0/apigw/api-groups").WithBody("", map[string]any{"name": "签名_group", "remark": "a <b> & c"}).Build()
	signAndSend(t, r, access, secret).want(t, 201, `"name":"签名_group"`).decode(t, &g)
	list := manage("GET", "/v1.0/apigw/api-groups").AddQueryParam("name", reflect.ValueOf("签名_group")).
		AddQueryParam("page_size", reflect.ValueOf(500)).AddQueryParam("precise_search", reflect.ValueOf("name")).Build()
	signAndSend(t, list, access, secret).want(t, 200, `"total":1`, g.ID)
	signAndSend(t, manage("GET", "/v3/projects").Build(), access, secret).want(t, 200, "RegionOne")
	signAndSend(t, manage("DELETE", "/v1.0/apigw/api-groups/"+g.ID).Build(), access, secret).want(t, 204)

	again := func() *request.DefaultHttpRequest { return manage("GET", "/v1.0/apigw/api-groups").Build() }
	signAndSend(t, again(), access, secret+"x").want(t, 401, "APIG.1002")
	signAndSend(t, again(), "NOSUCHKEY", secret).want(t, 401, "APIG.1002")
	l.do("PUT", "/v3.0/OS-CREDENTIAL/credentials/"+access, object{"credential": object{"status": "inactive"}}).want(t, 200)
	signAndSend(t, again(), access, secret).want(t, 401, "APIG.1002")
	l.do("PUT", "/v3.0/OS-CREDENTIAL/credentials/"+access, object{"credential": object{"status": "active"}}).want(t, 200)
	signAndSend(t, again(), access, secret).want(t, 200)
	l.do("DELETE", "/v3.0/OS-CREDENTIAL/credentials/"+access, nil).want(t, 204)
	signAndSend(t, again(), access, secret).want(t, 401, "APIG.1002")
}
