// Command bench loads gateways one after the other, round by round, and says what
// a request costs on each, in ratios to nginx in the same run. README.md says how
// to read it; run.sh installs what it needs.
//
// It owns every process that it starts, stops them by their ids, also when it is
// interrupted, and leaves nothing behind but its folder for results.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	rounds       int
	duration     time.Duration
	routes       int
	requests     int
	instructions string
	out          string
	only         string
	kinds        string
	apis         string
	source       string
	profile      string
	idle         int

	guest         bool
	tools, kernel string
	memory        int
	warm, counted int
	parts         int
}

// limit bounds a whole run, whatever hangs.
const limit = 2 * time.Hour

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 5, "how often each contender is loaded")
	flag.DurationVar(&o.duration, "time", 3*time.Second, "how long each time, in whole seconds")
	flag.IntVar(&o.routes, "routes", 10_000, "APIs published beside those that are called")
	flag.IntVar(&o.requests, "requests", 3000, "requests that are counted instruction by instruction under valgrind")
	flag.StringVar(&o.instructions, "instructions", "auto", "how instructions are counted beside the load: perf, valgrind, off, or auto: perf where the processor's counters can be had, else valgrind")
	flag.StringVar(&o.out, "out", "", "folder for results and logs (default: a new one among the temporary files)")
	flag.StringVar(&o.only, "only", "", "leave out contenders with none of these in their names, separated by commas; nginx stays")
	flag.StringVar(&o.kinds, "kinds", "", "kinds of requests, separated by commas (default: all of these): "+kindNames()+"; or "+routesKind+" alone: what many APIs cost")
	flag.StringVar(&o.apis, "apis", "", "with -kinds routes: numbers of APIs, 1 first (default: 1,609,100000,1000000, with -guest the first three)")
	flag.StringVar(&o.source, "source", ".", "folder of the source that lintel and edgeonly are built from, to compare with another state of it")
	flag.StringVar(&o.profile, "profile", "", "write a profile of lintel under this load to this file: what make profile does, for the released binary")
	flag.IntVar(&o.idle, "idle", 4000, "idle connections whose memory is measured; 0: none")
	flag.BoolVar(&o.guest, "guest", false, "count instructions, user and kernel, in a virtual machine instead of making load here; bench/instructions.sh has what it needs")
	flag.StringVar(&o.tools, "tools", "", "with -guest: folder with QEMU 10, as its Debian packages unpack")
	flag.StringVar(&o.kernel, "kernel", "", "with -guest: the kernel to boot")
	flag.IntVar(&o.memory, "memory", 3072, "with -guest: memory of the virtual machine in MB")
	flag.IntVar(&o.warm, "warm", 1000, "with -guest: requests of each case before any is counted")
	flag.IntVar(&o.counted, "counted", 3000, "with -guest: requests of each part that is counted")
	flag.IntVar(&o.parts, "parts", 3, "with -guest: parts, to see how figures repeat")
	load := flag.Bool("load", false, "make the one load that standard input describes (the benchmark starts itself so)")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	work := func() error { return run(ctx, o, os.Stdout) }
	if *load {
		work = func() error { return makeLoad(ctx, os.Stdin, os.Stdout) }
	}
	if err := work(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// check refuses flags with which nothing can be measured.
func (o *options) check() error {
	if o.rounds < 1 || o.duration < time.Second || o.requests < 1 || o.counted < 1 || o.parts < 1 {
		return errors.New("-rounds, -requests, -counted and -parts must be at least 1, -time at least 1s")
	}
	if o.routes < 0 || o.idle < 0 || o.warm < 0 {
		return errors.New("-routes, -idle and -warm must not be negative")
	}
	if o.kinds == routesKind {
		return nil
	}
	for _, name := range strings.Split(o.kinds, ",") {
		if o.kinds != "" && !slices.ContainsFunc(kinds, func(k kind) bool { return k.name == name }) {
			return fmt.Errorf("-kinds: there is no kind %q; there are %s", name, kindNames())
		}
	}
	return nil
}

func run(ctx context.Context, o options, stdout io.Writer) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	if o.out == "" {
		if o.out, err = os.MkdirTemp("", "lintel-bench-"); err != nil {
			return err
		}
	} else if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "results and logs: %s\n", o.out)

	if o.kinds == routesKind {
		return routing(ctx, o, stdout)
	}
	f, err := newField(ctx, o, stdout)
	defer func() { err = errors.Join(err, f.stop()) }()
	if err != nil {
		return err
	}
	if o.guest {
		return f.guest(ctx)
	}
	return f.timing(ctx)
}

// guest prints what a virtual machine counts.
func (f *field) guest(ctx context.Context) error {
	costs, err := f.countInGuest(ctx)
	if err != nil {
		return err
	}
	printCosts(f.stdout, costs)
	printBars(f.stdout, costs, f.edge)
	for _, c := range unsteady(costs) {
		fmt.Fprintf(f.stdout, "does not repeat within 2 %%: %s, %s: %.1f %%\n", c.Contender, c.Kind, c.Spread*100)
	}
	return nil
}

// timing prints what load on this machine shows.
func (f *field) timing(ctx context.Context) error {
	if err := f.startAll(ctx); err != nil {
		return err
	}
	results, err := f.rounds(ctx)
	if err != nil {
		return err
	}
	printResults(f.stdout, results)
	paced, err := f.paced(ctx, results)
	if err != nil {
		return err
	}
	printPaced(f.stdout, paced)
	idle, err := f.idle(ctx)
	if err != nil {
		return err
	}
	printIdle(f.stdout, idle)
	if f.counter == byValgrind {
		counted, err := f.countUnderValgrind(ctx)
		if err != nil {
			return err
		}
		printCounted(f.stdout, counted)
		printDifference(f.stdout, counted, nameOf("lintel", f.edge)+" APP, signed", nameOf("edgeonly", f.edge)+", signed")
	}
	chain, err := f.measureChain(ctx)
	if err != nil {
		return err
	}
	printChain(f.stdout, chain)
	return nil
}
