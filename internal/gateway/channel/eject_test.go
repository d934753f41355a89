package channel_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
)

// members is a sender whose members fail as they are told, after the request was
// sent, and that counts what each gets.
type members struct {
	mu     sync.Mutex
	faults map[string]*call.Fault // by the first two characters of the host
	unsent bool                   // connections cannot be opened
	got    map[string]int
}

func (m *members) Send(c *call.Call) *call.Fault {
	m.mu.Lock()
	defer m.mu.Unlock()
	name := c.Out.Address[:2]
	m.got[name]++
	c.Timing.BackendConnect = 0
	f := m.faults[name]
	if f != nil && m.unsent {
		c.Timing.BackendConnect = call.NotConnected
	}
	return f
}

// take is what each member got since the last time.
func (m *members) take() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	got := fmt.Sprint(m.got)
	m.got = map[string]int{}
	return strings.TrimPrefix(got, "map")
}

type ejecting struct {
	*fixture
	*members
	clock *clock.Fake
}

func ejects(t *testing.T, d *definition.Channel) *ejecting {
	t.Helper()
	x := &ejecting{
		members: &members{faults: map[string]*call.Fault{}, got: map[string]int{}},
		clock:   clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)),
	}
	s := channel.New(channel.Options{Clock: x.clock.Now})
	t.Cleanup(s.Close)
	s.Put(d)
	x.fixture = &fixture{s, channel.NewBackend(s, d.ID, "", x.members), newCall(t)}
	return x
}

// calls makes n calls and answers what each member got of them.
func (x *ejecting) calls(n int) string {
	for range n {
		x.call.Out.Timeout, x.call.Timing.BackendStart = time.Minute, x.clock.Now()
		x.backend.Send(x.call)
	}
	return x.take()
}

func (x *ejecting) out(t *testing.T, want string) {
	t.Helper()
	var out []string
	for i := range 4 {
		id := fmt.Sprintf("m%d", i)
		if well, known := x.channels.Well("c", id); known && !well {
			out = append(out, id)
		}
	}
	if got := strings.Join(out, " "); got != want {
		t.Errorf("out: %q, want %q", got, want)
	}
}

func (x *ejecting) same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// TestEjection is the life of a member that fails: out after five failures in a
// row, tried by one call after its time, out for longer each time, back after a
// success.
func TestEjection(t *testing.T) {
	x := ejects(t, balanced(1, 1, 1, 1))
	x.faults["m0"] = call.BackendTimeout
	x.same(t, "four failures", x.calls(12), "[m0:4 m1:4 m2:4]")
	x.out(t, "")
	x.calls(3)
	x.out(t, "m0")
	if x.calls(300); x.got["m0"] != 0 {
		t.Errorf("a member that is out got %d calls", x.got["m0"])
	}
	for i := range 3 {
		length := time.Duration(i+1) * channel.EjectionStep
		x.clock.Advance(length - 1)
		x.calls(30)
		x.out(t, "m0")
		x.clock.Advance(1)
		if got := x.calls(30); !strings.Contains(got, "m0:1 ") {
			t.Errorf("after %v: %s, want one trial", length, got)
		}
	}
	delete(x.faults, "m0")
	x.clock.Advance(4*channel.EjectionStep - 1)
	x.calls(30)
	x.out(t, "m0")
	x.clock.Advance(1)
	x.calls(3)
	x.out(t, "")
	x.same(t, "back", x.calls(30), "[m0:10 m1:10 m2:10]")

	// It has not forgotten yet: the next ejection is the fifth.
	x.faults["m0"] = call.BackendUnavailable
	x.calls(15)
	x.out(t, "m0")
	x.clock.Advance(5*channel.EjectionStep - 1)
	if got := x.calls(30); strings.Contains(got, "m0") {
		t.Errorf("tried too early: %s", got)
	}
	// Only after good calls in a row is it the first one again.
	delete(x.faults, "m0")
	x.clock.Advance(1)
	x.calls(3 * (channel.SuccessesToForget + 1))
	x.faults["m0"] = call.BackendUnavailable
	x.calls(15)
	x.out(t, "m0")
	x.clock.Advance(channel.EjectionStep)
	if got := x.calls(3); !strings.Contains(got, "m0:1") {
		t.Errorf("not tried after the first step: %s", got)
	}
}

