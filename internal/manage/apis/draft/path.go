package draft

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// maxPath bounds both paths of an API (reference table 4-39 for the backend's;
// the front path has no number there and takes the same).
const maxPath = 512

// frontVariables checks a front path (wire-facts §2.3) and answers the names of
// its {variables} in order: a variable is a whole segment; {name+} is the last
// segment and needs NORMAL; what is literal is already canonical, so that
// routing and the definition see the same bytes.
func frontVariables(path, match string) ([]string, *wire.Error) {
	bad := func(why string) *wire.Error { return apig.Invalid("req_uri").Because(pathFault(why)) }
	switch {
	case path == "":
		return nil, apig.Missing("req_uri")
	case len(path) > maxPath:
		return nil, apig.TooLong("req_uri")
	case path[0] != '/':
		return nil, bad("does not begin with /")
	}
	var names []string
	segments := strings.Split(path[1:], "/")
	literal := make([]string, len(segments))
	for i, s := range segments {
		if !strings.ContainsAny(s, "{}") {
			literal[i] = s
			continue
		}
		name, ok := wholeVariable(s)
		if !ok {
			return nil, bad("a variable must be a whole segment")
		}
		if rest, greedy := strings.CutSuffix(name, "+"); greedy {
			if i != len(segments)-1 || match != "NORMAL" {
				return nil, bad("{name+} must be last and needs match_mode NORMAL")
			}
			name = rest
		}
		if !paramName.MatchString(name) || contains(names, name) {
			return nil, bad("variable name malformed or used twice")
		}
		names = append(names, name)
		literal[i] = "v"
	}
	flat := "/" + strings.Join(literal, "/")
	if canonical, err := message.CanonicalPath(flat); err != nil || canonical != flat {
		return nil, bad("not in canonical form")
	}
	return names, nil
}

// backendVariables checks a backend path and answers its {variables}. Partial
// segments are allowed there, {name+} is not; #name# stands for an environment
// variable and is checked as such, then taken out of the canonical test.
func backendVariables(field, path string) ([]string, *wire.Error) {
	bad := func(why string) *wire.Error { return apig.Invalid(field).Because(pathFault(why)) }
	switch {
	case path == "":
		return nil, apig.Missing(field)
	case len(path) > maxPath:
		return nil, apig.TooLong(field)
	}
	if path[0] != '/' && path[0] != '#' {
		return nil, bad("does not begin with /")
	}
	plain, err := substitute(path, func(string) (string, bool) { return "v", true })
	if err != nil {
		return nil, bad(err.Error())
	}
	if path[0] == '#' {
		plain = "/" + plain // the variable may bring the leading slash; publication checks the result
	}
	var names []string
	var flat strings.Builder
	for rest := plain; ; {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			flat.WriteString(rest)
			break
		}
		end := strings.IndexByte(rest, '}')
		if end < open {
			return nil, bad("unbalanced braces")
		}
		name := rest[open+1 : end]
		if !paramName.MatchString(name) || contains(names, name) {
			return nil, bad("variable name malformed or used twice")
		}
		names = append(names, name)
		flat.WriteString(rest[:open] + "v")
		rest = rest[end+1:]
	}
	if canonical, err := message.CanonicalPath(flat.String()); err != nil || canonical != flat.String() {
		return nil, bad("not in canonical form")
	}
	return names, nil
}

// Shape is the path with its variables made nameless: two APIs of one group
// with equal method, shape and match mode could not be told apart (APIG.3301).
func Shape(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if name, ok := wholeVariable(s); ok {
			if strings.HasSuffix(name, "+") {
				segments[i] = "{+}"
			} else {
				segments[i] = "{}"
			}
		}
	}
	return strings.Join(segments, "/")
}

func wholeVariable(segment string) (string, bool) {
	if len(segment) < 3 || segment[0] != '{' || segment[len(segment)-1] != '}' {
		return "", false
	}
	name := segment[1 : len(segment)-1]
	return name, !strings.ContainsAny(name, "{}")
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

type pathFault string

func (f pathFault) Error() string { return "path " + string(f) }
