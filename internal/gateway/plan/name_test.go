package plan_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/plan"
)

// TestEveryPolicyHasAName holds the list of names against the types that have an
// Apply of a policy, as they stand in the folders of policies.
func TestEveryPolicyHasAName(t *testing.T) {
	files, err := filepath.Glob("../policy/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, d := range parse(t, file).Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "Apply" {
				found[receiver(f, filepath.Base(filepath.Dir(file)))] = true
			}
		}
	}
	if len(found) < 10 {
		t.Fatalf("only %d policies found: have the folders moved?", len(found))
	}
	named := map[string]bool{}
	ast.Inspect(parse(t, "name.go"), func(n ast.Node) bool {
		f, ok := n.(*ast.FuncDecl)
		if ok && f.Name.Name != "NameOf" {
			return false
		}
		if clause, ok := n.(*ast.CaseClause); ok {
			for _, e := range clause.List {
				named[typeName(e)] = true
			}
		}
		return true
	})
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if !named[name] {
			t.Errorf("%s has no name in NameOf", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if !found[name] {
			t.Errorf("NameOf names %s, which is no policy", name)
		}
	}
	if got := plan.NameOf(nil); got != plan.Unnamed {
		t.Errorf("no policy is called %q", got)
	}
}

func parse(t *testing.T, file string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// receiver is "*package.Type" or "package.Type".
func receiver(f *ast.FuncDecl, pkg string) string {
	switch e := f.Recv.List[0].Type.(type) {
	case *ast.StarExpr:
		return "*" + pkg + "." + e.X.(*ast.Ident).Name
	case *ast.Ident:
		return pkg + "." + e.Name
	}
	return ""
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return "*" + typeName(e.X)
	case *ast.SelectorExpr:
		return e.X.(*ast.Ident).Name + "." + e.Sel.Name
	}
	return ""
}
