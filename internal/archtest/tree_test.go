package archtest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/lintel-gateway/lintel"

// pkg is one folder with Go files of the main module, named by its path from
// the root: "internal/wire".
type pkg struct {
	path    string
	files   []file
	imports map[string]bool // of non-test files; ours as "internal/…", others in full
}

type file struct {
	name   string // from the root
	test   bool
	lines  int
	syntax *ast.File
	set    *token.FileSet
}

// load answers every package of the main module.
func load(t *testing.T) map[string]*pkg {
	t.Helper()
	tree, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	if len(tree) < 10 || tree["internal/definition"] == nil {
		t.Fatalf("only %d packages found: the walk is wrong", len(tree))
	}
	return tree
}

// parsed parses once; no test writes to the tree.
var parsed = sync.OnceValues(func() (map[string]*pkg, error) {
	root := filepath.Join("..", "..")
	tree := map[string]*pkg{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return enter(root, name, d.Name())
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		return add(tree, name, filepath.ToSlash(rel))
	})
	return tree, err
})

// enter skips what holds no code of ours; folders with a go.mod of their own
// are other modules.
func enter(root, name, base string) error {
	if name == root {
		return nil
	}
	if base == "testdata" || base == "vendor" || base == "node_modules" || strings.HasPrefix(base, ".") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func add(tree map[string]*pkg, name, rel string) error {
	src, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, rel, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(rel)
	p := tree[dir]
	if p == nil {
		p = &pkg{path: dir, imports: map[string]bool{}}
		tree[dir] = p
	}
	f := file{name: rel, test: strings.HasSuffix(rel, "_test.go"), lines: strings.Count(string(src), "\n"), syntax: syntax, set: set}
	p.files = append(p.files, f)
	if f.test {
		return nil
	}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		p.imports[strings.TrimPrefix(imported, module+"/")] = true
	}
	return nil
}

// reach lists what p imports, directly or through packages of ours, each with
// the way to it.
func reach(tree map[string]*pkg, p *pkg) map[string]string {
	way := map[string]string{}
	queue := []*pkg{p}
	for len(queue) > 0 {
		from := queue[0]
		queue = queue[1:]
		for _, to := range slices.Sorted(maps.Keys(from.imports)) {
			if _, seen := way[to]; seen {
				continue
			}
			way[to] = to
			if from != p {
				way[to] = way[from.path] + " → " + to
			}
			if next := tree[to]; next != nil {
				queue = append(queue, next)
			}
		}
	}
	return way
}

// within reports whether a package is the one named or lies below it.
func within(name, parent string) bool {
	return name == parent || strings.HasPrefix(name, parent+"/")
}
