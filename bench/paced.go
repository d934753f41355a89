package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/lintel-gateway/lintel/bench/loader"
)

// pacedResult is one contender in one round under a load that it can bear.
type pacedResult struct {
	Contender string  `json:"contender"`
	Reference string  `json:"reference"`
	Round     int     `json:"round"`
	Rate      float64 `json:"rate"` // requests a second that were sent
	Busy      float64 `json:"busy"` // part of its core that the contender took
	loader.Paced
}

// pacedShare is the part of what a contender can do under full load that it gets
// here.
const pacedShare = 0.7

// paced sends each contender 70 % of the requests a second that it answered to this
// generator under full load, at moments that do not depend on its answers. Not of what
// it answered to wrk: that is faster, and shares its core with the backend, so 70 % of it
// can be more than this generator is able to send at moments of its own.
//
// The generator is the backend as well, in one thread, so the other backend ends first.
func (f *field) paced(ctx context.Context, full []result) ([]pacedResult, error) {
	rates := map[string]float64{}
	if err := f.backend.stop(); err != nil {
		return nil, err
	}
	for _, r := range summarise(full, kinds[0].name) {
		rates[r.name] = 0
	}
	for i := range f.contenders {
		c := &f.contenders[i]
		if _, asked := rates[c.name]; !asked {
			continue
		}
		const trial = 2 * time.Second
		seen, err := f.ownLoad(ctx, ownLoad{Options: f.answered(c), Request: f.api.request(c.message, &kinds[0]), Duration: trial, Unpaced: true})
		if err != nil {
			return nil, fmt.Errorf("%s under full load: %w", c.name, err)
		}
		rates[c.name] = min(float64(seen.Requests)/trial.Seconds(), rateOf(full, c.name)) * pacedShare
	}
	var all []pacedResult
	for round := range f.o.rounds {
		for i := range f.contenders {
			c := &f.contenders[i]
			rate := rates[c.name]
			if rate == 0 {
				continue // it was not asked for
			}
			r, err := f.pacedRound(ctx, c, rate)
			if err != nil {
				return nil, fmt.Errorf("%s, %.0f requests a second: %w", c.name, rate, err)
			}
			r.Round = round + 1
			all = append(all, r)
			if err := f.results.write("paced", r); err != nil {
				return nil, err
			}
		}
	}
	return all, f.startBackend(ctx, f.backendAddress)
}

func (f *field) pacedRound(ctx context.Context, c *contender, rate float64) (pacedResult, error) {
	r := pacedResult{Contender: c.name, Reference: c.reference(), Rate: rate}
	user, system, err := c.server.running.spent()
	if err != nil {
		return r, err
	}
	r.Paced, err = f.ownLoad(ctx, ownLoad{Options: f.answered(c), Request: f.api.request(c.message, &kinds[0]), Duration: f.o.duration, Rate: rate})
	if err != nil {
		return r, err
	}
	userEnd, systemEnd, err := c.server.running.spent()
	r.Busy = (userEnd - user + systemEnd - system).Seconds() / (f.o.duration + loader.WarmTime).Seconds()
	return r, err
}

// answered are the options of a load that is its own backend.
func (f *field) answered(c *contender) loader.Options {
	o := c.options(&kinds[0])
	o.Backend = f.backendAddress
	return o
}

// rateOf is the median of what wrk reached.
func rateOf(full []result, name string) float64 {
	for _, r := range summarise(full, kinds[0].name) {
		if r.name == name {
			return r.rate
		}
	}
	return 0
}

// pacedBar is what the 99th of a hundred answers may take for each of nginx's.
const pacedBar = 1.2

func printPaced(w io.Writer, all []pacedResult) {
	if len(all) == 0 {
		return
	}
	var order []string
	by := map[string][]pacedResult{}
	for _, r := range all {
		if by[r.Contender] == nil {
			order = append(order, r.Contender)
		}
		by[r.Contender] = append(by[r.Contender], r)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\nGET at %.0f %% of its full load\treq/s\tbusy %%\tp50 µs\tp99 µs\tp99 × nginx\tat most %.1f\tp99 of all\tsent late p99 µs\tby > 1 ms\t\n", pacedShare*100, pacedBar)
	for _, name := range order {
		mine, theirs := by[name], by[by[name][0].Reference]
		var busy, p50, p99, whole, sent, ratios []float64
		late := 0
		for i := range mine {
			busy = append(busy, mine[i].Busy*100)
			p50, p99 = append(p50, microsecondsOf(mine[i].P50)), append(p99, microsecondsOf(mine[i].WindowP99))
			whole, sent, late = append(whole, microsecondsOf(mine[i].P99)), append(sent, microsecondsOf(mine[i].SentP99)), late+mine[i].Late
			if i < len(theirs) {
				ratios = append(ratios, float64(mine[i].WindowP99)/float64(theirs[i].WindowP99))
			}
		}
		verdict := "met"
		if median(ratios) > pacedBar {
			verdict = "NOT MET"
		}
		fmt.Fprintf(t, "%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.2f\t%s\t%.0f\t%.0f\t%d\t\n", name, mine[0].Rate, median(busy), median(p50), median(p99), median(ratios), verdict, median(whole), median(sent), late)
	}
	t.Flush()
}
