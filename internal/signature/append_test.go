package signature_test

import (
	"errors"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// TestAppendAuthorizationMakesVectors covers every vector: the list of signed
// headers is the caller's.
func TestAppendAuthorizationMakesVectors(t *testing.T) {
	for _, v := range vectors() {
		m := v.message(t)
		payload, err := signature.PayloadHash(m.Headers, []byte(v.body))
		if err != nil {
			t.Fatal(err)
		}
		got, err := signature.NewKey([]byte(v.secret)).AppendAuthorization([]byte("> "), v.access, m, v.signed, v.date(), payload)
		if err != nil || string(got) != "> "+v.authorization() {
			t.Errorf("%s: %v\n got %s\nwant > %s", v.name, err, got, v.authorization())
		}
	}
}

func TestAppendAuthorizationRefuses(t *testing.T) {
	m := &signature.Message{Method: "GET", Path: "/", Headers: message.Fields{
		{Name: "Host", Value: "h"}, {Name: "X-Sdk-Date", Value: "20260102T030405Z"}, {Name: "Accept", Value: "*/*"},
	}}
	for signed, want := range map[string]error{
		"host":                 signature.ErrDateNotSigned,
		"":                     signature.ErrDateNotSigned,
		"x-gone;x-sdk-date":    signature.ErrHeaderNotPresent,
		"host;host;x-sdk-date": signature.ErrSignedHeaders,
		";x-sdk-date":          signature.ErrSignedHeaders,
	} {
		got, err := signature.NewKey([]byte("secret")).AppendAuthorization([]byte("kept"), "ak", m, signed, "20260102T030405Z", "")
		if !errors.Is(err, want) || string(got) != "kept" {
			t.Errorf("%q: %q, %v; want %v", signed, got, err, want)
		}
	}
}

// TestAppendDate: what is appended is what time.Format writes, in any zone.
func TestAppendDate(t *testing.T) {
	zone := time.FixedZone("UTC+8", 8*3600)
	for _, at := range []time.Time{
		signedAt, signedAt.In(zone), time.Date(2024, 2, 29, 23, 59, 59, 999, time.UTC),
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		got, want := string(signature.AppendDate(nil, at)), at.UTC().Format("20060102T150405Z")
		if got != want {
			t.Errorf("%v: %s, want %s", at, got, want)
		}
		if err := signature.CheckDate(got, at); err != nil {
			t.Errorf("%v: %v", at, err)
		}
	}
}

func TestAppendPayload(t *testing.T) {
	for _, body := range []string{"", "{}", "a longer body\n"} {
		if got, want := string(signature.AppendPayload([]byte(">"), []byte(body))), ">"+signature.HashPayload([]byte(body)); got != want {
			t.Errorf("%q: %s, want %s", body, got, want)
		}
	}
}
