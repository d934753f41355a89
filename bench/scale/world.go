package main

import (
	"io"
	"log/slog"
	"net"
	"path/filepath"
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
	"github.com/lintel-gateway/lintel/internal/gateway/record"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
	"github.com/lintel-gateway/lintel/internal/gateway/state"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/limit"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// world is the gateway of a node as internal/app puts it together, without its
// edge and with a backend that answers at once.
type world struct {
	snapshot *snapshot.Snapshot
	gateway  *gateway.Gateway
	log      *state.Log
}

func newWorld(dir string) (*world, error) {
	w := &world{}
	open := func(_, _ string, sealed []byte) ([]byte, error) { return sealed, nil }
	transport := backend.NewTransport(backend.Options{Dial: new(net.Dialer).DialContext})
	about := beside.New(beside.Options{
		Open: open, Functions: functions.New(nil), Channels: channel.New(channel.Options{Clock: clock.System}), Orders: statistics.NewOrders(), Clock: clock.System,
	})
	limits, err := throttle.NewLimits(limit.NewMemory(clock.System, limit.DefaultCallers), 1<<40, 1<<40)
	if err != nil {
		return nil, err
	}
	env := plan.Env{Callers: callers.New(), Beside: about, Limits: limits, Clock: clock.System, Transport: transport, Members: transport}.Sharing()
	w.snapshot = snapshot.New(snapshot.Options{
		Build: func(d *definition.API) (*plan.Plan, error) {
			p, err := plan.Build(d, env)
			if err == nil {
				for i := range p.Branches {
					p.Branches[i].Backend = constant{}
				}
			}
			return p, err
		},
		Callers: env.Callers, Beside: about, Open: open,
	})
	access := telemetry.NewAccessLog(nowhere{io.Discard}, telemetry.AccessOptions{})
	finished := record.Recorder{
		Clock: clock.System, Region: "RegionOne", Access: access,
		Metrics: telemetry.NewMetrics(telemetry.MetricsOptions{FaultCodes: call.Codes()}), Figures: statistics.NewCollector(),
	}
	w.gateway = gateway.New(gateway.Options{
		Snapshot: w.snapshot, Answers: about.Answers, IDs: ids.Random(), Clock: clock.System,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Record: finished.Call,
	})
	if dir != "" {
		w.log, err = state.Open(filepath.Join(dir, "gateway"))
	}
	return w, err
}

// nowhere is a file that takes everything.
type nowhere struct{ io.Writer }

func (nowhere) Close() error { return nil }

// constant is a backend that answers at once.
type constant struct{}

var answer = []byte(`{"ok":true}`)

// Send implements plan.Backend.
func (constant) Send(c *call.Call) *call.Fault {
	now := time.Now()
	t := &c.Timing
	t.BackendAddr, t.BackendStart, t.BackendHeader, t.BackendStatus = c.Out.Address, now, now, 200
	r := &c.Response
	r.Status = 200
	r.Headers = append(r.Headers, message.Field{Name: "Content-Type", Value: "application/json"})
	r.Bytes = answer
	return nil
}
