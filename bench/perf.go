package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// counting is how instructions are counted.
type counting string

const (
	byPerf     counting = "perf"
	byValgrind counting = "valgrind"
	notCounted counting = "off"
)

const userEvent, kernelEvent = "instructions:u", "instructions:k"

// errNotSupported means that the machine shows no such counter: virtual ones
// often do not. There is no other way to an honest number then.
var errNotSupported = errors.New(`perf says "not supported"`)

// chooseCounter finds out what can be counted here.
func chooseCounter(ctx context.Context, wish, dir string) (counting, string, error) {
	switch c := counting(wish); c {
	case byValgrind, notCounted:
		return c, "", nil
	case byPerf, "auto":
	default:
		return "", "", fmt.Errorf("-instructions %q is none of auto, perf, valgrind, off", wish)
	}
	file := filepath.Join(dir, "perf-probe.csv")
	out, err := exec.CommandContext(ctx, "perf", "stat", "-x,", "-e", userEvent+","+kernelEvent, "-o", file, "--", "true").CombinedOutput()
	if err == nil {
		_, _, err = readPerf(file)
	} else {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	if err == nil {
		return byPerf, "", nil
	}
	if wish == string(byPerf) {
		return "", "", fmt.Errorf("instructions cannot be counted with perf: %w", err)
	}
	return byValgrind, fmt.Sprintf("no instruction counters on this machine (%v): no kernel instructions; user instructions are counted under valgrind afterwards", err), nil
}

// perf counts the instructions of running processes until it is stopped.
type perf struct {
	file string
	cmd  *exec.Cmd
}

func startPerf(dir string, pids []int) (*perf, error) {
	p := &perf{file: filepath.Join(dir, "perf.csv")}
	list := make([]string, len(pids))
	for i, pid := range pids {
		list[i] = strconv.Itoa(pid)
	}
	p.cmd = exec.Command("perf", "stat", "-x,", "-e", userEvent+","+kernelEvent, "-p", strings.Join(list, ","), "-o", p.file)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return p, p.cmd.Start()
}

func (p *perf) stop() (user, kernel float64, err error) {
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		return 0, 0, err
	}
	// It was interrupted and says so; what it wrote tells whether it worked.
	_ = p.cmd.Wait()
	return readPerf(p.file)
}

func readPerf(file string) (user, kernel float64, err error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, 0, err
	}
	return parsePerf(string(b))
}

// parsePerf reads the lines of `perf stat -x,`: value, unit, event, and more.
func parsePerf(text string) (user, kernel float64, err error) {
	found := map[string]float64{}
	for line := range strings.SplitSeq(text, "\n") {
		fields := strings.Split(line, ",")
		if len(fields) < 3 || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(fields[0], "<not") {
			return 0, 0, errNotSupported
		}
		v, err := strconv.ParseFloat(fields[0], 64)
		if err != nil {
			return 0, 0, fmt.Errorf("perf: %q: %w", line, err)
		}
		found[fields[2]] = v
	}
	user, haveUser := found[userEvent]
	kernel, haveKernel := found[kernelEvent]
	if !haveUser || !haveKernel {
		return 0, 0, fmt.Errorf("perf: no %s and %s in %q", userEvent, kernelEvent, text)
	}
	return user, kernel, nil
}
