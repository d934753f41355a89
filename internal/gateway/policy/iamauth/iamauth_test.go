package iamauth_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/iamauth"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const (
	access = "ABCDEFGHIJKLMNOPQRST"
	secret = "s3cr3t-Value_01"
	prefix = "Incorrect IAM authentication information"
)

var alice = iamauth.User{ID: "u-1", Name: "alice", DomainID: "d-1", DomainName: "Default", ProjectID: "p-1"}

// house is a directory with one user, and what it was told.
type house struct {
	key      *signature.Key
	keyErr   error // of the next look-ups
	asked    int
	failed   []string // access keys; unknown ones with a '?'
	verified int
}

func (h *house) directory() *iamauth.Directory {
	h.key = signature.NewKey([]byte(secret))
	return &iamauth.Directory{
		Token: func(raw string) (iamauth.User, error) {
			switch raw {
			case "alice's":
				return alice, nil
			case "expired":
				return iamauth.User{}, iamauth.ErrTokenExpired
			case "revoked":
				return iamauth.User{}, iamauth.ErrTokenRevoked
			case "away":
				return iamauth.User{}, iamauth.ErrUnavailable
			case "broken":
				return iamauth.User{}, errors.New("the master key is gone")
			}
			return iamauth.User{}, iamauth.ErrBadToken
		},
		Key: func(_ context.Context, ak string) (iamauth.Signer, error) {
			h.asked++
			if h.keyErr != nil {
				return iamauth.Signer{}, h.keyErr
			}
			if ak != access {
				return iamauth.Signer{}, iamauth.ErrUnknownKey
			}
			return iamauth.Signer{User: alice, Access: access, Key: h.key}, nil
		},
		Failed: func(ak string, known bool) {
			if ak = strings.Clone(ak); !known {
				ak += "?"
			}
			h.failed = append(h.failed, ak)
		},
		Verified: func(string) { h.verified++ },
	}
}

func policy(h *house) *iamauth.Policy { return iamauth.New(h.directory(), clock.NewFake(now).Now) }

// signed is a call with a body, signed with an access key at a time.
func signed(t testing.TB, access, secret string, at time.Time, fields ...string) *call.Call {
	t.Helper()
	c := gatewaytest.Prepared(t, "POST /orders/?b=2&a=1", fields...)
	m := &signature.Message{Method: "POST", Path: c.Request.Path, Query: c.Request.Query, Headers: c.Request.Headers}
	authorization, date := signature.Sign(m, access, []byte(secret), at, []byte("body"))
	c.Request.Headers = append(c.Request.Headers,
		message.Field{Name: "X-Sdk-Date", Value: date}, message.Field{Name: "Authorization", Value: authorization})
	c.Out.Headers = append(c.Out.Headers[:0], c.Request.Headers...)
	return with(c, "body")
}

func with(c *call.Call, body string) *call.Call {
	c.Request.Index()
	c.Request.Body, c.Request.BodyLength = strings.NewReader(body), int64(len(body))
	c.LimitBody(1 << 20)
	return c
}

// another is a signed call whose body was swapped.
func another(t testing.TB, c *call.Call, body string) *call.Call {
	t.Helper()
	fresh := gatewaytest.Prepared(t, "POST /orders/?b=2&a=1")
	fresh.Request.Headers = append(fresh.Request.Headers[:0], c.Request.Headers...)
	return with(fresh, body)
}

