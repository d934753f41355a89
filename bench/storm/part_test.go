package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets this program be a part, as the command is.
func TestMain(m *testing.M) {
	if no, err := asPart(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	} else if no {
		os.Exit(m.Run())
	}
}

// TestSending: calls of a sender in another process, of the APIs that it was told of
// before and while it calls, with the moments of the clock of this one.
func TestSending(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.Split(r.URL.Path, "/")[2]
		if r.Host != "of."+name {
			t.Errorf("asked %s of %s", r.URL, r.Host)
		}
		if name == "broken" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		fmt.Fprintf(w, `{"api":"%s","serial":2,"item":"%s"}`, name, path.Base(r.URL.Path))
	}))
	defer server.Close()
	s, err := startSending(strings.TrimPrefix(server.URL, "http://"), func(a *api) string { return "of." + a.Name })
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	known := []*api{{Name: "broken"}}
	for i := range 19 {
		known = append(known, &api{Name: fmt.Sprint("api", i)})
	}
	if err := s.know(known); err != nil {
		t.Fatal(err)
	}
	late := &api{Name: "late"}
	for phase := range 2 {
		seen := map[*api]int{}
		calls, began := 0, watch{}.now()
		err := s.run(2000, 300*time.Millisecond, func(r *reply) {
			if calls == 0 && phase == 0 {
				for range 256 { // fills what is remembered of changes
					if err := s.recent(late); err != nil {
						t.Error(err)
					}
				}
			}
			calls++
			seen[r.of]++
			if (r.err != nil) != (r.of == known[0]) || r.err == nil && (r.api != r.of.Name || r.serial != 2 || r.item != r.echoed) {
				t.Errorf("of %s: %+v", r.of.Name, r)
			}
			if r.err == nil && (r.due < began || r.start < r.due || r.end <= r.start || r.end > watch{}.now()) {
				t.Errorf("due %d, sent %d, answered %d, in a phase from %d", r.due, r.start, r.end, began)
			}
		})
		if err != nil || calls != 600 {
			t.Fatalf("%d calls of 600; %v", calls, err)
		}
		for _, a := range known {
			if seen[a] == 0 {
				t.Errorf("phase %d: %s was not called", phase, a.Name)
			}
		}
		// One call in five is of what changes, which it alone does: 143, and not the 29
		// of any of 21.
		if n := seen[late]; phase == 1 && (n < 80 || n > 220) {
			t.Errorf("what changes was called %d times of %d", n, calls)
		}
	}
}

// TestSendingTellsWhatIsWrong: orders that cannot be and a sender that is gone are errors.
func TestSendingTellsWhatIsWrong(t *testing.T) {
	for name, wrong := range map[string]string{
		"no JSON":                "calls\n",
		"an API before its turn": `{"api":{"number":5}}` + "\n",
		"a number below zero":    `{"api":{"number":-1}}` + "\n",
		"nothing":                "{}\n",
	} {
		t.Run(name, func(t *testing.T) {
			s, err := startSending("127.0.0.1:1", func(*api) string { return "" })
			if err != nil {
				t.Fatal(err)
			}
			if err := s.order([]byte(wrong)); err != nil {
				t.Fatal(err)
			}
			<-s.part.done
			if err := s.run(1, time.Second, func(*reply) {}); err == nil {
				t.Error("a phase without a sender ended well")
			}
			if err := s.close(); err == nil {
				t.Error("it ended well")
			}
		})
	}
}

// TestPartsEndWithTheCommand, also with one that is killed and can tell nobody.
func TestPartsEndWithTheCommand(t *testing.T) {
	address := backendAddress(t)
	if got := exchange(t, address, seven); !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Fatal(got)
	}
	p, err := startPart(nil, senderPart, address)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.in.Close(); err != nil { // as the kernel does for who is killed
		t.Fatal(err)
	}
	select {
	case <-p.done:
	case <-time.After(partEnd):
		t.Error("the sender goes on without the command")
	}
	if p.ended != nil {
		t.Error(p.ended)
	}
}

