// Command manage measures the management API over HTTP on a large
// installation: 100,000 published APIs in 1,000 groups over 100 projects, which
// it makes through the same API.
//
//	go run ./bench/manage                          # SQLite, in a new folder
//	go run ./bench/manage -database postgres://…   # an empty database
//	go run ./bench/manage -data DIR                # use the installation in DIR again
//
// One request at a time, on one connection, from the same machine: what is
// measured is what the server adds, not how it queues.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"github.com/lintel-gateway/lintel/internal/app"
)

type settings struct {
	database, data         string
	projects, groups, apis int // groups and apis of the whole installation
	samples, batch         int
	profile, only          string
}

func main() {
	var s settings
	flag.StringVar(&s.database, "database", "", "postgres://… of an empty database; default SQLite in the data folder")
	flag.StringVar(&s.data, "data", "", "folder of the installation; default a new temporary one, removed at the end")
	flag.IntVar(&s.projects, "projects", 100, "projects")
	flag.IntVar(&s.groups, "groups", 1_000, "groups over all projects")
	flag.IntVar(&s.apis, "apis", 100_000, "APIs over all groups")
	flag.IntVar(&s.samples, "samples", 2_000, "requests of each kind")
	flag.IntVar(&s.batch, "batch", 1_000, "APIs of the batch publication")
	flag.StringVar(&s.only, "only", "", "measure the operations whose name has this in it, and no batch")
	profile := flag.String("cpuprofile", "", "file for a processor profile of everything after the data is there")
	flag.Parse()
	s.profile = *profile
	unset := func(string) (string, bool) { return "", false }
	app.TuneProcessors(unset) // as the binary does it by default
	app.TuneMemory(unset)
	if err := run(context.Background(), &s); err != nil {
		fmt.Fprintln(os.Stderr, "manage:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s *settings) (err error) {
	if s.data == "" {
		if s.data, err = os.MkdirTemp("", "lintel-manage-"); err != nil {
			return err
		}
		defer func() {
			if rerr := os.RemoveAll(s.data); err == nil {
				err = rerr
			}
		}()
	}
	began := time.Now()
	p, err := open(ctx, s)
	if err != nil {
		return err
	}
	defer func() {
		if serr := p.close(); err == nil {
			err = serr
		}
	}()
	fmt.Fprintf(os.Stderr, "started in %v\n", time.Since(began).Round(time.Millisecond))
	if err := p.tenants(ctx, s.projects); err != nil {
		return err
	}
	if err := p.fill(s); err != nil {
		return err
	}
	if s.profile != "" {
		f, err := os.Create(s.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	table, err := p.measure(s)
	if err != nil {
		return err
	}
	report(os.Stdout, p.engine, table)
	return nil
}
