package passwords_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity/passwords"
)

func TestPolicy(t *testing.T) {
	for _, c := range []struct {
		policy          passwords.Policy
		password, lacks string // part of the reason, "" when there is none
	}{
		{passwords.Policy{}, "", ""}, {passwords.Policy{}, "x", ""},
		{passwords.Policy{MinLength: 8}, "1234567", "it has 7 characters and must have at least 8"},
		{passwords.Policy{MinLength: 8}, "12345678", ""},
		{passwords.Policy{MinLength: 4}, "密码密码", ""}, // characters, not bytes
		{passwords.Policy{MinLength: 5}, "密码密码", "it has 4 characters"},
		{passwords.Policy{Classes: 1}, "", "has 0"},
		{passwords.Policy{Classes: 2}, "aaaa", "must have 2 of"}, {passwords.Policy{Classes: 2}, "aaa ", ""},
		{passwords.Policy{Classes: 3}, "aA--", ""}, {passwords.Policy{Classes: 3}, "aA", "and has 2"},
		{passwords.Policy{Classes: 4}, "aA1-", ""}, {passwords.Policy{Classes: 4}, "äÄ٣密", ""},
		{passwords.Policy{MinLength: 8, Classes: 2}, "aaa", "at least 8; it must have 2"},
		{passwords.Policy{}, strings.Repeat("a", passwords.MaxLength), ""},
		{passwords.Policy{}, strings.Repeat("a", passwords.MaxLength+1), "it may have 1024 bytes"},
	} {
		err := c.policy.Check(c.password)
		switch {
		case c.lacks == "" && err != nil:
			t.Errorf("%+v refuses %.20q: %v", c.policy, c.password, err)
		case c.lacks != "" && (err == nil || !strings.Contains(err.Error(), c.lacks)):
			t.Errorf("%+v on %.20q: %v, want %q", c.policy, c.password, err, c.lacks)
		case err != nil && c.password != "" && strings.Contains(err.Error(), c.password):
			t.Errorf("the reason repeats the password: %v", err)
		}
	}
}

func TestPeer(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1:4711": "192.0.2.1", "[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64", "[::ffff:192.0.2.1]:1": "192.0.2.1",
		"[fe80::1%eth0]:1": "fe80::/64", "@": "@", "": "",
	} {
		if got := passwords.Peer(remote); got != want {
			t.Errorf("Peer(%q) = %q, want %q", remote, got, want)
		}
	}
}
