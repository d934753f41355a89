package differential_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// summarize rewrites this corpus's part of VERDICTS.md, which lies between two comments,
// or checks that it is what was found. Without nginx and haproxy there is nothing to
// say: the table is of all servers.
func (g *golden) summarize(t *testing.T, what string) {
	t.Helper()
	if !*proxies {
		return
	}
	const name = "VERDICTS.md"
	old, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+what+" -->\n", "<!-- end of "+what+" -->\n"
	before, rest, found := strings.Cut(string(old), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no place for %s, between %q and %q", name, what, begin, end)
	}
	all := before + begin + g.table() + end + after
	switch {
	case *update:
		if err := os.WriteFile(name, []byte(all), 0o644); err != nil {
			t.Fatal(err)
		}
	case all != string(old):
		t.Errorf("%s is out of date: make differential DIFFARGS=-update", name)
	}
}

// table is one row per family and one cell per server: how many of the messages that
// must be refused it takes, how many of those that only we must refuse, and how many
// good ones it refuses.
func (g *golden) table() string {
	var b strings.Builder
	b.WriteString("| family | cases: invalid · lenient · good |")
	for _, c := range g.columns {
		b.WriteString(" " + c.name + " |")
	}
	b.WriteString(" ends differ |\n|---|---|" + strings.Repeat("---|", len(g.columns)+1) + "\n")
	sum := g.of("all")
	for _, family := range g.families {
		t := g.totals[family]
		if t != sum {
			g.line(&b, family, t)
			sum.add(t)
		}
	}
	g.line(&b, "**all**", sum)
	return b.String()
}

func (t *tally) add(more *tally) {
	t.refuse += more.refuse
	t.strict += more.strict
	t.accept += more.accept
	t.disagreements += more.disagreements
	for c := range t.taken {
		t.taken[c] += more.taken[c]
		t.leniently[c] += more.leniently[c]
		t.dropped[c] += more.dropped[c]
	}
}

func (g *golden) line(b *strings.Builder, name string, t *tally) {
	fmt.Fprintf(b, "| %s | %d · %d · %d |", name, t.refuse, t.strict, t.accept)
	for c := range g.columns {
		fmt.Fprintf(b, " %d · %d · %d |", t.taken[c], t.leniently[c], t.dropped[c])
	}
	fmt.Fprintf(b, " %d |\n", t.disagreements)
}
