package edge

import (
	"net/http"

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
	s.inFlight.Add(1)
	defer s.inFlight.Add(-1)
	b := s.openBody(w, r)
	defer b.end()

	c := call.Acquire(r.Context())
	c.Started = s.o.Clock()
	fill(c, r, secure, b)
	place := s.place(c, r)
	c.LimitBody(s.o.MaxBody)
	s.handler.Serve(c)

	if c.Response.Tunnel != nil {
		s.join(w, c)
		return
	}
	if place {
		s.tunnels.giveBack()
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
	case !s.tunnels.take(s.o.MaxTunnels):
		c.Request.NoTunnel = call.TooManyTunnels
	default:
		return true
	}
	return false
}

// join makes a tunnel of a call. When that fails the connection is gone, and the
// record of the call says what the caller saw: nothing.
func (s *Server) join(w http.ResponseWriter, c *call.Call) {
	if !s.tunnels.enter() {
		s.unjoined(c, call.CallerGone)
		s.tunnels.giveBack()
		panic(http.ErrAbortHandler)
	}
	switch s.run(w, c) {
	case nil:
		return
	case errEarly:
		s.unjoined(c, call.BadWebSocket)
	default:
		s.unjoined(c, call.CallerGone)
	}
	s.tunnels.leave()
}

// unjoined ends a call that has got no tunnel.
func (s *Server) unjoined(c *call.Call, why *call.Fault) {
	c.Response.Tunnel.Close()
	c.Fault, c.Response.Status = why, why.Status
	s.handler.Finish(c)
	call.Release(c)
}
