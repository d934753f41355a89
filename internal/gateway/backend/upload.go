package backend

import (
	"io"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// upload sends what was not there of a request body when its head was sent, while
// the goroutine of the call waits for the answer, which may come before the body has
// ended, and go on beside it.
//
// It ends by itself when the body does, when the caller fails and when the backend
// takes no more. A call that ends first calls end. From then on it touches neither the
// connection nor what the body hands out; it may still wait for the caller's next
// piece in Next, which the edge ends (call.LimitBody).
type upload struct {
	body      call.Pieces
	length    int64 // what is left of a body with a length, -1 for one in chunks
	piece     []byte
	allowance allowance

	conn   *http1.Conn
	socket *socket
	stall  time.Duration

	mu    sync.Mutex // held while something is sent
	over  bool
	whole bool // all was sent
}

// largestChunk in bytes fits with its frame into a buffer of http1.Conn, so that it
// leaves with one write.
const largestChunk = 15 << 10

// start begins to send over l, whose time for the head ends at until.
func (u *upload) start(l *link, until http1.Instant) {
	u.conn, u.socket, u.stall = l.conn, l.socket, l.transport.stall
	u.allowance.at = until
	l.upload = u
	go u.run()
}

func (u *upload) run() {
	piece, err := u.piece, error(nil)
	for {
		if len(piece) == 0 {
			u.allowance.pause()
			piece, err = u.body.Next(true)
			if u.allowance.resume() {
				u.conn.Interrupt() // so that it sees the deadline that holds again
			}
		}
		if !u.send(piece, err) {
			return
		}
		piece = nil
	}
}

// send sends a piece, or the end, and reports whether there is more to send.
func (u *upload) send(piece []byte, err error) (more bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.over {
		return false
	}
	u.conn.WriteBy(http1.Now().Add(u.stall))
	switch {
	case err == io.EOF && u.length < 0:
		u.conn.SetOut(http1.AppendLastChunk(u.conn.Out(), nil))
		u.whole = u.conn.Flush() == nil
		return false
	case err != nil, u.length >= 0 && int64(len(piece)) > u.length:
		// The message cannot be completed. Without its connection the backend cannot
		// take it for whole, and the wait for the answer ends: call.BodyFault says why.
		u.socket.Close()
		return false
	case u.length >= 0:
		u.length -= int64(len(piece))
		err = u.conn.Send(piece)
		u.whole = err == nil && u.length == 0
		return err == nil && u.length > 0
	}
	for len(piece) > 0 {
		n := min(len(piece), largestChunk)
		u.conn.SetOut(http1.AppendChunk(u.conn.Out(), piece[:n]))
		if u.conn.Flush() != nil {
			return false // it takes no more; its answer may be there
		}
		piece = piece[n:]
	}
	return true
}

// end makes the upload harmless and reports whether it had sent all. A write that
// is under way is ended with its connection.
func (u *upload) end() (whole bool) {
	if !u.mu.TryLock() {
		u.socket.Close()
		u.mu.Lock()
	}
	defer u.mu.Unlock()
	u.over = true
	return u.whole
}

// allowance is the time that a backend has until its response head. It runs while
// the backend is waited for and stands still while the caller's body is: a slow
// upload is not the backend's slowness.
type allowance struct {
	mu    sync.Mutex
	at    http1.Instant // when it is over, if it runs
	since http1.Instant // when it was stopped; 0 while it runs
	far   bool          // somebody waits until later than at
}

// long is how far away a deadline is that has to be set afresh before it matters.
const long = time.Hour

func (a *allowance) pause() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.since = http1.Now()
}

// resume reports whether somebody waits who has to ask for until again.
func (a *allowance) resume() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = a.at.Add(time.Duration(http1.Now() - a.since))
	a.since = 0
	far := a.far
	a.far = false
	return far
}

// until is how long to wait for the head, as far as is known.
func (a *allowance) until() http1.Instant {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.since != 0 {
		a.far = true
		return http1.Now().Add(long)
	}
	return a.at
}

// over reports whether the time has run out.
func (a *allowance) over() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.since == 0 && http1.Now() >= a.at
}
