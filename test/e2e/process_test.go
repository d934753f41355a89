package e2e_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// password is what tests give to the first administrator. It is no default of
// anything: TestNothingHasAKnownDefault tries it where it was not given.
const password = "e2e-Passw0rd-of-the-tests"

// setup says how to start a process.
type setup struct {
	command string   // default serve
	dir     string   // working directory; default a folder of the test
	data    string   // default a folder of the test; "-" gives none
	env     []string // beside PATH and HOME
	args    []string
	// generated leaves the administrator's password to the process.
	generated bool
	// exits is for processes that are expected not to come up.
	exits bool
	// unready is for processes whose database is away.
	unready bool
}

// process is a running lintel.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	data string

	management, gateway, gatewayTLS string // management is a URL, the others host:port
	ops                             string
	stdout, stderr                  *output
	done                            chan struct{} // closed when the process has ended
	ready                           time.Duration // from start to ready
}

// serial numbers the operators' listeners of this test binary.
var serial atomic.Int32

// opsAddress is an address that no other process asks for: lintel does not
// print it, so that port 0 would hide it. All of 127.0.0.0/8 is loopback.
func opsAddress() string {
	pid := os.Getpid()
	return fmt.Sprintf("127.%d.%d.%d:%d", 1+pid>>16, pid>>8&0xff, pid&0xff, 10000+serial.Add(1))
}

// launch starts a process and does not wait for anything.
func launch(t *testing.T, s setup) *process {
	t.Helper()
	p := &process{t: t, data: s.data, ops: opsAddress(), stdout: newOutput(), stderr: newOutput(), done: make(chan struct{})}
	args := []string{"serve"}
	if s.command != "" {
		args[0] = s.command
	}
	if p.data == "" {
		p.data = filepath.Join(t.TempDir(), "data")
	}
	if p.data != "-" {
		args = append(args, "--data-dir", p.data)
	}
	args = append(args, "--management-addr", "127.0.0.1:0", "--gateway-addr", "127.0.0.1:0",
		"--gateway-tls-addr", "127.0.0.1:0", "--ops-addr", p.ops)
	p.cmd = exec.Command(binary, append(args, s.args...)...)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, s.env...)
	if edge := os.Getenv("LINTEL_TEST_EDGE"); edge != "" { // as in test/gateway
		p.cmd.Env = append(p.cmd.Env, "LINTEL_EDGE="+edge)
	}
	if !s.generated {
		p.cmd.Env = append(p.cmd.Env, "LINTEL_ADMIN_PASSWORD="+password)
	}
	p.cmd.Dir = s.dir
	if s.dir == "" {
		p.cmd.Dir = t.TempDir()
	}
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // The state says more.
		p.stdout.end()
		p.stderr.end()
	}()
	t.Cleanup(p.cleanUp)
	return p
}

var (
	managementAt = regexp.MustCompile(`management at (https?://[^\s,]+)`)
	gatewayAt    = regexp.MustCompile(`API calls at http://(\S+:\d+)`)
	gatewayTLSAt = regexp.MustCompile(`API calls at \S+ and https://(\S+:\d+)`)
)

// start starts a process and waits until it is ready.
func start(t *testing.T, s setup) *process {
	t.Helper()
	p := launch(t, s)
	began := time.Now()
	line := p.stdout.wait(t, p, "Lintel serves management at")
	p.management = submatch(t, managementAt, line)
	p.gateway = submatch(t, gatewayAt, line)
	p.gatewayTLS = submatch(t, gatewayTLSAt, line)
	want := http.StatusOK
	if s.unready {
		want = http.StatusServiceUnavailable
	}
	eventually(t, "the process to be ready", func() bool {
		r, err := tryGet("http://" + p.ops + "/readyz")
		return err == nil && r.status == want
	})
	p.ready = time.Since(began)
	return p
}

func submatch(t *testing.T, re *regexp.Regexp, line string) string {
	t.Helper()
	m := re.FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("%q does not match %s", line, re)
	}
	return strings.TrimSuffix(m[1], ".")
}

// ended waits for the end and answers the exit code, -1 for a signal.
func (p *process) ended() int {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		p.t.Fatalf("process %d does not end; stderr:\n%s", p.cmd.Process.Pid, p.stderr)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("signal %v to process %d: %v; stderr:\n%s", s, p.cmd.Process.Pid, err, p.stderr)
	}
}

// stop asks the process to end, as a supervisor does, and wants a clean exit.
func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	if code := p.ended(); code != 0 {
		p.t.Fatalf("exit code %d after SIGTERM, want 0; stderr:\n%s", code, p.stderr)
	}
}

// kill gives the process no chance.
func (p *process) kill() {
	p.t.Helper()
	p.signal(syscall.SIGKILL)
	p.ended()
}

// cleanUp ends what the test left running; a process that a passing test left
// behind must still stop in order.
func (p *process) cleanUp() {
	select {
	case <-p.done:
	default:
		if p.t.Failed() {
			p.kill()
		} else {
			p.stop()
		}
	}
	if p.t.Failed() {
		p.t.Logf("process %d wrote to stderr:\n%s", p.cmd.Process.Pid, p.stderr)
	}
}

// run executes one command line that ends by itself.
func run(t *testing.T, dir string, env []string, name string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = dir
	c.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...)
	c.WaitDelay = time.Second
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

// output keeps what a process writes, and whoever waits for a line of it.
type output struct {
	mu   sync.Mutex
	all  bytes.Buffer
	more chan struct{} // closed and made anew with each write
	over bool
}

func newOutput() *output { return &output{more: make(chan struct{})} }

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all.Write(b)
	close(o.more)
	o.more = make(chan struct{})
	return len(b), nil
}

func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	close(o.more)
	o.more = make(chan struct{})
}

// String implements fmt.Stringer.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}

// line is the first whole line that contains text.
func (o *output) line(text string) (found string, more <-chan struct{}, over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := bufio.NewReader(bytes.NewReader(o.all.Bytes()))
	for {
		line, err := r.ReadString('\n')
		if err == io.EOF {
			return "", o.more, o.over
		}
		if strings.Contains(line, text) {
			return strings.TrimSuffix(line, "\n"), nil, o.over
		}
	}
}

// wait answers the first line that contains text once it is written.
func (o *output) wait(t *testing.T, p *process, text string) string {
	t.Helper()
	deadline := time.After(patience)
	for {
		line, more, over := o.line(text)
		if line != "" {
			return line
		}
		if over {
			t.Fatalf("process %d ended (%v) without writing %q; stderr:\n%s", p.cmd.Process.Pid, p.cmd.ProcessState, text, p.stderr)
		}
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("process %d did not write %q; stdout:\n%s\nstderr:\n%s", p.cmd.Process.Pid, text, o, p.stderr)
		}
	}
}

// eventually polls what no line of output announces.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}
