package route

import (
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/message"
)

// MaxSegments bounds the depth of a template, and with it the depth of a
// search. The reference limits a path to 512 characters, thus 256 segments.
const MaxSegments = 256

// segment is one part of a template: canonical text, or a variable.
type segment struct {
	text     string
	variable bool
}

// end says where in the tree a template ends.
type end uint8

const (
	endWhole  end = iota // NORMAL, at the node of its last segment
	endRest              // NORMAL, {x+} below the node
	endSlash             // SWA whose template ends in a slash
	endPrefix            // SWA
)

// method numbers the methods; 0 is none of them.
type method uint8

const anyMethod method = 8

// methodOf is a switch because a map lookup costs more than the whole match of
// a short path.
func methodOf(name string) method {
	switch name {
	case "GET":
		return 1
	case "POST":
		return 2
	case "PUT":
		return 3
	case "DELETE":
		return 4
	case "PATCH":
		return 5
	case "HEAD":
		return 6
	case "OPTIONS":
		return 7
	}
	return 0
}

// bit is the method's bit in a set of methods; the unknown method has none.
func (m method) bit() uint8 { return uint8(uint16(1) << m >> 1) }

// template is a parsed route.
type template struct {
	method   method
	segments []segment
	end      end
}

// Validate reports why a route could not stand in any table; nil when it
// could. Publication calls it through the dry build.
func Validate(method, path, match string) error {
	var t template
	return t.parse(method, path, match)
}

// parse reads a route into t, reusing its memory.
func (t *template) parse(method, path, match string) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("route: %s %q (%s): "+format, append([]any{method, path, match}, args...)...)
	}
	t.segments, t.end = t.segments[:0], endWhole
	if t.method = methodOf(method); t.method == 0 {
		if method != definition.MethodAny {
			return fail("the method is not one of GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS, ANY")
		}
		t.method = anyMethod
	}
	prefix := match == definition.MatchPrefix
	if !prefix && match != definition.MatchNormal {
		return fail("the match mode is neither NORMAL nor SWA")
	}
	if path == "" || path[0] != '/' {
		return fail("the path does not begin with '/'")
	}
	for rest := path; rest != ""; {
		if len(t.segments) == MaxSegments {
			return fail("the path has more than %d segments", MaxSegments)
		}
		text, after := cut(rest)
		switch {
		case text == "" && after != "":
			return fail("the path has an empty segment")
		case text == "" && prefix:
			t.end = endSlash
			return nil
		case !strings.ContainsAny(text, "{}"):
			// With its slash in front, a canonical segment stays a slice of path.
			canonical, err := message.CanonicalPath(rest[:1+len(text)])
			if err != nil {
				return fail("%w", err)
			}
			t.segments = append(t.segments, segment{text: canonical[1:]})
		default:
			name, several, ok := variable(text)
			switch {
			case !ok:
				return fail("segment %q is not one whole variable {name}", text)
			case several && prefix:
				return fail("{%s+} needs match mode NORMAL", name)
			case several && after != "":
				return fail("{%s+} is not the last segment", name)
			case strings.Count(path, "{"+name+"}")+strings.Count(path, "{"+name+"+}") > 1:
				return fail("the variable %s occurs twice", name)
			case several:
				t.end = endRest
				return nil
			}
			t.segments = append(t.segments, segment{variable: true})
		}
		rest = after
	}
	if prefix {
		t.end = endPrefix
	}
	return nil
}

// cut splits path, which begins with a slash, into its first segment and what
// follows: "" or again beginning with a slash.
func cut(path string) (first, after string) {
	path = path[1:]
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

// variable reads "{name}" or "{name+}". Which names are good is management's
// concern (wire-facts §2.5); here a name only must not confuse the template.
func variable(text string) (name string, several, ok bool) {
	if len(text) < 3 || text[0] != '{' || text[len(text)-1] != '}' {
		return "", false, false
	}
	name, several = strings.CutSuffix(text[1:len(text)-1], "+")
	return name, several, name != "" && !strings.ContainsAny(name, "{}+")
}

// param is one variable of a template: where it stands and what it is called.
type param struct {
	skip    int // segments between the variable before it and this one
	name    string
	several bool
}

// params lists the variables of a template that parse has accepted.
func params(dst []param, pattern string) []param {
	skip := 0
	for strings.IndexByte(pattern, '{') >= 0 {
		var part string
		part, pattern = cut(pattern)
		name, several, ok := variable(part)
		if !ok {
			skip++
			continue
		}
		dst = append(dst, param{skip: skip, name: name, several: several})
		skip = 0
	}
	return dst
}
