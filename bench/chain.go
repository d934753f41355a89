package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// chain is what our part of a call costs in one process without network:
// BenchmarkChain of internal/gateway, where edge and backend are stubs.
type chain struct {
	Nanoseconds float64 `json:"ns"`
	Allocations float64 `json:"allocations"`
	// User instructions, nil when they were not counted, and which part of them
	// is valgrind's AVX2 hashing (see counted).
	User   *float64 `json:"instructions_user"`
	SHA256 float64  `json:"of_which_sha256"`
}

// The cost of a call is the difference of two runs divided by the difference of
// their lengths: what the process does besides cancels out.
const (
	shortRun = 1000
	longRun  = 3000
)

func (f *field) measureChain(ctx context.Context) (chain, error) {
	var c chain
	binary := f.file("chain.test")
	if out, err := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, "./internal/gateway").CombinedOutput(); err != nil {
		return c, fmt.Errorf("build BenchmarkChain: %w\n%s", err, out)
	}
	out, err := benchmark(ctx, nil, binary, "1s")
	if err != nil {
		return c, err
	}
	if c.Nanoseconds, c.Allocations, err = parseBenchmark(out); err != nil {
		return c, err
	}
	if f.counter == notCounted {
		return c, f.results.write("chain", c)
	}
	short, shortSHA, err := f.countChain(ctx, binary, shortRun)
	if err != nil {
		return c, err
	}
	long, longSHA, err := f.countChain(ctx, binary, longRun)
	if err != nil {
		return c, err
	}
	user := (long - short) / (longRun - shortRun)
	c.User, c.SHA256 = &user, (longSHA-shortSHA)/(longRun-shortRun)
	return c, f.results.write("chain", c)
}

// countChain counts the user instructions of one run of n calls.
func (f *field) countChain(ctx context.Context, binary string, n int) (total, sha256 float64, err error) {
	length := strconv.Itoa(n) + "x"
	if f.counter == byPerf {
		file := f.file("perf-chain.csv")
		under := []string{"perf", "stat", "-x,", "-e", userEvent + "," + kernelEvent, "-o", file, "--"}
		if _, err := benchmark(ctx, under, binary, length); err != nil {
			return 0, 0, err
		}
		total, _, err = readPerf(file)
		return total, 0, err
	}
	file := f.file("callgrind.chain")
	if _, err := benchmark(ctx, []string{"valgrind", "--tool=callgrind", "--callgrind-out-file=" + file}, binary, length); err != nil {
		return 0, 0, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, 0, err
	}
	d := newDump()
	if err := d.add(string(text)); err != nil {
		return 0, 0, err
	}
	total, sha256 = d.sum(sha256Blocks)
	return total, sha256, nil
}

func benchmark(ctx context.Context, under []string, binary, length string) (string, error) {
	args := append([]string{"-c", strconv.Itoa(gatewayCore)}, under...)
	args = append(args, binary, "-test.run=^$", "-test.bench=^BenchmarkChain$", "-test.benchmem", "-test.benchtime="+length)
	cmd := exec.CommandContext(ctx, "taskset", args...)
	cmd.Dir = filepath.Join("internal", "gateway")
	// The chain allocates nothing, so that only the preparation would be collected,
	// now in one run and then in the other. Valgrind dies of preemption by signals.
	cmd.Env = append(cmd.Environ(), "GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

var benchmarkLine = regexp.MustCompile(`(?m)^BenchmarkChain\S*\s+\d+\s+([\d.]+) ns/op\s.*?(\d+) allocs/op`)

func parseBenchmark(out string) (ns, allocations float64, err error) {
	m := benchmarkLine.FindStringSubmatch(out)
	if m == nil {
		return 0, 0, fmt.Errorf("no line of BenchmarkChain in %q", out)
	}
	ns, _ = strconv.ParseFloat(m[1], 64)
	allocations, _ = strconv.ParseFloat(m[2], 64)
	return ns, allocations, nil
}
