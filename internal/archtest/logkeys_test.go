package archtest_test

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const keysFile = "internal/telemetry/keys.go"

// vocabulary reads the names and values of the constants in keys.go.
func vocabulary(t *testing.T, tree map[string]*pkg) map[string]string {
	t.Helper()
	keys := map[string]string{} // value → name
	for _, f := range tree["internal/telemetry"].files {
		if f.name != keysFile {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				for i, v := range spec.Values {
					if text, ok := literal(v); ok {
						keys[text] = spec.Names[i].Name
					}
				}
			}
			return true
		})
	}
	if len(keys) == 0 {
		t.Fatalf("no keys in %s", keysFile)
	}
	return keys
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// TestLogKeysAreOneVocabulary: one thing has one key, whoever logs it, so that
// a query over the log finds all of it. It looks at calls of Debug, Info, Warn
// and Error on anything called log.
func TestLogKeysAreOneVocabulary(t *testing.T) {
	tree := load(t)
	keys := vocabulary(t, tree)
	used := map[string]bool{}
	for _, p := range tree {
		for _, f := range p.files {
			if f.test {
				continue
			}
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					for _, key := range logKeys(n) {
						used[key] = true
						if _, known := keys[key]; !known {
							t.Errorf("%s: the log key %q is not in %s; the keys are %q",
								f.set.Position(n.Pos()), key, keysFile, slices.Sorted(maps.Keys(keys)))
						}
					}
				case *ast.Ident:
					if f.name != keysFile {
						used[n.Name] = true
					}
				}
				return true
			})
		}
	}
	for text, name := range keys {
		if !used[text] && !used[name] {
			t.Errorf("%s: nothing logs %s", keysFile, name)
		}
	}
}

// logKeys are the keys that a log call spells out.
func logKeys(call *ast.CallExpr) []string {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Debug", "Info", "Warn", "Error"}, s.Sel.Name) {
		return nil
	}
	on := ""
	switch x := s.X.(type) {
	case *ast.Ident:
		on = x.Name
	case *ast.SelectorExpr:
		on = x.Sel.Name
	}
	if !strings.EqualFold(on, "log") {
		return nil
	}
	var out []string
	for i := 1; i < len(call.Args); i += 2 {
		if key, ok := literal(call.Args[i]); ok {
			out = append(out, key)
		}
	}
	return out
}
