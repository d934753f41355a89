package tunnel

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// tunnel joins a caller with the backend that has answered 101 to it. It owns its
// call and both connections; no server knows of it more. Two goroutines copy, and
// the last of them ends it.
//
// What an idle tunnel costs is what it is made for: Join returns at once, so that the
// edge lets go of the stack and the buffers of the connection, and a direction
// that waits holds a few bytes. A large buffer is borrowed only while data
// flows.
type tunnel struct {
	set     *Set
	call    *call.Call
	caller  paced
	backend net.Conn

	last  atomic.Int64 // when a byte last came, in Unix nanoseconds
	alive atomic.Int32 // directions that still copy
	up    atomic.Int64 // bytes from the caller
	down  atomic.Int64 // bytes to the caller

	mu     sync.Mutex
	cut    bool
	linger *time.Timer // until the other direction has to end as well
	small  [2][smallRead]byte
}

const (
	smallRead = 256 // what a waiting direction reads at first
	// burstWait is how long a direction keeps its large buffer without a byte.
	burstWait = 100 * time.Millisecond
	// lingerTunnel is how long one side may go on after the other has ended.
	lingerTunnel = 5 * time.Second
	// writeBlock is how much the caller takes within one write time-out.
	writeBlock = 32 << 10
)

var (
	errIdle     = errors.New("tunnel: nothing came for too long")
	errWrite    = errors.New("tunnel: the other side takes nothing")
	errDraining = errors.New("tunnel: the gateway is shutting down")
)

// Join makes a tunnel of a call whose answer is 101, and writes that answer. It returns
// at once; the tunnel finishes and releases the call. An error means that the caller's
// connection is closed, that there is no tunnel, and that the call is still the edge's.
// The edge has to be inside Enter: nobody else waits for this call.
func (s *Set) Join(c *call.Call, caller net.Conn) error {
	t := &tunnel{set: s, call: c, backend: c.Response.Tunnel, caller: paced{Conn: caller, timeout: s.o.WriteTimeout}}
	t.last.Store(time.Now().UnixNano())
	t.alive.Store(2)
	if _, err := t.caller.Write(switching(c)); err != nil {
		caller.Close()
		return err
	}
	if !s.add(t) {
		caller.Close()
		return errDraining
	}
	t.wait(caller)
	t.wait(t.backend)
	go t.direction(t.backend, &t.caller, &t.up, t.small[0][:])
	go t.direction(&t.caller, t.backend, &t.down, t.small[1][:])
	return nil
}

// switching is the head of the answer.
func switching(c *call.Call) []byte {
	b := []byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")
	for _, f := range c.Response.Headers {
		if !call.OfConnection(f.Name) {
			b = http1.AppendField(b, f)
		}
	}
	return append(b, "\r\n"...)
}

// direction copies from src to dst until src ends. An end is passed on, and the
// other direction gets a moment to finish; a failure ends both.
func (t *tunnel) direction(dst, src net.Conn, count *atomic.Int64, small []byte) {
	err := t.copy(dst, src, count, small)
	half, ok := dst.(interface{ CloseWrite() error })
	if err != io.EOF || !ok || half.CloseWrite() != nil {
		t.close()
	}
	if t.alive.Add(-1) == 0 {
		t.end()
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.cut {
		t.linger = time.AfterFunc(lingerTunnel, t.close)
	}
}

// copy reads a little at a time as long as little comes.
func (t *tunnel) copy(dst, src net.Conn, count *atomic.Int64, small []byte) error {
	for {
		n, err := t.pass(dst, src, count, small)
		if err == nil && n == len(small) {
			err = t.burst(dst, src, count)
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = t.wait(src)
		}
		if err != nil {
			return err
		}
	}
}

// burst copies with a large buffer as long as much comes. A peer cannot make the
// gateway hold the buffer by sending little, nor by sending nothing.
func (t *tunnel) burst(dst, src net.Conn, count *atomic.Int64) error {
	buf := buffers.Get().(*[writeBlock]byte)
	defer buffers.Put(buf)
	for {
		src.SetReadDeadline(time.Now().Add(burstWait))
		n, err := t.pass(dst, src, count, buf[:])
		if err != nil || n < smallRead {
			return err
		}
	}
}

var buffers = sync.Pool{New: func() any { return new([writeBlock]byte) }}

// pass moves one piece. A failure to write is never taken for one to read.
func (t *tunnel) pass(dst, src net.Conn, count *atomic.Int64, buf []byte) (int, error) {
	n, err := src.Read(buf)
	if n > 0 {
		t.last.Store(time.Now().UnixNano())
		if _, werr := dst.Write(buf[:n]); werr != nil {
			return n, errWrite
		}
		count.Add(int64(n))
	}
	return n, err
}

// wait sets the deadline at which src is idle, or says that it is. A byte in either
// direction keeps both open.
func (t *tunnel) wait(src net.Conn) error {
	until := time.Unix(0, t.last.Load()).Add(t.set.o.Idle)
	if !until.After(time.Now()) {
		return errIdle
	}
	return src.SetReadDeadline(until)
}

// close ends both connections, and with them the two goroutines.
func (t *tunnel) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cut {
		return
	}
	t.cut = true
	if t.linger != nil {
		t.linger.Stop()
	}
	t.caller.Close()
	t.backend.Close()
}

// end is the last word of a tunnel.
func (t *tunnel) end() {
	t.close()
	t.call.Response.Sent = t.down.Load()
	t.call.Request.Size += t.up.Load()
	t.set.handler.Finish(t.call)
	call.Release(t.call)
	t.set.remove(t)
}

// paced is a caller's connection, each block to which has its deadline.
type paced struct {
	net.Conn
	timeout time.Duration
	armed   time.Time // the write deadline in force
}

// Write implements net.Conn. One goroutine writes at a time. A deadline is set a quarter
// further than needed, and again only when that quarter is used up: setting one costs
// about as much as a small write.
func (p *paced) Write(b []byte) (int, error) {
	for done := 0; ; {
		now := time.Now()
		if p.armed.Before(now.Add(p.timeout)) {
			p.armed = now.Add(p.timeout + p.timeout/4)
			p.SetWriteDeadline(p.armed)
		}
		n, err := p.Conn.Write(b[done:min(len(b), done+writeBlock)])
		if done += n; err != nil || done == len(b) {
			return done, err
		}
	}
}

// CloseWrite ends the half towards the caller.
func (p *paced) CloseWrite() error {
	if half, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}
