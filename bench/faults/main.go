// Command faults does to a started `lintel serve` what only a whole process shows:
// thousands of slow callers (drill 13), floods of header fields and of streams (14),
// the end of a process with callers on it (26). It measures the gateway's memory,
// descriptors and processor time, and how other callers fare meanwhile.
//
//	bench/faults.sh                        # all of them, about five minutes
//	bench/faults.sh -only drain,floods     # some
//	bench/faults.sh -edge net/http         # over the other edge
//
// docs/operate/drills.md has the other drills, which are tests, and the figures.
//
// Attackers, the other callers and the backends are in this process, slowhttptest
// beside it, the gateway alone in its own. All of them share the machine, so
// latencies are to be read as a ratio to what the same callers saw before.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// settings are the flags.
type settings struct {
	slow, kept, sockets int
	edge, out, only     string
	binary              string
}

// limit is how long all of it may take.
const limit = 30 * time.Minute

func main() {
	s := settings{}
	flag.IntVar(&s.slow, "slow", 2000, "slow callers at a time")
	flag.IntVar(&s.kept, "kept", 5000, "idle kept connections when the gateway is told to end")
	flag.IntVar(&s.sockets, "sockets", 500, "WebSockets then")
	flag.StringVar(&s.edge, "edge", "engine", "who speaks HTTP/1.1: engine or net/http")
	flag.StringVar(&s.only, "only", "", "drills to run, separated by commas (default all): "+strings.Join(names(), ", "))
	flag.StringVar(&s.out, "out", "", "folder for logs (default a new temporary one)")
	flag.StringVar(&s.binary, "binary", "", "the program that is drilled (default ./cmd/lintel, built anew)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := run(ctx, &s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

// drill is one thing that is done to a gateway of its own.
type drill struct {
	name string
	run  func(context.Context, *house) ([]finding, error)
}

// drills in their order.
var drills = []drill{
	{"slow heads", slowly("H", "-i", "10", "-x", "24")},
	{"slow bodies", slowly("B", "-i", "10", "-x", "10", "-s", "100000")},
	{"slow readers", slowly("X", "-w", "512", "-y", "1024", "-n", "5", "-z", "32")},
	{"floods", floods},
	{"drain", drain},
}

func names() []string {
	list := make([]string, len(drills))
	for i, d := range drills {
		list[i] = d.name
	}
	return list
}

// finding is one figure, with what is demanded of it. No demand: it is only told.
type finding struct {
	what, measured, demand string
	held                   bool
}

func told(what, format string, args ...any) finding {
	return finding{what: what, measured: fmt.Sprintf(format, args...), held: true}
}

func demanded(what, measured, demand string, held bool) finding {
	return finding{what, measured, demand, held}
}

func run(ctx context.Context, s *settings, stdout io.Writer) (err error) {
	var chosen []string
	if s.only != "" {
		chosen = strings.Split(s.only, ",")
	}
	for _, name := range chosen {
		if !slices.Contains(names(), name) {
			return fmt.Errorf("-only: there is no drill %q; there are %s", name, strings.Join(names(), ", "))
		}
	}
	if s.slow < 1 || s.kept < 1 || s.sockets < 1 {
		return errors.New("-slow, -kept and -sockets must be at least 1")
	}
	if s.out == "" {
		if s.out, err = os.MkdirTemp("", "lintel-faults-"); err != nil {
			return err
		}
	} else if err := os.MkdirAll(s.out, 0o755); err != nil {
		return err
	}
	if s.binary == "" {
		s.binary = filepath.Join(s.out, "lintel")
		if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", s.binary, "./cmd/lintel").CombinedOutput(); err != nil {
			return fmt.Errorf("go build: %w\n%s", err, out)
		}
	}
	fmt.Fprintf(stdout, "logs: %s\n\n| drill | figure | measured | demand | |\n|---|---|---|---|---|\n", s.out)
	missed := 0
	for _, d := range drills {
		if len(chosen) > 0 && !slices.Contains(chosen, d.name) {
			continue
		}
		found, err := one(ctx, s, d)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		for _, f := range found {
			verdict := ""
			switch {
			case !f.held:
				verdict = "**not met**"
				missed++
			case f.demand != "":
				verdict = "met"
			}
			fmt.Fprintf(stdout, "| %s | %s | %s | %s | %s |\n", d.name, f.what, f.measured, f.demand, verdict)
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d demands are not met", missed)
	}
	return nil
}

// one runs a drill on a gateway that nothing was done to.
func one(ctx context.Context, s *settings, d drill) (found []finding, err error) {
	h, err := open(ctx, s, strings.ReplaceAll(d.name, " ", "-"))
	defer func() { err = errors.Join(err, h.close()) }()
	if err != nil {
		return nil, err
	}
	return d.run(ctx, h)
}
