package message_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

func TestCanonicalHost(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"api.example.com", "api.example.com"},
		{"API.Example.COM", "api.example.com"},
		{"api.example.com.", "api.example.com"},
		{"A.Example.:80", "a.example"},
		{"localhost:8000", "localhost"},
		{"localhost:", "localhost"},
		{"a_b-c.example", "a_b-c.example"},
		{"127.0.0.1:65535", "127.0.0.1"},
		{"[::1]", "[::1]"},
		{"[2001:DB8:0::1]:8443", "[2001:db8::1]"},
		{strings.Repeat("a", 253), strings.Repeat("a", 253)},
	} {
		got, err := message.CanonicalHost(c.raw)
		if err != nil || got != c.want {
			t.Errorf("CanonicalHost(%q) = %q, %v; want %q", c.raw, got, err, c.want)
		}
	}
}

func TestCanonicalHostRefuses(t *testing.T) {
	for _, c := range []struct{ raw, reason string }{
		{"", "empty"},
		{".", "empty"},
		{":80", "empty"},
		{"a..", "empty label"},
		{"a..b", "empty label"},
		{".a", "empty label"},
		{"user@a", "character"},
		{"a/b", "character"},
		{"a b", "character"},
		{" a", "character"},
		{"a\x00", "character"},
		{"a,b", "character"},
		{"münchen.example", "character"},
		{"a%41", "character"},
		{"*.example.com", "character"},
		{"user:pw@a", "port"},
		{"a:b", "port"},
		{"a:80:80", "port"},
		{"a:-1", "port"},
		{"a:123456", "port"},
		{"::1", "port"},
		{"[::1", "']'"},
		{"[]", "IPv6"},
		{"[127.0.0.1]", "IPv6"},
		{"[fe80::1%eth0]", "IPv6"},
		{"[::1]80", "port"},
		{"[::1]:x", "port"},
		{strings.Repeat("a", 254), "253"},
	} {
		got, err := message.CanonicalHost(c.raw)
		var refused *message.Error
		if !errors.As(err, &refused) || refused.Part != "host" || !strings.Contains(refused.Reason, c.reason) {
			t.Errorf("CanonicalHost(%q) = %q, %v; want a refusal with %q", c.raw, got, err, c.reason)
		}
	}
}

func TestCanonicalHostDoesNotAllocate(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		if _, err := message.CanonicalHost("7383ea59c0cd49a2b61d0fd1d351a619.apigw.example.com:8443"); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func FuzzCanonicalHost(f *testing.F) {
	for _, s := range []string{"A.b.:80", "[::1]:1", "a..b", "u@h", "", "::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := message.CanonicalHost(raw)
		if err != nil {
			return
		}
		again, err := message.CanonicalHost(got)
		if err != nil || again != got {
			t.Fatalf("%q → %q → %q, %v: not idempotent", raw, got, again, err)
		}
		if got == "" || got != strings.ToLower(got) || strings.ContainsAny(got, "/@ \t\r\n") {
			t.Fatalf("%q → %q is not a canonical host", raw, got)
		}
	})
}
