package verify_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/lintel-gateway/lintel/internal/signature"
	"github.com/lintel-gateway/lintel/verify"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const (
	access = "backend_key"
	secret = "backend-secret-01"
)

func verifier() *verify.Verifier {
	v := verify.New(func(a string) ([]byte, bool) { return []byte(secret), a == access })
	v.Now = func() time.Time { return now }
	return v
}

// arrives makes a signed request as a server receives it.
func arrives(t testing.TB, method, target, body string, change ...func(*http.Request)) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "text/plain")
	if err := signature.SignRequest(r, access, []byte(secret), now); err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(r)
	}
	return r
}

func TestCheckAccepts(t *testing.T) {
	for _, c := range []struct{ method, target, body string }{
		{"GET", "/", ""}, {"GET", "/a/b?x=1&x=0&a=%20+&e", ""}, {"POST", "/%E5%BC%A0%20b/", "hello"},
		{"DELETE", "/a;b?q=%26%3D", ""}, {"PUT", "/~a-b_c.d", strings.Repeat("x", 100_000)},
	} {
		r := arrives(t, c.method, c.target, c.body)
		if err := verifier().Check(r); err != nil {
			t.Errorf("%s %s: %v", c.method, c.target, err)
		}
		if b, err := io.ReadAll(r.Body); string(b) != c.body || err != nil {
			t.Errorf("%s %s: the handler reads %.20q, %v", c.method, c.target, b, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		want   error
		status int
	}{
		{"no signature", func(r *http.Request) { r.Header.Del("Authorization") }, verify.ErrNotSigned, 401},
		{"another scheme", func(r *http.Request) { r.Header.Set("Authorization", "Basic eDp5") }, verify.ErrNotSigned, 401},
		{"two signatures", func(r *http.Request) { r.Header.Add("Authorization", r.Header.Get("Authorization")) }, verify.ErrNotSigned, 401},
		{"no date", func(r *http.Request) { r.Header.Del("X-Sdk-Date") }, verify.ErrNotSigned, 401},
		{"two dates", func(r *http.Request) { r.Header.Add("X-Sdk-Date", "20260102T030405Z") }, verify.ErrNotSigned, 401},
		{"malformed date", func(r *http.Request) { r.Header.Set("X-Sdk-Date", "yesterday") }, verify.ErrExpired, 401},
		{"old date", func(r *http.Request) { r.Header.Set("X-Sdk-Date", "20260102T024904Z") }, verify.ErrExpired, 401},
		{"another date", func(r *http.Request) { r.Header.Set("X-Sdk-Date", "20260102T030406Z") }, verify.ErrMismatch, 401},
		{"unknown key", func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), access, "other_key", 1))
		}, verify.ErrUnknownKey, 401},
		{"method", func(r *http.Request) { r.Method = "PUT" }, verify.ErrMismatch, 401},
		{"path", func(r *http.Request) { r.URL.Path += "x" }, verify.ErrMismatch, 401},
		{"query", func(r *http.Request) { r.URL.RawQuery += "&admin=1" }, verify.ErrMismatch, 401},
		{"unreadable query", func(r *http.Request) { r.URL.RawQuery += ";x" }, verify.ErrMismatch, 401},
		{"host", func(r *http.Request) { r.Host = "other.example.com" }, verify.ErrMismatch, 401},
		{"body", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("hellO")) }, verify.ErrMismatch, 401},
		{"body declared unsigned afterwards", func(r *http.Request) { r.Header.Set("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD") }, verify.ErrMismatch, 401},
		{"digest of another body", func(r *http.Request) { r.Header.Set("X-Sdk-Content-Sha256", signature.HashPayload(nil)) }, verify.ErrMismatch, 401},
		{"two digests", func(r *http.Request) { r.Header["X-Sdk-Content-Sha256"] = []string{"a", "b"} }, verify.ErrNotSigned, 401},
		{"signature cut", func(r *http.Request) {
			r.Header.Set("Authorization", strings.TrimSuffix(r.Header.Get("Authorization"), r.Header.Get("Authorization")[len(r.Header.Get("Authorization"))-1:]))
		}, verify.ErrMismatch, 401},
		{"announced too large", func(r *http.Request) { r.ContentLength = verify.MaxBody + 1 }, verify.ErrTooLarge, 413},
		{"too large", func(r *http.Request) {
			r.ContentLength, r.Body = -1, io.NopCloser(io.LimitReader(zeroes{}, verify.MaxBody+1))
		}, verify.ErrTooLarge, 413},
		{"broken body", func(r *http.Request) { r.Body = io.NopCloser(iotest.ErrReader(errors.New("reset"))) }, verify.ErrBody, 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := verifier().Check(arrives(t, "POST", "/orders?a=1", "hello", c.change)); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			} else if strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows the secret: %v", err)
			}
			w := httptest.NewRecorder()
			verifier().Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				t.Error("the handler was called")
			})).ServeHTTP(w, arrives(t, "POST", "/orders?a=1", "hello", c.change))
			if w.Code != c.status || strings.Contains(w.Body.String(), "canonical") {
				t.Errorf("%d %s, want %d", w.Code, w.Body, c.status)
			}
		})
	}
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestSignedBody: an unsigned body is passed on unread, or refused.
func TestSignedBody(t *testing.T) {
	unsigned := func() *http.Request {
		r := httptest.NewRequest("POST", "/", iotest.ErrReader(errors.New("read too early")))
		r.Header.Set("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")
		if err := signature.SignRequest(r, access, []byte(secret), now); err != nil {
			t.Fatal(err)
		}
		return r
	}
	if err := verifier().Check(unsigned()); err != nil {
		t.Error(err)
	}
	v := verifier()
	v.SignedBody = true
	if err := v.Check(unsigned()); !errors.Is(err, verify.ErrUnsignedBody) {
		t.Errorf("%v, want %v", err, verify.ErrUnsignedBody)
	}
	if err := v.Check(arrives(t, "POST", "/", "hello")); err != nil {
		t.Errorf("a signed body: %v", err)
	}
}

// TestEmptySecret: HMAC takes an empty secret, which everybody knows.
func TestEmptySecret(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	if err := signature.SignRequest(r, access, nil, now); err != nil {
		t.Fatal(err)
	}
	v := verify.New(func(string) ([]byte, bool) { return nil, true })
	v.Now = func() time.Time { return now }
	if err := v.Check(r); !errors.Is(err, verify.ErrUnknownKey) {
		t.Errorf("%v, want %v", err, verify.ErrUnknownKey)
	}
}

// TestMaxBody: a smaller bound than the gateway's.
func TestMaxBody(t *testing.T) {
	v := verifier()
	v.MaxBody = 5
	if err := v.Check(arrives(t, "POST", "/", "hello")); err != nil {
		t.Errorf("five bytes: %v", err)
	}
	if err := v.Check(arrives(t, "POST", "/", "hello!")); !errors.Is(err, verify.ErrTooLarge) {
		t.Errorf("six bytes: %v", err)
	}
}

func BenchmarkCheck(b *testing.B) {
	v := verifier()
	r := arrives(b, "GET", "/orders/42?limit=10", "")
	r.Body = http.NoBody
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Check(r); err != nil {
			b.Fatal(err)
		}
	}
}
