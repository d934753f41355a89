package message_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

func TestCanonicalPath(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"/", "/"},
		{"/test", "/test"},
		{"/test/", "/test/"},
		{"/a-b._~/0", "/a-b._~/0"},
		{"/a!$&'()*+,=:@", "/a!$&'()*+,=:@"},
		{"/%41%7a%2D%2e5%5F%7E", "/Az-.5_~"},
		{"/a%20b/%e4%b8%ad", "/a%20b/%E4%B8%AD"},
		{"/中", "/%E4%B8%AD"},
		{"/\xff", "/%FF"},
		{"/a b\"<>^`{|}[]", "/a%20b%22%3C%3E%5E%60%7B%7C%7D%5B%5D"},
		{"/%40%3b%3F%23", "/@%3B%3F%23"},
		{"/a%2bb+c", "/a%2Bb+c"},
		{"/100%25", "/100%25"},
		{"/%252d", "/%252d"},
		{"/...", "/..."},
		{"/.a/..b/c.", "/.a/..b/c."},
		{"/*", "/*"},
	} {
		got, err := message.CanonicalPath(c.raw)
		if err != nil || got != c.want {
			t.Errorf("CanonicalPath(%q) = %q, %v; want %q", c.raw, got, err, c.want)
		}
	}
}

func TestCanonicalPathRefuses(t *testing.T) {
	for _, c := range []struct{ raw, reason string }{
		{"", "begin"},
		{"*", "begin"},
		{"a/b", "begin"},
		{"http://host/a", "begin"},
		{"//", "empty segment"},
		{"//a", "empty segment"},
		{"/a//b", "empty segment"},
		{"/a//", "empty segment"},
		{"/.", "dot segment"},
		{"/..", "dot segment"},
		{"/./a", "dot segment"},
		{"/a/../b", "dot segment"},
		{"/a/..", "dot segment"},
		{"/a/%2e%2E/b", "dot segment"},
		{"/a/.%2e", "dot segment"},
		{"/%2e", "dot segment"},
		{"/a%2fb", "encoded slash"},
		{"/a%2Fb", "encoded slash"},
		{"/a%5cb", "encoded slash"},
		{"/a%00", "encoded control"},
		{"/a%0d%0a", "encoded control"},
		{"/a%7F", "encoded control"},
		{"/a\x00", "control character"},
		{"/a\nb", "control character"},
		{"/a\x7f", "control character"},
		{`/a\b`, `\ # ? ;`},
		{"/a#b", `\ # ? ;`},
		{"/a?b", `\ # ? ;`},
		{"/a;b=c", `\ # ? ;`},
		{"/%", "two hex digits"},
		{"/%4", "two hex digits"},
		{"/%zz", "two hex digits"},
		{"/%4g/", "two hex digits"},
		{"/%252f", "encoded twice"},
		{"/%252F", "encoded twice"},
		{"/%255c", "encoded twice"},
		{"/%252e%252e", "encoded twice"},
		{"/%2500", "encoded twice"},
		{"/%25252f", "encoded twice"},
		{"/%25%32%66", "encoded twice"},
		{"/%25%32f", "encoded twice"},
		{"/%2%35%32f", "two hex digits"},
	} {
		got, err := message.CanonicalPath(c.raw)
		var refused *message.Error
		if !errors.As(err, &refused) || refused.Part != "path" || !strings.Contains(refused.Reason, c.reason) {
			t.Errorf("CanonicalPath(%q) = %q, %v; want a refusal with %q", c.raw, got, err, c.reason)
		}
	}
}

func TestCanonicalPathDoesNotAllocate(t *testing.T) {
	for _, p := range []string{"/", "/v1/users/42/orders", "/a%20b/%E4%B8%AD%E6%96%87/"} {
		if n := testing.AllocsPerRun(100, func() {
			if _, err := message.CanonicalPath(p); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("CanonicalPath(%q): %v allocations, want 0", p, n)
		}
	}
}

func BenchmarkCanonicalPath(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := message.CanonicalPath("/v1/users/a%20b/orders/2026-01-02/lines"); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzCanonicalPath(f *testing.F) {
	for _, s := range []string{"/", "/a%20b/中/%e4", "/%41/./..", "/%25%32f", "/a//b", "/%2e%2e/", `/\`, "*", "/%252e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := message.CanonicalPath(raw)
		if err != nil {
			if got != "" {
				t.Fatalf("refused %q but answered %q", raw, got)
			}
			return
		}
		again, err := message.CanonicalPath(got)
		if err != nil || again != got {
			t.Fatalf("%q → %q → %q, %v: not idempotent", raw, got, again, err)
		}
		// Every reader that decodes sees what was sent, once and twice over.
		want, err := url.PathUnescape(raw)
		if err != nil {
			t.Fatalf("accepted %q, which does not decode: %v", raw, err)
		}
		decoded, err := url.PathUnescape(got)
		if err != nil || decoded != want {
			t.Fatalf("%q means %q but its canonical form %q means %q", raw, want, got, decoded)
		}
		for _, part := range strings.Split(decoded, "/")[1:] {
			if part == "." || part == ".." || strings.ContainsAny(part, "\\\x00") {
				t.Fatalf("%q → %q still has the segment %q", raw, got, part)
			}
		}
		if strings.Contains(decoded, "//") || strings.Count(decoded, "/") != strings.Count(raw, "/") {
			t.Fatalf("%q → %q: decoding changes its segments", raw, got)
		}
		for i := range len(got) {
			if c := got[i]; c <= ' ' || c >= 0x7f {
				t.Fatalf("%q → %q holds a byte outside of visible ASCII", raw, got)
			}
		}
	})
}
