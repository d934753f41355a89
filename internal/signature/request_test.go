package signature_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

var signedAt = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// verifyRequest does what a server does with an outgoing request.
func verifyRequest(t *testing.T, r *http.Request, secret string) error {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	m := signature.Message{Method: r.Method, Path: r.URL.EscapedPath(), Headers: message.Fields{{Name: "Host", Value: r.Host}}}
	if m.Query, err = message.ParseQuery(nil, r.URL.RawQuery); err != nil {
		t.Fatal(err)
	}
	for name, values := range r.Header {
		for _, v := range values {
			m.Headers = append(m.Headers, message.Field{Name: name, Value: v})
		}
	}
	a, ok := signature.ParseAuthorization(r.Header.Get("Authorization"))
	if !ok || a.Access != "ak" {
		t.Fatalf("header %q", r.Header.Get("Authorization"))
	}
	payload, err := signature.PayloadHash(m.Headers, body)
	if err != nil {
		return err
	}
	return signature.NewKey([]byte(secret)).Verify(a, &m, r.Header.Get("X-Sdk-Date"), payload)
}

func TestSignRequest(t *testing.T) {
	r, err := http.NewRequest("POST", "http://api.example.com:8000/a%20b?x=2&x=1", struct{ io.Reader }{strings.NewReader("body")})
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Stage", "TEST")
	r.Header.Add("Accept", "b")
	r.Header.Add("Accept", "a")
	if err := signature.SignRequest(r, "ak", []byte("sk"), signedAt); err != nil {
		t.Fatal(err)
	}
	if err := verifyRequest(t, r, "sk"); err != nil {
		t.Error(err)
	}
	if r.ContentLength != 4 || r.Header.Get("X-Sdk-Date") != "20260102T030405Z" {
		t.Errorf("length %d, date %q", r.ContentLength, r.Header.Get("X-Sdk-Date"))
	}
	// Signing again replaces what the first time set.
	if r.Body, err = r.GetBody(); err != nil {
		t.Fatal(err)
	}
	if err := signature.SignRequest(r, "ak", []byte("sk2"), signedAt.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := verifyRequest(t, r, "sk2"); err != nil || len(r.Header["Authorization"]) != 1 {
		t.Errorf("signed twice: %v, %q", err, r.Header["Authorization"])
	}
}

func TestSignRequestUnsignedPayload(t *testing.T) {
	r, err := http.NewRequest("PUT", "http://api.example.com/up", neverRead{})
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Sdk-Content-Sha256", signature.UnsignedPayload)
	if err := signature.SignRequest(r, "ak", []byte("sk"), signedAt); err != nil {
		t.Fatal(err)
	}
	r.Body = http.NoBody
	if err := verifyRequest(t, r, "sk"); err != nil {
		t.Error(err)
	}
}

type neverRead struct{}

func (neverRead) Read([]byte) (int, error) { panic("an unsigned payload was read") }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestSignRequestRefuses(t *testing.T) {
	r, err := http.NewRequest("PUT", "http://api.example.com/up", zeros{})
	if err != nil {
		t.Fatal(err)
	}
	if err := signature.SignRequest(r, "ak", []byte("sk"), signedAt); err == nil || !strings.Contains(err.Error(), "UNSIGNED-PAYLOAD") {
		t.Errorf("an endless body: %v", err)
	}
	if r, err = http.NewRequest("GET", "http://user:pw@api.example.com/?a=1;b=2", nil); err != nil {
		t.Fatal(err)
	}
	if err := signature.SignRequest(r, "ak", []byte("sk"), signedAt); err == nil || strings.Contains(err.Error(), "pw@") {
		t.Errorf("a query with two meanings: %v", err)
	}
}
