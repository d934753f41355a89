package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
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
	probes  *prober
	changer *changer
	started time.Time // of the server, nearly

	mu      sync.Mutex
	wrong   map[fault]int
	shown   []string // the first wrong answers
	failed  []string // changes that were refused, likewise
	refused int
}

// storms runs the phases in turns.
func (h *house) storms(ctx context.Context) (out *results, err error) {
	c := &crew{h: h, wrong: map[fault]int{}, started: h.server.started}
	c.probes = &prober{h: h, w: c.w, judge: func(a *api, r *reply) { c.judge(a, r) }}
	defer c.probes.close()
	c.changer = &changer{h: h, w: c.w, recent: h.sending.recent, probes: c.probes}
	if err := errors.Join(h.sending.know(h.plot.APIs), h.disturb()); err != nil {
		return nil, err
	}
	out = &results{Settings: h.s.describe(), Goals: goals}
	length := time.Duration(float64(h.s.requests) / float64(h.s.rounds) / float64(h.s.rate) * float64(time.Second))
	if err := c.callEach(ctx); err != nil {
		return nil, err
	}
	// The first moments warm connections and the ring of what changed.
	for _, warm := range []int{0, h.s.changes} {
		if _, err := c.phase(ctx, min(length, 5*time.Second), warm); err != nil {
			return nil, err
		}
	}
	for i := range h.s.rounds {
		one, err := c.round(ctx, length, i%2 == 1)
		if err != nil {
			return nil, err
		}
		out.Rounds = append(out.Rounds, one)
		fmt.Fprintf(os.Stderr, "round %d of %d: p99 %.2f ms quiet, %.2f ms in the storm; %d changes\n",
			i+1, h.s.rounds, one.Quiet.P99, one.Storm.P99, len(one.Storm.changes))
	}
	if err := errors.Join(c.changer.settle(), h.keep()); err != nil {
		return nil, err
	}
	return out, c.conclude(out)
}

// callEach calls every API once. The first call of an API after a start builds it,
// and the heap grows with them: with calls of random APIs that goes on for minutes
// at a rate that falls from phase to phase. What is measured is a gateway that has
// been at work.
func (c *crew) callEach(ctx context.Context) error {
	began := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			l := &line{address: c.h.server.gateway, watch: c.w}
			defer l.close()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(c.h.plot.APIs) {
					return
				}
				a := c.h.plot.APIs[i]
				c.judge(a, l.call(c.h.plot.Groups[a.Group].Host, a, c.w.now()))
			}
		})
	}
	all.Wait()
	fmt.Fprintf(os.Stderr, "every API called once in %v\n", time.Since(began).Round(time.Millisecond))
	return ctx.Err()
}

// round makes a quiet phase and a storm. Every other round begins with the storm, so
// that neither profits from what becomes better or worse over a run.
func (c *crew) round(ctx context.Context, length time.Duration, stormFirst bool) (r round, err error) {
	quiet := func() {
		if err == nil {
			r.Quiet, err = c.phase(ctx, min(length, c.h.s.quiet), 0)
		}
	}
	if !stormFirst {
		quiet()
	}
	if err == nil {
		r.Storm, err = c.phase(ctx, length, c.h.s.changes)
	}
	if stormFirst {
		quiet()
	}
	return r, err
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

// phase calls for a time, with changes a second beside it.
func (c *crew) phase(ctx context.Context, length time.Duration, changes int) (*phase, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// This command collects its garbage between the phases, as it shares the
	// gateway's cores.
	runtime.GC()
	began := time.Now()
	before, err := c.h.used()
	if err != nil {
		return nil, err
	}
	probed := c.probes.calls.Load()
	var calls samples
	var all sync.WaitGroup
	all.Go(func() { err = c.callAll(length, &calls) })
	var begun []moment
	if changes > 0 {
		all.Go(func() { begun = c.changeAll(length, changes) })
	}
	all.Wait()
	if err != nil {
		return nil, err
	}
	p := &phase{Seconds: time.Since(began).Seconds(), Calls: len(calls.took), Probes: int(c.probes.calls.Load() - probed)}
	p.measure(&calls)
	p.ChangesLate = at(begun, 0.99)
	p.changes = c.probes.changes()
	p.from, p.to = began.Sub(c.started), time.Since(c.started)
	after, err := c.h.used()
	if err != nil {
		return nil, err
	}
	p.use(c.h.programs(), before, after)
	if err := c.h.checkPolicies(); err != nil {
		return nil, err
	}
	p.RSS, err = c.h.server.status("VmRSS")
	return p, err
}

// callAll makes the paced calls of a phase. A call that has to wait for a free
// connection counts the time from when it was due.
func (c *crew) callAll(length time.Duration, calls *samples) error {
	return c.h.sending.run(c.h.s.rate, length, func(r *reply) {
		c.judge(r.of, r)
		calls.add(r.end-r.due, r.start-r.due)
	})
}

// changeAll makes the paced changes of a phase, and answers how late each was begun,
// sorted: whoever makes them has what processor time the gateway and the calls leave.
func (c *crew) changeAll(length time.Duration, rate int) (late []moment) {
	due := make(chan moment, int(length.Seconds()+1)*rate)
	var all sync.WaitGroup
	var mu sync.Mutex
	for range changers {
		all.Go(func() {
			for at := range due {
				mu.Lock()
				late = append(late, c.w.now()-at)
				mu.Unlock()
				if k, err := c.changer.one(); err != nil {
					c.fail(k, err)
				}
			}
		})
	}
	pace(c.w, rate, length, due)
	close(due)
	all.Wait()
	slices.Sort(late)
	return late
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
	out.P50, out.P99, out.P999 = pool(out.Rounds, 0.5), pool(out.Rounds, 0.99), pool(out.Rounds, 0.999)
	out.Wrong, out.Shown = c.wrong, c.shown
	out.Failed, out.FailedShown = c.refused, c.failed
	slices.Sort(out.Shown)
	out.PeakRSS, err = c.h.server.status("VmHWM")
	return err
}
