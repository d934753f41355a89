package edge

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// serve is the life of one request at the edge.
//
// A handler that panics leaves its call unreleased on purpose: nobody knows who
// still holds it. net/http closes the connection and reports the panic.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, secure bool) {
	if !unambiguous(r) {
		// Such a message is not a call; the answer is that of net/http to what the
		// guard refuses.
		http.Error(w, "400 Bad Request", http.StatusBadRequest)
		return
	}
	if r.ProtoMajor == 2 {
		defer streamEnded(r, time.Now())
	}
	s.inFlight.Add(1)
	defer s.inFlight.Add(-1)
	b := s.openBody(w, r)
	defer b.end()

	c := call.Acquire(r.Context())
	c.Started = s.o.Clock()
	fill(c, r, secure, b)
	placed := s.place(c, r)
	defer func() {
		if placed { // the handler panicked
			s.tunnels.GiveBack()
		}
	}()
	c.LimitBody(s.o.MaxBody)
	s.handler.Serve(c)

	had := placed
	placed = false
	if c.Response.Tunnel != nil {
		s.join(w, c)
		return
	}
	if had {
		s.tunnels.GiveBack()
	}
	o := response{
		w: w, rc: http.NewResponseController(w), c: c,
		head: r.Method == http.MethodHead, http2: r.ProtoMajor == 2, http10: r.ProtoMajor == 1 && r.ProtoMinor == 0,
		timeout: s.o.WriteTimeout,
	}
	streams := c.Response.Stream != nil
	reusable := b.settled(streams)
	if streams && !reusable {
		// Otherwise net/http reads the body to its end before it starts to
		// answer.
		o.rc.EnableFullDuplex()
	}
	err := o.write(reusable)
	c.Request.Size += b.end()
	s.handler.Finish(c)
	call.Release(c)
	if err != nil {
		// The caller must not take what it got for the whole answer.
		panic(http.ErrAbortHandler)
	}
}

// place reserves the place of a tunnel for a request that asks for one, or says
// in the call why there cannot be one.
func (s *Server) place(c *call.Call, r *http.Request) bool {
	switch {
	case r.Header["Upgrade"] == nil:
		return false
	case r.ProtoMajor == 2:
		c.Request.NoTunnel = call.UpgradeRefused // extended CONNECT is not offered
	case !s.tunnels.Take():
		c.Request.NoTunnel = call.TooManyTunnels
	default:
		return true
	}
	return false
}

// join makes a tunnel of a call. When that fails the connection is gone, and the
// record of the call says what the caller saw: nothing.
func (s *Server) join(w http.ResponseWriter, c *call.Call) {
	if !s.tunnels.Enter() {
		s.tunnels.Unjoined(c, call.CallerGone)
		s.tunnels.GiveBack()
		panic(http.ErrAbortHandler)
	}
	switch s.hand(w, c) {
	case nil:
		return
	case errEarly:
		s.tunnels.Unjoined(c, call.BadWebSocket)
	default:
		s.tunnels.Unjoined(c, call.CallerGone)
	}
	s.tunnels.Leave()
}

// hand takes the connection away from net/http, which knows of it no more, and hands
// it over.
func (s *Server) hand(w http.ResponseWriter, c *call.Call) error {
	conn, early, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return err
	}
	g := conn.(*guard)
	if early.Reader.Buffered() > 0 {
		// A caller has to wait for the 101 (RFC 6455 §4.1). Who does not may have
		// meant these bytes as another request, for somebody who expects no 101.
		io.WriteString(g, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request")
		g.Close()
		return errEarly
	}
	return s.tunnels.Join(c, g.Conn) // what follows is no HTTP
}

var errEarly = errors.New("edge: the caller sent more than its handshake before the answer")
