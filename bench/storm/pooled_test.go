package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestQuantile holds the quantile of several lists against that of one that has all.
func TestQuantile(t *testing.T) {
	for range 200 {
		var lists [][]moment
		var all []moment
		for range 1 + rand.IntN(5) {
			l := make([]moment, rand.IntN(50))
			for i := range l {
				l[i] = moment(rand.IntN(40)) // some are equal
			}
			slices.Sort(l)
			lists, all = append(lists, l), append(all, l...)
		}
		if len(all) == 0 {
			continue
		}
		slices.Sort(all)
		for _, q := range []float64{0, 0.5, 0.9, 0.99, 1} {
			if got, want := float64(quantile(lists, q))/1e6, at(all, q); got != want {
				t.Fatalf("quantile %v of %v is %v, not %v", q, lists, got, want)
			}
		}
	}
}

// TestPool: what is twice as slow in every round has a narrow ratio, what is ten
// times as slow in one round of five a wide one, and the median would not see it.
func TestPool(t *testing.T) {
	phaseOf := func(scale moment) *phase {
		p := &phase{}
		for i := range moment(1_000) {
			p.took = append(p.took, (1_000+i)*scale)
		}
		return p
	}
	var steady, shaken []round
	for i := range 5 {
		steady = append(steady, round{phaseOf(100), phaseOf(200)})
		factor := moment(100)
		if i == 2 {
			factor = 1_000
		}
		shaken = append(shaken, round{phaseOf(100), phaseOf(factor)})
	}
	if r := pool(steady, 0.99); r.Ratio != 2 || r.Low != 2 || r.High != 2 || r.against(1.1) != "missed" || r.against(2) != "met" {
		t.Errorf("steady: %+v", r)
	}
	if r := pool(shaken, 0.99); r.Ratio < 9 || r.Low != 1 || r.High < 9.5 || !strings.HasPrefix(r.against(1.1), "missed, but") {
		t.Errorf("shaken: %+v", r)
	}
}
