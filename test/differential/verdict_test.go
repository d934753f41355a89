package differential_test

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

var (
	update  = flag.Bool("update", false, "rewrite the goldens and, with -proxies, VERDICTS.md")
	proxies = flag.Bool("proxies", false, "run nginx and haproxy too; fail when they are not installed")
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // where net/http's client complains of the backends here
	goleak.VerifyTestMain(m)
}

// width is how many cases run side by side. Most of the time of a case is waiting.
const width = 20

// lanes makes the servers.
func lanes(t *testing.T) []lane {
	all := make([]lane, width)
	for i := range all {
		all[i] = inProcess(t)
	}
	if *proxies {
		addProxies(t, all)
	}
	return all
}

// spread runs n cases over the lanes, and the servers of a lane side by side. do is
// given the lane, the column and the case.
func spread(all []lane, n int, do func(l lane, column, number int)) {
	numbers := make(chan int)
	var workers sync.WaitGroup
	for _, l := range all {
		workers.Go(func() {
			for number := range numbers {
				var columns sync.WaitGroup
				for c := range l.columns {
					columns.Go(func() { do(l, c, number) })
				}
				columns.Wait()
			}
		})
	}
	for number := range n {
		numbers <- number
	}
	close(numbers)
	workers.Wait()
}

// TestRequests sends the corpus of requests through every server and holds our edges to
// the claim.
func TestRequests(t *testing.T) {
	corpus, all := requests(), lanes(t)
	columns := all[0].columns
	outcomes := make([][]outcome, len(corpus))
	for i := range outcomes {
		outcomes[i] = make([]outcome, len(columns))
	}
	spread(all, len(corpus), func(l lane, c, number int) {
		o, err := l.columns[c].run(corpus[number])
		if err != nil {
			t.Error(err)
		}
		outcomes[number][c] = o
	})
	g := newGolden(columns)
	for i, e := range corpus {
		claimRequest(t, columns, e, outcomes[i])
		row := make([]string, len(columns))
		for c, o := range outcomes[i] {
			if row[c] = o.String(); !columns[c].exact {
				row[c] = o.brief(e.at)
			}
			g.count(e.family, e.must, c, o.took(e.at))
		}
		if index, a, b, found := disagreement(e, outcomes[i]); found {
			g.disagree(e.family)
			row = append(row, fmt.Sprintf("message %d ends differently for %s and %s", index+1, columns[a].name, columns[b].name))
		}
		g.row(e.family, e.name, e.must, e.rfc, row)
	}
	g.compare(t, "requests")
	g.summarize(t, "requests")
}

// claimRequest is what this package is for.
func claimRequest(t *testing.T, columns []column, e entry, outcomes []outcome) {
	index, a, b, found := disagreement(e, outcomes)
	for c, o := range outcomes {
		if !columns[c].ours {
			continue
		}
		var wrong []string
		if found && len(o.units) > index {
			wrong = append(wrong, fmt.Sprintf("takes message %d, which ends differently for %s (%v) and %s (%v)", index+1, columns[a].name, outcomes[a], columns[b].name, outcomes[b]))
		}
		if why := o.foreignBytes(); why != "" {
			wrong = append(wrong, why)
		}
		switch taken := o.took(e.at); {
		case (e.must == reject || e.must == strict) && taken:
			wrong = append(wrong, "takes it, against "+e.rfc)
		case (e.must == reject || e.must == strict) && len(o.units) > e.at:
			wrong = append(wrong, "refuses it, and reads on behind it")
		case e.must == accept && !taken:
			wrong = append(wrong, "refuses it, against "+e.rfc)
		}
		columns[c].blame(t, e.family+": "+e.name, wrong, o, e.raw)
	}
}

// blame reports what one of our edges does wrong, unless it is known and said in
// knownFaults; what is said there and not done any more is reported too.
func (c column) blame(t *testing.T, id string, wrong []string, got fmt.Stringer, raw string) {
	t.Helper()
	why, known := knownFaults[id]
	known = known && c.oracle
	switch {
	case known && len(wrong) == 0:
		t.Errorf("%s: %s: knownFaults says %q, which is not so any more", c.name, id, why)
	case !known:
		for _, w := range wrong {
			t.Errorf("%s: %s: %s: %v\n%.300q", c.name, id, w, got, raw)
		}
	}
}

// golden collects what every server made of every case.
type golden struct {
	columns  []column
	lines    []string
	families []string
	totals   map[string]*tally
}

// tally is one family's row of the table.
type tally struct {
	refuse, accept int   // cases that must be refused, and accepted
	taken, dropped []int // of them, wrongly, per column
	strict         int   // cases that only our edges must refuse
	leniently      []int // of them, taken
	disagreements  int
}

func newGolden(columns []column) *golden {
	return &golden{columns: columns, totals: map[string]*tally{}}
}

func (g *golden) of(family string) *tally {
	t := g.totals[family]
	if t == nil {
		n := len(g.columns)
		t = &tally{taken: make([]int, n), dropped: make([]int, n), leniently: make([]int, n)}
		g.totals[family] = t
		g.families = append(g.families, family)
	}
	return t
}

func (g *golden) count(family string, m must, column int, taken bool) {
	t := g.of(family)
	first := column == 0
	switch m {
	case reject:
		t.refuse += one(first)
		t.taken[column] += one(taken)
	case accept:
		t.accept += one(first)
		t.dropped[column] += one(!taken)
	case strict:
		t.strict += one(first)
		t.leniently[column] += one(taken)
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (g *golden) disagree(family string) { g.of(family).disagreements++ }

func (g *golden) row(family, name string, m must, rfc string, outcomes []string) {
	g.lines = append(g.lines, fmt.Sprintf("%s | %s | %s | %s", family, name, m, rfc))
	for c, text := range outcomes {
		label := "!"
		if c < len(g.columns) {
			label = g.columns[c].name
		}
		g.lines = append(g.lines, fmt.Sprintf("\t%-9s %s", label, text))
	}
}

// compare holds the rows against the golden, which has one file for the servers in
// process and one for all of them.
func (g *golden) compare(t *testing.T, what string) {
	t.Helper()
	name := filepath.Join("testdata", what+".golden")
	if *proxies {
		name = filepath.Join("testdata", what+".all.golden")
	}
	got := strings.Join(g.lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	was, is := rows(string(want)), rows(got)
	shown := 0
	for id, row := range is {
		if was[id] == row {
			continue
		}
		t.Errorf("%s: %s\n got\n%swant\n%s", name, id, row, was[id])
		if shown++; shown == 20 {
			t.Fatal("and more; -update rewrites the file")
		}
	}
	if shown == 0 {
		t.Errorf("%s has rows that are no cases any more, or another order; -update rewrites it", name)
	}
}

// rows are the outcomes of each case, by its first line.
func rows(golden string) map[string]string {
	out := map[string]string{}
	id := ""
	for line := range strings.Lines(golden) {
		if !strings.HasPrefix(line, "\t") {
			id = line
			continue
		}
		out[id] += line
	}
	return out
}