// TestEjectionEndsWithin: the time that a member is out grows to five minutes.
func TestEjectionEndsWithin(t *testing.T) {
	x := ejects(t, balanced(1, 1, 1))
	x.faults["m0"] = call.BackendUnavailable
	x.calls(10)
	for range 40 {
		x.clock.Advance(5 * time.Minute)
		if got := x.calls(10); !strings.HasPrefix(got, "[m0:1 ") {
			t.Fatalf("five minutes later: %s", got)
		}
	}
}

// TestSuccessBreaksTheRow: failures count when nothing else is between them.
func TestSuccessBreaksTheRow(t *testing.T) {
	x := ejects(t, balanced(1, 1, 1))
	for range 10 {
		x.faults["m0"] = call.BackendUnavailable
		x.calls(8)
		delete(x.faults, "m0")
		x.calls(2)
	}
	x.out(t, "")
}

// TestMalformedClientNeverEjectsABackend: what is not the backend's fault counts
// for nothing, however often it comes, and does not interrupt a row either.
func TestMalformedClientNeverEjectsABackend(t *testing.T) {
	for _, f := range []*call.Fault{
		call.BadBody, call.CallerSlow, call.CallerGone, call.RequestTooLarge, call.BadAPIRequest, call.BackendForbidden,
		call.BackendNotHTTP2, call.Unexpected, call.CallsItself, call.SignatureFailed, call.BackendUnavailable.With("another word"),
	} {
		x := ejects(t, balanced(1, 1, 1))
		x.faults["m0"], x.faults["m1"] = f, f
		x.same(t, f.Message, x.calls(1000), "[m0:500 m1:500]")
		x.out(t, "")
		// A trial that the caller spoils is neither passed nor failed: the next call is
		// one as well.
		x.faults["m0"] = call.BackendUnavailable
		x.calls(10)
		x.out(t, "m0")
		x.faults["m0"] = f
		x.clock.Advance(channel.EjectionStep)
		x.same(t, f.Message+": trials", x.calls(10), "[m0:5 m1:5]")
		x.out(t, "m0")
		delete(x.faults, "m0")
		x.calls(2)
		x.out(t, "")
	}
}

// TestHalfStays: at most half of the members are out, and never the last one.
func TestHalfStays(t *testing.T) {
	for members, want := range map[int]int{1: 0, 2: 1, 3: 1, 4: 2} {
		x := ejects(t, balanced(1, repeat(members, 1)...))
		for i := range members {
			x.faults[fmt.Sprintf("m%d", i)] = call.BackendUnavailable
		}
		x.calls(20 * members)
		out := 0
		for i := range members {
			if well, _ := x.channels.Well("c", fmt.Sprintf("m%d", i)); !well {
				out++
			}
		}
		if out != want {
			t.Errorf("%d of %d members are out, want %d", out, members, want)
		}
	}
	// Weight 0 is no help.
	x := ejects(t, balanced(1, 1, 0, 0))
	x.faults["m0"] = call.BackendUnavailable
	x.calls(20)
	x.out(t, "")
}

// TestStateStays: a change of the channel brings no ejected member back, and
// another port is another member.
func TestStateStays(t *testing.T) {
	d := balanced(1, 1, 1)
	x := ejects(t, d)
	x.faults["m0"] = call.BackendUnavailable
	x.calls(10)
	x.out(t, "m0")
	next := *d
	next.Members = []definition.Member{{ID: "m3", Host: "m3.test", Weight: 1}, {ID: "m0", Host: "m0.test", Weight: 50}, {ID: "m1", Host: "m1.test", Weight: 1}}
	x.channels.Put(&next)
	x.out(t, "m0")
	next.Port = 81
	x.channels.Put(&next)
	x.out(t, "")
}

// TestOneTrialAtATime: while a call tries a member, others go elsewhere.
func TestOneTrialAtATime(t *testing.T) {
	x := ejects(t, balanced(1, 1, 1))
	x.faults["m0"] = call.BackendUnavailable
	x.calls(10)
	x.clock.Advance(channel.EjectionStep)
	entered, leave := make(chan bool, 100), make(chan bool)
	slow := channel.NewBackend(x.channels, "c", "", senderFunc(func(c *call.Call) *call.Fault {
		if strings.HasPrefix(c.Out.Address, "m0") {
			entered <- true
			<-leave
		}
		return nil
	}))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			c := call.Acquire(context.Background())
			defer call.Release(c)
			slow.Send(c)
		})
	}
	<-entered
	x.out(t, "m0")
	for range 20 {
		x.backend.Send(x.call)
	}
	x.same(t, "meanwhile", x.take(), "[m1:20]")
	close(leave)
	all.Wait()
	x.out(t, "")
}

