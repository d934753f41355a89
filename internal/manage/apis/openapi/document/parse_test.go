package document_test

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	yaml "go.yaml.in/yaml/v4"

	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
)

func TestJSONAndYAMLAreOneTree(t *testing.T) {
	json := `{"a":{"b":[1,2.5,-3e2,"x",true,false,null],"":{}},"c/d~e":"\u00e9\n","n":[]}`
	block := "a:\n  b: [1, 2.5, -3e2, x, true, false, null]\n  '': {}\nc/d~e: \"\\u00e9\\n\"\nn: []\n"
	one, err := document.Parse([]byte(json))
	if err != nil {
		t.Fatal(err)
	}
	two, err := document.Parse([]byte(block))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(one, two) {
		a, _ := one.JSON()
		b, _ := two.JSON()
		t.Errorf("JSON gives\n%s\nYAML gives\n%s", a, b)
	}
	if got := one.At("/c~1d~0e").Str(); got != "é\n" {
		t.Errorf("a pointer with escapes finds %q", got)
	}
	if n, ok := one.At("/a/b/2").Int(); !ok || n != -300 {
		t.Errorf("-3e2 is %d, %v", n, ok)
	}
	for _, nowhere := range []string{"/a/b/7", "/a/b/x", "/a/x/y", "/n/0", "/a/b/0/z"} {
		if one.At(nowhere) != nil {
			t.Errorf("%s finds something", nowhere)
		}
	}
}

func TestYAMLForms(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"a: &x {b: 1}\nc: *x\n", `{"a":{"b":1},"c":{"b":1}}`},
		{"a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n", `{"a":{"b":1,"c":2},"d":{"c":3,"b":1}}`},
		{"a: &x {b: 1}\ne: &y {b: 2, f: 3}\nd: {<<: [*x, *y]}\n", `{"a":{"b":1},"e":{"b":2,"f":3},"d":{"b":1,"f":3}}`},
		{"swagger: 2.0\n", `{"swagger":2.0}`},
		{"a: 0x1F\nb: 0o17\nc: 1_000\nd: .5\ne: .inf\nf: 2020-01-01\n", `{"a":31,"b":15,"c":1000,"d":0.5,"e":".inf","f":"2020-01-01"}`},
		{"200: ok\ntrue: yes\n", `{"200":"ok","true":"yes"}`},
		{"a: ~\nb:\n", `{"a":null,"b":null}`},
		{"\ufeff{\"a\":1}", `{"a":1}`},
		{"{a: 1, b: [x, 'y']}", `{"a":1,"b":["x","y"]}`},
	} {
		n, err := document.Parse([]byte(tt.text))
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		want, err := document.Parse([]byte(tt.want))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(n, want) {
			got, _ := n.JSON()
			t.Errorf("%q is\n%s\nwant\n%s", tt.text, got, tt.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		kind       error
	}{
		{"nothing", "", document.ErrEmpty},
		{"blanks", " \r\n\t", document.ErrEmpty},
		{"comment only", "# nothing\n", document.ErrFormat},
		{"not UTF-8", "a: \xff", document.ErrFormat},
		{"NUL", "a: \x00", document.ErrFormat},
		{"escaped NUL", `{"a":"\u0000"}`, document.ErrFormat},
		{"escaped NUL in YAML", `a: "\0"`, document.ErrFormat},
		{"no YAML", "a: [1, 2", document.ErrFormat},
		{"tab", "a:\n\tb: 1", document.ErrFormat},
		{"key twice", `{"a":1,"a":2}`, document.ErrSyntax},
		{"key twice, escaped", `{"a":1,"\u0061":2}`, document.ErrSyntax},
		{"key twice in YAML", "a: 1\na: 2\n", document.ErrSyntax},
		{"key that is a list", "[a]: 1\n", document.ErrSyntax},
		{"binary", "a: !!binary aGk=\n", document.ErrSyntax},
	} {
		if _, err := document.Parse([]byte(tt.text)); !errors.Is(err, tt.kind) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.kind)
		}
	}
}

