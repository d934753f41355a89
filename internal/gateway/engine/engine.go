package engine

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/gateway/tunnel"
)

// Options are the bounds of an engine. All have to be given; edge.Options says what
// they mean and has the defaults.
type Options struct {
	Log   *slog.Logger
	Clock clock.Clock // for Call.Started

	HeaderTimeout time.Duration
	IdleTimeout   time.Duration
	BodyGrace     time.Duration
	BodyRate      int
	WriteTimeout  time.Duration
	MaxHead       int
	MaxBody       int64

	Tunnels *tunnel.Set
	// HTTP2, when set, gets clear-text connections that begin with the preface of
	// HTTP/2, with every byte that came. It owns them and returns soon.
	HTTP2 func(net.Conn)
}

// Engine serves connections that somebody else accepted. It may be used by any number
// of goroutines.
type Engine struct {
	handler call.Handler
	o       Options
	date    date
	conns   conns
}

// New returns an engine before h. It starts nothing.
func New(h call.Handler, o Options) *Engine {
	e := &Engine{handler: h, o: o}
	e.conns.none = make(chan struct{})
	return e
}

// errClosed is why the context of a call ended that draining had to cut.
var errClosed = errors.New("engine: the gateway has shut down")

// ServeConn serves the requests of nc until the connection ends, and closes it, unless
// it was handed over to HTTP/2 or to a tunnel. secure says that nc is TLS. It belongs on
// a goroutine of its own, and returns earlier when the connection moves to another.
func (e *Engine) ServeConn(nc net.Conn, secure bool) {
	k := &conn{e: e, c: http1.New(nc), secure: secure, remote: peer(nc.RemoteAddr()), raw: socket(nc)}
	// A caller has connected to say something.
	k.idle, k.moved = http1.Now().Add(e.o.HeaderTimeout), true
	k.ctx, k.cancel = context.WithCancelCause(context.Background())
	if !e.conns.add(k) {
		nc.Close()
		return
	}
	k.c.Turn = k.turn
	k.run()
}

// InFlight is how many calls are being served. Open tunnels are not among them.
func (e *Engine) InFlight() int64 {
	var n int64
	for k := range e.conns.busy {
		if k.began.Load() > 0 {
			n++
		}
	}
	return n
}

// Shutdown closes idle connections at once, and the others when they have answered,
// with `Connection: close`. It waits for that until ctx ends, whose cause is the error.
func (e *Engine) Shutdown(ctx context.Context) error {
	e.conns.drain()
	select {
	case <-e.conns.none:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Close ends the calls that are left after Shutdown, and closes their connections. It
// does not wait for their goroutines.
func (e *Engine) Close() {
	for k := range e.conns.all {
		k.shut(errClosed)
	}
}
