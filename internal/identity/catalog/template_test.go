package catalog

import (
	"strings"
	"testing"
)

// A URL is a text with gaps, not a program: only known names are replaced, and
// everything else is refused (CVE-2022-22947, CVE-2025-41243).
func TestTemplate(t *testing.T) {
	scope := Scope{ProjectID: "p1", UserID: "u1"}
	for _, c := range []struct {
		raw, want string
		refused   bool
	}{
		{raw: "https://a.example/v1", want: "https://a.example/v1"},
		{raw: "https://a.example/v1/$(project_id)s", want: "https://a.example/v1/p1"},
		{raw: "https://a.example/v1/%(tenant_id)s/x", want: "https://a.example/v1/p1/x"},
		{raw: "http://$(user_id)s.example:8080/$(project_id)s", want: "http://u1.example:8080/p1"},
		{raw: "https://a.example/%20x", want: "https://a.example/%20x"},
		{raw: "https://[2001:db8::1]:5000/v3", want: "https://[2001:db8::1]:5000/v3"},
		{raw: "https://a.example/AUTH_$(project_id)s", want: "https://a.example/AUTH_p1"},
		{raw: "", refused: true},
		{raw: "a.example/v1", refused: true},
		{raw: "ftp://a.example/v1", refused: true},
		{raw: "javascript:alert(1)", refused: true},
		{raw: "https:///v1", refused: true},
		{raw: "https://:80/v1", refused: true},
		{raw: "https://user:secret@a.example/v1", refused: true},
		{raw: "https://a.example/v1?x=1", refused: true},
		{raw: "https://a.example/v1#x", refused: true},
		{raw: "https://a.example/v1#", refused: true},
		{raw: "https://a.example/v 1", refused: true},
		{raw: "https://a.example/\nv1", refused: true},
		{raw: "https://ä.example/", refused: true},
		{raw: "https://a.example/%zz", refused: true},
		{raw: "https://a.example/$(project_id)", refused: true},
		{raw: "https://a.example/$(password)s", refused: true},
		{raw: "https://a.example/$()s", refused: true},
		{raw: "https://a.example/$(T(java.lang.Runtime))s", refused: true},
		{raw: "https://a.example/%(project_id)d", refused: true},
		{raw: "https://a.example/" + strings.Repeat("x", maxURL), refused: true},
	} {
		tmpl, err := parse(c.raw)
		if c.refused {
			if err == nil {
				t.Errorf("%.80q is accepted", c.raw)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.raw, err)
			continue
		}
		if got, ok := tmpl.fill(scope); !ok || got != c.want {
			t.Errorf("%q is filled to %q (%v), want %q", c.raw, got, ok, c.want)
		}
	}
}

// What the scope lacks leaves the endpoint out, never a hole in its URL.
func TestTemplateWithoutScope(t *testing.T) {
	for raw, scope := range map[string]Scope{
		"https://a.example/$(project_id)s": {UserID: "u"},
		"https://a.example/$(tenant_id)s":  {UserID: "u"},
		"https://a.example/$(user_id)s":    {ProjectID: "p"},
	} {
		tmpl, err := parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := tmpl.fill(scope); ok || got != "" {
			t.Errorf("%q with %+v is %q", raw, scope, got)
		}
	}
}

// FuzzTemplate: what is accepted has a host, holds no place once filled, and is
// filled the same way when it is parsed again.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{
		"https://a.example/v1/$(project_id)s", "http://%(tenant_id)s.b/%(user_id)s", "https://a/$($(project_id)s)s",
		"https://a/$(project_id)s$(", "https://a/%(", "https://a/$(project_id)s%(user_id)s", "https://u@a/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		tmpl, err := parse(raw)
		if err != nil {
			return
		}
		got, ok := tmpl.fill(Scope{ProjectID: "p", UserID: "u"})
		if !ok {
			t.Fatalf("%q cannot be filled", raw)
		}
		if strings.Contains(got, "$(") || strings.Contains(got, "%(") {
			t.Fatalf("%q leaves a place open: %q", raw, got)
		}
		if !strings.HasPrefix(strings.ToLower(got), "http") || strings.ContainsAny(got, " \r\n\x00?#") {
			t.Fatalf("%q became %q", raw, got)
		}
		again, err := parse(got)
		if err != nil {
			t.Fatalf("%q became %q, which is refused: %v", raw, got, err)
		}
		if twice, _ := again.fill(Scope{}); twice != got {
			t.Fatalf("%q is filled to %q, then to %q", raw, got, twice)
		}
	})
}