// TestStepBack: a program that steps back has no thread of another policy, whatever it
// starts then; one that did not, and one whose policy is another, fail the check.
func TestStepBack(t *testing.T) {
	if os.Getenv("STORM_STEPS_BACK") != "" {
		stepBackAndStay(t)
		return
	}
	if err := checkPolicy("the test", os.Getpid(), normalPolicy); err != nil {
		t.Error(err)
	}
	if err := checkPolicy("the test", os.Getpid(), idlePolicy); err == nil || !strings.Contains(err.Error(), "the test: thread ") {
		t.Errorf("the check of a program that did not step back: %v", err)
	}
	// The way back is barred, so it is tried in another process.
	cmd := exec.Command("/proc/self/exe", "-test.run", "^TestStepBack$")
	cmd.Env = append(os.Environ(), "STORM_STEPS_BACK=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func stepBackAndStay(t *testing.T) {
	backend := &house{plot: &plot{Backend: "127.0.0.1:0"}}
	if err := backend.startBackend(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := backend.backend.stop(); err != nil {
			t.Error(err)
		}
	}()
	if err := stepBack(); err != nil {
		t.Fatal(err)
	}
	blocked := make(chan struct{}, 20) // threads that did not exist before
	for range cap(blocked) {
		go func() {
			ts := syscall.NsecToTimespec(int64(20 * time.Millisecond))
			_ = syscall.Nanosleep(&ts, nil)
			blocked <- struct{}{}
		}()
	}
	time.Sleep(5 * time.Millisecond)
	if err := checkPolicy("stepped back", os.Getpid(), idlePolicy); err != nil {
		t.Error(err)
	}
	for range cap(blocked) {
		<-blocked
	}
	pid := backend.backend.cmd.Process.Pid
	if err := checkPolicy("the backend", pid, normalPolicy); err != nil {
		t.Error(err)
	}
	if err := goAhead(backend.backend); errors.Is(err, syscall.EPERM) && os.Geteuid() != 0 {
		t.Log(err)
	} else if err := errors.Join(err, checkPolicy("the backend", pid, realTimePolicy)); err != nil {
		t.Error(err)
	}
	spendAndCount(t)
}

// spendAndCount holds what is counted of a program against what it did.
func spendAndCount(t *testing.T) {
	before, err := spentBy(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Millisecond); time.Now().Before(end); {
	}
	after, err := spentBy(os.Getpid())
	// Of 20 ms some are waited for, with others on the cores.
	if gone := after.ran - before.ran + after.waited - before.waited; err != nil || gone < 10*time.Millisecond {
		t.Errorf("20 ms of work count as %v; %v", gone, err)
	}
}

func TestParseMachine(t *testing.T) {
	busy, stolen, err := parseMachine("cpu  100 20 3 5000 600 7 8 9 1 1\ncpu0 1 2 3\n")
	if busy != 1380*time.Millisecond || stolen != 90*time.Millisecond || err != nil {
		t.Errorf("%v, %v, %v", busy, stolen, err)
	}
	if _, _, err := parseMachine("cpu 1 2 3\n"); err == nil {
		t.Error("a line that is too short was read")
	}
}

// TestUse: what is left of the machine belongs to others.
func TestUse(t *testing.T) {
	before := reading{machine: time.Second, stolen: time.Second}
	after := reading{machine: 5 * time.Second, stolen: 2 * time.Second, programs: [programs]spent{{time.Second, 2 * time.Second}, {}, {}, {time.Second, 0}}}
	p := phase{Seconds: 2}
	p.use([programs]program{{name: "a"}, {name: "b"}, {name: "c"}, {name: "d"}}, before, after)
	if p.Used[0] != (use{"a", 0.5, 1}) || p.Used[3] != (use{"d", 0.5, 0}) || p.Others != 1 || p.Stolen != 0.5 {
		t.Errorf("%+v", p)
	}
}
