package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// goals of the figures that have one.
var goals = targets{Served: 50, Ratio: 1.10}

type targets struct {
	Served float64 `json:"change_to_served_p99_ms"`
	Ratio  float64 `json:"request_p99_storm_to_quiet"`
}

// results are one run.
type results struct {
	Settings    map[string]any `json:"settings"`
	Goals       targets        `json:"goals"`
	Rounds      []round        `json:"rounds"`
	P50         ratio          `json:"p50"`
	P99         ratio          `json:"p99"`
	P999        ratio          `json:"p999"`
	Wrong       map[fault]int  `json:"wrong"`
	Shown       []string       `json:"wrong_answers,omitempty"`
	Failed      int            `json:"failed_changes"`
	FailedShown []string       `json:"failures,omitempty"`
	PeakRSS     float64        `json:"peak_rss_mb"`
}

// round is a quiet phase and the storm beside it.
type round struct {
	Quiet *phase `json:"quiet"`
	Storm *phase `json:"storm"`
}

// phase is what was measured in one.
type phase struct {
	Seconds     float64 `json:"seconds"`
	Calls       int     `json:"calls"`
	Probes      int     `json:"probes"`
	P50         float64 `json:"p50_ms"`
	P99         float64 `json:"p99_ms"`
	P999        float64 `json:"p999_ms"`
	Max         float64 `json:"max_ms"`
	Late        float64 `json:"late_p99_ms"` // of sending, for which this command is to blame
	ChangesLate float64 `json:"changes_late_p99_ms"`
	// Used is what each program took of the cores.
	Used [programs]use `json:"used"`
	// Others is what everybody else took, the kernel's own threads among them, and Stolen
	// what the host kept: a run with much of these says little.
	Others      float64 `json:"others_cores"`
	Stolen      float64 `json:"stolen_cores"`
	RSS         float64 `json:"rss_mb"`
	Collections int     `json:"collections"`

	from, to time.Duration // since the server began
	pauses   []time.Duration
	changes  []served
	took     []moment // of the paced calls, sorted
}

func (s *settings) describe() map[string]any {
	engine := "SQLite"
	if s.database != "" {
		engine = "PostgreSQL"
	}
	return map[string]any{"engine": engine, "apis": s.apis, "groups": s.groups + 1, "large": s.large,
		"changes_per_second": s.changes, "calls_per_second": s.rate, "rounds": s.rounds, "procs": s.procs, "serve": s.args}
}

// at is a quantile of sorted figures in ms.
func at[T ~int64](sorted []T, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]) / 1e6
}

func (p *phase) measure(s *samples) {
	slices.Sort(s.took)
	slices.Sort(s.late)
	p.P50, p.P99, p.P999, p.Max = at(s.took, 0.5), at(s.took, 0.99), at(s.took, 0.999), at(s.took, 1)
	p.Late, p.took = at(s.late, 0.99), s.took
}

