package app

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// startOps serves metrics and health to operators, without credentials: its
// listener is loopback unless told otherwise.
func (p *Platform) startOps(context.Context) error {
	if p.addresses.ops == nil {
		return nil
	}
	server := &http.Server{
		Handler: telemetry.NewOps(p.metrics, p.readiness), ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	p.onStop("operators' listener", func(ctx context.Context) error { return server.Shutdown(ctx) })
	p.run("operators' listener", func() error {
		if err := server.Serve(p.addresses.ops); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return nil
}

// readiness says what is missing. A gateway that serves its last state without
// a database is ready for calls but not for management.
func (p *Platform) readiness(ctx context.Context) error {
	c := p.control.Load()
	if c == nil {
		return errors.New("the database is away; API calls are served from the last state")
	}
	var one int
	if err := c.db.QueryRow(ctx, `SELECT 1`).Scan(&one); err != nil {
		return errors.New("the database does not answer; API calls are served")
	}
	return nil
}
