package app

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/gateway"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/beside"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
	"github.com/lintel-gateway/lintel/internal/gateway/certificates"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
	"github.com/lintel-gateway/lintel/internal/gateway/debug"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/gateway/livetrace"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/throttle"
	"github.com/lintel-gateway/lintel/internal/gateway/record"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
	"github.com/lintel-gateway/lintel/internal/gateway/state"
	"github.com/lintel-gateway/lintel/internal/limit"
	manage "github.com/lintel-gateway/lintel/internal/manage/apis/debug"
	"github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// node is the gateway of this process: what it serves, where it keeps that, and
// the edge before it.
type node struct {
	snapshot *snapshot.Snapshot
	state    *state.Log
	log      *slog.Logger
	metrics  *telemetry.Metrics
	calls    *statistics.Collector // what management has not stored yet
	orders   *statistics.Orders    // likewise, of calls that were bought
	debugger *debug.Debugger
	live     *livetrace.Keys
	channels *channel.Channels
	mu       sync.Mutex // one batch at a time into snapshot and state
	lost     bool       // the state could not be read; the database has everything

	returning atomic.Bool // memory is being given back
}

// startNode builds the gateway, gives it its last state and opens its edge.
func (p *Platform) startNode(ctx context.Context) error {
	n := &node{
		log: p.log, metrics: p.metrics, calls: statistics.NewCollector(), orders: statistics.NewOrders(),
		live: livetrace.New(livetrace.Options{IDs: p.ids, Clock: p.clock}),
	}
	env, err := p.liveState(ctx, n)
	if err != nil {
		return err
	}
	env = env.Sharing()
	n.snapshot = snapshot.New(snapshot.Options{
		Build:   func(api *definition.API) (*plan.Plan, error) { return plan.Build(api, env) },
		Callers: env.Callers, Beside: env.Beside, Open: p.sealer.Open,
	})
	if err := n.open(p.dataFile("gateway")); err != nil {
		return err
	}
	p.node = n
	p.onStop("gateway state", func(context.Context) error { return n.state.Close() })
	verifying, stop := context.WithCancel(context.WithoutCancel(ctx))
	p.onStop("trial of the last state", func(context.Context) error { stop(); return nil })
	p.run("trial of the last state", func() error { n.verify(verifying); return nil })
	finished := record.Recorder{Clock: p.clock, Region: p.cfg.Region, Access: p.access, Metrics: p.metrics, Figures: n.calls}
	g := gateway.New(gateway.Options{
		Snapshot: n.snapshot, Answers: env.Beside.Answers, IDs: p.ids, Clock: p.clock, Log: p.log, Live: n.live, Record: finished.Call,
		TrustedProxies: p.cfg.Gateway.TrustedProxies, ForwardedHops: p.cfg.Gateway.ForwardedHops,
		Preflight: p.cfg.Gateway.CORSPreflight,
	})
	n.debugger = &debug.Debugger{Gateway: g, Env: env, Open: p.sealer.Open, IDs: p.ids, Clock: p.clock, Log: p.log}
	// Before the edge, so that it ends after it: the last calls count too.
	p.onStop("management plane", p.closeControl)
	return p.openEdge(g, env.Beside.Certificates)
}

// liveState is what plans refer to: connections, channels, functions, limits.
func (p *Platform) liveState(ctx context.Context, n *node) (plan.Env, error) {
	env := plan.Env{Callers: callers.New(), Users: p.users(), Clock: p.clock}
	env.Transport = backend.NewTransport(backend.Options{Dial: p.dial.public.DialContext})
	env.Members = backend.NewTransport(backend.Options{Dial: p.dial.members.DialContext})
	p.onStop("backend connections", func(context.Context) error {
		env.Transport.Close()
		env.Members.Close()
		return nil
	})
	run, err := function.New(ctx, function.Options{Transport: function.NewTransport(p.dial.public.DialContext)})
	if err != nil {
		return env, err
	}
	p.onStop("functions", run.Close)
	n.channels = channel.New(channel.Options{Dial: p.dial.members.DialContext, Clock: p.clock, Log: p.log})
	p.onStop("channels", func(context.Context) error { n.channels.Close(); return nil })
	env.Beside = beside.New(beside.Options{
		Open: p.sealer.Open, Functions: functions.New(run), Channels: n.channels, Orders: n.orders, Clock: p.clock,
	})
	counters := limit.NewMemory(p.clock, limit.DefaultCallers)
	env.Limits, err = throttle.NewLimits(counters, p.cfg.Gateway.APIRate, p.cfg.Gateway.SubdomainCalls)
	return env, err
}

