package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Serve accepts clear-text connections until Shutdown, which makes it return
// nil. It closes l.
func (s *Server) Serve(l net.Listener) error {
	if s.engine == nil && len(s.o.Proxies) == 0 {
		// Otherwise somebody has to accept the next while one peer's header is
		// waited for.
		return orderly(s.clear.Serve(guardListener{l, s.o.WriteTimeout}))
	}
	return s.accept(l, nil)
}

// speakHTTP2 takes a connection from the engine whose first bytes are the preface of
// HTTP/2. The server for such connections begins with the first one and ends with
// Shutdown.
func (s *Server) speakHTTP2(c net.Conn) {
	s.clearOn.Do(func() { go s.clear.Serve(s.h2c) })
	s.h2c.give(newGuard(c, true, s.o.WriteTimeout))
}

// guardListener puts a guard around every clear-text connection.
type guardListener struct {
	net.Listener
	writeTimeout time.Duration
}

func (l guardListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	shortQueue(c)
	return newGuard(c, true, l.writeTimeout), nil
}

// orderly drops the error that only says that Shutdown was called.
func orderly(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// ServeTLS accepts TLS connections until Shutdown, which makes it return nil.
// It closes l. Of cfg it replaces the ALPN names and raises MinVersion to TLS 1.2;
// certificates and the rest are the caller's.
//
// net/http speaks h2 only on a *tls.Conn, and then reads from it directly, while
// HTTP/1 has to pass the engine or the guard. So the edge does the handshake itself and
// hands the connection on by the protocol that was agreed on.
func (s *Server) ServeTLS(l net.Listener, cfg *tls.Config) error {
	cfg = cfg.Clone()
	cfg.NextProtos = []string{"h2", "http/1.1"}
	cfg.MinVersion = max(cfg.MinVersion, tls.VersionTLS12)
	return s.accept(l, cfg)
}

// accept serves what comes before HTTP itself: a PROXY header, a handshake. cfg is
// nil for clear text.
func (s *Server) accept(l net.Listener, cfg *tls.Config) error {
	a := newAcceptor(s, l, cfg)
	if !s.enter(a) {
		l.Close()
		return nil
	}
	defer s.leave(a)
	var servers sync.WaitGroup
	if s.engine != nil {
		a.http1 = func(c net.Conn) { go s.engine.ServeConn(c, cfg != nil) }
	} else {
		http1 := newHandoff(l.Addr(), a.ctx)
		a.http1 = func(c net.Conn) { http1.give(newGuard(c, cfg == nil, s.o.WriteTimeout)) }
		server := s.clear
		if cfg != nil {
			server = s.tls1
		}
		servers.Go(func() { server.Serve(http1) })
	}
	if cfg != nil {
		servers.Go(func() { s.tls2.Serve(a.http2) })
	}
	err := a.run()
	a.close()
	servers.Wait()
	return err
}

func (s *Server) enter(a *acceptor) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.draining {
		s.accepting[a] = struct{}{}
	}
	return !s.draining
}

func (s *Server) leave(a *acceptor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.accepting, a)
}

// acceptor accepts the connections of one listener, reads their PROXY headers and
// does their handshakes.
type acceptor struct {
	listener net.Listener
	log      *slog.Logger
	greeter  greeter
	cfg      *tls.Config // nil for clear text
	timeout  time.Duration

	http1  func(net.Conn) // takes a connection that speaks HTTP/1.1
	http2  *handoff
	slots  chan struct{} // one per handshake under way
	ctx    context.Context
	cancel context.CancelFunc
	shakes sync.WaitGroup
}

func newAcceptor(s *Server, l net.Listener, cfg *tls.Config) *acceptor {
	a := &acceptor{listener: l, log: s.o.Log, greeter: greeter{s.o.Proxies, s.o.HeaderTimeout}, cfg: cfg, timeout: s.o.HandshakeTimeout,
		slots: make(chan struct{}, s.o.MaxHandshakes)}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	a.http2 = newHandoff(l.Addr(), a.ctx)
	return a
}

func (a *acceptor) close() {
	a.cancel()
	a.listener.Close()
}

// How long to wait after Accept failed for want of file descriptors or memory.
const (
	firstPause = 5 * time.Millisecond
	lastPause  = time.Second
)

// run accepts until the listener closes. It waits for a free slot before it
// accepts: connections beyond it stay in the kernel's queue, where they cost less.
func (a *acceptor) run() error {
	defer a.shakes.Wait()
	pause := firstPause
	for {
		select {
		case a.slots <- struct{}{}:
		case <-a.ctx.Done():
			return nil
		}
		c, err := a.listener.Accept()
		if err == nil {
			pause = firstPause
			if a.cfg == nil && len(a.greeter.proxies) == 0 {
				<-a.slots // nothing to wait for
				shortQueue(c)
				a.http1(c)
				continue
			}
			a.shakes.Go(func() {
				defer func() { <-a.slots }()
				a.shake(c)
			})
			continue
		}
		<-a.slots
		if a.ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, net.ErrClosed) {
			return err
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, lastPause)
		case <-a.ctx.Done():
			return nil
		}
	}
}

// shake does what comes before HTTP. What fails here was never HTTP; there is
// nobody to answer but TLS's own alert.
func (a *acceptor) shake(raw net.Conn) {
	shortQueue(raw)
	c, ok := a.greet(raw)
	if !ok {
		return
	}
	if a.cfg == nil {
		a.http1(c)
		return
	}
	ctx, cancel := context.WithTimeout(a.ctx, a.timeout)
	defer cancel()
	t := tls.Server(c, a.cfg)
	if t.HandshakeContext(ctx) != nil {
		c.Close()
		return
	}
	if t.ConnectionState().NegotiatedProtocol == "h2" {
		a.http2.give(t)
		return
	}
	a.http1(t)
}

// greet reads the PROXY header of a connection that must have one. Without it the
// connection is closed: the proxy and the gateway disagree about who calls.
func (a *acceptor) greet(raw net.Conn) (net.Conn, bool) {
	c, err := a.greeter.greet(a.ctx, raw)
	if err == nil {
		return c, true
	}
	raw.Close()
	if a.ctx.Err() == nil {
		a.log.Warn("connection of a trusted proxy closed: no PROXY header that can be used", "remote", raw.RemoteAddr().String(), "error", err)
	}
	return nil, false
}

// handoff is a listener of connections that somebody else accepted.
type handoff struct {
	addr  net.Addr
	conns chan net.Conn
	done  context.Context
	once  sync.Once
	shut  chan struct{}
}

func newHandoff(addr net.Addr, done context.Context) *handoff {
	return &handoff{addr: addr, conns: make(chan net.Conn), done: done, shut: make(chan struct{})}
}

func (h *handoff) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.shut:
		c.Close()
	case <-h.done.Done():
		c.Close()
	}
}

// Accept implements net.Listener.
func (h *handoff) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.shut:
		return nil, net.ErrClosed
	case <-h.done.Done():
		return nil, http.ErrServerClosed
	}
}

// Close implements net.Listener.
func (h *handoff) Close() error {
	h.once.Do(func() { close(h.shut) })
	return nil
}

// Addr implements net.Listener.
func (h *handoff) Addr() net.Addr { return h.addr }
