package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"slices"
	"syscall"
	"time"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// batch is how many requests are made ready before they are served: so few that
// they are still in the cache, as one is that comes from a socket.
const batch = 256

// request is what an edge reads from a socket. Its texts lie in memory, which is used
// again for the next batch: with a megabyte of new strings for each batch the generator
// itself pushed everything of the gateway out of the cache.
type request struct {
	method, host, path string
	headers            message.Fields
	memory             []byte
}

// keep makes what the memory holds from at on a text.
func (r *request) keep(at int) string { return unsafe.String(&r.memory[at], len(r.memory)-at) }

// caller makes signed requests for the APIs of a set, all of them equally likely:
// the least that a cache can help.
type caller struct {
	set      *set
	random   *rand.Rand
	keys     []*signature.Key
	access   []string // the app keys
	query    message.Fields
	requests [batch]request
}

func newCaller(s *set) *caller {
	c := &caller{set: s, random: rand.New(rand.NewPCG(1, uint64(s.apis)))}
	for n := range apps {
		c.keys = append(c.keys, signature.NewKey([]byte(secret(n))))
		c.access = append(c.access, id("key", n))
	}
	c.query = message.Fields{{Name: "limit", Value: "10"}}
	for i := range c.requests {
		c.requests[i].memory = make([]byte, 0, 512) // for any of them: it does not move
	}
	return c
}

const query = "limit=10"

// next makes a batch of requests; pick chooses the API.
func (c *caller) next(pick func(i int) int) error {
	date := string(signature.AppendDate(nil, time.Now()))
	payload := string(signature.AppendPayload(nil, nil))
	for i := range c.requests {
		n := pick(i)
		app := (c.set.first + n) % apps
		r := &c.requests[i]
		r.memory = c.set.appendHost(r.memory[:0], n)
		r.host = r.keep(0)
		at := len(r.memory)
		r.method, r.memory = c.set.appendPath(r.memory, n)
		r.path = r.keep(at)
		r.headers = append(r.headers[:0], message.Field{Name: "Host", Value: r.host}, message.Field{Name: "User-Agent", Value: "scale"},
			message.Field{Name: "Accept", Value: "*/*"}, message.Field{Name: "X-Sdk-Date", Value: date})
		m := signature.Message{Method: r.method, Path: r.path, Query: c.query, Headers: r.headers}
		at = len(r.memory)
		var err error
		r.memory, err = c.keys[app].AppendAuthorization(r.memory, c.access[app], &m, "host;x-sdk-date", date, payload)
		if err != nil {
			return err
		}
		if len(r.memory) > 512 {
			return fmt.Errorf("%s %s: the request is longer than the memory for it", r.method, r.path)
		}
		r.headers = append(r.headers, message.Field{Name: "Authorization", Value: r.keep(at)})
	}
	return nil
}

func (c *caller) any(int) int { return c.random.IntN(c.set.apis) }

var peer = netip.MustParseAddrPort("203.0.113.9:4711")

// serve takes the batch through the gateway: everything between the edge's acquire
// and its release, the access record and the counters included, and a backend that
// answers at once. What a real call costs more is sockets, and the same for all.
func (w *world) serve(c *caller) (time.Duration, error) {
	began, now := threadTime(), time.Now()
	for i := range c.requests {
		k := call.Acquire(context.Background())
		r, from := &k.Request, &c.requests[i]
		r.Method, r.RawPath, r.RawQuery, r.Host, r.Proto, r.Remote = from.method, from.path, query, from.host, "HTTP/1.1", peer
		r.Headers = append(r.Headers, from.headers...)
		k.Started = now
		w.gateway.Serve(k)
		if k.Response.Status != 200 {
			return 0, fmt.Errorf("%s %s %s: %d %s", from.method, from.host, from.path, k.Response.Status, k.Response.Bytes)
		}
		w.gateway.Finish(k)
		call.Release(k)
	}
	return threadTime() - began, nil
}

// threadTime is the processor time of this thread, which other programs on the
// machine do not add to as they do to the time of a clock.
func threadTime() time.Duration {
	const threadCPU = 3 // CLOCK_THREAD_CPUTIME_ID
	var t syscall.Timespec
	// It fails for a wrong address only.
	_, _, _ = syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadCPU, uintptr(unsafe.Pointer(&t)), 0)
	return time.Duration(t.Nano())
}

// look takes the batch through host, environment and route alone.
func (w *world) look(c *caller) (time.Duration, error) {
	k := &call.Call{}
	k.Target.PathParams = make(message.Fields, 0, 16)
	began := threadTime()
	for i := range c.requests {
		r := &c.requests[i]
		k.Request.Method, k.Request.Path = r.method, r.path
		if _, outcome := w.snapshot.Group(r.host).Lookup(release, k); outcome != snapshot.Found {
			return 0, fmt.Errorf("%s %s %s is not found", r.method, r.host, r.path)
		}
	}
	return threadTime() - began, nil
}

