package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/engine"
	"github.com/lintel-gateway/lintel/internal/gateway/tunnel"
)

// Handler is call.Handler, under the name by which whoever starts an edge knows it.
type Handler = call.Handler

// Options are the bounds of an edge. Zero means the default.
type Options struct {
	Log   *slog.Logger // what net/http reports; default discards
	Clock clock.Clock  // for Call.Started; socket deadlines use the machine's

	// NetHTTP has net/http speak HTTP/1.1, and not the engine. What a caller sees
	// is the same (the tests of this package run on both); net/http notices at once
	// that a caller has closed, and costs three times as much.
	NetHTTP bool

	HeaderTimeout    time.Duration // for a whole head, 10 s
	IdleTimeout      time.Duration // between requests, 75 s
	HandshakeTimeout time.Duration // of TLS, 10 s
	// BodyGrace and BodyRate bound how long the edge waits for a request body:
	// the grace (10 s), plus a second for every BodyRate bytes (1024) that came.
	// Only time spent waiting counts, so that a slow backend is not the caller's
	// fault.
	BodyGrace time.Duration
	BodyRate  int
	// WriteTimeout is how long the caller may take for 32 KB of the answer, 30 s.
	WriteTimeout time.Duration

	MaxHead       int   // bytes of a head that are read at all, 1 MB
	MaxBody       int64 // bytes of a request body, 12 MB
	MaxHandshakes int   // TLS handshakes at the same time, 256
	MaxStreams    int   // of one HTTP/2 connection, 250

	MaxTunnels int           // WebSockets open at the same time, 20,000
	TunnelIdle time.Duration // without a byte in either direction, 10 min

	// Proxies are peers whose connections begin with a header of the PROXY
	// protocol (proxyproto.go). None: no connection has one.
	Proxies []netip.Prefix
}

// Server is the edge. It serves any number of listeners until Shutdown.
type Server struct {
	handler  Handler
	o        Options
	engine   *engine.Engine // HTTP/1.1; nil with Options.NetHTTP
	clear    *http.Server   // h2c, and HTTP/1.1 without an engine
	tls1     *http.Server   // HTTP/1.1 below TLS, without an engine
	tls2     *http.Server   // h2
	h2c      *handoff       // from the engine to clear
	clearOn  sync.Once      // clear takes from h2c
	inFlight atomic.Int64   // at net/http
	tunnels  *tunnel.Set

	mu        sync.Mutex
	draining  bool
	accepting map[*acceptor]struct{}
}

// New returns an edge before h. It starts nothing.
func New(h Handler, o Options) *Server {
	s := &Server{handler: h, o: o.withDefaults(), accepting: map[*acceptor]struct{}{}}
	s.tunnels = tunnel.New(h, tunnel.Options{Most: s.o.MaxTunnels, Idle: s.o.TunnelIdle, WriteTimeout: s.o.WriteTimeout})
	s.clear = s.server(false, func(p *http.Protocols) { p.SetHTTP1(true); p.SetUnencryptedHTTP2(true) })
	s.tls1 = s.server(true, func(p *http.Protocols) { p.SetHTTP1(true) })
	s.tls2 = s.server(true, func(p *http.Protocols) { p.SetHTTP2(true) })
	if !s.o.NetHTTP {
		s.h2c = newHandoff(nil, context.Background())
		s.engine = engine.New(h, engine.Options{
			Log: s.o.Log, Clock: s.o.Clock,
			HeaderTimeout: s.o.HeaderTimeout, IdleTimeout: s.o.IdleTimeout, BodyGrace: s.o.BodyGrace, BodyRate: s.o.BodyRate,
			WriteTimeout: s.o.WriteTimeout, MaxHead: s.o.MaxHead, MaxBody: s.o.MaxBody, Tunnels: s.tunnels,
			HTTP2: s.speakHTTP2,
		})
	}
	return s
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clock.System
	}
	fallback(&o.HeaderTimeout, 10*time.Second)
	fallback(&o.IdleTimeout, 75*time.Second)
	fallback(&o.HandshakeTimeout, 10*time.Second)
	fallback(&o.BodyGrace, 10*time.Second)
	fallback(&o.BodyRate, 1024)
	fallback(&o.WriteTimeout, 30*time.Second)
	fallback(&o.MaxHead, 1<<20)
	fallback(&o.MaxBody, call.MaxBody)
	fallback(&o.MaxHandshakes, 256)
	fallback(&o.MaxStreams, 250)
	fallback(&o.MaxTunnels, 20_000)
	fallback(&o.TunnelIdle, 10*time.Minute)
	return o
}

