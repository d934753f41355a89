package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
)

// resamples is how many runs are drawn from the rounds of one.
const resamples = 2_000

// ratio is a quantile of all calls in storms over that of all quiet calls, and
// between what it lies in 95 of 100 runs that are drawn from the rounds of this one.
//
// All calls of a kind are one sample, as the bar is about calls. The p99 of a round
// of 20,000 calls is the 200th slowest, and slow calls come in heaps: behind one
// collection, one burst of a neighbour. So it rests on a handful of events, moves by
// half from round to round, and the ratio of two such figures more; the median of
// a few ratios says as much of the rounds' luck as of storms, and leaves out what
// happens in less than half of them. The rounds, not the calls, are drawn anew, since
// the calls of a heap are not independent of each other.
type ratio struct {
	Quiet float64 `json:"quiet_ms"`
	Storm float64 `json:"storm_ms"`
	Ratio float64 `json:"ratio"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// pool makes the ratio of a quantile.
func pool(rounds []round, q float64) ratio {
	r := ratioOf(rounds, q)
	list := make([]float64, resamples)
	drawn := make([]round, len(rounds))
	source := rand.New(rand.NewPCG(1, 2)) // the same for each look at a run
	for i := range list {
		for k := range drawn {
			drawn[k] = rounds[source.IntN(len(rounds))]
		}
		list[i] = ratioOf(drawn, q).Ratio
	}
	slices.Sort(list)
	r.Low, r.High = list[resamples*25/1000], list[resamples*975/1000]
	return r
}

// against says what a run tells of a bar: one whose rounds lie on both sides of it
// has not enough of them, or neighbours.
func (r ratio) against(bar float64) string {
	verdict := met(r.Ratio <= bar)
	if (r.Low <= bar) != (r.High <= bar) {
		verdict += ", but the rounds differ too much to be sure"
	}
	return verdict
}

func ratioOf(rounds []round, q float64) ratio {
	var quiet, storm [][]moment
	for _, one := range rounds {
		quiet, storm = append(quiet, one.Quiet.took), append(storm, one.Storm.took)
	}
	r := ratio{Quiet: float64(quantile(quiet, q)) / 1e6, Storm: float64(quantile(storm, q)) / 1e6}
	r.Ratio = r.Storm / r.Quiet
	return r
}

// quantile of several sorted lists together, as at does it for one: the first figure
// that more than this share of all are below or equal to.
func quantile(lists [][]moment, q float64) moment {
	all, low, high := 0, moment(0), moment(0)
	for _, l := range lists {
		all += len(l)
		if len(l) > 0 {
			high = max(high, l[len(l)-1])
		}
	}
	place := min(int(q*float64(all)), all-1)
	for low < high {
		middle, below := low+(high-low)/2, 0
		for _, l := range lists {
			n, _ := slices.BinarySearch(l, middle+1)
			below += n
		}
		if below > place {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

func (r *results) printPooled(w io.Writer) {
	fmt.Fprint(w, "\n| all calls of all rounds | quiet | storm | storm / quiet | 95 % of resampled rounds |\n|---|---|---|---|---|\n")
	for _, one := range []struct {
		name string
		ratio
	}{{"p50 ms", r.P50}, {"p99 ms", r.P99}, {"p99.9 ms", r.P999}} {
		fmt.Fprintf(w, "| %s | %.2f | %.2f | %.2f | %.2f to %.2f |\n", one.name, one.Quiet, one.Storm, one.Ratio, one.Low, one.High)
	}
}