// bombs are documents whose cost is out of proportion to their length.
func bombs() map[string]string {
	laughs := func(levels int) string {
		var b strings.Builder
		b.WriteString("openapi: 3.0.3\nx-a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]\n")
		for i := 1; i < levels; i++ {
			fmt.Fprintf(&b, "x-a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
		}
		return b.String()
	}
	operations := func(n int, format string) string {
		var b strings.Builder
		b.WriteString("swagger: '2.0'\npaths:\n")
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	return map[string]string{
		"aliases of aliases, 5":         laughs(5),
		"aliases of aliases, 9":         laughs(9),
		"alias of itself":               "a: &a [*a]\n",
		"merge of itself":               "a: &a\n  b: 1\n  <<: *a\n",
		"merges of merges":              strings.ReplaceAll(laughs(7), "x-", "<<x-"),
		"brackets, unclosed":            strings.Repeat("[", 200_000),
		"brackets":                      `{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}",
		"brackets, 5 MB":                strings.Repeat("[", 5_000_000),
		"braces":                        strings.Repeat(`{"a":`, 300_000),
		"a long list":                   "a: [" + strings.Repeat("a,", 1_000_000) + "a]",
		"a long list in JSON":           `{"a":[` + strings.Repeat("0,", 1_000_000) + "0]}",
		"empty objects in JSON":         `{"a":[` + strings.Repeat("{},", 1_000_000) + "{}]}",
		"dashes":                        strings.Repeat("- ", 9000) + "a",
		"dash lines":                    strings.Repeat("-\n", 2_000_000),
		"keys":                          strings.Repeat("a:\n b:\n", 300_000),
		"keys behind Unicode breaks":    strings.Repeat("a:\u2028b: \u2028", 300_000),
		"question marks":                strings.Repeat("? a\n", 1_000_000),
		"50,000 operations":             operations(50_000, "  /p%d:\n    get:\n      operationId: o\n"),
		"50,000 quoted operations":      operations(50_000, "  /p%d:\n    'get':\n      x: y\n"),
		"50,000 operations, flow style": operations(50_000, "  /p%d: {get: {a: b}}\n"),
		"deep indentation": func() string {
			var b strings.Builder
			for i := range 1500 {
				b.WriteString(strings.Repeat(" ", i) + "a:\n")
			}
			return b.String()
		}(),
		"5 MB and a byte": strings.Repeat("a", document.MaxBytes+1),
	}
}

func TestBombsAreCheap(t *testing.T) {
	for name, text := range bombs() {
		t.Run(name, func(t *testing.T) {
			raw := []byte(text)
			took, limit := time.Hour, 100*time.Millisecond*slower
			for tries := 0; tries < 10 && took > limit; tries++ { // others use this machine as well
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				begun := time.Now()
				_, err := document.Parse(raw)
				took = min(took, time.Since(begun))
				runtime.ReadMemStats(&after)
				if err == nil {
					t.Error("accepted")
				}
				if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
					t.Errorf("allocated %d MB", used>>20)
				}
			}
			if took > limit {
				t.Errorf("took %v, more than %v", took, limit)
			}
		})
	}
}

func TestLongTextsAreNotLargeDocuments(t *testing.T) {
	// Colons, dashes and brackets in block texts, quotes and comments are text.
	prose := strings.Repeat("      get: [this, that] - {and: more}: \"x\n", 40_000)
	text := "a:\n  description: |\n" + prose + "  b: \"" + strings.Repeat("x: y, [", 1000) + "\"\n" +
		strings.Repeat("# get: [a, b]\n", 1000) + "list:\n  - key: >-\n" + prose + "    other: 1\n"
	n, err := document.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := n.At("/list/0/other").Str(); got != "1" {
		t.Errorf("other is %q", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,{"b":null}],"c":"\ud800"}`, "a: &x [1]\nb: *x\n", "a: |\n  b: c\nd: 'e\n  f'\n", "- - ? a\n: b\n", "{a: [b, {c: d}]}",
		"a: \"x\u2028b: 1\"\n", "<<: {a: 1}\nb: .5\n", "%YAML 1.2\n---\na: !!str 1\n...\n", "a: 0x10\nb: 1e400\nc: -0\n", "{\"a\" : [ ] , \"b\":{ } }",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, err := document.Parse(raw)
		if err != nil {
			for _, kind := range []error{document.ErrEmpty, document.ErrFormat, document.ErrSyntax, document.ErrSize} {
				if errors.Is(err, kind) {
					return
				}
			}
			t.Fatalf("an error of no kind: %v", err)
		}
		if n.Kind != document.Object {
			return
		}
		for name, write := range map[string]func() ([]byte, error){"JSON": n.JSON, "YAML": n.YAML} {
			out, err := write()
			if err != nil {
				t.Fatalf("%s of %q: %v", name, raw, err)
			}
			again, err := document.Parse(out)
			if err != nil {
				if errors.Is(err, document.ErrSize) {
					continue
				}
				t.Fatalf("%s of %q does not parse: %v\n%s", name, raw, err, out)
			}
			if !reflect.DeepEqual(n, again) {
				t.Fatalf("%s of %q changed:\n%s", name, raw, out)
			}
		}
	})
}

// FuzzScan holds the scan against the parser: what it counts is never much
// less than the values that the parser makes.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		"a: 1\n", "- a\n- b: [c, d]\n", "a: |\n  b: c\n d: e\n", "- a: |\n  b:\n  c:\n", "a: 'b\n  c: d'\ne: \"f\\\"g: h\"\n", "? [a]\n: b\n",
		"a:\u2028b:\u2028", "a: !!str |\n  x\nb: &c d\n", "{a, b: c, \"d\":e}", "- |\n - a\n- b\n", "a: - b", "--- >\n a: b\n", "a: |1\n  b:\n c:\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var top yaml.Node
		if len(raw) > 1<<12 || yaml.Load(raw, &top) != nil {
			return
		}
		nodes := count(&top)
		if entries := document.Entries(raw); nodes > 4*entries+8 {
			t.Errorf("%d nodes, %d entries: %q", nodes, entries, raw)
		}
	})
}

func count(y *yaml.Node) int {
	n := 1
	for _, child := range y.Content {
		n += count(child)
	}
	return n
}
