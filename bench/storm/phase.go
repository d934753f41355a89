package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"time"
)

// callers is how many connections the paced calls share. With 1,000 calls a
// second one is free unless a call takes 64 ms.
const callers = 64

// changers is how many changes may be under way at once.
const changers = 32

// crew is everything that calls and changes, over all phases.
type crew struct {
	h       *house
	w       watch
	recent  ring
	probes  *prober
	changer *changer
	lines   []*line
	started time.Time // of the server, nearly

	mu      sync.Mutex
	wrong   map[fault]int
	shown   []string // the first wrong answers
	failed  []string // changes that were refused, likewise
	refused int
}

// storms runs the phases in turns.
func (h *house) storms(ctx context.Context) (*results, error) {
	c := &crew{h: h, w: watch{time.Now()}, wrong: map[fault]int{}, started: h.server.started}
	c.probes = &prober{h: h, w: c.w, judge: func(a *api, r *reply) { c.judge(a, r) }}
	defer c.probes.close()
	c.changer = &changer{h: h, w: c.w, recent: &c.recent, probes: c.probes}
	for range callers {
		c.lines = append(c.lines, &line{address: h.server.gateway, watch: c.w})
	}
	defer func() {
		for _, l := range c.lines {
			l.close()
		}
	}()
	if err := h.disturb(); err != nil {
		return nil, err
	}
	out := &results{Settings: h.s.describe(), Goals: goals}
	length := time.Duration(float64(h.s.requests) / float64(h.s.rounds) / float64(h.s.rate) * float64(time.Second))
	// The first moments warm connections, caches and the ring of what changed.
	for _, warm := range []int{0, h.s.changes} {
		if _, err := c.phase(ctx, min(length, 5*time.Second), warm); err != nil {
			return nil, err
		}
	}
	for i := range h.s.rounds {
		quiet, err := c.phase(ctx, min(length, h.s.quiet), 0)
		if err != nil {
			return nil, err
		}
		storm, err := c.phase(ctx, length, h.s.changes)
		if err != nil {
			return nil, err
		}
		out.Rounds = append(out.Rounds, round{quiet, storm})
		fmt.Fprintf(os.Stderr, "round %d of %d: p99 %.2f ms quiet, %.2f ms in the storm; %d changes\n",
			i+1, h.s.rounds, quiet.P99, storm.P99, len(storm.changes))
	}
	if err := errors.Join(c.changer.settle(), h.keep()); err != nil {
		return nil, err
	}
	return out, c.conclude(out)
}

func (c *crew) judge(a *api, r *reply) {
	bad := a.judge(r)
	if bad == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrong[bad.fault]++
	if len(c.shown) < 20 {
		c.shown = append(c.shown, bad.Error())
		fmt.Fprintln(os.Stderr, "wrong answer:", bad)
	}
}

// pick is the API of a paced call: one in five is one that changed lately.
func (c *crew) pick() *api {
	if rand.IntN(5) == 0 {
		if a := c.recent.pick(); a != nil {
			return a
		}
	}
	return c.h.plot.APIs[rand.IntN(len(c.h.plot.APIs))]
}

// phase calls for a time, with changes a second beside it.
func (c *crew) phase(ctx context.Context, length time.Duration, changes int) (*phase, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	began, cpu := time.Now(), time.Duration(0)
	cpu, err := c.h.server.cpu()
	if err != nil {
		return nil, err
	}
	probed := c.probes.calls.Load()
	var calls samples
	var all sync.WaitGroup
	all.Go(func() { c.callAll(length, &calls) })
	if changes > 0 {
		all.Go(func() { c.changeAll(length, changes) })
	}
	all.Wait()
	p := &phase{Seconds: time.Since(began).Seconds(), Calls: len(calls.took), Probes: int(c.probes.calls.Load() - probed)}
	p.measure(&calls)
	p.changes = c.probes.changes()
	p.from, p.to = began.Sub(c.started), time.Since(c.started)
	after, err := c.h.server.cpu()
	if err != nil {
		return nil, err
	}
	p.CPU = (after - cpu).Seconds() / p.Seconds
	p.RSS, err = c.h.server.status("VmRSS")
	return p, err
}

// callAll makes the paced calls of a phase.
func (c *crew) callAll(length time.Duration, calls *samples) {
	// Room for everything: a call that has to wait for a connection counts the
	// time from when it was due.
	due := make(chan moment, int(length.Seconds()+1)*c.h.s.rate)
	var all sync.WaitGroup
	for _, l := range c.lines {
		all.Go(func() {
			for at := range due {
				a := c.pick()
				r := l.call(c.h.plot.Groups[a.Group].Host, a, at)
				c.judge(a, r)
				calls.add(r.end-at, r.start-at)
			}
		})
	}
	pace(c.w, c.h.s.rate, length, due)
	close(due)
	all.Wait()
}

// changeAll makes the paced changes of a phase.
func (c *crew) changeAll(length time.Duration, rate int) {
	due := make(chan moment, int(length.Seconds()+1)*rate)
	var all sync.WaitGroup
	for range changers {
		all.Go(func() {
			for range due {
				if k, err := c.changer.one(); err != nil {
					c.fail(k, err)
				}
			}
		})
	}
	pace(c.w, rate, length, due)
	close(due)
	all.Wait()
}

func (c *crew) fail(k kind, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused++
	if len(c.failed) < 20 {
		c.failed = append(c.failed, fmt.Sprintf("%s: %v", k, err))
		fmt.Fprintln(os.Stderr, "change failed:", c.failed[len(c.failed)-1])
	}
}

// conclude adds what is known only at the end.
func (c *crew) conclude(out *results) error {
	list, err := c.h.server.collections()
	if err != nil {
		return err
	}
	for _, r := range out.Rounds {
		for _, p := range []*phase{r.Quiet, r.Storm} {
			for _, one := range list {
				if one.at >= p.from && one.at < p.to {
					p.Collections++
					p.pauses = append(p.pauses, one.pauses[:]...)
				}
			}
		}
	}
	out.Wrong, out.Shown = c.wrong, c.shown
	out.Failed, out.FailedShown = c.refused, c.failed
	slices.Sort(out.Shown)
	out.PeakRSS, err = c.h.server.status("VmHWM")
	return err
}
