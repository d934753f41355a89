package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lintel-gateway/lintel/bench/forge"
)

// routesKind is the kind that compares lintel with itself: the same requests to
// gateways with few and many APIs. It is asked for by its name alone, because a
// million APIs take their time.
const routesKind = "routes"

// routed is one load on one gateway with a number of APIs.
type routed struct {
	APIs   int    `json:"apis"`
	Called string `json:"called"` // oneRoute or anyRoute
	Round  int    `json:"round"`
	load
	Kept     float64 `json:"kept"` // of the rate of the first gateway's one route in this round
	Resident float64 `json:"resident_mb"`
}

const oneRoute, anyRoute = "one", "any"

// size is a gateway of the comparison.
type size struct {
	set    routeSet
	server *server
	// scripts of wrk by what is called.
	scripts map[string]string
}

// routeBars are what is to be kept of the throughput with one route.
func routeBar(apis int) float64 {
	switch {
	case apis <= 1:
		return 1
	case apis <= forge.Count:
		return 0.99
	case apis <= 100_000:
		return 0.97
	}
	return 0.95
}

// parseSizes reads -apis.
func parseSizes(text string) ([]int, error) {
	var list []int
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > forge.Count && n < forge.Count+otherGroups {
			return nil, fmt.Errorf("-apis: %q is no number of APIs: from 1 to %d, or at least %d", part, forge.Count, forge.Count+otherGroups)
		}
		list = append(list, n)
	}
	if list[0] != 1 {
		return nil, errors.New("-apis must begin with 1, which the others are compared with")
	}
	return list, nil
}

// routing measures and prints.
func routing(ctx context.Context, o options, stdout io.Writer) (err error) {
	if o.apis == "" {
		if o.apis = "1,609,100000,1000000"; o.guest {
			o.apis = "1,609,100000" // a million needs more memory than the guest has
		}
	}
	numbers, err := parseSizes(o.apis)
	if err != nil {
		return err
	}
	f := &field{o: o, stdout: stdout}
	defer func() { err = errors.Join(err, f.stop()) }()
	if f.work, err = os.MkdirTemp("", "lintel-bench-work-"); err != nil {
		return err
	}
	if f.results, err = newJournal(filepath.Join(o.out, "results.jsonl")); err != nil {
		return err
	}
	if err = describeMachine(ctx, stdout, f.results); err != nil {
		return err
	}
	if err = f.build(ctx); err != nil {
		return err
	}
	if f.backendAddress, err = freeAddress(); err != nil {
		return err
	}
	var sizes []*size
	for _, n := range numbers {
		one, err := f.newSize(n)
		if err != nil {
			return err
		}
		sizes = append(sizes, one)
	}
	if o.guest {
		return f.countRoutes(ctx, sizes)
	}
	if err = f.startBackend(ctx, f.backendAddress); err != nil {
		return err
	}
	for _, one := range sizes {
		if err := f.startSize(ctx, one); err != nil {
			return err
		}
	}
	all, err := f.routeRounds(ctx, sizes)
	if err != nil {
		return err
	}
	printRouted(stdout, all)
	return nil
}