// TestPanicEndsATrial: the gateway survives a panic, and so does the member.
func TestPanicEndsATrial(t *testing.T) {
	x := ejects(t, balanced(1, 1, 1))
	x.faults["m0"] = call.BackendUnavailable
	x.calls(10)
	x.clock.Advance(channel.EjectionStep)
	broken := channel.NewBackend(x.channels, "c", "", senderFunc(func(*call.Call) *call.Fault { panic("broken") }))
	for range 2 {
		func() {
			defer func() { recover() }()
			broken.Send(x.call)
		}()
	}
	delete(x.faults, "m0")
	x.calls(2)
	x.out(t, "")
}

// TestRetry: a call that found no connection goes to another member, to three in
// all; nothing else is repeated.
func TestRetry(t *testing.T) {
	x := ejects(t, balanced(1, 1, 1, 1, 1))
	x.unsent = true
	send := func() (*call.Fault, string) {
		x.call.Out.Timeout, x.call.Timing.BackendStart = time.Minute, x.clock.Now()
		return x.backend.Send(x.call), x.take()
	}
	x.faults["m0"] = call.BackendUnavailable
	for range 8 {
		if f, got := send(); f != nil {
			t.Errorf("%s, %s", f.Message, got)
		}
	}
	x.out(t, "")
	for _, f := range []*call.Fault{call.BackendUnavailable, call.NameNotResolved} {
		y := ejects(t, balanced(3, 1, 1, 1, 1))
		y.unsent = true
		for i := range 4 {
			y.faults[fmt.Sprintf("m%d", i)] = f
		}
		y.call.Out.Timeout, y.call.Timing.BackendStart = time.Minute, y.clock.Now()
		if got := y.backend.Send(y.call); got != f {
			t.Errorf("%v", got)
		}
		if got := y.take(); strings.Count(got, ":1") != 3 {
			t.Errorf("three members get one try each: %s", got)
		}
		// What was sent, or may have been, is not sent again.
		y.unsent = false
		y.backend.Send(y.call)
		if got := y.take(); strings.Count(got, ":") != 1 {
			t.Errorf("a call that was sent: %s", got)
		}
		// Nor when its time is over.
		y.unsent = true
		y.call.Out.Timeout, y.call.Timing.BackendStart = time.Second, y.clock.Now().Add(-time.Second)
		y.backend.Send(y.call)
		if got := y.take(); strings.Count(got, ":") != 1 {
			t.Errorf("a call without time: %s", got)
		}
		// Nor when it was the caller.
		for i := range 4 {
			y.faults[fmt.Sprintf("m%d", i)] = call.CallerGone
		}
		y.call.Out.Timeout, y.call.Timing.BackendStart = time.Minute, y.clock.Now()
		y.backend.Send(y.call)
		if got := y.take(); strings.Count(got, ":") != 1 {
			t.Errorf("a call whose caller left: %s", got)
		}
	}
	// One member alone: its fault is the answer.
	z := ejects(t, balanced(1, 1))
	z.unsent, z.faults["m0"] = true, call.BackendUnavailable
	z.call.Out.Timeout, z.call.Timing.BackendStart = time.Minute, z.clock.Now()
	if f := z.backend.Send(z.call); f != call.BackendUnavailable {
		t.Errorf("%v", f)
	}
}

// TestTrace: the owner who debugs reads who was chosen and why.
func TestTrace(t *testing.T) {
	x := ejects(t, balanced(4, 1, 1))
	x.unsent = true
	x.faults["m0"], x.faults["m1"] = call.BackendUnavailable, call.BackendUnavailable
	x.call.Trace = &call.Trace{Now: x.clock.Now}
	x.call.Timing.BackendStart = x.clock.Now()
	x.backend.Send(x.call)
	x.channels.Drop("c")
	x.backend.Send(x.call)
	text := strings.Join(x.call.Trace.Lines(), "\n")
	for _, want := range []string{
		"channel c (orders): member m", "chosen by the hash of path and query; 2 of 2 are well",
		"because the one before could not be reached", "no member takes the call", "channel c: is not known here",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
