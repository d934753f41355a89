package message_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

// TestPathsAtOnceAgreeWithBytes: paths that are looked at eight bytes at a time get
// the verdict of those that are looked at byte by byte, as one with a '%' is.
func TestPathsAtOnceAgreeWithBytes(t *testing.T) {
	check := func(p string) {
		t.Helper()
		got, err := message.CanonicalPath(p)
		want, slow := message.CanonicalPath("/%7E" + p)
		if (err == nil) != (slow == nil) || err != nil && err.Error() != slow.Error() || err == nil && "/~"+got != want {
			t.Errorf("CanonicalPath(%q) = %q, %v; byte by byte %q, %v", p, got, err, want, slow)
		}
	}
	for n := 1; n <= 27; n++ {
		p := []byte("/" + strings.Repeat("a", n-1))
		for i := 1; i < n; i++ {
			for c := range 256 {
				p[i] = byte(c)
				check(string(p))
			}
			for _, pair := range []string{"//", "/.", "./", "..", "/a", ".a"} {
				if copy(p[i:], pair) == 2 {
					check(string(p))
					p[i+1] = 'a'
				}
			}
			p[i] = 'a'
		}
	}
	for _, p := range []string{"/..", "/a/..", "/aaaaaaaa/..", "/aaaaaaaa/../a", "/aaaaaaaa/..a", "/aaaaaaa/...", "/aaaaaaaa/a/", "/a.b/c.d/e."} {
		check(p)
	}
	if p, err := message.CanonicalPath("aaaaaaaaaaaa"); err == nil {
		t.Errorf("a path without '/' is canonical: %q", p)
	}
}

func TestPlainPath(t *testing.T) {
	for n := range 20 {
		p := []byte(strings.Repeat("a", n))
		for i := range p {
			for c := range 256 {
				p[i] = byte(c)
				if got, want := message.PlainPath(string(p)), c == '/' || message.Unreserved(byte(c)); got != want {
					t.Errorf("PlainPath(%q) = %v", p, got)
				}
			}
			p[i] = 'a'
		}
	}
	if !message.PlainPath("") {
		t.Error("the empty path is not plain")
	}
}

func TestFirstTwo(t *testing.T) {
	f := message.Fields{{"Host", "a"}, {"X-Stage", "b"}, {"X-Other", "c"}, {"x-stage", "d"}, {"X-STAGE", "e"}}
	for name, want := range map[string][2]int{"x-stage": {1, 3}, "host": {0, -1}, "absent": {-1, -1}, "X-Other": {2, -1}, "": {-1, -1}} {
		if first, second := f.FirstTwo(name); first != want[0] || second != want[1] {
			t.Errorf("FirstTwo(%q) = %d, %d; want %v", name, first, second, want)
		}
		if at := f.Index(name, 0); at != want[0] {
			t.Errorf("Index(%q, 0) = %d, want %d", name, at, want[0])
		}
	}
}

func TestHex16(t *testing.T) {
	in := [16]byte{0, 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xff, 10, 11, 12, 13, 14, 15}
	var out [32]byte
	message.Hex16(&out, &in)
	if want := string(message.AppendHex(nil, in[:])); string(out[:]) != want {
		t.Errorf("%s, want %s", out, want)
	}
}
