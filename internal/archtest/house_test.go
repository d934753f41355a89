package archtest_test

import (
	"go/ast"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestEveryPackageHasOneComment(t *testing.T) {
	for _, p := range load(t) {
		var with []string
		code := false
		for _, f := range p.files {
			if f.test {
				continue
			}
			code = true
			if f.syntax.Doc == nil {
				continue
			}
			with = append(with, f.name)
			text := f.syntax.Doc.Text()
			want := "Package " + f.syntax.Name.Name + " "
			if f.syntax.Name.Name == "main" {
				want = "Command "
			}
			if !strings.HasPrefix(text, want) {
				t.Errorf("%s: the package comment begins with %.30q, not with %q", f.name, text, want)
			}
		}
		if code && len(with) != 1 {
			t.Errorf("%s has %d package comments %v: say in one place what it owns, what not, and its invariants", p.path, len(with), with)
		}
	}
}

func TestPackageNamesSayWhatTheyProvide(t *testing.T) {
	empty := []string{"util", "utils", "common", "base", "helper", "helpers", "misc", "lib", "libs", "models", "services", "pkg", "shared", "core"}
	for _, p := range load(t) {
		for part := range strings.SplitSeq(p.path, "/") {
			if slices.Contains(empty, part) {
				t.Errorf("%s: %q says nothing about what is in it", p.path, part)
			}
		}
		for _, f := range p.files {
			if name := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.name), ".go"), "_test"); slices.Contains(empty, name) {
				t.Errorf("%s: %q says nothing about what is in it", f.name, name)
			}
		}
	}
}

func TestNoInit(t *testing.T) {
	for _, p := range load(t) {
		for _, f := range p.files {
			for _, d := range f.syntax.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					t.Errorf("%s: wiring is written out in internal/app, not registered by init", f.set.Position(fn.Pos()))
				}
			}
		}
	}
}

func TestFilesFitTheirRole(t *testing.T) {
	for _, p := range load(t) {
		for _, f := range p.files {
			limit := 400
			if f.test {
				limit = 600
			}
			if f.lines > limit {
				t.Errorf("%s has %d lines, more than %d: look for the seam", f.name, f.lines, limit)
			}
		}
	}
}

// TestEnvironmentIsReadInOnePlace: settings have one table; commands hand
// os.Environ in. Tests read the addresses of their engines.
func TestEnvironmentIsReadInOnePlace(t *testing.T) {
	readers := []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}
	for _, p := range load(t) {
		if within(p.path, "cmd") || p.path == "bench/profiled" || p.path == "internal/config" || strings.HasSuffix(p.path, "test") {
			continue
		}
		for _, f := range p.files {
			if f.test {
				continue
			}
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				call, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				x, isName := call.X.(*ast.Ident)
				if isName && (x.Name == "os" || x.Name == "syscall") && slices.Contains(readers, call.Sel.Name) {
					t.Errorf("%s: %s.%s: add a setting to internal/config instead", f.set.Position(n.Pos()), x.Name, call.Sel.Name)
				}
				return true
			})
		}
	}
}

// TestNoLeftovers: what is not done is said in the documentation and refused
// at run time.
func TestNoLeftovers(t *testing.T) {
	leftover := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`)
	for _, p := range load(t) {
		for _, f := range p.files {
			for _, group := range f.syntax.Comments {
				if found := leftover.FindString(group.Text()); found != "" {
					t.Errorf("%s: %s", f.set.Position(group.Pos()), found)
				}
			}
		}
	}
}

// TestSchemaNumbers: schema files of all areas form one history. Numbers are
// unique; a number follows the one before it, or begins a block of ten
// (0001–0009 are identity's, the areas began at 0010), so that a hole always
// means a lost file.
func TestSchemaNumbers(t *testing.T) {
	names := regexp.MustCompile(`^(\d{4})_[a-z0-9_]+(\.sqlite|\.postgresql)?\.sql$`)
	root := filepath.Join("..", "..", "internal")
	byNumber := map[int]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(filepath.Dir(name)) != "schema" || strings.Contains(name, "testdata") {
			return err
		}
		m := names.FindStringSubmatch(d.Name())
		if m == nil {
			t.Errorf("%s is not named NNNN_name.sql or NNNN_name.engine.sql", name)
			return nil
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return err
		}
		if other, taken := byNumber[n]; taken {
			t.Errorf("%s and %s have the same number", other, name)
		}
		byNumber[n] = name
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(byNumber) == 0 {
		t.Fatal("no schema found: the walk is wrong")
	}
	for _, n := range slices.Sorted(maps.Keys(byNumber)) {
		if _, follows := byNumber[n-1]; !follows && n != 1 && n%10 != 0 {
			t.Errorf("%s: there is no number %04d before it", byNumber[n], n-1)
		}
	}
}
