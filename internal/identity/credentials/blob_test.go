package credentials

import (
	"strings"
	"testing"
)

const someAccess, someSecret = "access-key_0123456789", `secret/ +"\with<signs>&`

func TestParsePair(t *testing.T) {
	good := pair{someAccess, someSecret}
	for _, in := range []string{
		good.text(),
		` { "secret" : "secret\/ +\"\\with<signs>&", "access":"access-key_0123456789" } `,
		strings.Replace(good.text(), "{", `{"trust_id":null,`, 1),
	} {
		if p, reason := readPair(in); reason != "" || p != good {
			t.Errorf("%s: %+v %s", in, p, reason)
		}
	}
	for in, want := range map[string]string{
		"":                         "not valid JSON",
		"{":                        "not valid JSON",
		good.text() + "x":          "not valid JSON",
		good.text() + good.text():  "not valid JSON",
		strings.Repeat("[", 60000): "not valid JSON",
		"[]":                       "not an object",
		"null":                     "not an object",
		`"x"`:                      "not an object",
		"{}":                       "'access'",
		strings.Replace(good.text(), "{", `{"access":"`+someAccess+`",`, 1): "a name twice",
		// Go's decoder takes names of any case; two readers would differ
		// (CVE-2021-23365).
		strings.Replace(good.text(), "{", `{"Access":"x",`, 1):                      "another name",
		strings.Replace(good.text(), "{", `{"trust_id":"t",`, 1):                    "another name",
		strings.Replace(good.text(), "{", `{"app_cred_id":"a",`, 1):                 "another name",
		strings.Replace(good.text(), "{", `{"access_token_id":null,`, 1):            "another name",
		`{"access":1,"secret":"` + someAccess + `"}`:                                "not a text",
		`{"access":{"a":"b"},"secret":"` + someAccess + `"}`:                        "not a text",
		pair{"short", someSecret}.text():                                            "'access'",
		pair{strings.Repeat("a", 129), someSecret}.text():                           "'access'",
		pair{someAccess + "/", someSecret}.text():                                   "'access'",
		pair{someAccess, "short"}.text():                                            "'secret'",
		pair{someAccess, strings.Repeat("ä", 20)}.text():                            "'secret'",
		pair{someAccess, "with a\ttab in the middle"}.text():                        "'secret'",
		"{\"access\":\"" + someAccess + "\",\"secret\":\"\xff" + someAccess + "\"}": "not valid JSON",
	} {
		if _, reason := readPair(in); !strings.Contains(reason, want) {
			t.Errorf("%.80s: %q, want %q", in, reason, want)
		}
		if _, err := parsePair(in); err == nil || strings.Contains(err.Error(), someSecret) {
			t.Errorf("%.80s: %v", in, err)
		}
	}
}

func FuzzParsePair(f *testing.F) {
	f.Add(pair{someAccess, someSecret}.text())
	f.Add(`{"trust_id":null,"access":"x","access":"y"}`)
	f.Add(`[{"access":1}]`)
	f.Fuzz(func(t *testing.T, blob string) {
		p, reason := readPair(blob)
		if reason != "" {
			return
		}
		if !fits(p.Access) || !fits(p.Secret) || strings.ContainsAny(p.Access, " ,=/\r\n") {
			t.Errorf("%q is %+v", blob, p)
		}
		if again, reason := readPair(p.text()); reason != "" || again != p {
			t.Errorf("%q is %+v, written and read again %+v %s", blob, p, again, reason)
		}
	})
}
