package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func nested(depth int) string {
	return `{"free":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + `}`
}

func manyKeys(n int, last string) string {
	var b strings.Builder
	b.WriteString(`{"free":{`)
	for i := range n {
		b.WriteString(`"k` + strings.Repeat("x", i) + `":0,`)
	}
	return b.String() + `"` + last + `":0}}`
}

func TestDecode(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(things())).As(member)
	tests := []struct {
		name, body string
		code, text string // code "" is a success
	}{
		{"object", `{"name":"x","size":3,"parts":[{"name":"y"},null]}`, "", ""},
		{"blanks around", " \r\n\t{} \n", "", ""},
		{"unknown field", `{"nope":{"a":[1,2.5e3,true,null]}}`, "", ""},
		{"null field", `{"name":null,"parts":null}`, "", ""},
		{"same key in two objects", `{"name":"x","parts":[{"name":"x"},{"name":"x"}]}`, "", ""},
		{"key as value", `{"name":"kind","kind":"name"}`, "", ""},
		{"depth 64", nested(64), "", ""},
		{"lone surrogate", `{"name":"\ud800"}`, "", ""},
		{"many keys", manyKeys(40, "last"), "", ""},

		{"empty", ``, "APIG.2000", "the body is empty"},
		{"blanks", ` `, "APIG.2000", "the body is empty"},
		{"null", ` null`, "APIG.2000", "the body is null"},
		{"list", `[]`, "APIG.2000", "the body must be an object"},
		{"string", `"x"`, "APIG.2000", "the body must be an object"},
		{"cut", `{"name":"x"`, "APIG.2000", "not valid JSON at byte 11"},
		{"trailing object", `{}{}`, "APIG.2000", "not valid JSON at byte 3"},
		{"trailing word", `{} x`, "APIG.2000", "not valid JSON"},
		{"single quotes", `{'name':1}`, "APIG.2000", "not valid JSON at byte 2"},
		{"comment", `{/**/}`, "APIG.2000", "not valid JSON"},
		{"leading zero", `{"size":01}`, "APIG.2000", "not valid JSON"},
		{"control character", "{\"name\":\"a\nb\"}", "APIG.2000", "not valid JSON"},
		{"byte order mark", "\xef\xbb\xbf{}", "APIG.2000", "not valid JSON at byte 1"},
		{"UTF-16", "{\x00}\x00", "APIG.2000", "not valid JSON"},
		{"not UTF-8", "{\"name\":\"\xff\"}", "APIG.2000", "the body is not UTF-8"},
		{"NUL", `{"name":"a\u0000b"}`, "APIG.2000", "U+0000"},
		{"escaped backslash before u0000", `{"name":"a\\u0000b"}`, "", ""},
		{"depth 65", nested(65), "APIG.2000", "deeper than 64"},
		{"depth 20000", nested(20000), "APIG.2000", "not valid JSON at byte"},
		{"many values", `{"free":[` + strings.Repeat("0,", 100_000) + `0]}`, "APIG.2000", "more than 100000 values"},
		{"same key", `{"name":"a","name":"b"}`, "APIG.2000", `the key "NAME" twice`},
		{"same key, other case", `{"role":"user","ROLE":"admin"}`, "APIG.2000", `the key "ROLE" twice`},
		{"same key, escaped", `{"name":"a","n\u0061me":"b"}`, "APIG.2000", `the key "NAME" twice`},
		{"same key, Kelvin sign", `{"kind":"A","\u212aind":"B"}`, "APIG.2000", `the key "KIND" twice`},
		{"same key, long s", `{"size":1,"ſize":2}`, "APIG.2000", `the key "SIZE" twice`},
		{"same key below", `{"parts":[{"free":{"a":1,"A":2}}]}`, "APIG.2000", `the key "A" twice`},
		{"same key after a child", `{"name":"a","free":{"x":1},"name":"b"}`, "APIG.2000", `the key "NAME" twice`},
		{"same key among many", manyKeys(40, "kxxx"), "APIG.2000", `the key "KXXX" twice`},
		{"same key at the border", manyKeys(16, "k"), "APIG.2000", `the key "K" twice`},

		{"number for string", `{"name":1}`, "APIG.2011", "parameterName:name."},
		{"string for integer", `{"size":"1"}`, "APIG.2011", "expected: an integer"},
		{"fraction for integer", `{"size":1.5}`, "APIG.2011", "parameterName:size."},
		{"integer out of range", `{"size":99999999999999999999}`, "APIG.2011", "parameterName:size."},
		{"wrong type below", `{"parts":[{"parts":[{"size":true}]}]}`, "APIG.2011", "parameterName:parts.parts.size."},
		{"object for list", `{"parts":{}}`, "APIG.2011", "expected: a list"},
		{"string for object", `{"parts":["x"]}`, "APIG.2011", "parameterName:parts."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := c.For(t).Do("POST", "/v1.0/things", tt.body)
			if tt.code == "" {
				r.Want(201)
				return
			}
			r.Refused(400, tt.code, tt.text)
		})
	}
}

// refusing has an Unmarshaler that refuses in its own words, and one that
// repeats the client's.
type refusing struct {
	At   apig.Time `json:"at"`
	Echo echo      `json:"echo"`
}

type echo struct{}

func (*echo) UnmarshalJSON(b []byte) error { return errors.New(string(b)) }

func TestUnmarshalersOfOurOwn(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect([]wire.Route{{
		Method: "POST", Pattern: "/v1.0/x", Action: "t:x:create", Access: wire.Public,
		Handle: wire.DoneBody(func(*wire.Request, *refusing) error { return nil }),
	}}))
	c.Do("POST", "/v1.0/x", `{"at":"yesterday"}`).Refused(400, "APIG.2000", "2006-01-02T15:04:05Z")
	c.Do("POST", "/v1.0/x", `{"at":"2026-01-02T03:04:05+08:00"}`).Want(204)
	if r := c.Do("POST", "/v1.0/x", `{"echo":"secret"}`).Refused(400, "APIG.2000"); strings.Contains(string(r.Body), "secret") {
		t.Errorf("the answer tells: %s", r.Body)
	}
}

// FuzzInspect compares the scan with a plain reading of the rules: the grammar
// of encoding/json, its tokens one by one, keys compared pair by pair.
func FuzzInspect(f *testing.F) {
	for _, s := range []string{
		`{}`, `[]`, `null`, ` `, `{"a":1,"A":2}`, `{"a":{"a":1},"b":[{"a":1},{"a":2}]}`, `{"k":1,"\u212a":2}`, `{"s":"\u0000"}`,
		`{"\ud800":1,"\udc00":2}`, `{"a\\":"\\","a\\\"":"\""}`, "{\"\xff\":1}", `{"Σ":1,"ς":2}`, `[[["x",{"":0,"":1}]]]`, `"\\u0000"`,
		nested(64), nested(65), manyKeys(17, "k"), manyKeys(20, "z"), `{"ß":0,"ẞ":0}`, `1e5`, `1e999`, `{"a":[],"b":{}}`, `tru`, `{} {}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got := wire.Inspect(body)
		if want := plainInspect(body); (got == "") != want {
			t.Errorf("Inspect(%q) = %q, the plain reading accepts: %v", body, got, want)
		}
	})
}

// plainInspect is slow and obvious.
func plainInspect(body []byte) bool {
	var v any
	whole := json.NewDecoder(bytes.NewReader(body))
	whole.UseNumber()
	if !utf8.Valid(body) || whole.Decode(&v) != nil || v == nil {
		return false
	}
	if _, err := whole.Token(); !errors.Is(err, io.EOF) {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	type level struct {
		object bool
		tokens int
		keys   []string
	}
	var levels []*level
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			return false
		}
		if s, ok := token.(string); ok && strings.ContainsRune(s, 0) {
			return false
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			levels = levels[:len(levels)-1]
			continue
		}
		if n := len(levels); n > 0 {
			top := levels[n-1]
			if key, ok := token.(string); ok && top.object && top.tokens%2 == 0 {
				for _, k := range top.keys {
					if strings.EqualFold(k, key) {
						return false
					}
				}
				top.keys = append(top.keys, key)
			}
			top.tokens++
		}
		if delim, ok := token.(json.Delim); ok {
			if levels = append(levels, &level{object: delim == '{'}); len(levels) > 64 {
				return false
			}
		}
	}
}
