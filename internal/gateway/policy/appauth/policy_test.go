package appauth_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/appauth"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const (
	key    = "d49b1cbfcc814a5fb2a061b568e376eb"
	secret = "s3cr3t-Value_01"
	code   = "An-AppCode-of-sufficient-length-0123456789-0123456789-0123456789-01"
)

func policy(appCode bool) *appauth.Policy {
	known := callers.New()
	known.PutApp(callers.App{
		ID: "app-1", Name: "orders", ProjectID: "project-1", Key: key,
		Secret: signature.NewKey([]byte(secret)), Codes: []string{code},
	})
	return appauth.New(known, clock.NewFake(now).Now, appCode)
}

// signed returns a call with a body, signed at a time with a secret.
func signed(t testing.TB, access, secret string, at time.Time, body string, fields ...string) *call.Call {
	t.Helper()
	c := gatewaytest.Prepared(t, "POST /orders/?b=2&a=1", fields...)
	m := &signature.Message{Method: "POST", Path: c.Request.Path, Query: c.Request.Query, Headers: c.Request.Headers}
	authorization, date := signature.Sign(m, access, []byte(secret), at, []byte(body))
	c.Request.Headers = append(c.Request.Headers,
		message.Field{Name: "X-Sdk-Date", Value: date}, message.Field{Name: "Authorization", Value: authorization})
	c.Out.Headers = append(c.Out.Headers[:0], c.Request.Headers...)
	attach(c, body)
	return c
}

func attach(c *call.Call, body string) {
	c.Request.Body, c.Request.BodyLength = strings.NewReader(body), int64(len(body))
	c.LimitBody(1 << 20)
}

func TestSignature(t *testing.T) {
	digest := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return hex.EncodeToString(sum[:])
	}
	const expired = "signature expired, signature time:"
	tests := []struct {
		name string
		call func(t *testing.T) *call.Call
		want string // detail; "" passes
	}{
		{"right", func(t *testing.T) *call.Call { return signed(t, key, secret, now, "body") }, ""},
		{"no body", func(t *testing.T) *call.Call { return signed(t, key, secret, now, "") }, ""},
		{"15 minutes early", func(t *testing.T) *call.Call { return signed(t, key, secret, now.Add(15*time.Minute), "") }, ""},
		{"15 minutes late", func(t *testing.T) *call.Call { return signed(t, key, secret, now.Add(-15*time.Minute), "") }, ""},
		{"too early", func(t *testing.T) *call.Call { return signed(t, key, secret, now.Add(15*time.Minute+time.Second), "") },
			expired + "20260102T031906Z,server time:20260102T030405Z"},
		{"too late", func(t *testing.T) *call.Call { return signed(t, key, secret, now.Add(-15*time.Minute-time.Second), "") },
			expired + "20260102T024904Z,server time:20260102T030405Z"},
		{"wrong secret", func(t *testing.T) *call.Call { return signed(t, key, "other", now, "body") },
			"verify signature fail, canonicalRequest:POST|/orders/|a=1&b=2|"},
		{"unknown app", func(t *testing.T) *call.Call { return signed(t, "nobody", secret, now, "body") },
			"app not found, appkey nobody"},
		{"long unknown app", func(t *testing.T) *call.Call { return signed(t, strings.Repeat("k", 200), secret, now, "") },
			"app not found, appkey " + strings.Repeat("k", 64)},
		{"other body", func(t *testing.T) *call.Call {
			c := signed(t, key, secret, now, "body")
			c.Request.Body = strings.NewReader("BODY")
			return again(t, c, "BODY")
		}, "verify signature fail"},
		{"other path", func(t *testing.T) *call.Call {
			c := signed(t, key, secret, now, "")
			c.Request.Path = "/orders/1"
			return c
		}, "verify signature fail"},
		{"declared digest", func(t *testing.T) *call.Call {
			return signed(t, key, secret, now, "body", "X-Sdk-Content-Sha256: "+digest("body"))
		}, ""},
		{"declared digest of another body", func(t *testing.T) *call.Call {
			return again(t, signed(t, key, secret, now, "body", "X-Sdk-Content-Sha256: "+digest("body")), "BODY")
		}, "X-Sdk-Content-Sha256 is neither"},
		{"declared digest that is none", func(t *testing.T) *call.Call {
			return signed(t, key, secret, now, "body", "X-Sdk-Content-Sha256: whatever")
		}, "X-Sdk-Content-Sha256 is neither"},
		{"unsigned payload", func(t *testing.T) *call.Call {
			return again(t, signed(t, key, secret, now, "body", "X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD"), "any")
		}, ""},
		{"signed header removed", func(t *testing.T) *call.Call {
			c := signed(t, key, secret, now, "", "X-Own: 1")
			c.Request.Headers = without(c.Request.Headers, "X-Own")
			return c
		}, "a signed header is not present"},
		{"no date", func(t *testing.T) *call.Call {
			c := signed(t, key, secret, now, "")
			c.Request.Headers = without(c.Request.Headers, "X-Sdk-Date")
			return c
		}, "X-Sdk-Date is not of the form"},
		{"date not signed", func(t *testing.T) *call.Call {
			return gatewaytest.Prepared(t, "GET /", "X-Sdk-Date: 20260102T030405Z",
				"Authorization: SDK-HMAC-SHA256 Access="+key+", SignedHeaders=host, Signature="+strings.Repeat("0", 64))
		}, "SignedHeaders does not name x-sdk-date"},
		{"malformed", func(t *testing.T) *call.Call {
			return gatewaytest.Prepared(t, "GET /", "Authorization: SDK-HMAC-SHA256 Access=,SignedHeaders=x-sdk-date, Signature=0")
		}, "the Authorization header is malformed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := test.call(t)
			c.Request.Index()
			f := policy(false).Apply(c)
			judge(t, c, f, test.want)
			if _, ok := c.Out.Headers.Get("Authorization"); ok && f == nil {
				t.Error("the signature went on to the backend")
			}
		})
	}
}

