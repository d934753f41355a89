// Command storm measures publishing under load: paced callers call 100,000
// published APIs of a started `lintel serve`, in quiet phases and in phases with
// 50 changes a second, and every answer is held against what may be served.
//
//	go run ./bench/storm                            # SQLite, in a new folder
//	go run ./bench/storm -database postgres://…     # an empty database
//	go run ./bench/storm -data DIR                  # keeps the installation in DIR, or uses it again
//	go run ./bench/storm -requests 1000000 -rounds 10
//
// Quiet and storm take turns, so that a busy neighbour harms both, and the
// ratios are made of neighbouring phases.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

// settings are the flags.
type settings struct {
	database, data, out string
	projects, groups    int
	apis, large         int // apis of the whole installation, large of them in one group
	changes, rate       int // a second
	requests            int // of all storm phases
	rounds              int
	quiet               time.Duration
	binary              string
	procs               int
	args                []string
}

func main() {
	s := settings{}
	flag.StringVar(&s.database, "database", "", "postgres://… of an empty database; default SQLite in the data folder")
	flag.StringVar(&s.data, "data", "", "folder of the installation; default a new temporary one, removed at the end")
	flag.StringVar(&s.out, "out", "", "file for the results as JSON; default none")
	flag.IntVar(&s.projects, "projects", 20, "projects")
	flag.IntVar(&s.groups, "groups", 1_000, "groups over all projects, beside the large one")
	flag.IntVar(&s.apis, "apis", 100_000, "APIs over all groups")
	flag.IntVar(&s.large, "large", 10_000, "how many of the APIs are in one large group, which gets half of the changes")
	flag.IntVar(&s.changes, "changes", 50, "changes a second in a storm")
	flag.IntVar(&s.rate, "rate", 1_000, "calls a second, always")
	flag.IntVar(&s.requests, "requests", 100_000, "paced calls in all storm phases together")
	flag.IntVar(&s.rounds, "rounds", 5, "how often a quiet phase and a storm follow each other")
	flag.DurationVar(&s.quiet, "quiet", 30*time.Second, "how long a quiet phase lasts at most; otherwise as long as a storm")
	flag.StringVar(&s.binary, "binary", "", "the program that is measured; default ./cmd/lintel, built anew")
	flag.IntVar(&s.procs, "procs", 0, "GOMAXPROCS of the program; default what it takes by itself")
	if no, err := asPart(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "storm %s: %v\n", os.Args[1], err)
		os.Exit(1)
	} else if !no {
		return
	}
	flag.Parse()
	s.args = flag.Args() // more flags of lintel serve
	// Nothing that waits here may look like the gateway's waiting: threads in system
	// calls must not keep others from running, and garbage is collected between the
	// phases, unless it becomes so much that something must be wrong.
	runtime.GOMAXPROCS(2 * runtime.NumCPU())
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(3 << 30)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, &s); err != nil {
		fmt.Fprintln(os.Stderr, "storm:", err)
		os.Exit(1)
	}
}

func (s *settings) check() error {
	switch {
	case s.projects < 1 || s.groups < s.projects:
		return errors.New("-projects must be at least 1, and -groups at least as many")
	case s.large < 1 || s.apis < s.large+s.groups:
		return errors.New("-large must be at least 1, and -apis at least -large and one for each group")
	case s.changes < 1 || s.rate < 1 || s.rounds < 1 || s.requests < s.rate*s.rounds:
		return errors.New("-changes, -rate and -rounds must be at least 1, and -requests enough for a second of each round")
	}
	return nil
}

func run(ctx context.Context, s *settings) (err error) {
	if err := s.check(); err != nil {
		return err
	}
	if s.data == "" {
		if s.data, err = os.MkdirTemp("", "lintel-storm-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(s.data)) }()
	} else if s.data, err = filepath.Abs(s.data); err != nil {
		return err
	} else if err := os.MkdirAll(s.data, 0o755); err != nil {
		return err
	}
	h, err := open(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	results, err := h.storms(ctx)
	if err != nil {
		return err
	}
	results.print(os.Stdout)
	if s.out != "" {
		if err := results.store(s.out); err != nil {
			return err
		}
	}
	return results.verdict()
}
