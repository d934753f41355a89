package signature_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// TestFamiliarAuthorization: with a layout that knows the list, a header is taken
// apart as it is without, or its signature is not well formed; and the canonical
// request is the same afterwards.
func TestFamiliarAuthorization(t *testing.T) {
	list := "host;x-sdk-date"
	pieces := []string{
		"SDK-HMAC-SHA256", "SDK-HMAC-SHA25", " ", "  ", "\t", "Access=", "access=", "key", "k,y", " key", "", ",", ", ", ",  ",
		"SignedHeaders=", list, "host;x-sdk-date;", "x-sdk-date", "host", "Signature=", strings.Repeat("0f", 32),
		strings.Repeat("0", 63), strings.Repeat("0", 65), strings.Repeat("0", 63) + "-", strings.Repeat("0", 63) + ",", strings.Repeat("_", 64),
	}
	usual := []int{0, 2, 5, 7, 12, 14, 15, 12, 19, 20}
	key := signature.NewKey([]byte("secret"))
	familiar, refused, room := 0, 0, signature.NewWorkspace()
	for range 50_000 {
		var header strings.Builder
		for _, i := range usual {
			if rand.IntN(12) == 0 {
				i = rand.IntN(len(pieces))
			}
			header.WriteString(pieces[i])
		}
		fields := message.Fields{{Name: "Host", Value: "h"}, {Name: "X-Sdk-Date", Value: "20260102T030405Z"}}
		var l message.Layout
		l.Learn(fields)
		m := signature.Message{Method: "GET", Path: "/", Headers: fields, Layout: &l, Workspace: room, PlainPath: true, PlainQuery: true}
		if _, err := signature.Canonical(&m, list, "payload"); err != nil || l.Placed(list) == nil {
			t.Fatalf("the list is not placed: %v", err)
		}
		want, wantOK := signature.ParseAuthorization(header.String())
		got, ok := m.Authorization(header.String())
		if ok && !got.WellFormed() {
			ok = false
			refused++
		}
		if ok != wantOK || ok && got != want {
			t.Fatalf("%q: %+v, %v; want %+v, %v", header.String(), got, ok, want, wantOK)
		}
		if !ok {
			continue
		}
		familiar++
		wantErr, err := key.Verify(want, &signature.Message{Method: "GET", Path: "/", Headers: fields}, fields[1].Value, "p"), key.Verify(got, &m, fields[1].Value, "p")
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Fatalf("%q: %v, want %v", header.String(), err, wantErr)
		}
	}
	if familiar < 5000 || refused < 50 {
		t.Errorf("%d headers were well formed and %d refused late, which leaves little tested", familiar, refused)
	}
}

// TestFamiliarMessages: what is written of a familiar message is what is written of any,
// whatever the lengths, and the workspace may have been used for a longer one before.
func TestFamiliarMessages(t *testing.T) {
	text := func(n int) string {
		b := make([]byte, rand.IntN(n)) // an object of its own, whose end the race detector guards
		for i := range b {
			b[i] = "abcXYZ019-._~"[rand.IntN(13)]
		}
		return string(b)
	}
	quickly, room := 0, signature.NewWorkspace()
	for turn := range 20_000 {
		n := 20
		if turn%100 == 0 {
			n = 1000
		}
		fields := message.Fields{{Name: "Host", Value: text(n)}, {Name: "X-Sdk-Date", Value: "20260102T030405Z"}, {Name: "X-A-Name-Of-Many-Letters", Value: text(n)}}
		const list = "host;x-a-name-of-many-letters;x-sdk-date"
		var l message.Layout
		l.Learn(fields)
		m := signature.Message{
			Method: []string{"GET", "DELETE", "get", ""}[rand.IntN(4)], Path: []string{"", "/", "/" + text(n), "/" + text(n) + "/"}[rand.IntN(4)],
			Headers: fields, Layout: &l, PlainPath: true, PlainQuery: true,
		}
		for range rand.IntN(15) {
			m.Query = append(m.Query, message.Field{Name: text(3), Value: text(n)})
		}
		payload := text(n)
		if rand.IntN(2) == 0 {
			payload = strings.Repeat("0f", 32)
		}
		if _, err := signature.Canonical(&m, list, payload); err != nil || l.Placed(list) == nil {
			t.Fatalf("the list is not placed: %v", err)
		}
		quick, usual, ok := signature.Familiar(room, &m, list, payload)
		if ok && quick != usual {
			t.Fatalf("%q, want %q", quick, usual)
		}
		if want := m.Method != "get" && len(m.Query) <= 12; ok != want {
			t.Fatalf("%s with %d pairs is familiar: %v", m.Method, len(m.Query), ok)
		}
		if ok {
			quickly++
		}
		fields[0].Value += " "
		if _, _, ok := signature.Familiar(room, &m, list, payload); ok {
			t.Fatal("a value that is to be trimmed was written as it is")
		}
	}
	if quickly < 5000 {
		t.Errorf("%d messages were familiar, which leaves little tested", quickly)
	}
}

// TestPlainMessagesAgree: who says that path and query are plain gets the canonical
// request that is made without that knowledge.
func TestPlainMessagesAgree(t *testing.T) {
	for _, target := range []string{"/", "/orders", "/orders/1/", "/a-b_c.d~e/f"} {
		for _, query := range []string{"", "b=2&a=1", "a=2&a=1&a=10", "z&y=&x=1", "a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=1&k=2&l=3&a=0"} {
			pairs, plain, err := message.ReadQuery(nil, query)
			if err != nil || !plain || !message.PlainPath(target) {
				t.Fatalf("%s?%s is not plain: %v", target, query, err)
			}
			m := signature.Message{Method: "GET", Path: target, Query: pairs, Headers: message.Fields{{Name: "X-Sdk-Date", Value: "d"}}}
			want, _ := signature.Canonical(&m, "x-sdk-date", "p")
			m.PlainPath, m.PlainQuery = true, true
			if got, err := signature.Canonical(&m, "x-sdk-date", "p"); got != want || err != nil {
				t.Errorf("%s?%s: %q, %v; want %q", target, query, got, err, want)
			}
		}
	}
}

// TestFindsWords: only in a hash of the form that was proven are the words of SHA-256
// looked for.
func TestFindsWords(t *testing.T) {
	type none struct{ hash.Hash }
	type two struct {
		hash.Hash
		A, B [8]uint32
	}
	type inner struct {
		hash.Hash
		Words [8]uint32
	}
	type nested struct{ inner }
	for name, test := range map[string]struct {
		hash hash.Hash
		want bool
	}{
		"SHA-256": {sha256.New(), true}, "SHA-512": {sha512.New(), false}, "no words": {&none{}, false},
		"two that could be": {&two{}, false}, "words further in": {&nested{}, false}, "no pointer": {none{}, false},
	} {
		if got := signature.FindsWords(test.hash); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
