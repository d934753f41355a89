package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"syscall"
	"time"
)

// Parts of a call's way that are no part of the gateway. Each is a process of its own
// with one goroutine, which never shares a scheduler, a lock or a collection with those
// who make the changes.
const (
	backendPart = "part-backend" // answers on a listening socket, its file 3
	senderPart  = "part-sender"  // makes the paced calls to the address after it
)

// asPart does what a process is for that startPart has started; no says that this one
// is the command itself.
func asPart(args []string) (no bool, err error) {
	switch {
	case len(args) == 1 && args[0] == backendPart:
		preparePart()
		return false, serveBackend(3, 0)
	case len(args) == 2 && args[0] == senderPart:
		preparePart()
		return false, serveSender(args[1], 0, 1)
	}
	return true, nil
}

// preparePart turns off what would stop a part at moments of its own. Its goroutine is
// not locked to its thread: Go's monitor asks it every 10 ms to let others run, and who
// is locked must then be handed back by another thread.
func preparePart() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(1 << 30)
	// The kernel may be 50 µs late with a timer by default. Threads inherit this.
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_TIMERSLACK, 1, 0)
}

// part is such a process, seen from the command.
type part struct {
	name  string
	in    *os.File // its standard input: it ends when that is closed, so also when this command is gone
	out   *os.File // its standard output
	cmd   *exec.Cmd
	done  chan struct{} // closed when it has ended
	ended error         // how, valid after done
}

// partEnd is how long a part may take to end.
const partEnd = 5 * time.Second

// startPart starts this program again as a part.
func startPart(files []*os.File, args ...string) (*part, error) {
	p := &part{name: args[0], done: make(chan struct{})}
	in, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	theirs, out, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, ours.Close())
	}
	defer out.Close()
	p.in, p.out = ours, theirs
	p.cmd = exec.Command("/proc/self/exe", args...)
	p.cmd.Env = []string{"GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1"}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr, p.cmd.ExtraFiles = in, out, os.Stderr, files
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt is for us, who stop it in order
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(err, ours.Close(), theirs.Close())
	}
	go func() {
		p.ended = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// stop ends the part and says how it ended.
func (p *part) stop() error {
	err := p.in.Close()
	select {
	case <-p.done:
	case <-time.After(partEnd):
		err = errors.Join(err, fmt.Errorf("%s did not end within %v and was killed", p.name, partEnd), p.cmd.Process.Kill())
		<-p.done
	}
	if p.ended != nil {
		err = errors.Join(err, fmt.Errorf("%s ended: %w", p.name, p.ended))
	}
	return errors.Join(err, p.out.Close())
}
