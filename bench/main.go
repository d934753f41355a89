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
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	rounds       int
	duration     time.Duration
	connections  int
	routes       int
	requests     int
	instructions string
	out          string
}

// limit bounds a whole run, whatever hangs.
const limit = 30 * time.Minute

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 3, "how often each contender is loaded")
	flag.DurationVar(&o.duration, "time", 4*time.Second, "how long each time, in whole seconds")
	flag.IntVar(&o.connections, "connections", 64, "keep-alive connections of the load generator")
	flag.IntVar(&o.routes, "routes", 1000, "APIs published beside those that are called")
	flag.IntVar(&o.requests, "requests", 3000, "requests that are counted instruction by instruction under valgrind")
	flag.StringVar(&o.instructions, "instructions", "auto", "how instructions are counted: perf, valgrind, off, or auto: perf where the processor's counters can be had, else valgrind")
	flag.StringVar(&o.out, "out", "", "folder for results and logs (default: a new one among the temporary files)")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, stdout io.Writer) (err error) {
	if o.rounds < 1 || o.duration < time.Second || o.connections < 1 || o.requests < 1 || o.routes < 0 {
		return errors.New("-rounds, -connections and -requests must be at least 1, -time at least 1s")
	}
	if o.out == "" {
		if o.out, err = os.MkdirTemp("", "lintel-bench-"); err != nil {
			return err
		}
	} else if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "results and logs: %s\n", o.out)

	f, err := newField(ctx, o, stdout)
	defer func() { err = errors.Join(err, f.stop()) }()
	if err != nil {
		return err
	}
	results, err := f.rounds(ctx)
	if err != nil {
		return err
	}
	printResults(stdout, results)
	if f.counter == byValgrind {
		counted, err := f.countUnderValgrind(ctx)
		if err != nil {
			return err
		}
		printCounted(stdout, counted)
		printDifference(stdout, counted, "lintel APP, signed", "edgeonly, signed")
	}
	chain, err := f.measureChain(ctx)
	if err != nil {
		return err
	}
	printChain(stdout, chain)
	return nil
}
