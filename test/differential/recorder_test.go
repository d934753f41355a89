package differential_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// recorder is the backend behind one server. It keeps the bytes of every connection and
// takes nothing but what readMessage takes, so that a proxy cannot be helped by the
// leniency of whoever is behind it.
type recorder struct {
	listener net.Listener
	serving  sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond // open or records
	open    map[net.Conn]bool
	records []*record
	script  *script // nil: every request is answered 200 and closes
}

// record is what one connection brought, up to the end of one request.
type record struct {
	raw     []byte
	message parsed
	err     error // nil for a whole message
	extra   []byte
	again   bool // not the first request of its connection
}

// script is the answer of a bad backend to the first request. Requests after it
// are answered well.
type script struct {
	answer string
	closes bool
	used   bool
}

const fresh = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Answer: fresh\r\nConnection: close\r\n\r\nfresh"

// lull is how long a server may be silent before the case counts as stuck: it waits for
// bytes that do not come. Long, because a machine under load is silent too; a stuck
// case is rare, and lanes run side by side.
const lull = 4 * time.Second

// newRecorder listens on a free port, or on a Unix socket when path is not empty.
func newRecorder(path string) (*recorder, error) {
	network, address := "tcp", "127.0.0.1:0"
	if path != "" {
		network, address = "unix", path
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	r := &recorder{listener: l, open: map[net.Conn]bool{}}
	r.changed = sync.NewCond(&r.mu)
	r.serving.Go(r.accept)
	return r, nil
}

func (r *recorder) address() string { return r.listener.Addr().String() }

func (r *recorder) close() {
	r.listener.Close()
	r.cut()
	r.serving.Wait()
}

func (r *recorder) accept() {
	for {
		c, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.mu.Lock()
		r.open[c] = true
		r.mu.Unlock()
		r.serving.Go(func() {
			r.serve(c)
			c.Close()
			r.mu.Lock()
			delete(r.open, c)
			r.changed.Broadcast()
			r.mu.Unlock()
		})
	}
}

// serve reads requests of one connection until it ends or one is malformed.
func (r *recorder) serve(c net.Conn) {
	var held []byte
	piece := make([]byte, 64<<10)
	for again := false; ; again = true {
		now := &record{again: again}
		for {
			now.message, now.err = readMessage(held)
			if !errors.Is(now.err, errShort) {
				break
			}
			c.SetReadDeadline(time.Now().Add(10 * lull))
			if again {
				c.SetReadDeadline(time.Now().Add(lull)) // a caller that waits for the end of the answer gets it
			}
			n, err := c.Read(piece)
			held = append(held, piece[:n]...)
			if err != nil && n == 0 {
				break
			}
		}
		if len(held) == 0 {
			return
		}
		now.raw = held
		if now.err != nil {
			r.note(now)
			return
		}
		now.raw, held = held[:now.message.size], held[now.message.size:]
		if !r.reply(c, now) {
			return
		}
	}
}

func (r *recorder) note(now *record) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = append(r.records, now)
	return len(r.records)
}

// reply answers a whole message and reports whether another may follow on the
// connection.
func (r *recorder) reply(c net.Conn, now *record) bool {
	number := r.note(now)
	r.mu.Lock()
	s := r.script
	first := s != nil && !s.used
	if first {
		s.used = true
	}
	r.mu.Unlock()
	c.SetWriteDeadline(time.Now().Add(10 * lull))
	switch {
	case first:
		io.WriteString(c, s.answer)
		return !s.closes
	case s != nil:
		io.WriteString(c, fresh)
	default:
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Seen: %d\r\nConnection: close\r\n\r\n", number)
	}
	// Whatever comes on this connection now belongs to no message.
	if half, ok := c.(conn); ok {
		half.CloseWrite()
	}
	c.SetReadDeadline(time.Now().Add(lull))
	extra, _ := io.ReadAll(c)
	r.mu.Lock()
	now.extra = extra
	r.mu.Unlock()
	return false
}

// start begins a case: nil for requests.
func (r *recorder) start(s *script) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records, r.script = nil, s
}

// end waits until the connections of the case have gone, cuts those that stay, and
// returns what they brought.
func (r *recorder) end() []*record {
	late := time.AfterFunc(2*lull, r.cut)
	defer late.Stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.open) > 0 {
		r.changed.Wait()
	}
	return r.records
}

func (r *recorder) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.open {
		c.SetDeadline(time.Now())
		c.Close()
	}
}