func TestToken(t *testing.T) {
	for _, test := range []struct {
		name   string
		fields []string
		want   *call.Fault // code, status and type; nil passes
		detail string
	}{
		{"right", []string{"x-auth-token: alice's"}, nil, ""},
		{"another scheme's Authorization beside it", []string{"X-Auth-Token: alice's", "Authorization: Bearer x"}, nil, ""},
		{"none", nil, call.NoIAMAuth, "."},
		{"another scheme alone", []string{"Authorization: Basic x"}, call.NoIAMAuth, "."},
		{"bearer", []string{"Authorization: bearer alice's"}, nil, ""},
		{"bearer, not a token", []string{"Authorization: Bearer x"}, call.BadIAMAuth, ": decrypt token fail"},
		{"bearer, empty", []string{"Authorization: Bearer "}, call.BadIAMAuth, ": decrypt token fail"},
		{"bearer, expired", []string{"Authorization: Bearer expired"}, call.TokenExpired, ""},
		{"bearer, identity away", []string{"Authorization: Bearer away"}, call.IAMUnavailable, ""},
		{"bearer and AppCode", []string{"Authorization: Bearer alice's", "X-Apig-AppCode: c"}, call.BadIAMAuth, "."},
		{"bearer and temporary key", []string{"Authorization: Bearer alice's", "x-security-token: x"}, call.BadIAMAuth, ": temporary access keys (X-Security-Token) are not supported"},
		{"empty", []string{"X-Auth-Token: "}, call.BadIAMAuth, ": decrypt token fail"},
		{"not a token", []string{"X-Auth-Token: x"}, call.BadIAMAuth, ": decrypt token fail"},
		{"revoked", []string{"X-Auth-Token: revoked"}, call.BadIAMAuth, ": the token was revoked"},
		{"expired", []string{"X-Auth-Token: expired"}, call.TokenExpired, ""},
		{"identity away", []string{"X-Auth-Token: away"}, call.IAMUnavailable, ""},
		{"identity broken", []string{"X-Auth-Token: broken"}, call.IAMUnavailable, ""},
		{"token and AppCode", []string{"X-Auth-Token: alice's", "X-Apig-AppCode: c"}, call.BadIAMAuth, ": more than one credential"},
		{"token and signature", []string{"X-Auth-Token: alice's", "Authorization: SDK-HMAC-SHA256 x"}, call.BadIAMAuth, ": more than one credential"},
		{"AppCode alone", []string{"X-Apig-AppCode: c"}, call.BadIAMAuth, "."},
		{"token and temporary key", []string{"X-Auth-Token: alice's", "x-security-token: x"}, call.BadIAMAuth, ": temporary access keys (X-Security-Token) are not supported"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := gatewaytest.Prepared(t, "GET /", test.fields...)
			f := policy(&house{}).Apply(c)
			if test.want == nil {
				if want := (call.Caller{UserID: "u-1", UserName: "alice", DomainID: "d-1", DomainName: "Default", ProjectID: "p-1"}); f != nil || c.Caller != want {
					t.Fatalf("%+v, caller %+v", f, c.Caller)
				}
				return
			}
			text := test.want.Message
			if test.detail != "" {
				text = prefix + test.detail
			}
			if f == nil || f.Code != test.want.Code || f.Status != test.want.Status || f.Type != test.want.Type || f.Message != text {
				t.Fatalf("%+v, want %d %s %s", f, test.want.Status, test.want.Code, text)
			}
			if c.Caller != (call.Caller{}) {
				t.Fatalf("a refused call has the caller %+v", c.Caller)
			}
		})
	}
}

