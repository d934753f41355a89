package route_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/route"
)

var update = flag.Bool("update", false, "write the verdicts of testdata anew")

// TestVerdicts runs the scripts of testdata. A block, ended by an empty line,
// is routes ("METHOD MATCH PATH"), then requests ("> METHOD PATH"), each
// followed by its verdict ("< …"). A block whose routes are refused has one
// line "! error".
func TestVerdicts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts in testdata: %v", err)
	}
	for _, name := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			script, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := run(t, string(script))
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			compare(t, name, string(script), got)
		})
	}
}

func compare(t *testing.T, name, want, got string) {
	t.Helper()
	wantLines, gotLines := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(wantLines), len(gotLines)) {
		if wantLines[i] != gotLines[i] {
			t.Fatalf("%s:%d:\nwant %s\ngot  %s", name, i+1, wantLines[i], gotLines[i])
		}
	}
	if len(wantLines) != len(gotLines) {
		t.Fatalf("%s: %d lines, want %d", name, len(gotLines), len(wantLines))
	}
}

// run returns the script with all verdicts as the table gives them.
func run(t *testing.T, script string) string {
	var out []string
	for block := range strings.SplitSeq(strings.TrimRight(script, "\n"), "\n\n") {
		var entries []route.Entry[string]
		var table *route.Table[string]
		for line := range strings.SplitSeq(block, "\n") {
			switch {
			case strings.HasPrefix(line, "#"):
				out = append(out, line)
			case strings.HasPrefix(line, ">"):
				if table == nil {
					table = build(t, entries)
				}
				out = append(out, line, "< "+verdict(table, line))
			case !strings.HasPrefix(line, "<") && !strings.HasPrefix(line, "!"):
				out = append(out, line)
				method, rest, _ := strings.Cut(line, " ")
				match, path, _ := strings.Cut(rest, " ")
				entries = append(entries, route.Entry[string]{Method: method, Match: match, Path: path, Value: line})
			}
		}
		if table == nil {
			_, err := route.Build(entries)
			if err == nil {
				t.Fatalf("these routes were meant to be refused:\n%s", block)
			}
			out = append(out, "! "+err.Error())
		}
		out = append(out, "")
	}
	return strings.Join(out, "\n")
}

func verdict(table *route.Table[string], request string) string {
	method, path, _ := strings.Cut(strings.TrimPrefix(request, "> "), " ")
	m := table.Lookup(method, path, nil)
	switch {
	case m.Found && !m.PathFound:
		return "found without a path"
	case !m.Found && m.PathFound:
		return "no method"
	case !m.Found:
		return "no path"
	}
	var b strings.Builder
	b.WriteString(m.Value)
	for _, p := range m.Params {
		fmt.Fprintf(&b, " %s=%s", p.Name, p.Value)
	}
	if m.Tail != "" {
		fmt.Fprintf(&b, " tail=%s", m.Tail)
	}
	return b.String()
}

func build[T any](t testing.TB, entries []route.Entry[T]) *route.Table[T] {
	t.Helper()
	table, err := route.Build(entries)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestRefusedRouteLeavesTheBuilder: the snapshot goes on after a conflict.
func TestRefusedRouteLeavesTheBuilder(t *testing.T) {
	b := route.NewBuilder[int]()
	add := func(path string, value int) error {
		return b.Add(route.Entry[int]{Method: "GET", Match: "NORMAL", Path: path, Value: value})
	}
	if err := add("/a/{x}/c", 1); err != nil {
		t.Fatal(err)
	}
	var conflict *route.ConflictError[int]
	if err := add("/a/{other}/c", 2); !errors.As(err, &conflict) {
		t.Fatalf("the same shape again: %v", err)
	}
	if conflict.Entry.Value != 2 || conflict.Other.Value != 1 || conflict.Other.Path != "/a/{x}/c" {
		t.Errorf("conflict names %+v", conflict)
	}
	if err := add("/a/{x", 3); err == nil {
		t.Error("a broken template was taken")
	}
	if err := add("/a/b", 4); err != nil {
		t.Error(err)
	}
	table := b.Table()
	if table.Len() != 2 {
		t.Errorf("%d routes, want 2", table.Len())
	}
	if m := table.Lookup("GET", "/a/1/c", nil); m.Value != 1 {
		t.Errorf("first route lost: %+v", m)
	}
}

func TestParamsAreAppended(t *testing.T) {
	table := build(t, []route.Entry[int]{{Method: "GET", Match: "NORMAL", Path: "/{a}/{b}", Value: 1}})
	first := table.Lookup("GET", "/1/2", nil)
	both := table.Lookup("GET", "/3/4", first.Params)
	if len(both.Params) != 4 || both.Params[0].Value != "1" || both.Params[3].Value != "4" {
		t.Errorf("params %v", both.Params)
	}
	if none := table.Lookup("GET", "/1", first.Params); len(none.Params) != 2 {
		t.Errorf("a miss changed dst to %v", none.Params)
	}
}

// TestVisitsAreBounded offers every mix of a literal and a variable, the table
// whose worst request doubles with each level.
func TestVisitsAreBounded(t *testing.T) {
	b := route.NewBuilder[int]()
	refused := 0
	for i := range 1 << 12 {
		err := b.Add(route.Entry[int]{Method: "GET", Match: "NORMAL", Path: mixed(i, 12) + "/end", Value: i})
		var visits *route.VisitsError
		if errors.As(err, &visits) {
			refused++
			if visits.Visits <= route.MaxVisits {
				t.Fatalf("refused at %d visits", visits.Visits)
			}
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if refused == 0 {
		t.Error("4,096 mixes of twelve levels were all taken")
	}
	table := b.Table()
	if m := table.Lookup("GET", strings.Repeat("/a", 12)+"/other", nil); m.Found {
		t.Errorf("found %+v", m)
	}
	if err := route.Validate("GET", strings.Repeat("/a", route.MaxSegments+1), "NORMAL"); err == nil {
		t.Error("a template of 257 segments was taken")
	}
	if err := route.Validate("GET", strings.Repeat("/a", route.MaxSegments), "NORMAL"); err != nil {
		t.Error(err)
	}
}

// mixed spells the bits of i as segments: 0 is the literal a, 1 a variable.
func mixed(i, levels int) string {
	var b strings.Builder
	for level := range levels {
		if i>>(levels-1-level)&1 == 0 {
			b.WriteString("/a")
		} else {
			fmt.Fprintf(&b, "/{v%d}", level)
		}
	}
	return b.String()
}
