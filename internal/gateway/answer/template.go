package answer

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

const (
	// maxTemplate bounds a body in bytes: management takes 8192 characters.
	maxTemplate = 4 * 8192
	// maxAnswer bounds a filled body in bytes.
	maxAnswer = 64 << 10
)

// template is a body: text, value, text, value, … text.
type template struct {
	texts  []string // len(values)+1
	values []value
}

// value is a variable; property is set for those of an authorizer, by the name
// that it has in call.Authorizer.
type value struct {
	variable variable
	property string
}

// prefix begins a variable. In valid JSON a '$' stands in strings only, and is
// never part of an escape.
const prefix = "$context."

func parse(body string) (template, error) {
	var t template
	switch {
	case len(body) > maxTemplate:
		return t, fmt.Errorf("it has %d bytes, more than %d", len(body), maxTemplate)
	case !json.Valid([]byte(body)):
		return t, errors.New("it is not JSON")
	}
	for rest := body; ; {
		before, after, found := strings.Cut(rest, prefix)
		if !found {
			t.texts = append(t.texts, rest)
			return t, nil
		}
		v, size := read(after)
		if v.variable == none {
			return template{}, fmt.Errorf("there is no variable %s%.64s", prefix, after[:size])
		}
		t.texts, t.values = append(t.texts, before), append(t.values, v)
		rest = after[size:]
	}
}

// read takes the variable at the beginning of s.
func read(s string) (v value, size int) {
	word := func(c rune) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '.'
	}
	if strings.HasPrefix(s, "authorizer.") { // keys of an authorizer may have dashes
		size = len(s) - len(strings.TrimLeftFunc(s, func(c rune) bool { return word(c) || c == '-' }))
		name := strings.TrimRight(s[:size], ".-")
		property := strings.TrimPrefix(name, "authorizer.")
		side, key, _ := strings.Cut(property, ".")
		if (side == "frontend" || side == "backend") && key != "" && !strings.Contains(key, ".") {
			return value{authorized, property}, len(name)
		}
		return value{}, size
	}
	size = len(s) - len(strings.TrimLeftFunc(s, word))
	name := strings.TrimRight(s[:size], ".")
	if found := variableOf(name); found != none {
		return value{variable: found}, len(name)
	}
	return value{}, size
}

// fill appends the body for a call to b, which may hold something already.
func (t *template) fill(b []byte, c *call.Call) []byte {
	left := maxAnswer
	for _, text := range t.texts {
		left -= len(text)
	}
	for i := range t.values {
		b = append(b, t.texts[i]...)
		before := len(b)
		b = t.values[i].append(b, c, left)
		left -= len(b) - before
	}
	return append(b, t.texts[len(t.values)]...)
}
