package sign_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/sign"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/verify"
)

const (
	access = "backend_key"
	secret = "backend-secret-01"
)

func policy(t testing.TB, mappings ...definition.Mapping) *sign.Policy {
	t.Helper()
	key, err := sign.Compile(access, []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	var slot sign.Slot
	slot.Store(key)
	return sign.New(&slot, clock.NewFake(gatewaytest.Now).Now, mappings)
}

// outbound is a call whose request towards the backend stands: "METHOD target".
func outbound(t testing.TB, request string, fields ...string) *call.Call {
	t.Helper()
	c := gatewaytest.Raw(t, "GET /front?x=1", fields...)
	var err error
	if c.Request.Query, err = message.ParseQuery(c.Request.Query, c.Request.RawQuery); err != nil {
		t.Fatal(err)
	}
	c.Out.Headers = append(c.Out.Headers, c.Request.Headers[:len(fields)]...)
	method, target, _ := strings.Cut(request, " ")
	c.Out.Method, c.Out.Host = method, "backend.test:8080"
	c.Out.Path, c.Out.RawQuery, _ = strings.Cut(target, "?")
	return c
}

func withBody(c *call.Call, text string, length int64) {
	c.Request.Body, c.Request.BodyLength = strings.NewReader(text), length
	c.LimitBody(call.MaxBody)
}

// check verifies a call as a backend would that imports package verify.
func check(t testing.TB, c *call.Call) error {
	t.Helper()
	target := c.Out.Path
	if c.Out.RawQuery != "" {
		target += "?" + c.Out.RawQuery
	}
	var body io.Reader
	if c.Request.Body != nil {
		body = c.Request.Body
	}
	r := httptest.NewRequest(c.Out.Method, "http://"+c.Out.Host+target, body)
	for _, f := range c.Out.Headers {
		r.Header.Add(f.Name, f.Value)
	}
	v := verify.New(func(a string) ([]byte, bool) { return []byte(secret), a == access })
	v.Now = func() time.Time { return gatewaytest.Now }
	return v.Check(r)
}

func TestSigns(t *testing.T) {
	system := definition.Mapping{Name: "X-App-Id", In: "HEADER", Origin: "SYSTEM", Value: "appId"}
	constant := definition.Mapping{Name: "Content-Type", In: "HEADER", Origin: "CONSTANT", Value: "a/b"}
	callers := definition.Mapping{Name: "X-City", In: "HEADER", Origin: "REQUEST", Value: "X-City", From: "HEADER"}
	for _, test := range []struct {
		name     string
		request  string
		fields   []string
		mappings []definition.Mapping
		length   int64 // of the body "hello"; 0: no body
		signed   string
	}{
		{name: "plain", request: "GET /a", signed: "host;x-sdk-date"},
		{name: "the caller's query", request: "GET /a?x=1", signed: "host;x-sdk-date"},
		{name: "a query that the mapping made", request: "GET /a?b=%20&a=+&c&&d=%E5%BC%A0", signed: "host;x-sdk-date"},
		{name: "path", request: "PUT /a%20b/@c+d/%E5%BC%A0/", signed: "host;x-sdk-date"},
		{name: "type", request: "GET /a", fields: []string{"content-type: text/plain"}, signed: "content-type;host;x-sdk-date"},
		{name: "body", request: "POST /a", length: 5, signed: "host;x-sdk-date"},
		{name: "body of unknown length", request: "POST /a", length: -1, fields: []string{"Content-Type: text/plain"},
			signed: "content-type;host;x-sdk-content-sha256;x-sdk-date"},
		{name: "mapped fields", request: "GET /a", mappings: []definition.Mapping{callers, system},
			fields: []string{"X-App-Id: app-1", "X-City: a", "X-City: b"}, signed: "host;x-app-id;x-sdk-date"},
		{name: "mapped type", request: "GET /a", mappings: []definition.Mapping{constant},
			fields: []string{"Content-Type: a/b"}, signed: "content-type;host;x-sdk-date"},
		{name: "a mapped field that is not sent", request: "GET /a", mappings: []definition.Mapping{system},
			fields: []string{"Content-Type: a/b"}, signed: "content-type;host;x-sdk-date"},
		{name: "the caller's own signature", request: "GET /a", signed: "host;x-sdk-date",
			fields: []string{"authorization: SDK-HMAC-SHA256 Access=x, SignedHeaders=x-sdk-date, Signature=y", "x-sdk-date: 20200101T000000Z", "X-SDK-Content-Sha256: UNSIGNED-PAYLOAD"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := outbound(t, test.request, test.fields...)
			if test.length != 0 {
				withBody(c, "hello", test.length)
			}
			if f := policy(t, test.mappings...).Apply(c); f != nil {
				t.Fatal(f.Message)
			}
			authorization, _ := c.Out.Headers.Get("Authorization")
			if want := "SDK-HMAC-SHA256 Access=backend_key, SignedHeaders=" + test.signed + ", Signature="; !strings.HasPrefix(authorization, want) {
				t.Errorf("%s, want %s…", authorization, want)
			}
			if date, _ := c.Out.Headers.Get("X-Sdk-Date"); date != "20260102T030405Z" || c.Out.Headers.Count("Host") != 0 ||
				c.Out.Headers.Count("Authorization") != 1 || c.Out.Headers.Count("X-Sdk-Date") != 1 {
				t.Errorf("fields %s", gatewaytest.Lines(c.Out.Headers))
			}
			if err := check(t, c); err != nil {
				t.Error(err)
			}
			if len(c.Request.Query) != 1 || c.Request.Query[0] != (message.Field{Name: "x", Value: "1"}) {
				t.Errorf("the caller's query became %v", c.Request.Query)
			}
		})
	}
}

// TestCovers: what the signature covers cannot be changed behind the gateway.
func TestCovers(t *testing.T) {
	mapped := definition.Mapping{Name: "X-App-Id", In: "HEADER", Origin: "SYSTEM", Value: "appId"}
	set := func(name, value string) func(*call.Call) {
		return func(c *call.Call) {
			for i := range c.Out.Headers {
				if message.EqualFold(c.Out.Headers[i].Name, name) {
					c.Out.Headers[i].Value = value
				}
			}
		}
	}
	for name, change := range map[string]func(*call.Call){
		"method": func(c *call.Call) { c.Out.Method = "PUT" }, "path": func(c *call.Call) { c.Out.Path = "/b" },
		"query": func(c *call.Call) { c.Out.RawQuery = "x=2" }, "host": func(c *call.Call) { c.Out.Host = "other.test" },
		"type": set("Content-Type", "text/html"), "mapped field": set("X-App-Id", "app-2"), "date": set("X-Sdk-Date", "20260102T030406Z"),
		"body": func(c *call.Call) { c.Request.Body = strings.NewReader("hellO") },
		"body hidden": func(c *call.Call) {
			c.Out.Headers = append(c.Out.Headers, message.Field{Name: "X-Sdk-Content-Sha256", Value: "UNSIGNED-PAYLOAD"})
		},
	} {
		c := outbound(t, "POST /a?x=1", "Content-Type: text/plain", "X-App-Id: app-1")
		withBody(c, "hello", 5)
		if f := policy(t, mapped).Apply(c); f != nil {
			t.Fatal(f.Message)
		}
		change(c)
		if check(t, c) == nil {
			t.Errorf("%s: the change was not seen", name)
		}
	}
}

func TestNoKey(t *testing.T) {
	c := outbound(t, "GET /a", "Authorization: the caller's own")
	if f := sign.New(new(sign.Slot), clock.System, nil).Apply(c); f != nil || gatewaytest.Lines(c.Out.Headers) != "Authorization: the caller's own" {
		t.Errorf("%v, fields %s", f, gatewaytest.Lines(c.Out.Headers))
	}
}

func TestRefuses(t *testing.T) {
	c := outbound(t, "GET /a?x=1"+strings.Repeat("&y=1", 1000))
	if f := policy(t).Apply(c); f != call.SignatureFailed {
		t.Errorf("1001 pairs: %v, want %v", f, call.SignatureFailed)
	}
	c = outbound(t, "POST /a")
	c.Request.Body, c.Request.BodyLength = &broken{}, 5
	c.LimitBody(call.MaxBody)
	if f := policy(t).Apply(c); f != call.BadBody || c.Out.Headers.Count("Authorization") != 0 {
		t.Errorf("a body that breaks off: %v, fields %s", f, gatewaytest.Lines(c.Out.Headers))
	}
}

type broken struct{}

func (*broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestCompileRefuses(t *testing.T) {
	for _, c := range []struct{ access, secret string }{
		{"", "secret"}, {"key", ""}, {"a,b", "secret"}, {"a b", "secret"}, {"a\r\nX-Evil: 1", "secret"}, {"张", "secret"},
	} {
		if k, err := sign.Compile(c.access, []byte(c.secret)); k != nil || err == nil || c.secret != "" && strings.Contains(err.Error(), c.secret) {
			t.Errorf("%q with a secret of %d bytes: %v, %v", c.access, len(c.secret), k, err)
		}
	}
}

// FuzzQuery: any query that the mapping lets out is signed as a backend reads
// it.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "&&a", "a=%20+", "%6Fld=x&y", "=v", "a==", "b&a&B&a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := message.ParseQuery(nil, raw); err != nil {
			return
		}
		for i := range len(raw) {
			if raw[i] <= ' ' || raw[i] >= 0x7f { // the mapping encodes these
				return
			}
		}
		c := outbound(t, "GET /a?"+raw)
		if f := policy(t).Apply(c); f != nil {
			t.Fatalf("%q: %s", raw, f.Message)
		}
		if err := check(t, c); err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
	})
}
