// Command scale measures what many APIs cost: loading them from a gateway's
// state file, holding them, giving their memory back, and finding one of them in
// a call. See bench/README.md for the figures.
//
//	go run ./bench/scale -apis 100000 -groups 1000
//
// It makes definitions as publication records them, writes them into a state
// file, and starts itself anew for every phase, so that no phase sees the memory
// of another. With -dir the file is kept and used again.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/lintel-gateway/lintel/bench/forge"
)

type settings struct {
	apis, groups, rounds int
	granted              bool
	dir, phase, profile  string
}

func main() {
	var s settings
	flag.IntVar(&s.apis, "apis", 100_000, "how many APIs")
	flag.IntVar(&s.groups, "groups", 1000, "over how many groups")
	flag.IntVar(&s.rounds, "rounds", 9, "rounds of each measurement, taken in turns")
	flag.BoolVar(&s.granted, "granted", false, "a grant for each API beside it, in the load as well")
	flag.StringVar(&s.dir, "dir", "", "folder of the state file; it is made there unless it is there")
	flag.StringVar(&s.profile, "cpuprofile", "", "file for a CPU profile of loading, with -phase load")
	flag.StringVar(&s.phase, "phase", "", "one phase alone, in this process: make, rest, load, calls, change")
	flag.Parse()
	if err := run(&s); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func run(s *settings) error {
	if s.phase != "" {
		return s.alone()
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "lintel-scale-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		s.dir = dir
	}
	if _, err := os.Stat(filepath.Join(s.dir, "gateway", "current.log")); err != nil {
		if err := s.child("make", nil); err != nil {
			return err
		}
	}
	var l loaded
	if err := s.child("load", &l); err != nil {
		return err
	}
	l.print(s)
	var list []called
	if err := s.child("calls", &list); err != nil {
		return err
	}
	printCalls(list)
	var took []float64
	if err := s.child("change", &took); err != nil {
		return err
	}
	fmt.Printf("  one API replaced   %8.0f µs  (99 %% below %.0f µs, at most %.0f µs)\n", took[0], took[1], took[2])
	return nil
}

func printCalls(list []called) {
	fmt.Println("  calls to      ns/call   of one API   share     found in   of one API   allocations   first call")
	for _, c := range list {
		fmt.Printf("  %-10d %10.0f %12.0f %6.2f %% %12.0f %12.0f %13.2f %12.0f\n", c.APIs, c.Call, c.Same, 100*c.Share, c.Look, c.SameLook, c.Allocations, c.First)
	}
}

// alone is a phase in a process of its own. Its result goes to the standard
// output as JSON.
func (s *settings) alone() error {
	var out any
	var err error
	switch s.phase {
	case "make":
		err = makeState(s.dir, []*set{s.many()}, s.granted)
	case "calls":
		out, err = calls(s.sets(), s.rounds)
	case "change":
		out, err = change(s.sets(), s.rounds)
	case "rest":
		out, err = rest(s)
	case "load":
		out, err = load(s)
	default:
		err = fmt.Errorf("there is no phase %q", s.phase)
	}
	if err != nil || out == nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// sets are what is called: one API, the description of a code-hosting service, and
// many.
func (s *settings) sets() []*set {
	one := &set{name: "one", apis: 1, groups: 1}
	described := &set{name: "forge", first: 1, routes: forge.Routes(), apis: forge.Count, groups: 1}
	many := s.many()
	many.first = 1 + forge.Count
	return []*set{one, described, many}
}

func (s *settings) many() *set { return &set{name: "many", apis: s.apis, groups: s.groups} }

// child runs a phase in a new process and reads its result.
func (s *settings) child(phase string, out any) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, "-phase", phase, "-dir", s.dir, "-apis", fmt.Sprint(s.apis), "-groups", fmt.Sprint(s.groups),
		"-rounds", fmt.Sprint(s.rounds), fmt.Sprintf("-granted=%t", s.granted))
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("phase %s: %w", phase, err)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

func (l *loaded) print(s *settings) {
	n := float64(s.apis)
	fmt.Printf("%d APIs in %d groups, %d records\n", s.apis, s.groups, l.Records)
	fmt.Printf("  loaded in          %8.2f s   (records %.2f s, tables %.2f s; %.2f s of processors)\n", l.Total, l.Read, l.Apply, l.CPU)
	fmt.Printf("  resident per API   %8.0f B   (%.1f MB beside %.1f MB of an empty gateway; at most %.1f MB while loading)\n",
		float64(l.Full-l.Empty)/n, mb(l.Full-l.Empty), mb(l.Empty), mb(l.Peak))
	fmt.Printf("  given back         %8.2f %%   (%.1f MB stay after deleting all beside those of an empty gateway)\n",
		100*float64(l.Full-l.Gone)/float64(l.Full-l.Empty), mb(l.Gone-l.Empty))
	fmt.Printf("                     %8.2f %%   of what the APIs took (%.1f MB are of a gateway that has the groups and applications only)\n",
		100*float64(l.Full-l.Gone)/float64(l.Full-l.Rest), mb(l.Rest-l.Empty))
}

func mb(n int64) float64 { return float64(n) / 1e6 }