// median of a figure over the rounds.
func (r *results) median(figure func(round) float64) float64 {
	list := make([]float64, len(r.Rounds))
	for i, one := range r.Rounds {
		list[i] = figure(one)
	}
	slices.Sort(list)
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

// line is one row of the table: a figure of both phases, and the ratio inside a
// round.
func (r *results) line(w io.Writer, name string, figure func(*phase) float64) {
	fmt.Fprintf(w, "| %s | %.2f | %.2f | %.2f |\n", name,
		r.median(func(o round) float64 { return figure(o.Quiet) }), r.median(func(o round) float64 { return figure(o.Storm) }),
		r.median(func(o round) float64 { return figure(o.Storm) / figure(o.Quiet) }))
}

// pair is a row of a figure that may be zero in both phases.
func (r *results) pair(w io.Writer, name string, figure func(*phase) float64) {
	fmt.Fprintf(w, "| %s | %.2f | %.2f | |\n", name,
		r.median(func(o round) float64 { return figure(o.Quiet) }), r.median(func(o round) float64 { return figure(o.Storm) }))
}

func (r *results) print(w io.Writer) {
	calls, probes := 0, 0
	for _, o := range r.Rounds {
		calls, probes = calls+o.Quiet.Calls+o.Storm.Calls, probes+o.Storm.Probes
	}
	fmt.Fprintf(w, "\n%v\n\n| medians of %d rounds | quiet | storm | storm / quiet |\n|---|---|---|---|\n", r.Settings, len(r.Rounds))
	r.line(w, "call p50 ms", func(p *phase) float64 { return p.P50 })
	r.line(w, "call p99 ms", func(p *phase) float64 { return p.P99 })
	r.line(w, "call p99.9 ms", func(p *phase) float64 { return p.P999 })
	r.line(w, "sent late p99 ms (the callers')", func(p *phase) float64 { return p.Late })
	fmt.Fprintf(w, "| changes begun late p99 ms | | %.2f | |\n", r.median(func(o round) float64 { return o.Storm.ChangesLate }))
	for i := range programs {
		name := r.Rounds[0].Quiet.Used[i].Name
		r.line(w, "cores used by "+name, func(p *phase) float64 { return p.Used[i].Cores })
		r.line(w, "cores waited for by "+name, func(p *phase) float64 { return p.Used[i].Waited })
	}
	r.pair(w, "cores used by others", func(p *phase) float64 { return p.Others })
	r.pair(w, "cores stolen by the host", func(p *phase) float64 { return p.Stolen })
	r.line(w, "resident MB", func(p *phase) float64 { return p.RSS })
	r.line(w, "calls a second", func(p *phase) float64 { return float64(p.Calls+p.Probes) / p.Seconds })
	quiet, storm := r.pauses()
	fmt.Fprintf(w, "| collections | %d | %d | |\n| stops of the world p99 ms | %.3f | %.3f | |\n", len(quiet)/2, len(storm)/2, at(quiet, 0.99), at(storm, 0.99))
	r.printPooled(w)
	r.printChanges(w)
	fmt.Fprintf(w, "\nrequest p99 in storms, of all calls: %.2f × quiet (goal %.2f): %s; median of the rounds' ratios: %.2f\n",
		r.P99.Ratio, r.Goals.Ratio, r.P99.against(r.Goals.Ratio), r.median(func(o round) float64 { return o.Storm.P99 / o.Quiet.P99 }))
	p99 := at(r.served(func(served) bool { return true }, toServed), 0.99)
	fmt.Fprintf(w, "change to served p99: %.1f ms (goal %.0f): %s\n", p99, r.Goals.Served, met(p99 <= r.Goals.Served))
	fmt.Fprintf(w, "wrong answers: %d of %d calls and %d probes: %s\n", r.wrong(), calls, probes, met(r.wrong() == 0))
	for f, n := range r.Wrong {
		fmt.Fprintf(w, "  %d %s\n", n, f)
	}
	fmt.Fprintf(w, "failed changes: %d; peak of resident memory: %.0f MB\n", r.Failed, r.PeakRSS)
}

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "missed"
}

func (r *results) pauses() (quiet, storm []time.Duration) {
	for _, o := range r.Rounds {
		quiet, storm = append(quiet, o.Quiet.pauses...), append(storm, o.Storm.pauses...)
	}
	slices.Sort(quiet)
	slices.Sort(storm)
	return quiet, storm
}

func toServed(s served) moment   { return s.served }
func toAnswered(s served) moment { return s.answered }

// served are the durations of some changes, sorted.
func (r *results) served(which func(served) bool, figure func(served) moment) []moment {
	var list []moment
	for _, o := range r.Rounds {
		for _, s := range o.Storm.changes {
			if which(s) {
				list = append(list, figure(s))
			}
		}
	}
	slices.Sort(list)
	return list
}

func (r *results) printChanges(w io.Writer) {
	fmt.Fprint(w, "\n| changes, ms | n | to served p50 | p99 | max | to answered p50 | p99 | max |\n|---|---|---|---|---|---|---|---|\n")
	row := func(name string, which func(served) bool) {
		s, a := r.served(which, toServed), r.served(which, toAnswered)
		fmt.Fprintf(w, "| %s | %d | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |\n", name, len(s),
			at(s, 0.5), at(s, 0.99), at(s, 1), at(a, 0.5), at(a, 0.99), at(a, 1))
	}
	row("all", func(served) bool { return true })
	row("in the large group", func(s served) bool { return s.large })
	row("in all others", func(s served) bool { return !s.large })
	for _, k := range []kind{republish, offline, online, bind, unbind, create, remove} {
		row(string(k), func(s served) bool { return s.kind == k })
	}
}

func (r *results) wrong() (n int) {
	for _, m := range r.Wrong {
		n += m
	}
	return n
}

// verdict is an error when the run proves nothing good whatever its times are.
func (r *results) verdict() error {
	if r.wrong() > 0 || r.Failed > 0 {
		return fmt.Errorf("%d wrong answers, %d failed changes", r.wrong(), r.Failed)
	}
	return nil
}

// store writes the results as JSON.
func (r *results) store(path string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o644)
}
