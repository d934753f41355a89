package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// needs skips where a tool of Debian's essential packages is missing, which is
// some other system: the load set-up is for Debian, and so is CI.
func needs(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

func TestProcessesEndWithTheirTree(t *testing.T) {
	needs(t, "taskset", "sleep", "sh")
	dir := t.TempDir()
	p, err := start(dir, "a sleeper", gatewayCore, []string{"NAP=60"}, "sh", "-c", `echo nap $NAP $LINTEL_DATA_DIR; exec sleep $NAP`)
	if err != nil {
		t.Fatal(err)
	}
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ready(t.Context(), address, 100*time.Millisecond); err == nil || !strings.Contains(err.Error(), "does not listen") {
		t.Errorf("a program that does not listen: %v", err)
	}
	pids, err := p.tree()
	if err != nil || len(pids) != 1 || pids[0] != p.cmd.Process.Pid {
		t.Errorf("tree %v of %d, %v", pids, p.cmd.Process.Pid, err)
	}
	if _, _, err := cpu(pids); err != nil {
		t.Error(err)
	}
	if err := p.stop(); err != nil {
		t.Error(err)
	}
	if _, err := readStat(p.cmd.Process.Pid); err == nil {
		t.Error("it is still there")
	}
	if log, _ := os.ReadFile(filepath.Join(dir, "a-sleeper.log")); string(log) != "nap 60\n" {
		t.Errorf("log %q", log)
	}
	if err := p.stop(); err != nil {
		t.Errorf("stopping twice: %v", err)
	}
	if err := (*process)(nil).stop(); err != nil {
		t.Errorf("stopping what never started: %v", err)
	}
}

func TestAProgramThatEndsIsNotWaitedFor(t *testing.T) {
	needs(t, "taskset")
	p, err := start(t.TempDir(), "false", gatewayCore, nil, "false")
	if err != nil {
		t.Fatal(err)
	}
	err = p.ready(context.Background(), "127.0.0.1:1", time.Minute)
	if err == nil || !strings.Contains(err.Error(), "ended before it listened") {
		t.Errorf("%v", err)
	}
}