// again puts another body into a call that was signed.
func again(t *testing.T, c *call.Call, body string) *call.Call {
	t.Helper()
	fresh := gatewaytest.Prepared(t, "POST /orders/?b=2&a=1")
	fresh.Request.Headers = append(fresh.Request.Headers[:0], c.Request.Headers...)
	attach(fresh, body)
	return fresh
}

func TestAppCode(t *testing.T) {
	withCode := "X-Apig-AppCode: " + code
	signature := "Authorization: SDK-HMAC-SHA256 Access=a, SignedHeaders=x-sdk-date, Signature=0"
	tests := []struct {
		name    string
		allowed bool
		tls     bool
		fields  []string
		want    string
	}{
		{"right", true, true, []string{withCode}, ""},
		{"another scheme's Authorization beside it", true, true, []string{withCode, "Authorization: Bearer x"}, ""},
		{"over HTTP", true, false, []string{withCode}, "an AppCode is accepted over HTTPS only"},
		{"not allowed", false, true, []string{withCode}, "the API does not accept an AppCode"},
		{"unknown", true, true, []string{"x-apig-appcode: " + code + "x"}, "the AppCode is not known"},
		{"empty", true, true, []string{"X-Apig-AppCode: "}, "-"},
		{"none", true, true, nil, "-"},
		{"another scheme", true, true, []string{"Authorization: Bearer x"}, "-"},
		{"token", true, true, []string{"X-Auth-Token: t"}, "-"},
		{"code and signature", true, true, []string{withCode, signature}, "more than one credential"},
		{"code and token", true, true, []string{withCode, "X-Auth-Token: t"}, "more than one credential"},
		{"signature and token", true, true, []string{signature, "x-auth-token: t"}, "more than one credential"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := gatewaytest.Prepared(t, "GET /", test.fields...)
			c.Request.TLS = test.tls
			f := policy(test.allowed).Apply(c)
			judge(t, c, f, test.want)
			if f != nil && (f.Type == call.AuthHeaderMissing) != (test.name == "none" || test.name == "another scheme") {
				t.Errorf("type %s", f.Type)
			}
		})
	}
}

// judge compares an answer: want is "" for a verified caller, "-" for the bare
// text of the fault, else how its detail begins.
func judge(t *testing.T, c *call.Call, f *call.Fault, want string) {
	t.Helper()
	if want == "" {
		if f != nil {
			t.Fatal(f.Message)
		}
		if c.Caller.AppID != "app-1" || c.Caller.AppName != "orders" || c.Caller.ProjectID != "project-1" {
			t.Fatalf("caller %+v", c.Caller)
		}
		return
	}
	if f == nil {
		t.Fatal("passed")
	}
	text := "Incorrect app authentication information: " + want
	if want == "-" {
		text = "Incorrect app authentication information."
	}
	if f.Code != "APIG.0303" || f.Status != 401 || !strings.HasPrefix(f.Message, text) {
		t.Fatalf("%d %s %s\nwant %s", f.Status, f.Code, f.Message, text)
	}
	if c.Caller != (call.Caller{}) {
		t.Fatalf("a refused call has the caller %+v", c.Caller)
	}
	if strings.Contains(f.Message, secret) || strings.Contains(f.Message, code) {
		t.Fatalf("the answer shows a secret: %s", f.Message)
	}
}

// TestBodyOnlyWhenNeeded: without a valid signature over its digest nobody makes
// the gateway read a body that was declared.
func TestBodyOnlyWhenNeeded(t *testing.T) {
	digest := strings.Repeat("0", 64)
	for _, declared := range []string{digest, "UNSIGNED-PAYLOAD"} {
		c := signed(t, key, "wrong", now, "body", "X-Sdk-Content-Sha256: "+declared)
		if f := policy(false).Apply(c); f == nil {
			t.Fatal("passed")
		}
		b := make([]byte, 10)
		if n, _ := c.Request.Body.Read(b); string(b[:n]) != "body" {
			t.Errorf("%s: the body was read: %q is left", declared, b[:n])
		}
	}
}

func without(fields message.Fields, name string) message.Fields {
	var out message.Fields
	for _, f := range fields {
		if f.Name != name {
			out = append(out, f)
		}
	}
	return out
}
