package message_test

import (
	"bytes"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

func TestFields(t *testing.T) {
	f := message.Fields{{"Host", "a"}, {"X-Stage", "TEST"}, {"x-stage", "DEV"}}
	if v, ok := f.Get("x-STAGE"); v != "TEST" || !ok {
		t.Errorf("Get: %q, %v; want the first value", v, ok)
	}
	if v, ok := f.Get("absent"); v != "" || ok {
		t.Errorf("Get(absent): %q, %v", v, ok)
	}
	if n := f.Count("X-STAGE"); n != 2 {
		t.Errorf("Count: %d, want 2", n)
	}
	if message.EqualFold("K", "\u212a") {
		t.Error("EqualFold folds the Kelvin sign, which is not ASCII")
	}
}

func TestDecoded(t *testing.T) {
	for _, c := range []struct {
		s    string
		want byte
		ok   bool
	}{
		{"%41", 'A', true}, {"%fF", 0xff, true}, {"%4", 0, false}, {"%", 0, false}, {"41%", 0, false}, {"%g1", 0, false}, {"%1g", 0, false},
	} {
		if got, ok := message.Decoded(c.s, 0); ok != c.ok || ok && got != c.want {
			t.Errorf("Decoded(%q) = %q, %v; want %q, %v", c.s, got, ok, c.want, c.ok)
		}
	}
}

func TestAppendEscaped(t *testing.T) {
	got := string(message.AppendEscaped([]byte("x="), "a b/中+~-._!*'()"))
	if want := "x=a%20b%2F%E4%B8%AD%2B~-._%21%2A%27%28%29"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestEqualFoldAgreesWithBytes: texts of all lengths up to a few words that
// differ in one byte at most, for all pairs of bytes.
func TestEqualFoldAgreesWithBytes(t *testing.T) {
	lower := func(c byte) byte {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	}
	for n := 1; n <= 20; n++ {
		a, b := bytes.Repeat([]byte("Xy-Z"), 5)[:n], bytes.Repeat([]byte("xY-z"), 5)[:n]
		for at := range n {
			before, other := a[at], b[at]
			for x := range 256 {
				for y := range 256 {
					a[at], b[at] = byte(x), byte(y)
					if got := message.EqualFold(string(a), string(b)); got != (lower(a[at]) == lower(b[at])) {
						t.Fatalf("EqualFold(%q, %q) = %v", a, b, got)
					}
				}
			}
			a[at], b[at] = before, other
		}
	}
	if message.EqualFold("abc", "abcd") || !message.EqualFold("", "") {
		t.Error("lengths")
	}
}

func TestAlphanumeric(t *testing.T) {
	for n := range 20 {
		for at := range n {
			b := bytes.Repeat([]byte("aZ09"), 5)[:n]
			for c := range 256 {
				b[at] = byte(c)
				want := n >= 8 && (c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
				if got := message.Alphanumeric(string(b)); got != want {
					t.Fatalf("Alphanumeric(%q) = %v", b, got)
				}
			}
		}
	}
}

// TestLower holds Lower against the plain way, at every place of texts of every
// length that it reads differently.
func TestLower(t *testing.T) {
	for n := range 40 {
		for at := -1; at < n; at++ {
			for _, c := range []byte{'A', 'Z', '@', '[', 'a', 'z', '-', ';', 0xc1, 0xda, ' '} {
				b := bytes.Repeat([]byte("x"), n)
				if at >= 0 {
					b[at] = c
				}
				want := at < 0 || c < 'A' || c > 'Z'
				if got := message.Lower(string(b)); got != want {
					t.Fatalf("%q: %v", b, got)
				}
			}
		}
	}
}
