package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/lintel-gateway/lintel/bench/job"
)

// cost is what one request of a kind costs a contender, in instructions.
type cost struct {
	Contender string `json:"contender"`
	Kind      string `json:"kind"`
	Reference string `json:"reference"`

	Total  float64 `json:"instructions"`
	User   float64 `json:"instructions_user"`
	Copied float64 `json:"of_which_repetitions"` // what was taken off: see combine
	Spread float64 `json:"spread"`               // (most − least) ÷ median of the parts
	Memory int64   `json:"resident_bytes"`
}

// kernel is the rest.
func (c *cost) kernel() float64 { return c.Total - c.User }

// counts are the lines of one boot by case.
type counts map[string][]job.Line

// countInGuest boots the three kinds of machine one after the other.
func (f *field) countInGuest(ctx context.Context) ([]cost, error) {
	j, programs, err := f.makeJob()
	if err != nil {
		return nil, err
	}
	booted := map[string]counts{}
	for _, kind := range []machineKind{byWords, byBytes, splitKind} {
		began := time.Now()
		k := j
		k.Unix = began.Unix()
		if kind.name != byWords.name {
			k.Parts = 1 // how it repeats is known from the first
		}
		text, err := json.Marshal(k)
		if err != nil {
			return nil, err
		}
		archive := f.file("boot-" + kind.name)
		if err := f.writeInitramfs(ctx, archive, text, programs); err != nil {
			return nil, err
		}
		if booted[kind.name], err = f.bootAndCollect(ctx, kind, archive); err != nil {
			return nil, err
		}
		fmt.Fprintf(f.stdout, "counted with -cpu %s in %s\n", kind.cpu, time.Since(began).Round(time.Second))
	}
	return f.combine(booted[byWords.name], booted[byBytes.name], booted[splitKind.name])
}

// bootAndCollect fails when the machine does not count what the calibration
// executed, and when the guest reports anything that went wrong.
func (f *field) bootAndCollect(ctx context.Context, kind machineKind, archive string) (counts, error) {
	all := counts{}
	var faults []error
	err := f.boot(ctx, kind, archive, func(l job.Line) error {
		switch {
		case l.Fault != "":
			faults = append(faults, fmt.Errorf("%s %s: %s", l.Contender, l.Case, l.Fault))
		case l.Contender == job.Calibration:
			if off := float64(l.Total)/job.Loop - 1; off < -calibrated || off > calibrated {
				return fmt.Errorf("the machine counts %d instructions for a loop of %d: its figures are not instructions", l.Total, int64(job.Loop))
			}
			fmt.Fprintf(f.stdout, "calibration: %.2f million instructions counted for a loop of %.2f million\n", float64(l.Total)/1e6, job.Loop/1e6)
		case l.Requests > 0:
			all[l.Case] = append(all[l.Case], l)
		}
		return f.results.write("guest "+kind.name, l)
	})
	return all, errors.Join(err, errors.Join(faults...))
}

// calibrated is how far the calibration may be off: the kernel's ticks are 0.5 %.
const calibrated = 0.01

// combine makes one figure of three boots. Where a copy of n bytes takes n
// instructions in one machine and n/8 in the other, one that takes a single
// instruction costs the second figure less a seventh of the difference. That is
// what a real processor with ERMS counts.
func (f *field) combine(words, bytes, split counts) ([]cost, error) {
	var all []cost
	for i := range f.contenders {
		c := &f.contenders[i]
		for _, k := range kinds {
			if !f.called(c, &k) {
				continue
			}
			name := caseName(c, &k)
			if len(words[name]) == 0 || len(bytes[name]) == 0 || len(split[name]) == 0 {
				return nil, fmt.Errorf("%s was not counted", name)
			}
			low, middle, high := perRequest(words[name])
			_, slow, _ := perRequest(bytes[name])
			r := cost{Contender: c.name, Kind: k.name, Reference: c.reference(), Copied: max(0, (slow-middle)/7), Spread: (high - low) / middle,
				Memory: words[name][0].Resident}
			r.Total = middle - r.Copied
			s := split[name][0]
			r.User = min(r.Total, float64(s.User)/float64(s.Requests))
			all = append(all, r)
			if err := f.results.write("cost", r); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// perRequest is the least, the median and the most of the parts.
func perRequest(parts []job.Line) (low, middle, high float64) {
	values := make([]float64, len(parts))
	for i, p := range parts {
		values[i] = float64(p.Total) / float64(p.Requests)
	}
	return slices.Min(values), median(values), slices.Max(values)
}

// ratio is what a contender costs for each of nginx with the same bytes, 0 when
// one of them was not counted.
func ratioOf(all []cost, contender, kind string) float64 {
	c := findCost(all, contender, kind)
	if c == nil {
		return 0
	}
	r := findCost(all, c.Reference, kind)
	if r == nil {
		return 0
	}
	return c.Total / r.Total
}

func findCost(all []cost, contender, kind string) *cost {
	for i := range all {
		if all[i].Contender == contender && all[i].Kind == kind {
			return &all[i]
		}
	}
	return nil
}

func printCosts(w io.Writer, all []cost) {
	for _, k := range kinds {
		if !slices.ContainsFunc(all, func(c cost) bool { return c.Kind == k.name }) {
			continue
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(t, "\n%s\tthousand instructions\tuser\tkernel\t× nginx\tspread %%\trepetitions\tMB\t\n", k.name)
		for i := range all {
			c := &all[i]
			if c.Kind != k.name {
				continue
			}
			fmt.Fprintf(t, "%s\t%.1f\t%.1f\t%.1f\t%.2f\t%.1f\t%.1f\t%d\t\n", c.Contender, c.Total/1e3, c.User/1e3, c.kernel()/1e3,
				ratioOf(all, c.Contender, k.name), c.Spread*100, c.Copied/1e3, c.Memory>>20)
		}
		t.Flush()
	}
}

// bar is what a contender may cost for each of nginx at most.
type bar struct {
	name, contender, kind string
	most                  float64
}

// bars are those of the default edge; the goal is the stricter one of the first.
func bars(edge string) []bar {
	whole, engine := nameOf("lintel", edge)+" full chain, signed", nameOf(bare, edge)
	return []bar{
		{"full chain, now", whole, "GET", 1.05},
		{"full chain, the goal", whole, "GET", 0.90},
		{"bare engine", engine, "GET", 0.90},
		{"bare engine, signed request", engine + ", signed", "GET", 0.90},
		{"full chain, POST 10 KB", whole, "POST 10 KB", 0.90},
		{"full chain, TLS", whole, "TLS", 0.90},
	}
}

func printBars(w io.Writer, all []cost, edge string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nbar\tat most × nginx\tmeasured\t")
	for _, b := range bars(edge) {
		r := ratioOf(all, b.contender, b.kind)
		measured, verdict := fmt.Sprintf("%.3f", r), "met"
		switch {
		case r == 0:
			measured, verdict = "–", "not measured"
		case r > b.most:
			verdict = "NOT MET"
		}
		fmt.Fprintf(t, "%s\t%.2f\t%s\t%s\n", b.name, b.most, measured, verdict)
	}
	t.Flush()
}

// unsteady are the figures that do not repeat within 2 %.
func unsteady(all []cost) []cost {
	var list []cost
	for _, c := range all {
		if c.Spread > 0.02 {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b cost) int { return cmp.Compare(b.Spread, a.Spread) })
	return list
}