func fallback[T ~int | ~int64](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}

// server makes one of the three net/http servers. Read and write time-outs of
// whole requests stay off: they would cut long answers that move along. The
// guard, the body and the response writer extend theirs as long as there is
// progress.
func (s *Server) server(secure bool, speaks func(*http.Protocols)) *http.Server {
	var p http.Protocols
	speaks(&p)
	return &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.serve(w, r, secure)
		}),
		Protocols:         &p,
		ConnContext:       counted,
		ReadHeaderTimeout: s.o.HeaderTimeout,
		IdleTimeout:       s.o.IdleTimeout,
		MaxHeaderBytes:    s.o.MaxHead,
		ErrorLog:          slog.NewLogLogger(s.o.Log.Handler(), slog.LevelWarn),
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: s.o.MaxStreams,
			WriteByteTimeout:     s.o.WriteTimeout,
			// A peer that vanished without closing is noticed by a ping, also
			// while a stream is open and IdleTimeout does not run.
			SendPingTimeout: s.o.IdleTimeout,
			PingTimeout:     s.o.HeaderTimeout,
		},
		// OPTIONS * is the gateway's to answer, like every other message.
		DisableGeneralOptionsHandler: true,
	}
}

// InFlight is how many calls are being served. Open tunnels are not among them.
func (s *Server) InFlight() int64 {
	n := s.inFlight.Load()
	if s.engine != nil {
		n += s.engine.InFlight()
	}
	return n
}

// Tunnels is how many WebSockets are open, or being opened.
func (s *Server) Tunnels() int64 { return s.tunnels.Count() }

// DrainError says that Shutdown ran out of time.
type DrainError struct {
	Calls int64 // that were cut
	Cause error // why the wait ended
}

func (e *DrainError) Error() string {
	return fmt.Sprintf("edge: %d calls were still running when draining ended (%v); their connections were closed", e.Calls, e.Cause)
}

func (e *DrainError) Unwrap() error { return e.Cause }

// Shutdown drains: listeners and idle connections close at once, HTTP/2 callers
// get GOAWAY, HTTP/1 callers `Connection: close` with their answer, and calls under
// way finish. Tunnels, which have no end of their own, are cut when the calls have
// finished. When ctx ends first, their connections are closed and the error is
// a *DrainError.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.draining = true
	for a := range s.accepting {
		a.close()
	}
	s.mu.Unlock()

	servers := []*http.Server{s.clear, s.tls1, s.tls2}
	errs := make([]error, len(servers)+1)
	var wg sync.WaitGroup
	if s.engine != nil {
		wg.Go(func() { errs[len(servers)] = s.engine.Shutdown(ctx) })
	}
	for i, h := range servers {
		wg.Go(func() { errs[i] = h.Shutdown(ctx) })
	}
	wg.Wait()
	if ctx.Err() == nil {
		s.tunnels.Close()
		return errors.Join(errs...)
	}
	left := s.InFlight()
	for _, h := range servers {
		h.Close()
	}
	if s.engine != nil {
		s.engine.Close()
	}
	s.tunnels.Close()
	return &DrainError{Calls: left, Cause: context.Cause(ctx)}
}
