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
	Signed    bool   `json:"signed"`
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

// rounds loads every contender once per round, so that whatever changes on the
// machine meanwhile meets all of them.
func (f *field) rounds(ctx context.Context) ([]result, error) {
	var all []result
	for round := range f.o.rounds {
		for i := range f.contenders {
			c := &f.contenders[i]
			request, err := f.api.request(c.server.address, c.signed)
			if err != nil {
				return nil, err
			}
			if round == 0 {
				if _, err := wrk(ctx, request, f.o.connections, warmTime); err != nil {
					return nil, fmt.Errorf("%s: %w", c.name, err)
				}
			}
			r, err := f.measure(ctx, c, request)
			if err != nil {
				return nil, fmt.Errorf("%s, round %d: %w", c.name, round+1, err)
			}
			r.Round = round + 1
			all = append(all, r)
			if err := f.results.write("load", r); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

func (f *field) measure(ctx context.Context, c *contender, request *request) (result, error) {
	r := result{Contender: c.name, Signed: c.signed}
	pids, err := c.server.running.tree()
	if err != nil {
		return r, err
	}
	user, system, err := cpu(pids)
	if err != nil {
		return r, err
	}
	var counter *perf
	if f.counter == byPerf {
		if counter, err = startPerf(f.work, pids); err != nil {
			return r, err
		}
	}
	r.load, err = wrk(ctx, request, f.o.connections, f.o.duration)
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
	userEnd, systemEnd, err := cpu(pids)
	r.User = float64((userEnd - user).Microseconds()) / n
	r.System = float64((systemEnd - system).Microseconds()) / n
	return r, err
}