// called is what the calls of a set take. They are held against calls of the same
// set that ask one API a batch long: the same shapes of requests, with everything of
// the API in the cache.
type called struct {
	Name        string
	APIs        int
	Call, Look  float64 // ns, medians over the rounds, of any API of the set
	Same        float64 // ns of a call of the API that was called before
	SameLook    float64
	Share       float64 // Same of Call, median over the rounds
	Allocations float64 // per call
	First       float64 // ns of an API's first call
}

// calls serves every set in turns, for rounds.
func calls(sets []*set, rounds int) ([]called, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	w, err := newWorld("")
	if err != nil {
		return nil, err
	}
	if err := w.fill(sets); err != nil {
		return nil, err
	}
	out, callers := make([]called, len(sets)), make([]*caller, len(sets))
	for i, s := range sets {
		out[i], callers[i] = called{Name: s.name, APIs: s.apis}, newCaller(s)
		if out[i].First, err = w.warm(callers[i]); err != nil {
			return nil, err
		}
	}
	runtime.GC()
	list := make([][]sample, len(sets))
	for range rounds {
		for i, c := range callers {
			one, err := w.sample(c)
			if err != nil {
				return nil, err
			}
			list[i] = append(list[i], one)
		}
	}
	for i := range out {
		middle := func(f func(s sample) float64) float64 {
			var values []float64
			for _, s := range list[i] {
				values = append(values, f(s))
			}
			slices.Sort(values)
			return values[len(values)/2]
		}
		out[i].Call, out[i].Same = middle(func(s sample) float64 { return s.call }), middle(func(s sample) float64 { return s.same })
		out[i].Look, out[i].SameLook = middle(func(s sample) float64 { return s.look }), middle(func(s sample) float64 { return s.sameLook })
		out[i].Share = middle(func(s sample) float64 { return s.same / s.call })
		out[i].Allocations = middle(func(s sample) float64 { return s.allocations })
	}
	return out, nil
}

// sample is one round of a set, ns per call.
type sample struct{ call, same, look, sameLook, allocations float64 }

func (w *world) sample(c *caller) (s sample, err error) {
	const batches = 40
	for range batches {
		one := c.any(0)
		for _, step := range []struct {
			pick func(int) int
			run  func(*caller) (time.Duration, error)
			to   *float64
		}{
			// Each on APIs of its own: those of the step before are in the cache.
			{func(int) int { return one }, w.serve, &s.same},
			{c.any, w.serve, &s.call},
			{func(int) int { return one }, w.look, &s.sameLook},
			{c.any, w.look, &s.look},
		} {
			if err := c.next(step.pick); err != nil {
				return s, err
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			took, err := step.run(c)
			if err != nil {
				return s, err
			}
			runtime.ReadMemStats(&after)
			*step.to += float64(took) / batch / batches
			if step.to == &s.call {
				s.allocations += float64(after.Mallocs-before.Mallocs) / batch / batches
			}
		}
	}
	return s, nil
}

// fill gives the sets to the gateway as a state file would.
func (w *world) fill(sets []*set) error {
	restoring := w.snapshot.Restore()
	list, err := applications(0)
	revision := uint64(len(list))
	for _, s := range sets {
		var groups []definition.Record
		if err == nil {
			restoring.Take(list)
			groups, err = s.about(revision)
			revision += uint64(len(groups))
			list = groups
		}
		for n := 0; n < s.apis && err == nil; n += 1000 {
			restoring.Take(list)
			list, err = s.records(n, min(n+1000, s.apis), true, revision)
			revision += uint64(len(list))
		}
	}
	if err == nil {
		restoring.Take(list)
	}
	if done := restoring.Done(); err == nil {
		err = done
	}
	return err
}

// warm calls every API once.
func (w *world) warm(c *caller) (float64, error) {
	var took time.Duration
	for from := 0; from < c.set.apis; from += batch {
		if err := c.next(func(i int) int { return (from + i) % c.set.apis }); err != nil {
			return 0, err
		}
		d, err := w.serve(c)
		if err != nil {
			return 0, err
		}
		took += d
	}
	return float64(took) / float64((c.set.apis+batch-1)/batch*batch), nil
}

// change replaces single APIs of the last set, as a republication does, and takes
// the time from the record to the table that serves it.
func change(sets []*set, rounds int) ([]float64, error) {
	w, err := newWorld("")
	if err != nil {
		return nil, err
	}
	if err := w.fill(sets); err != nil {
		return nil, err
	}
	s := sets[len(sets)-1]
	revision := w.snapshot.Revision()
	var took []float64
	for i := range 200 * rounds {
		revision++
		list, err := s.records(i*7919%s.apis, i*7919%s.apis+1, false, revision)
		if err != nil {
			return nil, err
		}
		began := time.Now()
		if err := w.snapshot.Apply(list); err != nil {
			return nil, err
		}
		took = append(took, float64(time.Since(began))/1e3)
	}
	slices.Sort(took)
	return []float64{took[len(took)/2], took[len(took)*99/100], took[len(took)-1]}, nil
}
