package engine

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// conn is one connection of a caller. Its goroutine does everything but what watch and
// Shutdown do to end it, through the atomic fields and Interrupt.
type conn struct {
	e      *Engine
	c      *http1.Conn
	raw    syscall.RawConn // the socket below; nil where there is none
	ctx    context.Context // of every call; ends with the connection
	cancel context.CancelCauseFunc
	remote netip.AddrPort
	secure bool

	head  http1.Request // of the message under way; on a stack it would be allocated
	call  *call.Call    // whose head was read in a turn that could not serve it; nil: none
	spare *body         // that nobody reads any more; nil: none

	idle   http1.Instant // until when a message is waited for
	wrote  http1.Instant // when the last write of an answer began
	moved  bool          // the connection idles on a goroutine that has served none
	moving bool          // it is to move there
	later  bool          // a message came before
	handed bool          // somebody else closes the connection
	unread bool          // the caller may still send what nobody will read
	placed bool          // a place of a tunnel is held
	ended  bool          // a turn has served the last message

	began   atomic.Int64               // when the call under way began, an http1.Instant; below 0: none has been since then
	waiting atomic.Pointer[http1.Conn] // for whose answer the call waits: call.Waiting

	shard *shard
	list  int8  // of shard.lists, under its lock
	place int32 // there
}

// peer is the TCP peer; the zero value for a transport without addresses.
func peer(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	p := t.AddrPort()
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}

// socket is what lies below TLS.
func socket(nc net.Conn) syscall.RawConn {
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	if s, ok := nc.(syscall.Conn); ok {
		if raw, err := s.SyscallConn(); err == nil {
			return raw
		}
	}
	return nil
}

// rest is how long a connection idles at least before watch has it move to a new
// goroutine; after its first call it moves at once.
//
// The stack that calls have needed is not given back: the runtime halves one of
// which less than a quarter is in use, and waiting takes more than that of what is
// left. A new goroutine waits in 2 KB (TestIdleMemory: 4.2 KB for a connection that has
// moved, 6.1 KB for one that has not). Moving costs what a goroutine does, and growing
// its stack again with the next call, which busy connections are spared. The first call
// is another matter: where thousands connect, ask once and wait, only those that are
// asking have a large stack then.
const rest = http1.Instant(glance)

// run serves the connection, until it has ended or moves.
func (k *conn) run() {
	defer k.end()
	for !k.e.conns.draining.Load() {
		k.c.ReadBy(k.idle)
		err := k.c.Await()
		if err == http1.ErrInterrupted {
			k.moving = !k.moved && http1.Now()-k.wrote >= rest
		}
		switch {
		case k.moving:
			return
		case err == http1.ErrInterrupted:
			continue
		case err != nil:
			return
		}
		first := !k.later
		if k.ended {
			return
		}
		if k.call == nil && k.c.Buffered() == 0 {
			continue // the turn found that the engine drains
		}
		if !k.message() {
			return
		}
		if first && k.c.Buffered() == 0 {
			k.moving = true
			return
		}
	}
}

// turn serves a message in the wait for it (http1.Conn.Turn), when that needs no read: a
// head that came whole, with all of its body if it has one. It reports whether
// the wait can go on. The first message of a connection is none of its: behind
// that the connection moves.
func (k *conn) turn() bool {
	if !k.later {
		return false
	}
	if k.moved {
		k.shard.move(k, busy)
	}
	c, err := k.open()
	switch {
	case err == http1.ErrInside:
		return false
	case err != nil:
		k.ended = true
		return false
	case k.head.Upgrade || k.head.Chunked || k.head.Length > int64(k.c.Buffered()):
		k.call = c
		return false
	}
	k.ended = !k.answer(c)
	if k.ended || k.c.Buffered() > 0 || k.e.conns.draining.Load() {
		return false
	}
	k.c.ReadBy(k.idle)
	return true
}

// message serves one message, the first byte of which is there, and reports whether
// the connection can carry another.
func (k *conn) message() bool {
	if k.moved {
		k.shard.move(k, busy)
	}
	if !k.later && !k.secure && k.e.o.HTTP2 != nil {
		k.c.ReadBy(http1.Now().Add(k.e.o.HeaderTimeout))
		if over, err := k.http2(); over || err != nil {
			return false
		}
	}
	c := k.call
	if k.call = nil; c == nil {
		var err error
		if c, err = k.open(); err != nil {
			return false
		}
	}
	return k.answer(c)
}

// open reads the head of a message into a call. An error ends the connection, but
// for http1.ErrInside.
func (k *conn) open() (*call.Call, error) {
	now := http1.Now()
	k.c.ReadBy(now.Add(k.e.o.HeaderTimeout))
	c := call.Acquire(k.ctx)
	h := &k.head
	if err := k.readHead(c, h, now); err != nil {
		if err == http1.OtherVersion && h.Method == "PRI" {
			err = http1.BadLine // a preface where none may be
		}
		call.Release(c)
		k.refuse(err)
		return nil, err
	}
	k.later = true
	return c, nil
}

