package edge

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// guard stands between a connection and net/http's HTTP/1 server and lets only
// such messages through as have one reading. net/http leaves three openings
// (measured with go1.26.8):
//
//   - Content-Length and Transfer-Encoding on one message: the length is dropped
//     and what follows the chunks is served as the next request, although a proxy
//     in front may have counted it to this one's body (RFC 9112 §6.1).
//   - Transfer-Encoding with HTTP/1.0: the coding is ignored.
//   - An absolute target with another host than the Host field: the field is
//     deleted before a handler can compare.
//
// Handlers learn of none of them, so it has to be seen in the bytes. When framing
// finds a message that must be refused, the guard cuts the stream there and puts
// cap in place of the rest: a byte that no head may contain, and the end of
// the head. net/http then answers 400 by itself and closes; nothing after the cut
// ever reaches it, so that even a disagreement could not serve a second request.
//
// Tried and dropped: returning an error from Read. net/http makes 400 of it too,
// but it also cancels the request that is being served when the refused head was
// pipelined behind it. Also dropped: passing the head on and closing after the
// response. By then the handler has run.
//
// In a malformed body there is a request under way already. The guard passes on
// the malformed line, so that net/http fails the body with its own error, and then
// cap, at which it fails at the latest, and nothing after it.
//
// The guard also gives every write its deadline. A server-wide WriteTimeout would
// end long answers that are read well, and a deadline set by the handler would
// miss what net/http writes itself.
type guard struct {
	net.Conn
	framing framing
	mode    mode
	rest    string // of cap

	writeTimeout time.Duration
	armed        atomic.Int64 // the write deadline in force, in Unix nanoseconds
	refused      atomic.Bool
	closed       atomic.Bool
	http2        atomic.Bool // mode is through; writers ask too
}

// mode is what the guard does with the bytes that it reads.
type mode uint8

const (
	watching  mode = iota
	through        // HTTP/2: hand everything on
	capping        // deliver the rest of cap
	finishing      // deliver what is left of the malformed line
	shut           // deliver nothing
)

// cap400 makes net/http refuse whatever it is in: a line of a head or a trailer,
// the end of a chunk.
const cap400 = "\x00\r\n\r\n"

// errShut ends the connection when net/http reads on after a refusal.
var errShut = errors.New("edge: nothing may follow a refused message")

func newGuard(c net.Conn, h2c bool, writeTimeout time.Duration) *guard {
	return &guard{Conn: c, framing: framing{h2c: h2c}, writeTimeout: writeTimeout}
}

// Read implements net.Conn. net/http never reads concurrently.
func (g *guard) Read(p []byte) (int, error) {
	switch g.mode {
	case through:
		return g.Conn.Read(p)
	case capping:
		return g.readCap(p)
	case shut:
		return 0, errShut
	}
	n, err := g.Conn.Read(p)
	if g.mode == finishing {
		return g.finishLine(p[:n], 0), err
	}
	keep, v := g.framing.scan(p[:n])
	switch v {
	case pass:
		g.mode = through
		g.http2.Store(true)
	case refuse:
		g.refused.Store(true)
		g.mode, g.rest = capping, cap400
		if keep == 0 {
			return g.readCap(p)
		}
		return keep, nil
	case lost:
		g.refused.Store(true)
		g.mode = finishing
		return g.finishLine(p[:n], keep), nil
	case end:
		g.mode = shut
	}
	return keep, err
}

func (g *guard) readCap(p []byte) (int, error) {
	n := copy(p, g.rest)
	if g.rest = g.rest[n:]; g.rest == "" {
		g.mode = shut
	}
	return n, nil
}

// finishLine returns how much of p to deliver: up to the end of the line that
// from is in. net/http fails the line before it grows beyond 4 KB.
func (g *guard) finishLine(p []byte, from int) int {
	n := bytes.IndexByte(p[from:], '\n')
	if n < 0 {
		return len(p)
	}
	g.mode, g.rest = capping, cap400
	return from + n + 1
}

// writeBlock is how much must get through within one writeTimeout: the least
// speed of a reader is writeBlock/writeTimeout, about 1 KB/s by default.
const writeBlock = 32 << 10

// Write implements net.Conn.
func (g *guard) Write(p []byte) (int, error) {
	if g.http2.Load() {
		return g.Conn.Write(p)
	}
	done := 0
	for {
		g.arm()
		block := p[done:]
		if len(block) > writeBlock {
			block = block[:writeBlock]
		}
		n, err := g.Conn.Write(block)
		if done += n; err != nil || done == len(p) {
			return done, err
		}
	}
}

// arm sees to it that at least writeTimeout is left. Setting a deadline costs
// about as much as parsing a head, so it is set a quarter further than needed
// and again only when that quarter is used up.
func (g *guard) arm() {
	now := time.Now()
	if g.armed.Load() >= now.Add(g.writeTimeout).UnixNano() {
		return
	}
	until := now.Add(g.writeTimeout + g.writeTimeout/4)
	g.armed.Store(until.UnixNano())
	g.Conn.SetWriteDeadline(until)
}

// SetWriteDeadline implements net.Conn. net/http clears the deadline after
// every request; that is not passed on, because the deadline in force does no
// harm to a connection that writes nothing, and Write looks at it first.
func (g *guard) SetWriteDeadline(t time.Time) error {
	if t.IsZero() && !g.http2.Load() {
		return nil
	}
	g.armed.Store(0)
	return g.Conn.SetWriteDeadline(t)
}

// CloseWrite lets net/http half-close the connection before it closes it.
func (g *guard) CloseWrite() error {
	if c, ok := g.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

// How long and how much a refused caller may go on sending before the
// connection is closed under it.
const (
	lingerTime  = 250 * time.Millisecond
	lingerBytes = 256 << 10
)

// Close implements net.Conn. After a refusal it first reads on for a moment: a
// connection closed with unread input is reset, and the reset may overtake the
// 400 (RFC 9112 §9.6).
func (g *guard) Close() error {
	if g.refused.Load() && !g.closed.Swap(true) {
		g.CloseWrite()
		g.Conn.SetReadDeadline(time.Now().Add(lingerTime))
		io.CopyN(io.Discard, g.Conn, lingerBytes)
	}
	return g.Conn.Close()
}
