package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// result is one contender in one round.
type result struct {
	Contender string `json:"contender"`
	Kind      string `json:"kind"`
	Reference string `json:"reference"`
	Round     int    `json:"round"`
	load
	User   float64 `json:"cpu_user_us"`   // per request
	System float64 `json:"cpu_system_us"` // per request
	// Instructions per request, user and kernel; nil where they cannot be counted.
	UserInstructions   *float64 `json:"instructions_user"`
	KernelInstructions *float64 `json:"instructions_kernel"`
}

func (r *result) cpu() float64 { return r.User + r.System }

// warmTime is the load before a contender's first round, which is not measured:
// connections are opened, pools filled, heaps grown.
const warmTime = time.Second

// rounds loads every contender in every way once per round, so that whatever
// changes on the machine meanwhile meets all of them.
func (f *field) rounds(ctx context.Context) ([]result, error) {
	var all []result
	for round := range f.o.rounds {
		for _, k := range kinds {
			for i := range f.contenders {
				c := &f.contenders[i]
				if !f.called(c, &k) {
					continue
				}
				if round == 0 {
					if _, err := f.load(ctx, c, &k, warmTime); err != nil {
						return nil, fmt.Errorf("%s, %s: %w", c.name, k.name, err)
					}
				}
				r, err := f.measure(ctx, c, &k)
				if err != nil {
					return nil, fmt.Errorf("%s, %s, round %d: %w", c.name, k.name, round+1, err)
				}
				r.Round = round + 1
				all = append(all, r)
				if err := f.results.write("load", r); err != nil {
					return nil, err
				}
			}
		}
	}
	return all, nil
}

// load makes one load with wrk, or, where wrk cannot, with our own.
func (f *field) load(ctx context.Context, c *contender, k *kind, duration time.Duration) (load, error) {
	o, request := c.options(k), f.api.request(c.message, k)
	if !k.webSocket {
		return wrk(ctx, f.work, o, &request, duration)
	}
	own, err := f.ownLoad(ctx, ownLoad{Options: o, Request: request, Duration: duration})
	return load{Requests: own.Requests, Rate: float64(own.Requests) / duration.Seconds(), P50: microsecondsOf(own.P50), P99: microsecondsOf(own.P99)}, err
}

func microsecondsOf(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func (f *field) measure(ctx context.Context, c *contender, k *kind) (result, error) {
	r := result{Contender: c.name, Kind: k.name, Reference: c.reference()}
	user, system, err := c.server.running.spent()
	if err != nil {
		return r, err
	}
	var counter *perf
	if f.counter == byPerf {
		pids, err := c.server.running.tree()
		if err != nil {
			return r, err
		}
		if counter, err = startPerf(f.work, pids); err != nil {
			return r, err
		}
	}
	r.load, err = f.load(ctx, c, k, f.o.duration)
	if err != nil {
		if counter != nil {
			_, _, stopped := counter.stop()
			err = errors.Join(err, stopped)
		}
		return r, err
	}
	n := float64(r.Requests)
	if counter != nil {
		u, k, err := counter.stop()
		if err != nil {
			return r, err
		}
		u, k = u/n, k/n
		r.UserInstructions, r.KernelInstructions = &u, &k
	}
	userEnd, systemEnd, err := c.server.running.spent()
	r.User = float64((userEnd - user).Microseconds()) / n
	r.System = float64((systemEnd - system).Microseconds()) / n
	return r, err
}
