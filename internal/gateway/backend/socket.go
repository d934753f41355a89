package backend

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// socket is a connection to a backend below TLS, or below nothing.
//
// A kept connection must have nothing to read before it is used: what came unasked
// would become the answer to somebody's call. http1.Conn.Exchange sees to that by
// itself where it reads from the socket. With TLS between it cannot, and looking at
// the socket from outside is not enough either: crypto/tls reads ahead, so that a
// record may lie in its memory while the socket is empty, and a session ticket in
// the socket is no answer. So the TLS connection itself is read, while the socket
// below says that nothing is there instead of waiting for it (probing); and since half
// a record stays in that memory unseen, records are counted.
type socket struct {
	net.Conn
	connect time.Duration // what it took to open, TLS included
	raw     syscall.RawConn
	probing bool
	records *records // TLS alone: those that were read

	// Of one readNow.
	read func(fd uintptr)
	into []byte
	n    int
	err  error
}

func newSocket(conn net.Conn) *socket {
	s := &socket{Conn: conn}
	if c, ok := conn.(*net.TCPConn); ok {
		if raw, err := c.SyscallConn(); err == nil {
			s.raw = raw
			s.read = s.readNow
		}
	}
	return s
}

// errNothing is what a socket answers that has nothing to read. crypto/tls goes on
// after an error that says that it is temporary.
type errNothing struct{}

func (errNothing) Error() string   { return "backend: nothing to read" }
func (errNothing) Timeout() bool   { return true }
func (errNothing) Temporary() bool { return true }

// Read implements net.Conn.
func (s *socket) Read(p []byte) (int, error) {
	n, err := s.readSome(p)
	if s.records != nil {
		s.records.follow(p[:n])
	}
	return n, err
}

func (s *socket) readSome(p []byte) (int, error) {
	if !s.probing {
		return s.Conn.Read(p)
	}
	if s.raw == nil {
		return 0, errNothing{}
	}
	s.into = p
	if err := s.raw.Control(s.read); err != nil {
		return 0, err
	}
	return s.n, s.err
}

// records knows where in a TLS record (RFC 8446 §5.1) the bytes that it was shown
// end.
type records struct {
	head [5]byte // type, version, length
	have int     // bytes of head
	left int     // bytes of the record
}

func (r *records) follow(p []byte) {
	for len(p) > 0 {
		if n := min(r.left, len(p)); n > 0 {
			r.left -= n
			p = p[n:]
			continue
		}
		n := copy(r.head[r.have:], p)
		p = p[n:]
		if r.have += n; r.have == len(r.head) {
			r.have, r.left = 0, int(r.head[3])<<8|int(r.head[4])
		}
	}
}

func (r *records) whole() bool { return r.have == 0 && r.left == 0 }

// quiet reports whether a kept connection is open and has said nothing since its
// last answer. above is TLS over s, when there is TLS. Where a socket cannot be
// asked, what crypto/tls has read ahead is looked at all the same.
func (s *socket) quiet(above net.Conn) bool {
	var one [1]byte
	if s.records == nil {
		above = s
	}
	s.probing = true
	_, err := above.Read(one[:])
	s.probing = false
	return err == error(errNothing{}) && (s.records == nil || s.records.whole())
}

// CloseWrite half-closes the connection, where that is possible.
func (s *socket) CloseWrite() error {
	if c, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return os.ErrInvalid
}

// dial opens every connection to a backend.
func (t *Transport) dial(ctx context.Context, address string) (*socket, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	start := http1.Now()
	conn, err := t.open(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	s := newSocket(conn)
	s.connect = time.Duration(http1.Now() - start)
	return s, nil
}

// secure makes a TLS connection over s to whom the certificate has to name, or
// closes s.
func (t *Transport) secure(ctx context.Context, s *socket, server string, protos ...string) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	start := http1.Now()
	config := t.tls.Clone()
	config.ServerName, config.NextProtos = server, protos
	s.records = new(records)
	conn := tls.Client(s, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		s.Close()
		return nil, err
	}
	s.connect += time.Duration(http1.Now() - start)
	return conn, nil
}
