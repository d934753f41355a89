package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/distribute"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/identity"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/ledger"
	"github.com/lintel-gateway/lintel/internal/publish"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/telemetry"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// control is the management plane of this process once its database is there.
type control struct {
	db        *store.DB
	identity  *identity.Identity
	handler   http.Handler
	upkeep    *upkeep
	functions *function.Runtime // for management's own invocations
	ledger    *ledger.Area
}

// retryEvery is how often a database that was away at the start is tried.
const retryEvery = 2 * time.Second

// managementHandler answers 503 until the management plane is there.
type managementHandler struct {
	ready    atomic.Pointer[control]
	dialects []*wire.Dialect // without routes: they word the refusal
	new      func() string
}

func (h *managementHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c := h.ready.Load(); c != nil {
		c.handler.ServeHTTP(w, r)
		return
	}
	d := h.dialects[0]
	switch {
	case strings.HasPrefix(r.URL.Path, "/v3"):
		d = h.dialects[1]
	case strings.HasPrefix(r.URL.Path, "/apis/"):
		d = h.dialects[2]
	}
	id := h.new()
	w.Header().Set("X-Request-Id", id)
	w.Header().Set("Retry-After", wire.RetryAfter)
	d.WriteError(w, id, d.Faults.Unavailable)
}

// startControl opens the database and serves the management APIs. A database
// that is away does not keep the gateway from serving: it is tried again in
// the background. Everything else that goes wrong ends the start.
func (p *Platform) startControl(ctx context.Context) error {
	h := &managementHandler{new: p.ids.New, dialects: p.dialects(nil, nil, nil)}
	first, cancel := context.WithTimeout(ctx, startTimeout)
	c, err := p.openControl(first)
	cancel()
	switch {
	case err == nil:
		p.useControl(h, c)
	case errors.Is(err, store.ErrUnavailable):
		p.log.Error("database is away; the gateway serves its last state", "database", p.cfg.DatabaseName(), "error", err)
		p.retryControl(h)
	default:
		return err
	}
	return p.serveManagement(h)
}

// retryControl opens the database in the background until it is there.
func (p *Platform) retryControl(h *managementHandler) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	p.onStop("database retry", func(context.Context) error { cancel(); <-done; return nil })
	go func() {
		defer close(done)
		tick := time.NewTicker(retryEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			c, err := p.openControl(ctx)
			if err == nil {
				p.log.Info("database is back", "database", p.cfg.DatabaseName())
				p.useControl(h, c)
				return
			}
			p.log.Warn("database is still away", "error", err)
		}
	}()
}

func (p *Platform) useControl(h *managementHandler, c *control) {
	p.control.Store(c)
	h.ready.Store(c)
}

// closeControl ends the management plane, whenever it came up.
func (p *Platform) closeControl(ctx context.Context) error {
	c := p.control.Load()
	if c == nil {
		return nil
	}
	c.upkeep.end(ctx)
	return errors.Join(c.ledger.Close(), c.functions.Close(ctx), c.identity.Close(), c.db.Close())
}

// openControl opens the database, makes the first accounts, joins areas and
// publication, and brings the gateway in line with the records.
func (p *Platform) openControl(ctx context.Context) (_ *control, err error) {
	db, err := store.Open(ctx, p.cfg.Database.Reveal(), store.Options{Schemas: Schemas()})
	if err != nil {
		return nil, err
	}
	c := &control{db: db}
	defer func() {
		if err != nil {
			if c.identity != nil {
				err = errors.Join(err, c.identity.Close())
			}
			if c.functions != nil {
				err = errors.Join(err, c.functions.Close(context.WithoutCancel(ctx)))
			}
			err = errors.Join(err, db.Close())
		}
	}()
	hasher := passwords.New(passwords.DefaultCost(), p.ids)
	if err := p.bootstrap(ctx, db, hasher); err != nil {
		return nil, err
	}
	c.identity, err = identity.Open(ctx, identity.Options{
		DB: db, Sealer: p.sealer, Region: p.cfg.Region, Site: p.site(), Passwords: hasher, Policy: p.policy(),
		IDs: p.ids, Clock: p.clock, Log: p.log, Owned: ledger.Owned,
	})
	if err != nil {
		return nil, err
	}
	// Trying a function out takes little: whoever needs more calls it through an API.
	c.functions, err = function.New(ctx, function.Options{
		PerFunction: 4, Waiting: 8, Queue: 64, Transport: function.NewTransport(p.dial.public.DialContext),
	})
	if err != nil {
		return nil, err
	}
	quotas := entitlement.New(p.cfg.Limits).In(p.cfg.Region)
	areas := newAreas(shared{
		region: p.cfg.Region, functions: c.functions, targets: p.dial.public.Rules(), members: p.dial.members.Rules(),
		db: db, ids: p.ids, clock: p.clock, sealer: p.sealer, quotas: quotas, domain: p.cfg.Gateway.Domain, debug: p.node.debug, traces: p.node.traces(),
		calls: p.node.calls, orders: p.node.orders, resolver: p.cfg.Resolver, well: p.node.channels.Well,
	})
	if err := p.join(ctx, db, areas); err != nil {
		return nil, err
	}
	c.ledger = ledger.New(ledger.Deps{DB: db, IDs: p.ids, Clock: p.clock, Book: quotas, Region: p.cfg.Region, Site: p.site()})
	dialects := p.dialects(areas.routes(), slices.Concat(c.identity.Routes(), c.ledger.Routes()), c.identity.BearerRoutes())
	var actions []string
	for _, d := range dialects {
		for i := range d.Routes {
			actions = append(actions, d.Routes[i].Action)
		}
	}
	p.metrics.SetActions(actions)
	c.handler, err = wire.New(wire.Options{
		Dialects: dialects, Authenticate: c.identity.Authenticate(), Audit: p.recordAudit,
		Log: p.log, IDs: p.ids, Clock: p.clock, Observe: p.observe,
		Unavailable: func(err error) bool { return errors.Is(err, store.ErrUnavailable) },
	})
	if err != nil {
		return nil, err
	}
	c.upkeep = p.startUpkeep(areas, c.ledger)
	return c, nil
}

