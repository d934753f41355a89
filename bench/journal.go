package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// journal is the file of results, one JSON object a line.
type journal struct{ file *os.File }

func newJournal(name string) (*journal, error) {
	f, err := os.Create(name)
	return &journal{f}, err
}

// write appends one line: what it is, and its values.
func (j *journal) write(kind string, v any) error {
	return json.NewEncoder(j.file).Encode(map[string]any{"kind": kind, "value": v})
}

func (j *journal) close() error {
	if j == nil || j.file == nil {
		return nil
	}
	return j.file.Close()
}

// machine is where and with what the figures were made.
type machine struct {
	Time      time.Time         `json:"time"`
	Processor string            `json:"processor"`
	Cores     int               `json:"cores"`
	Kernel    string            `json:"kernel"`
	System    string            `json:"system"`
	Versions  map[string]string `json:"versions"`
}

func describeMachine(ctx context.Context, stdout io.Writer, j *journal) error {
	m := machine{Time: time.Now().UTC().Truncate(time.Second), Cores: runtime.NumCPU(), Versions: map[string]string{}}
	m.Processor = lineOf("/proc/cpuinfo", "model name", ":")
	m.System = strings.Trim(lineOf("/etc/os-release", "PRETTY_NAME", "="), `"`)
	m.Kernel = firstLine(ctx, "uname", "-r")
	for name, args := range map[string][]string{
		"go": {"go", "version"}, "nginx": {"nginx", "-v"}, "wrk": {"wrk", "-v"}, "valgrind": {"valgrind", "--version"}, "commit": {"git", "rev-parse", "--short=12", "HEAD"},
	} {
		m.Versions[name] = firstLine(ctx, args...)
	}
	if m.Cores <= loadCore {
		return fmt.Errorf("one core is not enough: the gateway needs its own")
	}
	fmt.Fprintf(stdout, "%s · %s, %d cores · %s, Linux %s\n%s · %s · %s\n", m.Time.Format(time.RFC3339), m.Processor, m.Cores,
		m.System, m.Kernel, m.Versions["go"], m.Versions["nginx"], m.Versions["wrk"])
	return j.write("machine", m)
}

// lineOf is the value behind the first line of a file that begins with key.
func lineOf(name, key, separator string) string {
	f, err := os.Open(name)
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if before, after, ok := strings.Cut(s.Text(), separator); ok && strings.TrimSpace(before) == key {
			return strings.TrimSpace(after)
		}
	}
	return "unknown"
}

// firstLine is what a program says of itself, whatever its exit code: wrk -v
// fails.
func firstLine(ctx context.Context, args ...string) string {
	out, _ := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if line == "" {
		return "unknown"
	}
	return line
}
