package http1_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// TestEveryCharacterAtEveryPlace holds the code that looks at eight bytes at once
// against RFC 9110's lists, for every byte at every distance from the beginning and
// from the end of a name, a value, a target and a Host.
func TestEveryCharacterAtEveryPlace(t *testing.T) {
	const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	places := []struct {
		name, before, after string
		permits             func(c byte) bool
	}{
		{"a name", "GET / HTTP/1.1\r\nHost: a\r\n", ": v\r\n\r\n",
			func(c byte) bool { return strings.IndexByte(alphanumeric+"!#$%&'*+-.^_`|~", c) >= 0 }},
		{"a value", "GET / HTTP/1.1\r\nHost: a\r\nA: ", "\r\n\r\n",
			func(c byte) bool { return c == '\t' || c >= ' ' && c != 0x7f }},
		{"a target", "GET /", " HTTP/1.1\r\nHost: a\r\n\r\n",
			func(c byte) bool { return c > ' ' && c != 0x7f }},
		{"a Host", "GET / HTTP/1.1\r\nHost: ", "\r\n\r\n",
			func(c byte) bool { return strings.IndexByte(alphanumeric+"-._~!$&'()*+,;=%:[]", c) >= 0 }},
	}
	const filling = "abcdefghijklmnopqrs"
	for _, p := range places {
		for c := range 256 {
			for at := range filling {
				for end := at + 1; end < len(filling); end += 5 {
					word := filling[:at] + string([]byte{byte(c)}) + filling[at+1:end]
					if p.name == "a name" && c == ':' || p.name == "a Host" && (c == ' ' || c == '\t') && (at == 0 || end == at+1) {
						continue // ends the name; is no part of the value
					}
					var r http1.Request
					_, err := sends(p.before+word+p.after).ReadRequest(&r, nil, mostFields, headLimit)
					_, refused := errors.AsType[*http1.Refusal](err)
					if refused == p.permits(byte(c)) || err != nil && !refused {
						t.Fatalf("%s of %q: %v", p.name, word, err)
					}
				}
			}
		}
	}
}

// TestEveryCharacterThatIsWritten holds AppendField against the same lists: a name that is no
// token leaves the field out, and no byte of a value ends the line.
func TestEveryCharacterThatIsWritten(t *testing.T) {
	const filling = "abcdefghij-lmnopqrstuv"
	for c := range 256 {
		isToken := strings.IndexByte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~", byte(c)) >= 0
		written := byte(c)
		if c < ' ' && c != '\t' || c == 0x7f {
			written = ' '
		}
		for at := range filling {
			for end := at + 1; end <= len(filling); end++ {
				word := filling[:at] + string([]byte{byte(c)}) + filling[at+1:end]
				want := ""
				if isToken {
					want = word + ": v\r\n"
				}
				if got := http1.AppendField(nil, message.Field{Name: word, Value: "v"}); string(got) != want {
					t.Fatalf("name %q: %q", word, got)
				}
				want = "A: " + filling[:at] + string([]byte{written}) + filling[at+1:end] + "\r\n"
				if got := http1.AppendField(nil, message.Field{Name: "A", Value: word}); string(got) != want {
					t.Fatalf("value %q: %q", word, got)
				}
			}
		}
	}
	if got := http1.AppendField(nil, message.Field{Value: "v"}); len(got) != 0 {
		t.Errorf("no name: %q", got)
	}
}