func TestSignature(t *testing.T) {
	change := func(name, value string) func(*call.Call) {
		return func(c *call.Call) {
			for n := range c.Request.Headers {
				if f := &c.Request.Headers[n]; f.Name == name {
					f.Value = value
				}
			}
		}
	}
	same := func(*call.Call) {}
	const mismatch = "verify aksk signature fail, canonicalRequest:POST|/orders/|a=1&b=2|"
	for _, test := range []struct {
		name   string
		call   *call.Call
		change func(*call.Call)
		want   string // detail; "" passes
		failed string // access key whose failure is counted
		asked  int
	}{
		{"right", signed(t, access, secret, now), same, "", "", 1},
		{"at the end of the window", signed(t, access, secret, now.Add(-15*time.Minute)), same, "", "", 1},
		{"wrong secret", signed(t, access, "other", now), same, mismatch, access, 1},
		{"unknown key", signed(t, "UNKNOWN", secret, now), same, mismatch, "UNKNOWN?", 1},
		{"unknown key, empty secret", signed(t, "UNKNOWN", "", now), same, mismatch, "UNKNOWN?", 1},
		{"another path", signed(t, access, secret, now), func(c *call.Call) { c.Request.Path = "/" }, "verify aksk signature fail, ", access, 1},
		{"another body", another(t, signed(t, access, secret, now), "BODY"), same, mismatch, access, 1},
		{"too old", signed(t, access, secret, now.Add(-15*time.Minute-time.Second)), same,
			"signature expired, signature time:20260102T024904Z,server time:20260102T030405Z", "", 0},
		{"from the future", signed(t, access, secret, now.Add(15*time.Minute+time.Second)), same, "signature expired, ", "", 0},
		{"no date", signed(t, access, secret, now), change("X-Sdk-Date", ""), "X-Sdk-Date is not of the form", "", 0},
		{"malformed", signed(t, access, secret, now), change("Authorization", "SDK-HMAC-SHA256 Access="+access), "the Authorization header is malformed", "", 0},
		{"date not signed", signed(t, access, secret, now),
			change("Authorization", "SDK-HMAC-SHA256 Access="+access+", SignedHeaders=host, Signature="+strings.Repeat("0", 64)), "SignedHeaders does not name x-sdk-date", "", 1},
		{"a signed header that is gone", signed(t, access, secret, now),
			change("Authorization", "SDK-HMAC-SHA256 Access="+access+", SignedHeaders=x-gone;x-sdk-date, Signature="+strings.Repeat("0", 64)), "a signed header is not present", "", 1},
		{"temporary key", signed(t, access, secret, now, "X-Security-Token: x"), same, "temporary access keys (X-Security-Token) are not supported", "", 0},
		{"with an AppCode", signed(t, access, secret, now, "X-Apig-AppCode: x"), same, "more than one credential", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := &house{}
			test.change(test.call)
			test.call.Request.Index()
			f := policy(h).Apply(test.call)
			if got := strings.Join(h.failed, " "); got != test.failed || h.asked != test.asked {
				t.Errorf("failures of %q counted, want %q; the directory was asked %d times, want %d", got, test.failed, h.asked, test.asked)
			}
			if test.want == "" {
				if f != nil || test.call.Caller.UserID != "u-1" || test.call.Caller.DomainName != "Default" || h.verified != 1 {
					t.Fatalf("%+v, caller %+v, verified %d times", f, test.call.Caller, h.verified)
				}
				if _, ok := test.call.Out.Headers.Get("Authorization"); ok {
					t.Error("the signature went on to the backend")
				}
				return
			}
			if f == nil || f.Status != 401 || f.Code != "APIG.0301" || !strings.HasPrefix(f.Message, prefix+": "+test.want) {
				t.Fatalf("%+v, want %s", f, test.want)
			}
			if test.call.Caller != (call.Caller{}) || h.verified != 0 || strings.Contains(f.Message, secret) {
				t.Errorf("caller %+v, verified %d times, %s", test.call.Caller, h.verified, f.Message)
			}
		})
	}
}

// TestDeclaredBodyIsNoFailure: a right signature over the digest of another body
// is somebody else's doing.
func TestDeclaredBodyIsNoFailure(t *testing.T) {
	h := &house{}
	c := gatewaytest.Prepared(t, "POST /", "X-Sdk-Content-Sha256: "+signature.HashPayload([]byte("body")))
	m := &signature.Message{Method: "POST", Path: "/", Headers: c.Request.Headers}
	authorization, date := signature.Sign(m, access, []byte(secret), now, []byte("body"))
	c.Request.Headers = append(c.Request.Headers,
		message.Field{Name: "X-Sdk-Date", Value: date}, message.Field{Name: "Authorization", Value: authorization})
	f := policy(h).Apply(with(c, "BODY"))
	if f == nil || f.Message != prefix+": "+signature.ErrPayload.Error() || len(h.failed) > 0 || h.verified > 0 {
		t.Errorf("%+v, failures %q, verified %d", f, h.failed, h.verified)
	}
}

