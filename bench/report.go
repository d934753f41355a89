package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// row is the median of a contender's rounds. Ratios are made within a round and
// then the median is taken.
type row struct {
	name                       string
	rate, p50, p99             float64
	user, system, ratio        float64
	userInst, kernelInst, inst *float64 // instructions per request, and their ratio
	refused, broken            int
}

// summarise makes the rows of one kind.
func summarise(all []result, kind string) []row {
	var order []string
	by := map[string][]result{}
	for _, r := range all {
		if r.Kind != kind {
			continue
		}
		if by[r.Contender] == nil {
			order = append(order, r.Contender)
		}
		by[r.Contender] = append(by[r.Contender], r)
	}
	rows := make([]row, 0, len(order))
	for _, name := range order {
		rows = append(rows, rowOf(name, by[name], by[by[name][0].Reference]))
	}
	return rows
}

func rowOf(name string, mine, theirs []result) row {
	over := func(of func(r *result) float64) float64 {
		var values []float64
		for i := range mine {
			values = append(values, of(&mine[i]))
		}
		return median(values)
	}
	r := row{
		name: name,
		rate: over(func(r *result) float64 { return r.Rate }),
		p50:  over(func(r *result) float64 { return r.P50 }), p99: over(func(r *result) float64 { return r.P99 }),
		user: over(func(r *result) float64 { return r.User }), system: over(func(r *result) float64 { return r.System }),
	}
	var cpu, inst []float64
	for i := range mine {
		r.refused += mine[i].Refused
		r.broken += mine[i].Broken
		if i >= len(theirs) {
			continue
		}
		cpu = append(cpu, mine[i].cpu()/theirs[i].cpu())
		if mine[i].UserInstructions != nil && theirs[i].UserInstructions != nil {
			inst = append(inst, (*mine[i].UserInstructions+*mine[i].KernelInstructions)/(*theirs[i].UserInstructions+*theirs[i].KernelInstructions))
		}
	}
	r.ratio = median(cpu)
	if len(inst) > 0 {
		u, k := over(func(r *result) float64 { return *r.UserInstructions }), over(func(r *result) float64 { return *r.KernelInstructions })
		i := median(inst)
		r.userInst, r.kernelInst, r.inst = &u, &k, &i
	}
	return r
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

func printResults(w io.Writer, all []result) {
	for _, k := range kinds {
		rows := summarise(all, k.name)
		if len(rows) == 0 {
			continue
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(t, "\n%s\treq/s\tp50 µs\tp99 µs\tCPU µs\tuser\tsystem\t× nginx\tinstr. user k\tkernel k\t× nginx\tnot 2xx\tsocket\t\n", k.name)
		for _, r := range rows {
			fmt.Fprintf(t, "%s\t%.0f\t%.0f\t%.0f\t%.1f\t%.1f\t%.1f\t%.2f\t%s\t%s\t%s\t%d\t%d\t\n", r.name, r.rate, r.p50, r.p99,
				r.user+r.system, r.user, r.system, r.ratio, thousands(r.userInst), thousands(r.kernelInst), ratio(r.inst), r.refused, r.broken)
		}
		t.Flush()
	}
}

// A figure that could not be measured is a dash.
func thousands(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f", *v/1000)
}

func ratio(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.2f", *v)
}

func printCounted(w io.Writer, all []counted) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nuser instructions (valgrind)\tk per request\tof which SHA-256 in AVX2\twithout\tover edgeonly\tallocations\tover edgeonly\t")
	for _, c := range all {
		over, more := "–", "–"
		if e := find(all, edgeWith(c.Signed)); e != nil && e.Contender != c.Contender {
			over = fmt.Sprintf("%+.1f", ((c.User-c.SHA256)-(e.User-e.SHA256))/1000)
			more = fmt.Sprintf("%+.1f", c.Allocations-e.Allocations)
		}
		fmt.Fprintf(t, "%s\t%.1f\t%.1f\t%.1f\t%s\t%.1f\t%s\t\n", c.Contender, c.User/1000, c.SHA256/1000, (c.User-c.SHA256)/1000, over, c.Allocations, more)
	}
	t.Flush()
}

func edgeWith(signed bool) string {
	if signed {
		return "edgeonly, signed"
	}
	return "edgeonly"
}

func find(all []counted, name string) *counted {
	for i := range all {
		if all[i].Contender == name {
			return &all[i]
		}
	}
	return nil
}

// shownPackages is how many packages a difference lists.
const shownPackages = 20

// printDifference says in which packages one contender executes more than
// another.
func printDifference(w io.Writer, all []counted, name, than string) {
	a, b := find(all, name), find(all, than)
	if a == nil || b == nil {
		return
	}
	sums := map[string]float64{}
	for _, s := range a.Functions {
		sums[packageOf(s.Name)] += s.Instructions
	}
	for _, s := range b.Functions {
		sums[packageOf(s.Name)] -= s.Instructions
	}
	list := slices.Collect(maps.Keys(sums))
	slices.SortFunc(list, func(x, y string) int { return cmp.Compare(math.Abs(sums[y]), math.Abs(sums[x])) })
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\n%s − %s\tuser instructions per request\t\n", name, than)
	for _, p := range list[:min(shownPackages, len(list))] {
		fmt.Fprintf(t, "%s\t%+.0f\t\n", p, sums[p])
	}
	t.Flush()
}

// packageOf cuts a symbol down to its package, and ours to what is behind the
// name of the module.
func packageOf(symbol string) string {
	symbol = strings.TrimPrefix(symbol, "github.com/lintel-gateway/lintel/")
	generic, _, _ := strings.Cut(symbol, "[") // type arguments hold other packages' paths
	slash := strings.LastIndexByte(generic, '/') + 1
	name, _, found := strings.Cut(generic[slash:], ".")
	if !found {
		return "assembly" // bodies of runtime and bytealg have plain names
	}
	return generic[:slash] + name
}

func printChain(w io.Writer, c chain) {
	fmt.Fprintf(w, "\nchain in one process (BenchmarkChain): %.0f ns, %.0f allocations", c.Nanoseconds, c.Allocations)
	if c.User != nil {
		fmt.Fprintf(w, ", %.0f user instructions", *c.User)
	}
	if c.SHA256 > 0 {
		fmt.Fprintf(w, ", of which %.0f SHA-256 in AVX2", c.SHA256)
	}
	fmt.Fprintln(w, " per call")
}
