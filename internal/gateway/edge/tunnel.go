package edge

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// tunnel joins a caller with the backend that has answered 101 to it. It owns its
// call and both connections; net/http knows of it no more. Two goroutines copy, and
// the last of them ends it.
//
// What an idle tunnel costs is what it is made for: the handler returns at once, so
// that net/http lets go of the stack and the buffers of the connection, and a direction
// that waits holds a few bytes. A large buffer is borrowed only while data
// flows.
type tunnel struct {
	server  *Server
	call    *call.Call
	caller  *guard
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
)

// errIdle ends a tunnel through which nothing came for Options.TunnelIdle.
var errIdle = errors.New("edge: the tunnel was idle")

// run makes the tunnel out of the request whose answer is 101. It returns at
// once; the tunnel finishes and releases the call. An error means that there is no
// tunnel and that the call is still the edge's. The caller has to be inside
// tunnels.enter: from the Hijack on nobody but the edge waits for this call.
func (s *Server) run(w http.ResponseWriter, c *call.Call) error {
	t := &tunnel{server: s, call: c, backend: c.Response.Tunnel}
	t.last.Store(time.Now().UnixNano())
	t.alive.Store(2)
	conn, early, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return err
	}
	t.caller = conn.(*guard)
	if early.Reader.Buffered() > 0 {
		// A caller has to wait for the 101 (RFC 6455 §4.1). Who does not may have
		// meant these bytes as another request, for somebody who expects no 101.
		io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request")
		conn.Close()
		return errEarly
	}
	t.caller.tunnel()
	if _, err := conn.Write(switching(c)); err != nil {
		conn.Close()
		return err
	}
	if !s.tunnels.add(t) {
		conn.Close()
		return errDraining
	}
	t.wait(t.caller)
	t.wait(t.backend)
	go t.direction(t.backend, t.caller, &t.up, t.small[0][:])
	go t.direction(t.caller, t.backend, &t.down, t.small[1][:])
	return nil
}

var (
	errEarly    = errors.New("edge: the caller sent more than its handshake before the answer")
	errDraining = errors.New("edge: the gateway is shutting down")
)

// switching is the head of the answer. Names and values have been parsed by
// net/http or are the gateway's; a line break in one of them is dropped
// nevertheless, as it would begin another field.
func switching(c *call.Call) []byte {
	b := []byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")
	for i := range c.Response.Headers {
		f := &c.Response.Headers[i]
		if owned(http.CanonicalHeaderKey(f.Name)) {
			continue
		}
		b = appendLine(append(appendLine(b, f.Name), ": "...), f.Value)
		b = append(b, "\r\n"...)
	}
	return append(b, "\r\n"...)
}

func appendLine(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] != '\r' && s[i] != '\n' {
			b = append(b, s[i])
		}
	}
	return b
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

var errWrite = errors.New("edge: the other side of a tunnel takes nothing")

// wait sets the deadline at which src is idle, or says that it is. A byte in either
// direction keeps both open.
func (t *tunnel) wait(src net.Conn) error {
	until := time.Unix(0, t.last.Load()).Add(t.server.o.TunnelIdle)
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
	t.server.handler.Finish(t.call)
	call.Release(t.call)
	t.server.tunnels.remove(t)
}

// tunnels are those that are open, and those that are being opened.
type tunnels struct {
	taken atomic.Int64 // places, of Options.MaxTunnels

	mu      sync.Mutex
	open    map[*tunnel]struct{}
	closing bool
	ended   sync.WaitGroup // calls between enter and leave
}

// take reserves a place for a request that may become a tunnel.
func (s *tunnels) take(most int) bool {
	if s.taken.Add(1) <= int64(most) {
		return true
	}
	s.taken.Add(-1)
	return false
}

func (s *tunnels) giveBack() { s.taken.Add(-1) }

func (s *tunnels) add(t *tunnel) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.open[t] = struct{}{}
	return true
}

func (s *tunnels) remove(t *tunnel) {
	s.mu.Lock()
	delete(s.open, t)
	s.mu.Unlock()
	s.leave()
}

// enter announces a call that will become a tunnel, so that close waits for it
// while it is in nobody else's hands; false means that it is too late for one.
func (s *tunnels) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.ended.Add(1)
	return true
}

// leave gives back the place and what enter announced.
func (s *tunnels) leave() {
	s.giveBack()
	s.ended.Done()
}

// close ends all of them and waits until their calls are finished.
func (s *tunnels) close() {
	s.mu.Lock()
	s.closing = true
	open := make([]*tunnel, 0, len(s.open))
	for t := range s.open {
		open = append(open, t)
	}
	s.mu.Unlock()
	for _, t := range open {
		t.close()
	}
	s.ended.Wait()
}