// openEdge begins to take calls.
func (p *Platform) openEdge(g *gateway.Gateway, chosen *certificates.Certificates) error {
	server := edge.New(g, edge.Options{Log: p.log, Clock: p.clock, Proxies: p.proxies(), NetHTTP: p.cfg.Gateway.NetHTTP})
	p.onStop("gateway edge", server.Shutdown)
	p.run("gateway listener", func() error { return server.Serve(p.addresses.gateway) })
	if p.addresses.gatewayTLS == nil {
		return nil
	}
	config, err := p.gatewayTLS()
	if err != nil {
		return err
	}
	config = chosen.Config(config)
	p.run("gateway TLS listener", func() error { return server.ServeTLS(p.addresses.gatewayTLS, config) })
	return nil
}

// debug makes one call for management; the types of both sides have equal
// fields.
func (n *node) debug(ctx context.Context, c *manage.Call) (*manage.Outcome, error) {
	q := debug.Request(*c)
	out, err := n.debugger.Run(ctx, &q)
	if err != nil {
		return nil, err
	}
	answer := manage.Outcome(*out)
	return &answer, nil
}

// open reads the last state. Damage is reported and survived: the database has
// the truth, and what could be read is served until it is asked.
func (n *node) open(dir string) error {
	log, err := state.Open(dir)
	if err != nil {
		return err
	}
	n.state = log
	restoring := n.snapshot.Restore()
	report, err := log.Load(restoring.Take)
	incomplete := restoring.Done()
	if err != nil {
		n.lost = true
		n.metrics.StateFault()
		n.log.Error("gateway state cannot be read; nothing is served until the database is there", "error", err)
	}
	for _, fault := range report.Faults {
		n.metrics.StateFault()
		n.log.Error("gateway state is damaged", "error", fault, "records", n.snapshot.Len())
	}
	if incomplete != nil {
		n.log.Error("last state cannot be served in full", "error", incomplete)
	}
	n.show()
	return nil
}

// verify tries, while calls are served, what open had no time for: whether every
// API of the last state can still be built.
func (n *node) verify(ctx context.Context) {
	if err := n.snapshot.Verify(ctx, returnMemory); err != nil && ctx.Err() == nil {
		n.log.Error("APIs of the last state cannot be served", "error", err)
		n.show()
	}
	returnMemory()
	returnMemory() // what only weak pointers held before
}

// receive takes committed records into service and into the state file.
func (n *node) receive(records []definition.Record) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.snapshot.Apply(records); err != nil {
		n.log.Error("published records cannot be served", "error", err)
	}
	if err := n.state.Append(records); err != nil {
		n.metrics.StateFault()
		n.log.Error("gateway state not written; a restart without the database would serve older APIs", "error", err)
	}
	n.show()
	if n.snapshot.Shrunk() && n.returning.CompareAndSwap(false, true) {
		go func() { // with a million APIs it takes a second, and the next change shall not wait
			defer n.returning.Store(false)
			returnMemory()
		}()
	}
}

// sync brings the gateway in line with all records of the database, last being
// the revision given last: what the gateway misses is added, what is gone there
// is withdrawn.
func (n *node) sync(all []definition.Record, last uint64) {
	if n.lost {
		if err := n.state.Reset(); err != nil {
			n.log.Error("gateway state cannot be begun anew", "error", err)
		} else {
			n.lost = false
		}
	}
	have := map[definition.Key]uint64{}
	for _, r := range n.snapshot.Records() {
		have[r.Key] = r.Revision
	}
	var changed []definition.Record
	for _, r := range all {
		if have[r.Key] != r.Revision {
			changed = append(changed, r)
		}
		delete(have, r.Key)
	}
	for key := range have {
		changed = append(changed, definition.Record{Key: key, Revision: last})
	}
	if len(changed) > 0 {
		n.log.Info("gateway follows the database", "changes", len(changed))
		n.receive(changed)
	}
}

func (n *node) show() {
	n.metrics.Snapshot(n.snapshot.Revision(), n.snapshot.Len(), len(n.snapshot.Broken()))
}