// join hangs publication into the database's commits and hands the gateway
// what was published before.
func (p *Platform) join(ctx context.Context, db *store.DB, a *areas) error {
	carrier := &distribute.Memory{}
	publisher := publish.New(publish.Options{
		Contributors: a.contributors(), Check: p.node.snapshot.CheckAll, Distribute: carrier.Send,
	})
	db.OnCommit(publisher.Commit)
	db.OnBatch(publisher.Release)
	if err := publish.Surpass(ctx, db, p.node.snapshot.Revision()); err != nil {
		return fmt.Errorf("compare revisions with the gateway's: %w", err)
	}
	all, last, err := publish.All(ctx, db)
	if err != nil {
		return fmt.Errorf("read what is published: %w", err)
	}
	p.node.sync(all, last)
	carrier.Subscribe(p.node.receive)
	if err := a.groups.Refresh(ctx); err != nil {
		return fmt.Errorf("compile groups for the gateway domain %s: %w", p.cfg.Gateway.Domain, err)
	}
	return nil
}

func (p *Platform) bootstrap(ctx context.Context, db *store.DB, hasher *passwords.Hasher) error {
	created, generated, err := accounts.Bootstrap(ctx, db, accounts.Options{
		AdminPassword: p.cfg.AdminPassword, Region: p.cfg.Region, IDs: p.ids, Clock: p.clock, Passwords: hasher,
		Keep: p.keepPassword,
	})
	if err != nil || !created || generated == "" {
		return err
	}
	fmt.Fprintf(p.out.People, "First start: user admin, password %s (also in %s).\n", generated.Reveal(), p.passwordFile())
	return nil
}

// dialects are the three languages of the management listener.
func (p *Platform) dialects(manage, identity, bearer []wire.Route) []*wire.Dialect {
	return []*wire.Dialect{apig.Dialect(manage), p.site().Dialect(identity), ghippo.Dialect(bearer)}
}

func (p *Platform) site() keystone.Site { return keystone.Site{URL: p.cfg.PublicURL} }

func (p *Platform) serveManagement(h http.Handler) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ReadTimeout: time.Minute, // a refusal waits for the body that was announced
		// OPTIONS * is answered by the dialect, with a request id, like all else.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
		TLSConfig:                    &tls.Config{MinVersion: tls.VersionTLS12},
	}
	p.onStop("management listener", func(ctx context.Context) error { return server.Shutdown(ctx) })
	p.run("management listener", func() error {
		var err error
		if pair := p.cfg.Management.TLS; pair.Set() {
			err = server.ServeTLS(p.addresses.management, pair.Cert, pair.Key)
		} else {
			err = server.Serve(p.addresses.management)
		}
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	})
	return nil
}

// recordAudit keeps the audit record; the two types have equal fields.
func (p *Platform) recordAudit(r wire.AuditRecord) {
	record := telemetry.AuditRecord(r)
	if err := p.audit.Record(&record); err != nil {
		p.metrics.AuditFailed()
		p.log.Error("audit record lost", "action", r.Action, "request_id", r.RequestID, "error", err)
	}
}

func (p *Platform) observe(route *wire.Route, status int, took time.Duration) {
	action := ""
	if route != nil {
		action = route.Action
	}
	p.metrics.Management(action, status, took)
}
