package signature_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// oracle is the algorithm of wire-facts §3.1 written as plainly as possible,
// with maps, joined strings and crypto/hmac. It signs or finds a reason
// not to.
func oracle(m *signature.Message, signed, secret, date, payload string) (string, bool) {
	path, err := url.PathUnescape(m.Path)
	if err != nil {
		return "", false
	}
	escape := func(s string) string {
		return strings.NewReplacer("+", "%20", "%7E", "~").Replace(url.QueryEscape(s))
	}
	var segments []string
	for _, s := range strings.Split(path, "/") {
		segments = append(segments, escape(s))
	}
	uri := strings.Join(segments, "/")
	if !strings.HasSuffix(uri, "/") {
		uri += "/"
	}

	values := map[string][]string{}
	for _, p := range m.Query {
		values[p.Name] = append(values[p.Name], p.Value)
	}
	var keys, pairs []string
	for k := range values {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		sort.Strings(values[k])
		for _, v := range values[k] {
			pairs = append(pairs, escape(k)+"="+escape(v))
		}
	}

	fields := map[string][]string{}
	for _, h := range m.Headers {
		name := strings.ToLower(h.Name)
		fields[name] = append(fields[name], strings.TrimSpace(h.Value))
	}
	lines, seen := "", map[string]bool{}
	for _, name := range strings.Split(strings.ToLower(signed), ";") {
		if seen[name] || name == "" || len(fields[name]) == 0 {
			return "", false
		}
		seen[name] = true
		sort.Strings(fields[name])
		for _, v := range fields[name] {
			lines += name + ":" + v + "\n"
		}
	}
	if !seen["x-sdk-date"] {
		return "", false
	}

	request := strings.Join([]string{strings.ToUpper(m.Method), uri, strings.Join(pairs, "&"), lines, strings.ToLower(signed), payload}, "\n")
	sum := sha256.Sum256([]byte(request))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("SDK-HMAC-SHA256\n" + date + "\n" + hex.EncodeToString(sum[:])))
	return hex.EncodeToString(mac.Sum(nil)), true
}

func TestOracleAgreesWithVectors(t *testing.T) {
	for _, v := range vectors() {
		payload, err := signature.PayloadHash(v.headers, []byte(v.body))
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := oracle(v.message(t), v.signed, v.secret, v.date(), payload); !ok || got != v.signature {
			t.Errorf("%s: oracle makes %s", v.name, got)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("GET", "/a%20b/", "b=2&a=1&b", "Host: a\nX-Sdk-Date: d", "host;x-sdk-date", "secret", "d", "p")
	f.Add("post", "", "", "x-sdk-date: d\nX-Sdk-Date: c", "x-sdk-date", strings.Repeat("k", 65), "d", "")
	f.Add("GET", "/%2F~!*'()", "%20=+&~=*", "A:\u00a0 b \t", "a;A", "", "", "")
	f.Add("GET", "/", "", "X-Sdk-Date: 1\nB: 2", "b;x-sdk-date;c", "s", "1", "p")
	f.Fuzz(func(t *testing.T, method, path, query, head, signed, secret, date, payload string) {
		for _, s := range []string{method, signed} {
			if !ascii(s) {
				t.Skip("methods and header names are ASCII before they come here")
			}
		}
		m := &signature.Message{Method: method, Path: path}
		var err error
		if m.Query, err = message.ParseQuery(nil, query); err != nil {
			t.Skip("the query is refused before")
		}
		for line := range strings.SplitSeq(head, "\n") {
			if name, value, ok := strings.Cut(line, ":"); ok && ascii(name) {
				m.Headers = append(m.Headers, message.Field{Name: name, Value: value})
			}
		}
		if _, err := url.PathUnescape(path); err != nil {
			t.Skip("the path is refused before")
		}
		want, possible := oracle(m, signed, secret, date, payload)
		key := signature.NewKey([]byte(secret))
		a := signature.Authorization{Access: "a", SignedHeaders: signed, Signature: want}
		err = key.Verify(a, m, date, payload)
		if (err == nil) != possible {
			t.Fatalf("oracle can sign: %v; Verify: %v", possible, err)
		}
		if !possible {
			return
		}
		broken := []byte(want)
		broken[len(payload)%len(broken)] ^= 1
		a.Signature = string(broken)
		var mismatch *signature.MismatchError
		if err := key.Verify(a, m, date, payload); !errors.As(err, &mismatch) || strings.Contains(mismatch.Canonical, "\n") {
			t.Fatalf("a broken signature: %v", err)
		}
	})
}

// FuzzSign proves that what the client signs, the verifier takes, and that one
// flipped body byte is noticed.
func FuzzSign(f *testing.F) {
	f.Add("/a b", "x=1&y", "X-Any", " v ", []byte("body"))
	f.Add("/", "", "x_y", "", []byte(nil))
	f.Fuzz(func(t *testing.T, path, query, name, value string, body []byte) {
		m := &signature.Message{Method: "POST", Path: path}
		var err error
		if m.Query, err = message.ParseQuery(nil, query); err != nil {
			t.Skip("the query is refused before")
		}
		if name == "" || !ascii(name) || strings.ContainsAny(name, ";, \t") || message.EqualFold(name, "x-sdk-date") || message.EqualFold(name, "x-sdk-content-sha256") {
			t.Skip("not a header name of the caller's")
		}
		m.Headers = message.Fields{{Name: "Host", Value: "h"}, {Name: name, Value: value}}
		header, date := signature.Sign(m, "ak", []byte("sk"), time.Unix(1e9, 0), body)
		m.Headers = append(m.Headers, message.Field{Name: "X-Sdk-Date", Value: date})
		a, ok := signature.ParseAuthorization(header)
		if !ok {
			t.Fatalf("own header does not parse: %s", header)
		}
		key := signature.NewKey([]byte("sk"))
		if err := key.Verify(a, m, date, signature.HashPayload(body)); err != nil {
			t.Fatal(err)
		}
		other := append(bytes.Clone(body), 0)
		if err := key.Verify(a, m, date, signature.HashPayload(other)); err == nil {
			t.Fatal("another body passes")
		}
	})
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