// TestUnknownIsLikeWrong: a key that nobody has makes the gateway read what a wrong
// signature does, and is told the same.
func TestUnknownIsLikeWrong(t *testing.T) {
	for _, declared := range []string{"", "X-Sdk-Content-Sha256: " + signature.UnsignedPayload} {
		var fields []string
		if declared != "" {
			fields = []string{declared}
		}
		var texts, left []string
		for _, ak := range []string{access, "UNKNOWN"} {
			c := signed(t, ak, "wrong", now, fields...)
			rest := c.Request.Body
			f := policy(&house{}).Apply(c)
			if f == nil {
				t.Fatal("passed")
			}
			b := make([]byte, 10)
			n, _ := rest.Read(b)
			texts, left = append(texts, f.Message), append(left, string(b[:n]))
		}
		if texts[0] != texts[1] || left[0] != left[1] {
			t.Errorf("%q: wrong %q, unknown %q; left of the body %q", declared, texts[0], texts[1], left)
		}
	}
}

// TestTrace: whoever watches a call sees which credential counted, and no secret.
func TestTrace(t *testing.T) {
	for want, c := range map[string]*call.Call{
		"by signature": signed(t, access, secret, now), "by token": gatewaytest.Prepared(t, "GET /", "X-Auth-Token: alice's"),
	} {
		c.Trace = &call.Trace{Now: clock.NewFake(now).Now}
		if f := policy(&house{}).Apply(c); f != nil {
			t.Fatal(f.Message)
		}
		text := strings.Join(c.Trace.Lines(), "|")
		if !strings.Contains(text, want) || strings.Contains(text, secret) || strings.Contains(text, "alice's") {
			t.Errorf("said %q", text)
		}
	}
}

// TestDirectoryAnswers: what a directory that cannot say becomes.
func TestDirectoryAnswers(t *testing.T) {
	for _, test := range []struct {
		err  error
		want *call.Fault
		text string
	}{
		{iamauth.ErrLocked, call.BadIAMAuth, prefix + ": AK access failed to reach the limit,forbidden."},
		{iamauth.ErrUnavailable, call.IAMUnavailable, "The IAM service is currently unavailable."},
		{errors.New("disk full at /data"), call.IAMUnavailable, "The IAM service is currently unavailable."},
	} {
		h := &house{keyErr: test.err}
		f := policy(h).Apply(signed(t, access, secret, now))
		if f == nil || f.Status != test.want.Status || f.Code != test.want.Code || f.Message != test.text || len(h.failed) > 0 {
			t.Errorf("%v: %+v, failures %q", test.err, f, h.failed)
		}
	}
	for _, c := range []*call.Call{signed(t, access, secret, now), gatewaytest.Prepared(t, "GET /", "X-Auth-Token: alice's")} {
		if f := iamauth.New(nil, clock.NewFake(now).Now).Apply(c); f != call.IAMUnavailable || f.Status != 503 || f.Code != "APIG.0613" {
			t.Errorf("without a directory: %+v", f)
		}
	}
}

func TestApplyDoesNotAllocate(t *testing.T) {
	if race {
		t.Skip("the race detector allocates")
	}
	p := policy(&house{})
	for name, c := range calls(t) {
		kept := append(message.Fields(nil), c.Request.Headers...)
		if n := testing.AllocsPerRun(1000, func() {
			c.Out.Headers = append(c.Out.Headers[:0], kept...)
			if f := p.Apply(c); f != nil {
				t.Fatal(f.Message)
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// calls are a call by each credential, without a body.
func calls(t testing.TB) map[string]*call.Call {
	c := gatewaytest.Prepared(t, "GET /orders?b=2")
	m := &signature.Message{Method: "GET", Path: c.Request.Path, Query: c.Request.Query, Headers: c.Request.Headers}
	authorization, date := signature.Sign(m, access, []byte(secret), now, nil)
	c.Request.Headers = append(c.Request.Headers,
		message.Field{Name: "X-Sdk-Date", Value: date}, message.Field{Name: "Authorization", Value: authorization})
	c.Request.Index()
	return map[string]*call.Call{"signature": c, "token": gatewaytest.Prepared(t, "GET /", "X-Auth-Token: alice's")}
}

func BenchmarkApply(b *testing.B) {
	p := policy(&house{})
	for name, c := range calls(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if f := p.Apply(c); f != nil {
					b.Fatal(f.Message)
				}
			}
		})
	}
}
