package gatewaytest

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/beside"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/throttle"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/limit"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Now is when the clock of a Gateway stands at first.
var Now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// The default limits of a Gateway. Its clock stands still, so a test that calls
// one API more often gives it a policy.
const (
	APIRate        = 1_000_000
	SubDomainCalls = 1000
)

// Gateway is a whole gateway whose HTTP backends are one Recorder.
type Gateway struct {
	*gateway.Gateway
	Snapshot *snapshot.Snapshot
	Beside   *beside.Beside
	Clock    *clock.Fake
	Backend  *Recorder
	// Recorded is how many calls were finished while Record was nil. Not beside it: with
	// a count that both cores write BenchmarkFullChainParallel took 931 ns on two, without it
	// 867.
	Recorded int
	// Record, when set, gets every finished call, also several at once.
	Record func(*call.Call)

	revision uint64
}

// New returns a gateway that serves the definitions: values of definition.Group,
// API, App (secrets in the clear) and Grant.
func New(t testing.TB, definitions ...any) *Gateway {
	t.Helper()
	g := &Gateway{Clock: clock.NewFake(Now), Backend: &Recorder{}}
	transport := backend.NewTransport(backend.Options{Dial: new(net.Dialer).DialContext})
	t.Cleanup(transport.Close)
	open := func(_, _ string, sealed []byte) ([]byte, error) { return sealed, nil }
	channels := channel.New(channel.Options{Clock: g.Clock.Now})
	t.Cleanup(channels.Close)
	g.Beside = beside.New(beside.Options{Open: open, Functions: functions.New(nil), Channels: channels, Clock: g.Clock.Now})
	limits, err := throttle.NewLimits(limit.NewMemory(g.Clock.Now, limit.DefaultCallers), APIRate, SubDomainCalls)
	if err != nil {
		t.Fatal(err)
	}
	env := plan.Env{Callers: callers.New(), Beside: g.Beside, Limits: limits, Clock: g.Clock.Now, Transport: transport, Members: transport}.Sharing()
	g.Snapshot = snapshot.New(snapshot.Options{
		Build: func(d *definition.API) (*plan.Plan, error) {
			p, err := plan.Build(d, env)
			if err != nil {
				return nil, err
			}
			for i := range p.Branches {
				if _, function := p.Branches[i].Backend.(*backend.Function); !function && len(p.Branches[i].Policies) > 0 {
					p.Branches[i].Backend = g.Backend
				}
			}
			return p, nil
		},
		Callers: env.Callers, Beside: g.Beside, Open: open,
	})
	g.Gateway = gateway.New(gateway.Options{
		Snapshot: g.Snapshot, Answers: g.Beside.Answers, IDs: ids.Random(), Clock: g.Clock.Now,
		Log:    slog.New(slog.NewTextHandler(io.Discard, nil)),
		Record: g.finished,
	})
	if err := g.Apply(t, definitions...); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *Gateway) finished(c *call.Call) {
	if g.Record != nil {
		g.Record(c)
		return
	}
	g.Recorded++
}

// Apply puts definitions into the snapshot.
func (g *Gateway) Apply(t testing.TB, definitions ...any) error {
	t.Helper()
	var records []definition.Record
	for _, d := range definitions {
		g.revision++
		r := definition.Record{Key: key(d), Revision: g.revision}
		var err error
		if r.Body, err = definition.Encode(d); err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return g.Snapshot.Apply(records)
}

func key(d any) definition.Key {
	switch d := d.(type) {
	case definition.Group:
		return definition.Key{Kind: definition.KindGroup, ID: d.ID}
	case definition.API:
		return definition.Key{Kind: definition.KindAPI, ID: d.ID + "/" + d.EnvID}
	case definition.App:
		return definition.Key{Kind: definition.KindApp, ID: d.ID}
	case definition.Grant:
		return definition.Key{Kind: definition.KindGrant, ID: d.ID}
	case definition.Throttle:
		return definition.Key{Kind: definition.KindThrottle, ID: d.ID}
	case definition.ACL:
		return definition.Key{Kind: definition.KindACL, ID: d.ID}
	case definition.SignatureKey:
		return definition.Key{Kind: definition.KindSign, ID: d.ID}
	case definition.Binding:
		return definition.Key{Kind: definition.KindBinding, ID: d.ID}
	case definition.Channel:
		return definition.Key{Kind: definition.KindChannel, ID: d.ID}
	case definition.Authorizer:
		return definition.Key{Kind: definition.KindAuthorizer, ID: d.ID}
	case definition.Function:
		return definition.Key{Kind: definition.KindFunction, ID: d.URN + ":" + d.Version}
	case definition.Response:
		return definition.Key{Kind: definition.KindResponse, ID: d.ID}
	case definition.Order:
		return definition.Key{Kind: definition.KindOrder, ID: d.ID}
	}
	panic(fmt.Sprintf("gatewaytest: %T is no definition", d))
}

// Recorder is a backend that remembers what it was sent. It answers 200 with
// "ok" unless Answer is set.
type Recorder struct {
	Answer func(c *call.Call) *call.Fault
	// Stub, when set, takes the calls instead, and nothing is recorded: for
	// measurements.
	Stub plan.Backend

	mu   sync.Mutex
	sent []Sent
}

// Sent is one request that reached a Recorder.
type Sent struct {
	Method, Target, Host, Headers, Body string
}

// Send implements plan.Backend.
func (r *Recorder) Send(c *call.Call) *call.Fault {
	if r.Stub != nil {
		return r.Stub.Send(c)
	}
	o := &c.Out
	s := Sent{Method: o.Method, Target: o.Scheme + "://" + o.Address + o.Path, Host: o.Host, Headers: Lines(o.Headers)}
	if o.RawQuery != "" {
		s.Target += "?" + o.RawQuery
	}
	if c.Request.Body != nil {
		b, err := io.ReadAll(c.Request.Body)
		if err != nil {
			return c.BodyFault()
		}
		s.Body = string(b)
	}
	r.mu.Lock()
	r.sent = append(r.sent, s)
	r.mu.Unlock()
	if r.Answer != nil {
		return r.Answer(c)
	}
	c.Timing.BackendStatus = 200
	c.Response.Status = 200
	c.Response.Headers = append(c.Response.Headers, message.Field{Name: "Content-Type", Value: "text/plain"})
	c.Response.Bytes = []byte("ok")
	return nil
}

// Take returns what was sent since the last time.
func (r *Recorder) Take() []Sent {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := r.sent
	r.sent = nil
	return sent
}
