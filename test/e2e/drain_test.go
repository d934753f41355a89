package e2e_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// slow is a backend that holds every call until it is released.
type slow struct {
	address string
	arrived chan struct{}
	release func()
}

func newSlow(t *testing.T) *slow {
	t.Helper()
	open := make(chan struct{})
	s := &slow{arrived: make(chan struct{}, 100), release: sync.OnceFunc(func() { close(open) })}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.arrived <- struct{}{}
		select {
		case <-open:
		case <-r.Context().Done():
			return
		}
		w.Write([]byte("at last"))
	}))
	t.Cleanup(func() { s.release(); server.Close() })
	s.address = strings.TrimPrefix(server.URL, "http://")
	return s
}

func (s *slow) wait(t *testing.T) {
	t.Helper()
	select {
	case <-s.arrived:
	case <-time.After(patience):
		t.Fatal("the call did not reach the backend")
	}
}

// result is how a call in the background ended.
type result struct {
	answer *answer
	err    error
}

func background(r *http.Request) <-chan result {
	done := make(chan result, 1)
	go func() {
		a, err := tryDo(r)
		done <- result{a, err}
	}()
	return done
}

// TestDrain: after SIGTERM (and SIGINT) nothing new is accepted, what runs is
// finished, and the exit code is 0.
func TestDrain(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			backend := newSlow(t)
			p := start(t, setup{args: []string{"--backend-allow", "127.0.0.0/8"}})
			a := p.admin(t, password)
			g := a.group("drain")
			a.api(g.ID, "slow_api", "/slow", "NONE", backend.address)
			running := []<-chan result{
				background(request(t, "GET", p.url(g, "/slow"), nil)),
				background(request(t, "POST", p.url(g, "/slow"), "body")),
			}
			for range running {
				backend.wait(t)
			}
			p.signal(s)
			eventually(t, "the listener to close", func() bool {
				c, err := net.Dial("tcp", p.gateway)
				if err == nil {
					c.Close()
				}
				return err != nil
			})
			select {
			case <-p.done:
				t.Fatal("the process ended with calls under way")
			case <-running[0]:
				t.Fatal("the call ended before its backend answered")
			default:
			}
			backend.release()
			for _, done := range running {
				r := <-done
				if r.err != nil {
					t.Fatalf("a running call was cut: %v", r.err)
				}
				r.answer.want(t, http.StatusOK, "at last")
			}
			if code := p.ended(); code != 0 {
				t.Errorf("exit code %d, want 0; stderr:\n%s", code, p.stderr)
			}
		})
	}
}

// TestDrainEnds: a call that does not end does not keep the process for ever;
// the exit code and the log say that calls were cut.
func TestDrainEnds(t *testing.T) {
	t.Parallel()
	backend := newSlow(t)
	p := start(t, setup{args: []string{"--drain-timeout", "1s", "--backend-allow", "127.0.0.0/8"}})
	a := p.admin(t, password)
	g := a.group("drain")
	a.api(g.ID, "slow_api", "/slow", "NONE", backend.address)
	running := background(request(t, "GET", p.url(g, "/slow"), nil))
	backend.wait(t)
	p.signal(syscall.SIGTERM)
	began := time.Now()
	if code := p.ended(); code != 1 || !strings.Contains(p.stderr.String(), "calls were still running") {
		t.Errorf("exit code %d, want 1 and a text about the calls that were cut; stderr:\n%s", code, p.stderr)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("ending took %v with a drain timeout of 1s", took)
	}
	if r := <-running; r.err == nil && r.answer.status == http.StatusOK {
		t.Errorf("the call was answered: %s", r.answer.body)
	}
}
