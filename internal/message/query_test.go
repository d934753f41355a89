package message_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

func TestParseQuery(t *testing.T) {
	for _, c := range []struct {
		raw  string
		want message.Fields
	}{
		{"", nil},
		{"a=1", message.Fields{{"a", "1"}}},
		{"b=2&a=1&b=1", message.Fields{{"b", "2"}, {"a", "1"}, {"b", "1"}}},
		{"F", message.Fields{{"F", ""}}},
		{"F=", message.Fields{{"F", ""}}},
		{"=v", message.Fields{{"", "v"}}},
		{"a=b=c", message.Fields{{"a", "b=c"}}},
		{"&&a=1&", message.Fields{{"a", "1"}}},
		{"a%2Bb=c%20d%2fe&x+y=+z", message.Fields{{"a+b", "c d/e"}, {"x y", " z"}}},
		{"%e4%b8%ad=中", message.Fields{{"中", "中"}}},
		{"a=%3B%26%3D%00", message.Fields{{"a", ";&=\x00"}}},
	} {
		got, err := message.ParseQuery(nil, c.raw)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("ParseQuery(%q) = %q, %v; want %q", c.raw, got, err, c.want)
		}
	}
}

func TestParseQueryAppends(t *testing.T) {
	have := message.Fields{{"kept", "1"}}
	got, err := message.ParseQuery(have, "a=%20b&c=+d")
	want := message.Fields{{"kept", "1"}, {"a", " b"}, {"c", " d"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if got, err := message.ParseQuery(have, "a=1&b=%zz"); err == nil || !slices.Equal(got, have) {
		t.Errorf("after an error: %q, %v; want what was there before", got, err)
	}
}

func TestParseQueryRefuses(t *testing.T) {
	for _, c := range []struct{ raw, reason string }{
		{"a=%zz", "two hex digits"},
		{"a=%4", "two hex digits"},
		{"%=1", "two hex digits"},
		{"a=1;b=2", "; #"},
		{"a=1#b", "; #"},
		{"a=\x00", "control"},
		{"a\r\nb=1", "control"},
		{strings.Repeat("a&", message.MaxPairs+1), "more than 1000"},
	} {
		_, err := message.ParseQuery(nil, c.raw)
		var refused *message.Error
		if !errors.As(err, &refused) || refused.Part != "query" || !strings.Contains(refused.Reason, c.reason) {
			t.Errorf("ParseQuery(%.40q): %v; want a refusal with %q", c.raw, err, c.reason)
		}
	}
	if got, err := message.ParseQuery(nil, strings.Repeat("a&", message.MaxPairs)); err != nil || len(got) != message.MaxPairs {
		t.Errorf("%d pairs: %d, %v; want all of them", message.MaxPairs, len(got), err)
	}
}

func TestParseQueryAllocations(t *testing.T) {
	dst := make(message.Fields, 0, 8)
	for raw, want := range map[string]float64{
		"limit=10&city=shenzhen&F":  0,
		"a=%20&b=%21&c=%22&d+e=f+g": 1,
	} {
		if n := testing.AllocsPerRun(100, func() {
			if _, err := message.ParseQuery(dst[:0], raw); err != nil {
				t.Fatal(err)
			}
		}); n != want {
			t.Errorf("ParseQuery(%q): %v allocations, want %v", raw, n, want)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{"a=1&b", "a%2Bb=c+d", "&&=", "a;b", "%", "a=%ff&a=\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := message.ParseQuery(nil, raw)
		if err != nil {
			return
		}
		// net/url reads an accepted query in the same way.
		want, err := url.ParseQuery(raw)
		if err != nil {
			t.Fatalf("accepted %q, which net/url refuses: %v", raw, err)
		}
		have := url.Values{}
		for _, p := range got {
			have.Add(p.Name, p.Value)
		}
		if have.Encode() != want.Encode() {
			t.Fatalf("%q: %v, net/url: %v", raw, have, want)
		}
		var out []byte
		for i, p := range got {
			if i > 0 {
				out = append(out, '&')
			}
			out = append(message.AppendEscaped(out, p.Name), '=')
			out = message.AppendEscaped(out, p.Value)
		}
		again, err := message.ParseQuery(nil, string(out))
		if err != nil || !slices.Equal(again, got) {
			t.Fatalf("%q → %q → %q, %v", raw, out, again, err)
		}
	})
}
