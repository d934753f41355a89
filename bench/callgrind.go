package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/lintel-gateway/lintel/bench/loader"
)

// counted is what a contender's requests execute in user mode, per request,
// counted by valgrind's simulated processor. It has neither the SHA extensions
// nor AVX-512, so that hashing runs in AVX2 code with some ten times as many
// instructions as on the real processor: SHA256 shows that share.
type counted struct {
	Contender string  `json:"contender"`
	Signed    bool    `json:"signed"`
	Requests  int     `json:"requests"`
	User      float64 `json:"instructions_user"`
	SHA256    float64 `json:"of_which_sha256"`
	// Allocations is how often memory was asked for on the heap.
	Allocations float64 `json:"allocations"`
	Functions   []spent `json:"functions"`
}

// spent is a function and its own instructions per request.
type spent struct {
	Name         string  `json:"name"`
	Instructions float64 `json:"instructions"`
}

const (
	sha256Blocks = "sha256.block"
	allocate     = "runtime.mallocgc"
	// slowConnections is the load under valgrind: enough that the program always
	// has something to do, as under wrk, and not so much that it hits time-outs.
	slowConnections = 16
	warmRequests    = 400
)

// countUnderValgrind restarts each Go program under callgrind and counts a
// number of requests that is known exactly. Garbage collection is off: a cycle
// more or less in a few thousand requests is a tenth of the figure, so that
// programs could not be compared. What it really costs is in the processor time.
func (f *field) countUnderValgrind(ctx context.Context) ([]counted, error) {
	var all []counted
	for _, s := range f.servers {
		if !s.goCode {
			continue
		}
		if err := s.stop(); err != nil {
			return nil, err
		}
		file := f.file("callgrind." + s.name)
		// Valgrind dies of preemption by signals, of which there would be many: it
		// makes everything fifty times slower, and the scheduler goes by the clock.
		s.env = append(s.env, "GODEBUG=asyncpreemptoff=1", "GOGC=off")
		err := s.start(ctx, f.o.out, "valgrind", "--tool=callgrind", "--callgrind-out-file="+file)
		if err != nil {
			return nil, err
		}
		for i := range f.contenders {
			c := &f.contenders[i]
			if c.server != s {
				continue
			}
			r, err := f.countOne(ctx, c, file)
			if err != nil {
				return nil, fmt.Errorf("%s under valgrind: %w", c.name, err)
			}
			all = append(all, r)
			if err := f.results.write("instructions", r); err != nil {
				return nil, err
			}
		}
		if err := s.stop(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (f *field) countOne(ctx context.Context, c *contender, file string) (counted, error) {
	r := counted{Contender: c.name, Signed: c.message.isSigned(), Requests: f.o.requests}
	request := f.api.request(c.message, &kinds[0])
	client, err := loader.Open(ctx, loader.Options{Address: c.server.address, Connections: slowConnections}, &request)
	if err != nil {
		return r, err
	}
	defer client.Close()
	if err := client.Run(ctx, warmRequests); err != nil {
		return r, err
	}
	pid := c.server.running.cmd.Process.Pid
	if err := control(ctx, "--zero", pid); err != nil {
		return r, err
	}
	if err := client.Run(ctx, f.o.requests); err != nil {
		return r, err
	}
	if err := control(ctx, "--dump", pid); err != nil {
		return r, err
	}
	d, err := readDumps(file)
	if err != nil {
		return r, err
	}
	n := float64(f.o.requests)
	all, sha256 := d.sum(sha256Blocks)
	r.User, r.SHA256, r.Allocations = all/n, sha256/n, d.calls[allocate]/n
	r.Functions = d.byCost(f.o.requests)
	return r, nil
}

func control(ctx context.Context, what string, pid int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "callgrind_control", what, strconv.Itoa(pid)).CombinedOutput(); err != nil {
		return fmt.Errorf("callgrind_control %s: %w: %s", what, err, out)
	}
	return nil
}

// readDumps sums up and removes the files of one dump. The file without a number
// is written when the program ends and is not there yet.
func readDumps(base string) (*dump, error) {
	files, err := filepath.Glob(base + ".*")
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("callgrind left no dump %s.*: %w", base, err)
	}
	d := newDump()
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := d.add(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := os.Remove(name); err != nil {
			return nil, err
		}
	}
	return d, nil
}