// newSize makes the files of a gateway with this many APIs.
func (f *field) newSize(apis int) (*size, error) {
	one := &size{set: routeSet{apis: apis, backend: f.backendAddress}, scripts: map[string]string{}}
	data := f.file(fmt.Sprintf("data-%d", apis))
	if err := os.Mkdir(data, 0o700); err != nil {
		return nil, err
	}
	if err := one.set.write(data); err != nil {
		return nil, err
	}
	for called, text := range map[string]string{oneRoute: one.set.hitScript(), anyRoute: one.set.anyScript()} {
		one.scripts[called] = f.file(fmt.Sprintf("wrk-%s-%d.lua", called, apis))
		if err := os.WriteFile(one.scripts[called], []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	s := &server{name: fmt.Sprintf("lintel %d", apis), env: []string{"LINTEL_ADMIN_PASSWORD=bench-" + time.Now().UTC().Format("20060102150405.000000")}}
	var err error
	if s.address, err = freeAddress(); err != nil {
		return nil, err
	}
	management, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s.args = []string{f.file("lintel"), "serve", "--data-dir", data, "--log-level", "warn", "--database", "postgres://127.0.0.1:1/away",
		"--management-addr", management, "--gateway-addr", s.address, "--gateway-tls-addr", "off", "--ops-addr", "off",
		"--backend-allow", "127.0.0.0/8", "--api-rate", "0", "--subdomain-calls", "0"}
	one.server, f.servers = s, append(f.servers, s)
	return one, nil
}

// startSize starts `lintel serve` on a state file, as a node that starts while its
// database is away: publishing a million APIs would take an hour, and what the gateway
// serves is the same. It comes back when the gateway has also tried all the APIs of
// the file, which takes a quarter of its core for a time.
func (f *field) startSize(ctx context.Context, one *size) (err error) {
	began, s := time.Now(), one.server
	if s.running, err = start(f.o.out, s.name, gatewayCore, s.env, s.args...); err != nil {
		return err
	}
	if err := s.running.ready(ctx, s.address, trialTime); err != nil {
		return err
	}
	loaded := time.Since(began)
	if err := s.rests(ctx); err != nil {
		return err
	}
	fmt.Fprintf(f.stdout, "%d APIs: serves after %.1f s, tried after %.1f s\n", one.set.apis, loaded.Seconds(), time.Since(began).Seconds())
	return nil
}

// trialTime is how long a gateway may take until it serves, and until it rests.
const trialTime = 20 * time.Minute

// rests waits until a server that nobody calls uses less than a fiftieth of its core
// for two seconds in a row.
func (s *server) rests(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	pids, err := s.running.tree()
	if err != nil {
		return err
	}
	for quiet, last := 0, time.Duration(-1); quiet < 2; {
		user, system, err := cpu(pids)
		if err != nil {
			return err
		}
		if last >= 0 && user+system-last < 20*time.Millisecond {
			quiet++
		} else {
			quiet = 0
		}
		last = user + system
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not come to rest: %w", s.name, context.Cause(ctx))
		case <-time.After(time.Second):
		}
	}
	return nil
}

// routeRounds loads every gateway in both ways, once per round.
func (f *field) routeRounds(ctx context.Context, sizes []*size) ([]routed, error) {
	var all []routed
	for round := range f.o.rounds + 1 { // the first opens connections and fills pools
		base := 0.0
		for _, called := range []string{oneRoute, anyRoute} {
			for _, one := range sizes {
				if called == anyRoute && one.set.apis == 1 {
					continue
				}
				duration := f.o.duration
				if round == 0 {
					duration = warmTime
				}
				r := routed{APIs: one.set.apis, Called: called, Round: round}
				var err error
				r.load, err = runWrk(ctx, "-t1", "-c"+strconv.Itoa(connections), fmt.Sprintf("-d%ds", int(duration.Seconds())), "--latency",
					"-s", one.scripts[called], "http://"+one.server.address)
				if err == nil && r.Refused+r.Broken > 0 {
					err = fmt.Errorf("%d of %d answers are not 200, %d connections broke", r.Refused, r.Requests, r.Broken)
				}
				if err == nil {
					r.Resident, err = one.server.resident()
				}
				if err != nil {
					return nil, fmt.Errorf("%d APIs, %s, round %d: %w", r.APIs, called, round, err)
				}
				if base == 0 {
					base = r.Rate
				}
				r.Kept = r.Rate / base
				if round == 0 {
					continue
				}
				all = append(all, r)
				if err := f.results.write("routed", r); err != nil {
					return nil, err
				}
			}
		}
	}
	return all, nil
}

// printRouted prints medians over the rounds; ratios are made inside a round.
func printRouted(w io.Writer, all []routed) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nAPIs\tcalled\treq/s\tp99 µs\tkept %\tbar %\t\tMB\t")
	for _, called := range []string{oneRoute, anyRoute} {
		seen := map[int]bool{}
		for i := range all {
			if n := all[i].APIs; all[i].Called == called && !seen[n] {
				seen[n] = true
				printSize(t, all, n, called)
			}
		}
	}
	t.Flush()
}

func printSize(w io.Writer, all []routed, apis int, called string) {
	var rates, tails, kept, memory []float64
	for _, r := range all {
		if r.APIs == apis && r.Called == called {
			rates, tails, kept, memory = append(rates, r.Rate), append(tails, r.P99), append(kept, r.Kept), append(memory, r.Resident)
		}
	}
	bar, verdict := "", ""
	if called == oneRoute && apis > 1 {
		bar, verdict = fmt.Sprintf("%.0f", routeBar(apis)*100), "met"
		if median(kept) < routeBar(apis) {
			verdict = "not met"
		}
	}
	fmt.Fprintf(w, "%d\t%s\t%.0f\t%.0f\t%.1f\t%s\t%s\t%.0f\t\n", apis, called, median(rates), median(tails), median(kept)*100, bar, verdict, median(memory))
}
