package signature_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// TestPlacedAgree: with a layout, at the first message and at those after it, the
// canonical request is the one without, whatever the list of signed headers.
func TestPlacedAgree(t *testing.T) {
	names := []string{"Host", "Accept", "X-Sdk-Date", "x-nonce", "X-Stage", "A", "accept", "Content-Type"}
	listed := []string{"host", "accept", "x-sdk-date", "x-nonce", "x-stage", "a", "Host", "missing", "", "content-type"}
	values := []string{"", "v", " padded\t", "in side", "é", "x:y;z"}
	placed := 0
	for range 20_000 {
		var fields message.Fields
		for range 1 + rand.IntN(6) {
			fields = append(fields, message.Field{Name: names[rand.IntN(len(names))]})
		}
		var list []string
		for range 1 + rand.IntN(4) {
			list = append(list, listed[rand.IntN(len(listed))])
		}
		if rand.IntN(2) == 0 {
			list = []string{"host", "x-sdk-date"}
		}
		signed := strings.Join(list, ";")
		var l message.Layout
		l.Learn(fields)
		for turn := range 3 {
			for i := range fields {
				fields[i].Value = values[rand.IntN(len(values))]
			}
			m := signature.Message{Method: "GET", Path: "/", Headers: fields}
			want, wantErr := signature.Canonical(&m, signed, "payload")
			m.Layout = &l
			got, err := signature.Canonical(&m, signed, "payload")
			if got != want && wantErr == nil || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
				t.Fatalf("turn %d, %v signed by %q: %q, %v; want %q, %v", turn, fields, signed, got, err, want, wantErr)
			}
		}
		if l.Placed(signed) != nil {
			placed++
		}
	}
	if placed < 500 {
		t.Errorf("only %d lists were placed, which leaves little tested", placed)
	}
}

// TestDateStaysDemanded: a list that does not cover the date fails also when its
// layout has been met.
func TestDateStaysDemanded(t *testing.T) {
	m := &signature.Message{Method: "GET", Path: "/", Headers: message.Fields{{Name: "Host", Value: "h"}}, Layout: new(message.Layout)}
	m.Layout.Learn(m.Headers)
	k := signature.NewKey([]byte("secret"))
	for range 3 {
		a := signature.Authorization{Access: "a", SignedHeaders: "host", Signature: strings.Repeat("0", 64)}
		if err := k.Verify(a, m, "20260102T030405Z", "p"); !errors.Is(err, signature.ErrDateNotSigned) {
			t.Fatal(err)
		}
	}
}

// TestAgreesWithHMAC: the padding is ours, so texts of every length around a
// block are compared with crypto/hmac, with dates of any length.
func TestAgreesWithHMAC(t *testing.T) {
	secret := []byte("secret")
	k := signature.NewKey(secret)
	for n := range 200 {
		for _, date := range []string{"20260102T030405Z", "", "20260102T030405.5Z", strings.Repeat("d", n)} {
			m := &signature.Message{Method: "GET", Path: "/" + strings.Repeat("p", n), Headers: message.Fields{{Name: "X-Sdk-Date", Value: date}}}
			canonical, err := signature.Canonical(m, "x-sdk-date", "payload")
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256([]byte(canonical))
			h := hmac.New(sha256.New, secret)
			h.Write([]byte("SDK-HMAC-SHA256\n" + date + "\n" + hex.EncodeToString(sum[:])))
			a := signature.Authorization{Access: "a", SignedHeaders: "x-sdk-date", Signature: hex.EncodeToString(h.Sum(nil))}
			if err := k.Verify(a, m, date, "payload"); err != nil {
				t.Fatalf("%d bytes, date %q: %v", n, date, err)
			}
			a.Signature = a.Signature[:63] + string("0123456789abcdef"[(strings.IndexByte("0123456789abcdef", a.Signature[63])+1)%16])
			if err := k.Verify(a, m, date, "payload"); err == nil {
				t.Fatalf("%d bytes, date %q: a wrong signature passed", n, date)
			}
		}
	}
}
