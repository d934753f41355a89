package draft

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// variableName is the rule of reference 4.6.2 for names of environment
// variables.
var variableName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{2,31}$`)

var errVariable = errors.New("holds a malformed #variable#")

// substitute replaces every #name# of s by what value answers for it.
func substitute(s string, value func(name string) (string, bool)) (string, error) {
	if !strings.Contains(s, "#") {
		return s, nil
	}
	parts := strings.Split(s, "#")
	if len(parts)%2 == 0 { // an odd number of '#'
		return "", errVariable
	}
	for i := 1; i < len(parts); i += 2 {
		if !variableName.MatchString(parts[i]) {
			return "", errVariable
		}
		v, ok := value(parts[i])
		if !ok {
			return "", MissingVariable(parts[i])
		}
		parts[i] = v
	}
	return strings.Join(parts, ""), nil
}

// MissingVariable is the name of a variable that a document uses and its
// environment does not have.
type MissingVariable string

func (m MissingVariable) Error() string {
	return "environment variable " + string(m) + " is not defined"
}

// Variables lists the environment variables that the document uses, sorted.
func (d *Document) Variables() []string {
	var names []string
	collect := func(s string) {
		// The document is normalised, so no error can come back.
		_, _ = substitute(s, func(name string) (string, bool) {
			names = append(names, name)
			return "", true
		})
	}
	if d.BackendAPI != nil {
		collect(d.BackendAPI.URLDomain)
		collect(d.BackendAPI.ReqURI)
	}
	for _, p := range d.PolicyHTTPS {
		collect(p.URLDomain)
		collect(p.ReqURI)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
