package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// field is everything that runs for one comparison. All servers run all the
// time, each on the same core: one that gets no requests costs next to nothing.
type field struct {
	o       options
	work    string // programs and data, removed at the end
	stdout  io.Writer
	counter counting
	results *journal
	backend *process
	// backendAddress is where the backend listens, here and in the guest.
	backendAddress string
	edge           string // the one that lintel serves with if nobody says anything else
	servers        []*server
	contenders     []contender
	api            *management
}

// newField builds the programs and publishes the APIs. What was started is in the
// field also when an error comes back.
func newField(ctx context.Context, o options, stdout io.Writer) (*field, error) {
	f := &field{o: o, stdout: stdout}
	var err error
	if f.work, err = os.MkdirTemp("", "lintel-bench-work-"); err != nil {
		return f, err
	}
	if f.results, err = newJournal(filepath.Join(o.out, "results.jsonl")); err != nil {
		return f, err
	}
	if err := describeMachine(ctx, stdout, f.results); err != nil {
		return f, err
	}
	if err := f.build(ctx); err != nil {
		return f, err
	}
	f.api = newManagement("", "bench-"+time.Now().UTC().Format("20060102150405.000000"))
	if f.backendAddress, err = freeAddress(); err != nil {
		return f, err
	}
	return f, f.prepare(ctx, f.backendAddress)
}

// startAll starts what newField prepared, on this machine.
func (f *field) startAll(ctx context.Context) error {
	var note string
	var err error
	if f.counter, note, err = chooseCounter(ctx, f.o.instructions, f.work); err != nil {
		return err
	}
	if note != "" {
		fmt.Fprintln(f.stdout, note)
	}
	if err := f.startBackend(ctx, f.backendAddress); err != nil {
		return err
	}
	return f.startServers(ctx)
}

// releaseProfile is by what `make build` optimises, and -profile makes: without it a call
// through the full chain takes 1,300 instructions more. Everything else is built without.
const releaseProfile = "cmd/lintel/release.pgo"

// build compiles what is ours, lintel as `make build` does.
func (f *field) build(ctx context.Context) error {
	lintel, flags := "./cmd/lintel", "-pgo=off"
	if _, err := os.Stat(filepath.Join(f.o.source, releaseProfile)); err == nil {
		flags = "-pgo=" + releaseProfile
	}
	if f.o.profile != "" {
		lintel, flags = "./bench/profiled", "-pgo=off"
	}
	for _, p := range []struct{ source, name, out, flags string }{
		{".", "./bench/backend", "backend", "-pgo=off"}, {".", "./bench/reverseproxy", "reverseproxy", "-pgo=off"}, {".", "./bench/guest", "guest", "-pgo=off"},
		{f.o.source, lintel, "lintel", flags}, {f.o.source, "./bench/edgeonly", "edgeonly", "-pgo=off"},
	} {
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", p.flags, "-o", f.file(p.out), p.name)
		cmd.Dir = p.source
		cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0") // as released, and the guest has no C library for them
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go build %s: %w\n%s", p.name, err, out)
		}
	}
	return nil
}

func (f *field) startBackend(ctx context.Context, address string) (err error) {
	if f.backend, err = start(f.o.out, "backend", loadCore, nil, f.file("backend"), "-addr", address); err != nil {
		return err
	}
	return f.backend.ready(ctx, address, startTime)
}

// startTime is how long a program may take until it listens.
const startTime = 30 * time.Second

// prepare makes the files, the data and the list of contenders.
func (f *field) prepare(ctx context.Context, backend string) error {
	if err := f.writeCertificate(); err != nil {
		return err
	}
	var err error
	if f.servers, err = f.others(backend); err != nil {
		return err
	}
	for _, s := range f.servers {
		f.add(s.name, s, open, s.name == "caddy")
	}
	if f.servers[0].name != "nginx" {
		return errors.New("without nginx there is nothing to compare with: install nginx-light")
	}
	f.add(nginxSigned, f.servers[0], full, false)
	for _, edge := range edges(ctx, f.file("edgeonly")) {
		for _, program := range []string{bare, dressed} {
			s, err := f.edgeonly(program, edge, backend)
			if err != nil {
				return err
			}
			f.servers = append(f.servers, s)
			f.add(s.name, s, open, program == dressed)
			f.add(s.name+", signed", s, full, program == dressed)
		}
	}
	if err := f.publish(ctx, backend); err != nil {
		return err
	}
	known := edges(ctx, f.file("lintel"), "serve")
	f.edge = known[0]
	for _, edge := range known {
		data, err := f.copyOfData(ctx, edge)
		if err != nil {
			return err
		}
		s, err := f.lintel(edge, data)
		if err != nil {
			return err
		}
		f.servers = append(f.servers, s)
		f.add(s.name+" NONE", s, open, true)
		f.add(s.name+" APP, signed", s, signed, true)
		f.add(s.name+" full chain, signed", s, full, false)
	}
	return nil
}

func (f *field) add(name string, s *server, m message, getOnly bool) {
	wanted := func(part string) bool { return strings.Contains(name, part) }
	if s.name == "nginx" || slices.ContainsFunc(strings.Split(f.o.only, ","), wanted) {
		f.contenders = append(f.contenders, contender{name, s, m, getOnly})
	}
}

// startServers starts everything, each on the gateways' core.
func (f *field) startServers(ctx context.Context) error {
	for _, s := range f.servers {
		if err := s.start(ctx, f.o.out); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) start(ctx context.Context, dir string, under ...string) (err error) {
	name, patience := s.name, startTime
	if len(under) > 0 {
		name, patience = name+" "+under[0], 4*startTime
	}
	if s.running, err = start(dir, name, gatewayCore, s.env, append(under, s.args...)...); err != nil {
		return err
	}
	if err := s.running.ready(ctx, s.address, patience); err != nil || s.settled == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return s.settled(ctx)
}

func (s *server) stop() error {
	p := s.running
	s.running = nil
	return p.stop()
}

// stop ends everything that was started.
func (f *field) stop() error {
	var faults []error
	for _, s := range f.servers {
		faults = append(faults, s.stop())
	}
	faults = append(faults, f.backend.stop(), f.results.close())
	if f.work != "" {
		faults = append(faults, os.RemoveAll(f.work))
	}
	return errors.Join(faults...)
}