// answer serves the call that open has made and reports whether the connection can
// carry another.
func (k *conn) answer(c *call.Call) bool {
	k.began.Store(max(int64(c.Began), 1))
	again := k.serveCall(c, &k.head)
	k.began.Store(-int64(k.wrote))
	k.head = http1.Request{} // or its strings hold the buffer while the connection idles
	if again {
		k.c.Next()
		k.idle, k.moved = k.wrote.Add(k.e.o.IdleTimeout), false
	}
	return again
}

// http2 hands over a connection that begins with the preface of HTTP/2.
func (k *conn) http2() (bool, error) {
	for {
		is, err := k.c.HTTP2()
		if errors.Is(err, http1.ErrInterrupted) {
			continue // the head has begun: draining waits for its answer
		}
		if err != nil || !is {
			return false, err
		}
		break
	}
	k.handed = true
	nc := k.c.Net()
	nc.SetReadDeadline(time.Time{})
	k.e.o.HTTP2(&replayed{Conn: nc, rest: slices.Clone(k.c.Unused())})
	return true, nil
}

// replayed is a connection of which some bytes were read already.
type replayed struct {
	net.Conn
	rest []byte
}

// Read implements net.Conn.
func (r *replayed) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return r.Conn.Read(p)
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// CloseWrite ends the half towards the caller.
func (r *replayed) CloseWrite() error { return closeWrite(r.Conn) }

func closeWrite(nc net.Conn) error {
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// refuse answers a message that has no one reading. Who was too slow or has gone
// gets no answer, as from net/http.
func (k *conn) refuse(err error) {
	refusal, ok := errors.AsType[*http1.Refusal](err)
	if !ok {
		return
	}
	b := http1.AppendStatus(k.c.Out(), refusal.Status)
	b = append(b, "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"...)
	b = append(b, http.StatusText(refusal.Status)...)
	b = append(append(b, ": "...), refusal.Reason...)
	k.c.SetOut(b)
	k.c.WriteBy(http1.Now().Add(k.e.o.WriteTimeout))
	k.c.Flush()
	k.unread = true
}

// How long a caller has to read an answer before the connection is closed under it,
// and how much of what it goes on sending is read meanwhile.
const (
	lingerTime  = 500 * time.Millisecond
	lingerBytes = 256 << 10
)

// end is the last word of a connection on its goroutine.
func (k *conn) end() {
	p := recover()
	if k.moving {
		k.moving, k.moved = false, true
		k.began.Store(0)
		k.shard.move(k, idle)
		go k.run()
		return
	}
	if p != nil {
		k.e.o.Log.LogAttrs(context.Background(), slog.LevelError, "a call panicked; its connection is closed",
			slog.Any("panic", p), slog.String("remote", k.remote.String()), slog.String("stack", string(debug.Stack())))
	}
	k.cancel(context.Canceled)
	k.began.Store(0)
	if k.placed {
		k.e.o.Tunnels.GiveBack()
	}
	// Of a call that panicked nobody knows who still holds its strings: its call is
	// not released, and its buffer is left to the garbage collector. The others go first:
	// close may linger, and a flood of large heads would hold them all for so long
	// (bench/faults, drill floods: 580 MB and not 60).
	if p == nil {
		k.head = http1.Request{}
		k.c.Drop()
	}
	if !k.handed {
		k.close()
	}
	k.e.conns.remove(k)
}

// close closes the connection. When the caller may still be sending, it first reads on
// for a moment: a connection closed with unread input is reset, and the reset may
// overtake the answer (RFC 9112 §9.6). Who sends more than that is not read any more, and
// still gets the moment: a caller that finds its connection reset while it sends may
// not look for an answer (Go's client does not).
func (k *conn) close() {
	nc := k.c.Net()
	if k.unread && closeWrite(nc) == nil {
		until := time.Now().Add(lingerTime)
		nc.SetReadDeadline(until)
		if _, err := io.CopyN(io.Discard, nc, lingerBytes); err == nil {
			time.Sleep(time.Until(until))
		}
	}
	nc.Close()
}

// leave ends the call under way: first its context, then the wait of its goroutine.
func (k *conn) leave(cause error) {
	k.cancel(cause)
	if c := k.waiting.Load(); c != nil {
		c.Interrupt()
	}
}

// shut ends the call under way and closes the connection under its goroutine, without
// the word of farewell for which TLS would wait. Nothing can be written any more before
// the call hears of it: one that is quick would be answered as if it were whole.
func (k *conn) shut(cause error) {
	nc := k.c.Net()
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	silent := closeWrite(nc) == nil
	k.leave(cause)
	// Close would wait for the end of a turn, which holds the socket (http1.Conn.Await).
	if s, ok := nc.(interface{ CloseRead() error }); ok && s.CloseRead() == nil && silent {
		return
	}
	nc.Close()
}

// reset makes the close of a connection visible as one before the end: of an answer
// that ends with its connection nothing else would say that it was cut.
func (k *conn) reset() {
	nc := k.c.Net()
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	if s, ok := nc.(interface{ SetLinger(int) error }); ok {
		s.SetLinger(0)
	}
}
