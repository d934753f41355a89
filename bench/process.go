package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Cores. Gateways have one of their own; what makes and answers the load shares
// the other.
const (
	gatewayCore = 0
	loadCore    = 1
)

// process is a program that was started here.
type process struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // how, valid after done
}

// start runs a program on one core, in a process group of its own: an interrupt
// from the terminal must reach us alone, who stop it in order. Its environment is
// empty but for what every program needs: settings of the caller's must not
// change what is measured. taskset becomes the program and keeps the process id.
func start(dir, name string, core int, env []string, args ...string) (*process, error) {
	log, err := os.Create(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command("taskset", append([]string{"-c", strconv.Itoa(core)}, args...)...)
	cmd.Env = append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &process{name: name, cmd: cmd, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// ready waits until the program accepts connections.
func (p *process) ready(ctx context.Context, address string, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return c.Close()
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended before it listened at %s: %v; see its log", p.name, address, p.err)
		case <-ctx.Done():
			return fmt.Errorf("%s does not listen at %s: %w; see its log", p.name, address, context.Cause(ctx))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// How long a program may take to end after SIGTERM, and after SIGKILL.
const (
	endTime  = 20 * time.Second
	killTime = 5 * time.Second
)

// stop ends the program. Only what was started here is signalled, by its id.
func (p *process) stop() error {
	if p == nil {
		return nil
	}
	for _, s := range []struct {
		signal   syscall.Signal
		patience time.Duration
	}{{syscall.SIGTERM, endTime}, {syscall.SIGKILL, killTime}} {
		if err := p.cmd.Process.Signal(s.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop %s: %w", p.name, err)
		}
		select {
		case <-p.done:
			return nil
		case <-time.After(s.patience):
		}
	}
	return fmt.Errorf("%s (process %d) does not end", p.name, p.cmd.Process.Pid)
}

// tree is the process and everything below it: nginx works in a child.
func (p *process) tree() ([]int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	children := map[int][]int{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if stat, err := readStat(pid); err == nil { // else it has ended
			children[stat.parent] = append(children[stat.parent], pid)
		}
	}
	tree := []int{p.cmd.Process.Pid}
	for i := 0; i < len(tree); i++ {
		tree = append(tree, children[tree[i]]...)
	}
	return tree, nil
}

// spent is the processor time of the process and everything below it so far.
func (p *process) spent() (user, system time.Duration, err error) {
	pids, err := p.tree()
	if err != nil {
		return 0, 0, err
	}
	return cpu(pids)
}

// cpu is the time that processes have spent so far.
func cpu(pids []int) (user, system time.Duration, err error) {
	for _, pid := range pids {
		s, err := readStat(pid)
		if err != nil {
			return 0, 0, fmt.Errorf("processor time of process %d: %w", pid, err)
		}
		user += s.user
		system += s.system
	}
	return user, system, nil
}

// resident is the memory of the server and everything below it, in MB.
func (s *server) resident() (float64, error) {
	pids, err := s.running.tree()
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for _, pid := range pids {
		kb, err := strconv.ParseFloat(strings.TrimSuffix(lineOf(fmt.Sprintf("/proc/%d/status", pid), "VmRSS", ":"), " kB"), 64)
		if err != nil {
			return 0, fmt.Errorf("memory of process %d: %w", pid, err)
		}
		sum += kb / 1024
	}
	return sum, nil
}

type stat struct {
	parent       int
	user, system time.Duration
}

// tick is the unit of /proc/<pid>/stat: USER_HZ, 100 on every Linux that Go
// runs on, whatever the kernel's own clock does.
const tick = 10 * time.Millisecond

func readStat(pid int) (stat, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	return parseStat(string(b))
}

// parseStat reads a line of proc_pid_stat(5). The name in parentheses may hold
// anything, blanks and parentheses too.
func parseStat(line string) (stat, error) {
	end := strings.LastIndexByte(line, ')')
	fields := strings.Fields(line[end+1:])
	if end < 0 || len(fields) < 13 {
		return stat{}, fmt.Errorf("not a line of /proc/<pid>/stat: %.60q", line)
	}
	var n [3]int64
	for i, at := range []int{1, 11, 12} { // ppid, utime, stime; the name was field 2
		var err error
		if n[i], err = strconv.ParseInt(fields[at], 10, 64); err != nil {
			return stat{}, fmt.Errorf("/proc/<pid>/stat: %w", err)
		}
	}
	return stat{int(n[0]), time.Duration(n[1]) * tick, time.Duration(n[2]) * tick}, nil
}

// freeAddress is a loopback address on which nobody listens now. Its port lies
// below those that the kernel gives to clients, so that no connection of a load can
// take it before a program listens, here or in the guest.
func freeAddress() (string, error) {
	const lowest, highest, tries = 20000, 32000, 100
	for range tries {
		address := fmt.Sprintf("127.0.0.1:%d", lowest+rand.IntN(highest-lowest))
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		return address, l.Close()
	}
	return "", fmt.Errorf("no free port among %d tries between %d and %d", tries, lowest, highest)
}
