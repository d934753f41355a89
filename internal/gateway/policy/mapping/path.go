package mapping

import (
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// template is a backend path: text, value, text, value, … text. Constants are
// part of the text.
type template struct {
	texts  []string // len(values)+1, canonical
	values []pathValue
	coded  bool // a text has a '%': "%25" and the value "2f" make "%252f"
}

type pathValue struct {
	name string
	value
}

// parseTemplate compiles a backend path. Unlike in a front path a variable may
// be part of a segment (wire-facts §11).
func parseTemplate(path string, mappings []mapped) (template, error) {
	var t template
	var text strings.Builder
	if !strings.HasPrefix(path, "/") {
		return t, fmt.Errorf("backend path %q does not begin with '/'", path)
	}
	for rest := path; ; {
		before, after, found := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return t, fmt.Errorf("backend path %q: '}' without '{'", path)
		}
		text.WriteString(before)
		if !found {
			break
		}
		name, after, closed := strings.Cut(after, "}")
		if !closed {
			return t, fmt.Errorf("backend path %q: '{' without '}'", path)
		}
		rest = after
		m := pathParameter(mappings, name)
		if m == nil {
			return t, fmt.Errorf("backend path %q: variable %q has no backend parameter in PATH", path, name)
		}
		if v := m.value; v.source == nil && v.system == notSystem {
			text.Write(pathEscapes.append(nil, v.text))
			continue
		}
		t.texts = append(t.texts, text.String())
		t.values = append(t.values, pathValue{name, m.value})
		text.Reset()
	}
	t.texts = append(t.texts, text.String())
	for i := range mappings {
		if m := &mappings[i]; m.in == definition.InPath && !strings.Contains(path, "{"+m.name+"}") {
			return t, fmt.Errorf("backend parameter %q: the backend path %q has no such variable", m.name, path)
		}
	}
	return t, t.canonicalise(path)
}

func pathParameter(mappings []mapped, name string) *mapped {
	for i := range mappings {
		if mappings[i].in == definition.InPath && mappings[i].name == name {
			return &mappings[i]
		}
	}
	return nil
}

// canonicalise brings the texts into the spelling that message.CanonicalPath
// gives the whole, so that fill can compare. Each text is judged with an "x" in
// place of its neighbours. A constant that would put a slash or backslash into a
// segment is refused here, at publication, because it would fail every call.
func (t *template) canonicalise(path string) error {
	for i, text := range t.texts {
		before, after := "", ""
		if i > 0 {
			before = "/x"
		}
		if i < len(t.values) {
			after = "x"
		}
		whole, err := message.CanonicalPath(before + text + after)
		if err != nil {
			return fmt.Errorf("backend path %q: %w", path, err)
		}
		t.texts[i] = strings.TrimSuffix(strings.TrimPrefix(whole, before), after)
		t.coded = t.coded || strings.Contains(t.texts[i], "%")
	}
	return nil
}

// fill returns the path for a call, followed by tail: front "/test/", back
// "/test2/" and call "/test/AA/CC" make "/test2/AA/CC" (wire-facts §2.3).
func (t *template) fill(c *call.Call, tail string) (string, *call.Fault) {
	if len(t.values) == 0 && tail == "" {
		return t.texts[0], nil
	}
	b := c.Scratch()
	b = append(b, t.texts[0]...)
	canonical := tail == "" && !t.coded // whether the parts say so of the whole
	for i := range t.values {
		var f *call.Fault
		var tame bool
		if b, tame, f = t.values[i].append(b, c); f != nil {
			return "", f
		}
		canonical = canonical && tame
		b = append(b, t.texts[i+1]...)
	}
	if tail != "" {
		if b[len(b)-1] == '/' {
			b = b[:len(b)-1]
		}
		b = append(b, tail...)
	}
	path := c.Keep(b)
	if canonical {
		return path, nil
	}
	path, err := message.CanonicalPath(path)
	if err != nil {
		return "", call.Orchestration.With("backend " + strings.TrimPrefix(err.Error(), "request "))
	}
	return path, nil
}

// append adds the one value of a path variable. An empty value would name
// another resource, and of several values the backend would see one that other
// rules did not mean.
//
// tame says that a canonical path stays one with this value in it: it is unreserved
// characters only, so that there is no slash and nothing to encode, and does not
// begin with a dot, so that it makes no dot segment with any neighbour.
func (v *pathValue) append(b []byte, c *call.Call) (_ []byte, tame bool, _ *call.Fault) {
	if c.Request.PlainPath && v.source != nil { // nearly always
		if text := v.source.Segment(c); text != "" && text[0] != '.' {
			return append(b, text...), true, nil
		}
	}
	var cursor int
	text, ok := v.next(c, &cursor)
	if !ok || text == "" {
		return b, false, call.Orchestration.With("path variable " + v.name + " has no value")
	}
	tame = text[0] != '.' && message.AllUnreserved(text)
	if tame {
		b = append(b, text...)
	} else if v.source == nil || !v.source.Greedy {
		b = pathEscapes.append(b, text)
	} else {
		// A {name+} holds whole segments of a canonical path.
		for {
			var segment string
			var more bool
			segment, text, more = strings.Cut(text, "/")
			b = pathEscapes.append(b, segment)
			if !more {
				break
			}
			b = append(b, '/')
		}
	}
	if cursor < 0 {
		return b, tame, nil
	}
	if _, more := v.next(c, &cursor); more {
		return b, false, call.Orchestration.With("path variable " + v.name + " has several values")
	}
	return b, tame, nil
}
