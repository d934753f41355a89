package message_test

import (
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
