package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lintel-gateway/lintel/bench/ready"
)

// server is the `lintel serve` under measurement.
type server struct {
	management, gateway, ops string // addresses
	log                      string // of the program, with a line of Go's for each collection
	started                  time.Time
	cmd                      *exec.Cmd
	done                     chan struct{} // closed when it has ended
	ended                    error         // how, valid after done
}

const (
	startTime = 3 * time.Minute // a start with 100,000 APIs takes 5 s
	endTime   = time.Minute
	password  = "the storm's administrator 1"
)

// start builds the program and starts it with what is in the data folder. Its
// settings are those of anybody, but for room, and for the limits of calls that
// a benchmark must not run into.
func start(ctx context.Context, s *settings, backend string) (*server, error) {
	binary := s.binary
	if binary == "" {
		binary = filepath.Join(s.data, "lintel")
		if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "./cmd/lintel").CombinedOutput(); err != nil {
			return nil, fmt.Errorf("go build: %w\n%s", err, out)
		}
	}
	v := &server{log: filepath.Join(s.data, "lintel.log"), done: make(chan struct{})}
	for _, a := range []*string{&v.management, &v.gateway, &v.ops} {
		var err error
		if *a, err = freeAddress(); err != nil {
			return nil, err
		}
	}
	room := s.apis + 100_000 // for the new ones
	args := []string{"serve", "--data-dir", filepath.Join(s.data, "lintel-data"), "--log-level", "warn", "--access-log", "off",
		"--management-addr", v.management, "--gateway-addr", v.gateway, "--gateway-tls-addr", "off", "--ops-addr", v.ops,
		"--backend-allow", backend[:strings.LastIndexByte(backend, ':')], "--api-rate", "0", "--subdomain-calls", "0",
		"--limits", fmt.Sprintf("apis=%d,apis_per_group=%d,groups=%d", room, room, s.groups+100)}
	env := []string{"PATH=/usr/bin:/bin", "GODEBUG=gctrace=1", "LINTEL_ADMIN_PASSWORD=" + password}
	if s.procs > 0 {
		env = append(env, "GOMAXPROCS="+strconv.Itoa(s.procs))
	}
	if s.database != "" {
		env = append(env, "LINTEL_DATABASE="+s.database)
	}
	log, err := os.Create(v.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	v.cmd = exec.Command(binary, append(args, s.args...)...)
	v.cmd.Env, v.cmd.Stdout, v.cmd.Stderr = env, log, log
	v.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt is for us, who stop it in order
	if err := v.cmd.Start(); err != nil {
		return nil, err
	}
	v.started = time.Now()
	go func() {
		v.ended = v.cmd.Wait()
		close(v.done)
	}()
	return v, v.ready(ctx)
}

// ready waits until both planes answer.
func (v *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	err := ready.Await(ctx, v.ops, v.done)
	if errors.Is(err, ready.ErrEnded) {
		return fmt.Errorf("lintel ended: %v; see %s", v.ended, v.log)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("lintel is not ready: %w; see %s", err, v.log), v.stop())
	}
	return nil
}

// stop ends the program, by its own process alone.
func (v *server) stop() error {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := v.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		select {
		case <-v.done:
			if s == syscall.SIGKILL {
				return errors.New("lintel did not end in order within a minute and was killed")
			}
			return nil
		case <-time.After(endTime):
		}
	}
	return fmt.Errorf("lintel (process %d) does not end", v.cmd.Process.Pid)
}

// status reads a field of /proc/<pid>/status in MB.
func (v *server) status(field string) (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		if name == field {
			kb, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("/proc/<pid>/status has no %s", field)
}

// collection is one garbage collection, as Go's gctrace tells it.
type collection struct {
	at     time.Duration // since the program began
	pauses [2]time.Duration
}

// collections reads those of the log.
func (v *server) collections() ([]collection, error) {
	f, err := os.Open(v.log)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []collection
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if c, ok := parseCollection(lines.Text()); ok {
			list = append(list, c)
		}
	}
	return list, lines.Err()
}

// parseCollection reads "gc 1 @0.011s 0%: 0.009+0.44+0.003 ms clock, …": the
// first and the last of the three are times in which the world stood still.
func parseCollection(line string) (c collection, ok bool) {
	f := strings.Fields(line)
	if len(f) < 7 || f[0] != "gc" || f[5] != "ms" || !strings.HasPrefix(f[2], "@") {
		return c, false
	}
	at, err := time.ParseDuration(f[2][1:])
	parts := strings.Split(f[4], "+")
	if err != nil || len(parts) != 3 {
		return c, false
	}
	c.at = at
	for i, text := range []string{parts[0], parts[2]} {
		if c.pauses[i], err = time.ParseDuration(text + "ms"); err != nil {
			return c, false
		}
	}
	return c, true
}

// freeAddress is a loopback address on which nobody listens now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
