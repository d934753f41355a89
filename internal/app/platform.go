package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/config"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// Output is where a platform writes for people and log readers.
type Output struct {
	Log    io.Writer
	Stdout io.Writer // access and audit logs configured as "-"
	People io.Writer // the first password
}

// Platform is a running Lintel: management plane and one gateway.
type Platform struct {
	cfg     *config.Config
	out     Output
	log     *slog.Logger
	clock   clock.Clock
	ids     *ids.Source
	sealer  *secret.Sealer
	metrics *telemetry.Metrics
	access  *telemetry.AccessLog
	audit   *telemetry.AuditLog

	dial      dialers
	addresses addresses
	node      *node
	control   atomic.Pointer[control]
	failed    chan error
	stops     []stop // in start order
}

// stop ends one part. It respects ctx, which ends when draining takes too long.
type stop struct {
	name string
	end  func(ctx context.Context) error
}

// Start brings the platform up, part by part. When a part fails, those already
// started are stopped in reverse order and its error is answered.
//
// The gateway comes before the database: it serves its last state while the
// database is still away, and so does a restart during an outage.
func Start(ctx context.Context, cfg *config.Config, out Output) (*Platform, error) {
	p := &Platform{cfg: cfg, out: out, clock: clock.System, ids: ids.Random(), failed: make(chan error, 8)}
	for _, part := range []struct {
		name  string
		start func(context.Context) error
	}{
		{"data folder", p.openData},
		{"logs", p.openLogs},
		{"listeners", p.listen}, // all addresses first: a port in use is found before anything is written
		{"dialers", p.openDialers},
		{"gateway", p.startNode},
		{"management", p.startControl},
		{"operations", p.startOps},
	} {
		if err := part.start(ctx); err != nil {
			return nil, p.stopAfter(fmt.Errorf("start %s: %w", part.name, err))
		}
	}
	return p, nil
}

// onStop remembers how to end a part that has just started.
func (p *Platform) onStop(name string, end func(context.Context) error) {
	p.stops = append(p.stops, stop{name, end})
}

// openData makes the data folder, locks it and loads the installation's key.
func (p *Platform) openData(context.Context) error {
	if err := os.MkdirAll(p.cfg.DataDir, 0o700); err != nil {
		return err
	}
	unlock, err := lockFolder(p.cfg.DataDir)
	if err != nil {
		return err
	}
	p.onStop("data folder", func(context.Context) error { return unlock() })
	p.sealer, err = secret.LoadOrCreate(p.dataFile("master.key"))
	return err
}

func (p *Platform) openLogs(context.Context) error {
	p.log = telemetry.NewLog(p.out.Log, p.cfg.LogLevel, p.cfg.LogFormat)
	for _, warning := range p.cfg.Warnings {
		p.log.Warn(warning)
	}
	p.metrics = telemetry.NewMetrics(telemetry.MetricsOptions{
		Version: version(), FaultCodes: call.Codes(),
	})
	if p.cfg.AccessLog != "" {
		w, err := telemetry.Open(p.cfg.AccessLog, p.out.Stdout, telemetry.Rotation{})
		if err != nil {
			return err
		}
		p.access = telemetry.NewAccessLog(w, telemetry.AccessOptions{Log: p.log})
		p.metrics.WatchAccessLog(p.access)
		p.onStop("access log", p.access.Close)
	}
	w, err := telemetry.Open(p.cfg.AuditLog, p.out.Stdout, telemetry.Rotation{})
	if err != nil {
		return err
	}
	p.audit = telemetry.NewAuditLog(w)
	p.onStop("audit log", func(context.Context) error { return p.audit.Close() })
	return nil
}

// Wait returns once ctx has ended, or a server has failed, and everything is
// stopped.
func (p *Platform) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		p.log.Info("stopping", "drain_timeout", p.cfg.DrainTimeout.String())
		return p.Stop()
	case err := <-p.failed:
		return p.stopAfter(err)
	}
}

// Stop drains and ends every part in the reverse of the start order. It is
// called once.
func (p *Platform) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), p.cfg.DrainTimeout)
	defer cancel()
	var faults []error
	for _, s := range slices.Backward(p.stops) {
		if err := s.end(ctx); err != nil {
			faults = append(faults, fmt.Errorf("stop %s: %w", s.name, err))
		}
	}
	p.stops = nil
	return errors.Join(faults...)
}

func (p *Platform) stopAfter(err error) error {
	if serr := p.Stop(); serr != nil && p.log != nil {
		p.log.Error("stopping", "error", serr)
	}
	return err
}

// run serves in the background; a server that ends by itself ends the platform.
func (p *Platform) run(name string, serve func() error) {
	go func() {
		if err := serve(); err != nil {
			select {
			case p.failed <- fmt.Errorf("%s: %w", name, err):
			default: // the platform is ending for another reason
			}
		}
	}()
}

// startTimeout bounds how long the first contact with the database may take
// before the platform goes on without it.
const startTimeout = 20 * time.Second
