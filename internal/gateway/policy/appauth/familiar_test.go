package appauth_test

import (
	"strings"
	"testing"
	"time"
)

// TestFamiliar: a call with the names of the call before is judged as any other, also
// when its signature is malformed, which is then found out last.
func TestFamiliar(t *testing.T) {
	const malformed = "the Authorization header is malformed"
	good := func(s string) string { return s }
	for name, test := range map[string]struct {
		at    time.Time
		spell func(authorization string) string
		want  string
	}{
		"right":               {now, good, ""},
		"wrong":               {now, func(s string) string { return s[:len(s)-64] + strings.Repeat("0", 64) }, "verify signature fail"},
		"no word":             {now, func(s string) string { return s[:len(s)-1] + "-" }, malformed},
		"a digit short":       {now, func(s string) string { return s[:len(s)-1] }, "verify signature fail"},
		"no signature":        {now, func(s string) string { return s[:len(s)-64] }, malformed},
		"too late":            {now.Add(-time.Hour), good, "signature expired"},
		"too late, no word":   {now.Add(-time.Hour), func(s string) string { return s[:len(s)-1] + "-" }, malformed},
		"nobody's":            {now, func(s string) string { return strings.Replace(s, key, "nobody", 1) }, "app not found, appkey nobody"},
		"nobody's, no word":   {now, func(s string) string { return strings.Replace(s, key, "nobody", 1)[:len(s)-len(key)+5] + ";" }, malformed},
		"another list":        {now, func(s string) string { return strings.Replace(s, "x-sdk-date", "x-sdk-data", 1) }, "SignedHeaders does not name x-sdk-date"},
		"no blank in between": {now, func(s string) string { return strings.ReplaceAll(s, ", ", ",") }, ""},
	} {
		p, c := policy(false), signed(t, key, secret, test.at, "body")
		r := &c.Request
		r.Index()
		r.Learn()
		authorization := &r.Headers[len(r.Headers)-1].Value
		first := signed(t, key, secret, now, "body")
		kept, date := *authorization, r.Headers[len(r.Headers)-2].Value
		*authorization, r.Headers[len(r.Headers)-2].Value = first.Request.Headers[len(r.Headers)-1].Value, first.Request.Headers[len(r.Headers)-2].Value
		if !r.Familiar() {
			t.Fatal("the names are not familiar")
		}
		if f := p.Apply(c); f != nil {
			t.Fatalf("the call before: %+v", f)
		}
		*authorization, r.Headers[len(r.Headers)-2].Value = test.spell(kept), date
		c.Out.Headers = append(c.Out.Headers[:0], r.Headers...)
		f := p.Apply(c)
		if f == nil && test.want != "" || f != nil && (test.want == "" || !strings.Contains(f.Message, test.want)) {
			t.Errorf("%s: %+v, want %q", name, f, test.want)
		}
	}
}
