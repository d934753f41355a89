package channel_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
)

// network answers the checks of hosts that never are: each with a status, 0 for no
// connection, -1 for one on which nothing comes.
type network struct {
	mu     sync.Mutex
	status map[string]int
	asked  map[string][]time.Time
	heads  []string
	open   atomic.Int32 // connections
	most   atomic.Int32
}

func newNetwork() *network {
	return &network{status: map[string]int{}, asked: map[string][]time.Time{}}
}

func (n *network) set(host string, status int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.status[host] = status
}

func (n *network) times(host string) []time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]time.Time(nil), n.asked[host]...)
}

func (n *network) dial(_ context.Context, _, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	status, ok := n.status[host]
	n.asked[host] = append(n.asked[host], time.Now())
	n.mu.Unlock()
	if !ok || status == 0 {
		return nil, errors.New("refused")
	}
	near, far := net.Pipe()
	n.most.Store(max(n.most.Load(), n.open.Add(1)))
	go n.answer(far, status)
	return near, nil
}

func (n *network) answer(conn net.Conn, status int) {
	defer n.open.Add(-1)
	defer conn.Close()
	r := bufio.NewReader(conn)
	request, err := http.ReadRequest(r)
	if err != nil {
		return
	}
	n.mu.Lock()
	n.heads = append(n.heads, fmt.Sprintf("%s %s Host=%s %s", request.Method, request.RequestURI, request.Host, request.UserAgent()))
	n.mu.Unlock()
	if status > 0 {
		fmt.Fprintf(conn, "HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n", status)
	}
	r.ReadByte() // until the other side is gone
}

// watched is a channel with members a.test, b.test, … that is checked every ten
// seconds: three failures make a member sick, two successes well.
func watched(members int) *definition.Channel {
	d := balanced(1, repeat(members, 1)...)
	for i := range d.Members {
		d.Members[i].Host = string(rune('a'+i)) + ".test"
	}
	d.Check = &definition.Health{Protocol: "http", Path: "/hc?deep=1", Normal: 2, Abnormal: 3, Timeout: 4, Interval: 10, Codes: "200-299"}
	return d
}

func wellness(t *testing.T, s *channel.Channels, want string) {
	t.Helper()
	synctest.Wait()
	got := ""
	for i := range want {
		well, known := s.Well("c", fmt.Sprintf("m%d", i))
		switch {
		case !known:
			got += "?"
		case well:
			got += "+"
		default:
			got += "-"
		}
	}
	if got != want {
		t.Errorf("members %s, want %s", got, want)
	}
}

// TestHealthChecks is the life of a member under checks: well at first, sick after
// as many failures in a row as the channel says, well again after as many
// successes. A wrong status, no connection and silence are failures.
func TestHealthChecks(t *testing.T) {
	for name, failure := range map[string]int{"status": 500, "redirect": 302, "refused": 0, "silent": -1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				n.set("a.test", 204)
				n.set("b.test", failure)
				s := channel.New(channel.Options{Dial: n.dial})
				defer s.Close()
				d := watched(2)
				s.Put(d)
				wellness(t, s, "++")
				// The first checks come within ten seconds, the third ones within thirty; an
				// answer may take four.
				time.Sleep(19 * time.Second)
				wellness(t, s, "++")
				time.Sleep(16 * time.Second)
				wellness(t, s, "+-")
				b := channel.NewBackend(s, "c", "", senderFunc(func(c *call.Call) *call.Fault {
					if c.Out.Address != "a.test:80" {
						t.Errorf("a call for %s", c.Out.Address)
					}
					return nil
				}))
				for range 10 {
					b.Send(newCall(t))
				}
				n.set("b.test", 299)
				n.set("a.test", failure)
				time.Sleep(40 * time.Second)
				wellness(t, s, "-+")
				n.set("b.test", failure)
				time.Sleep(40 * time.Second)
				wellness(t, s, "--")
				if well, known := s.Well("c", ""); well || !known {
					t.Errorf("a channel without a member that is well: %v, %v", well, known)
				}
				if f := b.Send(newCall(t)); f != call.NoMember {
					t.Errorf("%v", f)
				}
			})
		})
	}
}

// TestChecksAreRegular: every member is asked once in an interval, for what the
// channel says, under our name.
func TestChecksAreRegular(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.set("a.test", 200)
		n.set("b.test", -1)
		s := channel.New(channel.Options{Dial: n.dial})
		defer s.Close()
		d := watched(3)
		d.Check.Port = 8081
		s.Put(d)
		began := time.Now()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		for _, host := range []string{"a.test", "b.test", "c.test"} {
			at := n.times(host)
			if len(at) < 59 || len(at) > 60 || at[0].Sub(began) > channel.FirstWithin {
				t.Errorf("%s: %d checks in ten minutes, the first after %v", host, len(at), at[0].Sub(began))
			}
			for i := 1; i < len(at); i++ {
				if d := at[i].Sub(at[i-1]); d != 10*time.Second {
					t.Errorf("%s: %v between two checks", host, d)
				}
			}
		}
		n.mu.Lock()
		defer n.mu.Unlock()
		for _, head := range n.heads {
			if host, _, _ := strings.Cut(head, ":"); !strings.HasSuffix(head, ".test:8081 "+channel.UserAgent) || !strings.HasPrefix(host, "GET /hc?deep=1 Host=") {
				t.Fatalf("asked for %q", head)
			}
		}
	})
}

