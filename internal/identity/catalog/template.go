package catalog

import (
	"net/url"
	"strings"

	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// maxURL bounds a URL in bytes, as browsers and proxies do.
const maxURL = 2000

// Scope is what the places of a URL are filled from; "" where a token has none.
type Scope struct{ ProjectID, UserID string }

// names are the places that a URL may have. The set is closed: a URL is a text
// with gaps, not a program.
var names = map[string]func(Scope) string{
	"project_id": func(s Scope) string { return s.ProjectID },
	"tenant_id":  func(s Scope) string { return s.ProjectID }, // Keystone's older name
	"user_id":    func(s Scope) string { return s.UserID },
}

// template is a URL in pieces: a text, a name, a text, …, a text.
type template []string

// parse cuts a URL into texts and names. It refuses what is not a URL that a
// client could use with its places filled.
func parse(raw string) (template, error) {
	bad := func(reason string) error {
		return keystone.BadRequest("Invalid input for field 'url': %s.", reason)
	}
	if raw == "" || len(raw) > maxURL {
		return nil, bad("it has 1 to 2000 bytes")
	}
	var t template
	for rest := raw; ; {
		before, name, after, found := cutPlace(rest)
		if !found {
			t = append(t, rest)
			break
		}
		if names[name] == nil {
			return nil, bad("a place is $(project_id)s, $(tenant_id)s or $(user_id)s")
		}
		t = append(t, before, name)
		rest = after
	}
	filled, _ := t.fill(Scope{ProjectID: "p", UserID: "u"})
	u, err := url.Parse(filled)
	switch {
	case err != nil || strings.ContainsFunc(filled, func(c rune) bool { return c <= ' ' || c >= 0x7f }):
		return nil, bad("it is not a URL in ASCII")
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
		return nil, bad("it begins with http:// or https:// and a host")
	case u.User != nil:
		return nil, bad("it holds no credentials, for everybody sees it")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(filled, "#"):
		return nil, bad("it has neither query nor fragment, for clients append paths")
	}
	return t, nil
}

// cutPlace finds the first $(name)s or %(name)s. One that does not end is a place
// without a name.
func cutPlace(s string) (before, name, after string, found bool) {
	i := strings.Index(s, "$(")
	if j := strings.Index(s, "%("); j >= 0 && (i < 0 || j < i) {
		i = j
	}
	if i < 0 {
		return "", "", "", false
	}
	name, after, ended := strings.Cut(s[i+2:], ")s")
	if !ended {
		return s[:i], "", "", true
	}
	return s[:i], name, after, true
}

// fill puts a scope into the places. It reports false when the scope lacks what
// the URL needs.
func (t template) fill(s Scope) (string, bool) {
	if len(t) == 1 {
		return t[0], true
	}
	var b strings.Builder
	for i, piece := range t {
		if i%2 == 0 {
			b.WriteString(piece)
			continue
		}
		value := names[piece](s)
		if value == "" {
			return "", false
		}
		b.WriteString(url.PathEscape(value))
	}
	return b.String(), true
}
