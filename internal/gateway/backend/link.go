package backend

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/lane"
	"github.com/lintel-gateway/lintel/internal/message"
)

// link is one HTTP/1.1 connection to a backend, with all that the call under way on it
// needs, so that a call over a kept connection allocates nothing.
//
// # Whose it is
//
// A link is idle in the pool or serves one call. The call has it from pool.take or
// Transport.connect until it is released, not only until the answer has been read: the
// fields of the answer and a short body lie in the buffer of the connection, and the
// edge, the access record and the trace read them until then. So the call holds it
// (call.KeepUntilRelease), and Free gives it back to the pool; or closes it, when the
// answer was not read to its end, the request not sent to its end, or either side
// has said that it is the last.
//
// # Who blocks
//
// The goroutine of the call sends, and reads the answer. Only a request body that is
// not there yet is sent by another (upload), which shares nothing with the first but
// the Conn, of which it writes and the other reads.
//
// # Who wakes
//
// The caller may go away while the backend is waited for. The edge then interrupts
// the connection that it finds in Call.Waiting; an edge without that ends the context,
// and context.AfterFunc interrupts.
type link struct {
	conn      *http1.Conn
	socket    *socket
	transport *Transport

	place        *place // in the pool; nil for a connection of its own
	since        http1.Instant
	older, newer *link

	// Bound once, because each makes a value on the heap.
	interrupt func()
	trailers  func() message.Fields

	// Of the call under way.
	kept       bool // an earlier call has used it
	call       *call.Call
	unwatch    func() bool
	upload     *upload       // nil when the whole request went out at once
	unanswered bool          // it was closed before a byte of the answer came
	shut       bool          // the edge wants no more of the body
	heard      http1.Instant // when the head of the answer came; 0: that may be long ago
	head       http1.Response
	body       http1.Body
}

func newLink(t *Transport, s *socket, nc net.Conn) *link {
	l := &link{conn: http1.New(nc), socket: s, transport: t}
	l.interrupt = l.conn.Interrupt
	l.trailers = l.trailing
	return l
}

// errGone is why a wait ends whose caller has gone away.
var errGone = errors.New("backend: the caller has gone away")

// watch lets the caller's leaving end the waits of this call, and reports whether
// it is still there.
func (l *link) watch(c *call.Call) bool {
	l.call = c
	if c.Waiting != nil {
		// The edge ends the context before it looks here: whoever is put here too
		// late sees the context ended.
		c.Waiting.Store(l.conn)
		return c.Context().Err() == nil
	}
	if l.unwatch == nil && c.Context().Done() != nil {
		l.unwatch = context.AfterFunc(c.Context(), l.interrupt)
	}
	return true
}

// rest ends what watch began, until the next wait or, with last, for good.
func (l *link) rest(last bool) {
	if l.call != nil && l.call.Waiting != nil {
		l.call.Waiting.Store(nil)
	}
	if last && l.unwatch != nil {
		l.unwatch()
		l.unwatch = nil
	}
}

// goesOn reports whether a wait for the head that has ended with err is to go on.
func (l *link) goesOn(err error) bool {
	switch {
	case err == http1.ErrInterrupted:
		// Meant for somebody who had the connection before, or by upload.
		if l.call.Context().Err() != nil {
			return false
		}
	case !errors.Is(err, os.ErrDeadlineExceeded), l.upload == nil, l.upload.allowance.over():
		return false
	}
	if l.upload != nil {
		l.conn.ReadBy(l.upload.allowance.until())
	}
	return true
}

// late reports whether the time for the head is over.
func (l *link) late(until http1.Instant) bool {
	if l.upload != nil {
		return l.upload.allowance.over()
	}
	return http1.Now() >= until
}

// Free implements call.Freer.
func (l *link) Free() {
	l.rest(true)
	sent := l.upload == nil || l.upload.end()
	again := sent && l.body.Ended() && !l.head.Close && l.conn.Buffered() == 0
	if !again {
		l.drop()
		return
	}
	l.giveBack()
}

// giveBack keeps the connection for another call, unless it is one of its own.
func (l *link) giveBack() {
	if l.place == nil {
		l.drop()
		return
	}
	l.forget()
	now := l.heard
	if now == 0 {
		now = http1.Now()
	}
	l.heard = 0
	l.transport.pool.put(lane.Current(), l, now)
}

// forget gives back the buffers and all that belongs to the call.
func (l *link) forget() {
	l.conn.SetOut(nil)
	l.conn.Free()
	l.kept, l.shut, l.unanswered = true, false, false
	l.call, l.upload = nil, nil
	l.body.Nothing()
}

// drop closes the connection under a call. Nothing of the call is used afterwards.
func (l *link) drop() {
	l.rest(true)
	// The socket, and not TLS, which would say good-bye and wait for that to be taken:
	// a message that was cut short must look like that.
	l.socket.Close()
	if l.upload != nil {
		l.upload.end()
	}
	l.transport.pool.drop(l)
	l.forget()
}

// errShut is what a body answers that was closed.
var errShut = errors.New("backend: the response body was closed")

// Next implements call.Pieces. Each piece has the time of Options.Stall to come.
func (l *link) Next(wait bool) ([]byte, error) {
	for !l.shut {
		p, err := l.body.Next(false)
		if p != nil || err != nil || !wait {
			return p, err
		}
		l.heard = 0
		l.conn.ReadBy(http1.Now().Add(l.transport.stall))
		if !l.watch(l.call) {
			return nil, errGone
		}
		p, err = l.body.Next(true)
		l.rest(false)
		if err != http1.ErrInterrupted {
			return p, stalled(err)
		}
		if l.call.Context().Err() != nil {
			return nil, errGone
		}
	}
	return nil, errShut
}

// Read implements io.Reader, as Next does.
func (l *link) Read(p []byte) (int, error) {
	for !l.shut {
		l.heard = 0
		l.conn.ReadBy(http1.Now().Add(l.transport.stall))
		if !l.watch(l.call) {
			return 0, errGone
		}
		n, err := l.body.Read(p)
		l.rest(false)
		if err != http1.ErrInterrupted {
			return n, stalled(err)
		}
		if l.call.Context().Err() != nil {
			return 0, errGone
		}
	}
	return 0, errShut
}

// Close implements io.Closer. A body that was not read to its end takes its connection
// with it, at once: the backend need not send the rest.
func (l *link) Close() error {
	if l.shut = true; !l.body.Ended() {
		return l.socket.Close()
	}
	return nil
}

var _ io.ReadCloser = (*link)(nil)

func stalled(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errStalled
	}
	return err
}

// connected is what opening the connection cost this call.
func (l *link) connected() time.Duration {
	if l.kept {
		return 0
	}
	return l.socket.connect
}
