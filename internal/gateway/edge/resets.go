package edge

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// opened counts the streams of one HTTP/2 connection and closes it when the caller opens them
// only to reset them (CVE-2023-44487). net/http bounds how many of them run at a time, but
// neither how many there are nor what they cost: 10,000 a second took half a core (bench/faults,
// drill floods). The rule is Envoy's: after manyStreams, a connection of which at least half were
// reset within soon is closed. Who races calls and cancels the slower ones stays below
// it, or connects again.
type opened struct {
	conn       net.Conn
	all, reset atomic.Int64
}

const (
	manyStreams = 500
	soon        = time.Second
)

type openedKey struct{}

// counted is http.Server.ConnContext.
func counted(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, openedKey{}, &opened{conn: c})
}

// streamEnded counts a stream that began then.
func streamEnded(r *http.Request, began time.Time) {
	s, ok := r.Context().Value(openedKey{}).(*opened)
	if !ok {
		return
	}
	all := s.all.Add(1)
	if r.Context().Err() == nil || time.Since(began) > soon {
		return
	}
	if reset := s.reset.Add(1); all >= manyStreams && 2*reset >= all {
		s.shut()
	}
}

// shut closes the connection below TLS, whose farewell would wait for the peer.
func (s *opened) shut() {
	c := s.conn
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	c.Close()
}