// TestDeadMembersHoldFewConnections: many silent members of one channel wait for
// each other, and members of other channels do not wait for them.
func TestDeadMembersHoldFewConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		d := balanced(1, repeat(200, 1)...)
		d.ID = "dead"
		d.Check = &definition.Health{Protocol: "http", Path: "/", Normal: 2, Abnormal: 2, Timeout: 4, Interval: 5, Codes: "200"}
		for i := range d.Members {
			n.set(d.Members[i].Host, -1)
		}
		s := channel.New(channel.Options{Dial: n.dial})
		defer s.Close()
		s.Put(d)
		n.set("a.test", 200)
		s.Put(watched(1))
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if most := n.most.Load(); most > channel.ChecksPerChannel+1 {
			t.Errorf("%d connections at once", most)
		}
		if got := len(n.times("a.test")); got < 59 {
			t.Errorf("the member of another channel was checked %d times in ten minutes", got)
		}
		// All of them get their turn.
		for _, m := range d.Members {
			if well, _ := s.Well("dead", m.ID); well {
				t.Errorf("%s is still well", m.ID)
				break
			}
		}
	})
}

// TestChecksFollowTheChannel: members that stay keep what was found out and their
// rhythm; those that go are asked no more; without a check all are well.
func TestChecksFollowTheChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.set("b.test", 200)
		s := channel.New(channel.Options{Dial: n.dial})
		defer s.Close()
		d := watched(2)
		s.Put(d)
		time.Sleep(35 * time.Second)
		wellness(t, s, "-+")
		next := watched(3)
		next.Name = "renamed"
		next.Members = append(next.Members[:1:1], next.Members[2])
		next.Members[0].Weight = 7
		before := len(n.times("b.test"))
		// As often as somebody edits, checks go on.
		for range 60 {
			s.Put(next)
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if well, _ := s.Well("c", "m0"); well {
			t.Error("a sick member is well by being edited")
		}
		if got := len(n.times("b.test")); got != before {
			t.Errorf("a member that left was asked %d times more", got-before)
		}
		if got := len(n.times("a.test")); got < 8 {
			t.Errorf("a member that stayed was asked %d times in 95 s", got)
		}
		if well, _ := s.Well("c", "m2"); well {
			t.Error("a dead new member is still well after a minute")
		}
		if _, known := s.Well("c", "m1"); known {
			t.Error("a member that left is known")
		}
		next.Check = nil
		s.Put(next)
		if well, _ := s.Well("c", "m0"); !well {
			t.Error("sick by a check that is no longer made")
		}
		asked := len(n.times("a.test"))
		time.Sleep(time.Minute)
		s.Put(d)
		s.Drop("c")
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := len(n.times("a.test")); got != asked {
			t.Errorf("asked %d times without a check", got-asked)
		}
	})
}

// TestCloseEndsChecks: those under way are cut short, and nothing starts again.
func TestCloseEndsChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.set("a.test", -1)
		s := channel.New(channel.Options{Dial: n.dial})
		d := watched(1)
		d.Check.Timeout, d.Check.Interval = 30, 300
		s.Put(d)
		for len(n.times("a.test")) == 0 {
			time.Sleep(time.Second)
		}
		began := time.Now()
		s.Close()
		s.Close()
		if took := time.Since(began); took > 0 {
			t.Errorf("closing took %v", took)
		}
		wellness(t, s, "+")
		s.Put(d)
		time.Sleep(time.Hour)
		if got := len(n.times("a.test")); got != 1 {
			t.Errorf("%d checks, want the one before", got)
		}
		synctest.Wait()
	})
}

// TestEjectedRatherThanNone: when checks take all others away, a member that is out
// gets the calls.
func TestEjectedRatherThanNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.set("a.test", 200)
		n.set("b.test", 200)
		s := channel.New(channel.Options{Dial: n.dial})
		defer s.Close()
		s.Put(watched(2))
		fault := call.BackendTimeout
		b := channel.NewBackend(s, "c", "", senderFunc(func(c *call.Call) *call.Fault {
			if c.Out.Address == "a.test:80" {
				return fault
			}
			return nil
		}))
		for range 10 {
			b.Send(newCall(t))
		}
		wellness(t, s, "-+")
		n.set("b.test", 503)
		time.Sleep(9 * time.Second)
		for range 4 {
			time.Sleep(8 * time.Second)
			b.Send(newCall(t))
		}
		wellness(t, s, "--")
		if f := b.Send(newCall(t)); f != call.BackendTimeout {
			t.Errorf("%v, want the word of the member that is out", f)
		}
		fault = nil
		if f := b.Send(newCall(t)); f != nil {
			t.Errorf("%v", f)
		}
		wellness(t, s, "+-")
	})
}
