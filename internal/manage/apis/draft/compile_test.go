package draft_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/wire"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestCompile holds documents against their definitions: testdata/<case>.in.json
// becomes <case>.out.json with the variables address=192.0.2.5 and stage=v2.
func TestCompile(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.in.json")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, in := range cases {
		name := strings.TrimSuffix(filepath.Base(in), ".in.json")
		t.Run(name, func(t *testing.T) {
			got := compileFile(t, in)
			golden := strings.Replace(in, ".in.", ".out.", 1)
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("definition of %s:\n%s\nwant:\n%s", name, got, want)
			}
		})
	}
}

func compileFile(t *testing.T, in string) []byte {
	t.Helper()
	b, err := os.ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	d := new(draft.Document)
	if err := json.Unmarshal(b, d); err != nil {
		t.Fatal(err)
	}
	if err := d.Check(rules()); err != nil {
		t.Fatal(err)
	}
	api, err := d.Compile(map[string]string{"address": "192.0.2.5", "stage": "v2"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(api, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(got, '\n')
}

func TestCompileRefusesBadVariables(t *testing.T) {
	d := with(t, "backend_api.url_domain", `"#address#:8080"`, "backend_api.req_uri", `"/#stage#/x"`)
	if err := d.Check(rules()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(d.Variables(), ","); got != "address,stage" {
		t.Errorf("variables %q", got)
	}
	var missing draft.MissingVariable
	if _, err := d.Compile(map[string]string{"address": "192.0.2.5"}); !errors.As(err, &missing) || missing != "stage" {
		t.Errorf("without stage: %v", err)
	}
	var e *wire.Error
	if _, err := d.Compile(map[string]string{"address": "a/b", "stage": "x"}); !errors.As(err, &e) {
		t.Errorf("address with a slash: %v", err)
	}
	if _, err := d.Compile(map[string]string{"address": "h", "stage": ".."}); err == nil {
		t.Error("a variable brought a dot segment into the backend path")
	}
}
