//go:build linux && amd64

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// program is one that was started here.
type program struct {
	name, log string
	cmd       *exec.Cmd
	done      chan struct{} // closed when it has ended
	err       error         // how, valid after done
}

func start(name string, args, env []string) (*program, error) {
	dir := groupOf(name)
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	group, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer group.Close()
	p := &program{name: name, log: "/tmp/" + strings.ReplaceAll(name, " ", "-") + ".log", done: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd = command(name, args, env, int(group.Fd()), log)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// patience is how long a program may take to listen, in the guest's own time,
// which goes by some ten times slower than ours while it computes.
const patience = 5 * time.Minute

func (p *program) listens(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return c.Close()
		}
		select {
		case <-p.done:
			return fmt.Errorf("ended before it listened at %s: %v%s", address, p.err, p.tail())
		case <-ctx.Done():
			return fmt.Errorf("does not listen at %s: %w%s", address, context.Cause(ctx), p.tail())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// settles waits until the program does next to nothing: what it does after it
// listens must not be counted as work for requests.
func (p *program) settles(ctx context.Context) error {
	const quiet, window = 10 * time.Millisecond, time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		before, _, err := p.spent()
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("is still busy with itself: %w", context.Cause(ctx))
		case <-time.After(window):
		}
		after, _, err := p.spent()
		if err != nil || after-before < int64(quiet) {
			return err
		}
	}
}

// tail is the end of what the program said.
func (p *program) tail() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return "; no log: " + err.Error()
	}
	return "; it said: " + string(text[max(0, len(text)-1000):])
}

func (p *program) stop() error {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		select {
		case <-p.done:
			return nil
		case <-time.After(20 * time.Second):
		}
	}
	return fmt.Errorf("%s does not end", p.name)
}

// spent is the processor time of the program so far, in nanoseconds. The kernel
// gives microseconds. Its share of user time is exact only where the machine was
// booted with nohz_full; otherwise it is guessed from where ticks fell.
func (p *program) spent() (total, user int64, err error) {
	err = readPairs(groupOf(p.name)+"/cpu.stat", func(key, value string) error {
		n, err := strconv.ParseInt(value, 10, 64)
		switch key {
		case "usage_usec":
			total = n * 1000
		case "user_usec":
			user = n * 1000
		}
		return err
	})
	return total, user, err
}

// resident is the memory of all the program's processes, in bytes.
func (p *program) resident() (int64, error) {
	text, err := os.ReadFile(groupOf(p.name) + "/cgroup.procs")
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, id := range strings.Fields(string(text)) {
		err := readPairs("/proc/"+id+"/status", func(key, value string) error {
			if key != "VmRSS:" {
				return nil
			}
			n, err := strconv.ParseInt(value, 10, 64)
			sum += n << 10
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// readPairs calls f with the first two words of each line.
func readPairs(name string, f func(key, value string) error) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if words := strings.Fields(lines.Text()); len(words) >= 2 {
			if err := f(words[0], words[1]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return lines.Err()
}
