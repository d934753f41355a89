package backend

import (
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// errAmbiguous is what reading a response with unclear framing returns.
var errAmbiguous = errors.New("backend: the response has several Content-Length fields, or one beside Transfer-Encoding")

// guardedConn refuses a response whose length two readers could judge
// differently. net/http resolves both cases silently (equal Content-Length
// fields are merged, chunked wins over a length), which leaves a connection to a
// backend that disagrees in the pool, where its next bytes answer somebody
// else's call.
//
// Only the head is looked at. Where one begins cannot be seen from the bytes, so
// the transport says it: attempt.got arms the guard when a call gets the connection,
// before its request is written.
type guardedConn struct {
	net.Conn
	connect time.Duration // what it took to open, TLS included
	armed   atomic.Bool
	head    headScan
	err     error
}

// CloseWrite half-closes the connection, where that is possible.
func (g *guardedConn) CloseWrite() error {
	if c, ok := g.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

// Read implements net.Conn.
func (g *guardedConn) Read(p []byte) (int, error) {
	if g.err != nil {
		return 0, g.err
	}
	n, err := g.Conn.Read(p)
	if n > 0 && g.armed.CompareAndSwap(true, false) {
		g.head = headScan{active: true}
	}
	if g.head.active && !g.head.scan(p[:n]) {
		g.err = errAmbiguous
		return 0, g.err
	}
	return n, err
}

// headScan follows the lines of a response head across reads.
type headScan struct {
	active        bool
	line          int // of the head, from 0
	column        int
	informational bool // 1xx: another head follows
	switching     bool // x0x
	lengths       int
	encodings     int
	inValue       bool
	name          [len("transfer-encoding")]byte
}

// scan reports whether the head is clear so far.
func (h *headScan) scan(p []byte) bool {
	for _, c := range p {
		switch {
		case c == '\n':
			if h.column == 0 {
				*h = headScan{active: h.informational}
				if !h.active {
					return true
				}
				continue
			}
			h.line++
			h.column, h.inValue = 0, false
		case c == '\r' || h.inValue:
		case h.line == 0:
			// "HTTP/1.1 200": the tenth byte is the class of the status. Another
			// head follows all of 1xx but 101, after which there is no HTTP.
			switch h.column {
			case 9:
				h.informational = c == '1'
			case 10:
				h.switching = c == '0'
			case 11:
				h.informational = h.informational && !(h.switching && c == '1')
			}
			h.column++
		case c == ':':
			h.inValue = true
			h.count()
			if h.lengths > 1 || h.lengths == 1 && h.encodings > 0 {
				return false
			}
		default:
			if h.column < len(h.name) {
				h.name[h.column] = c | 0x20 // lower case; '-' already has the bit
			}
			h.column++
		}
	}
	return true
}

func (h *headScan) count() {
	if h.column > len(h.name) {
		return
	}
	switch string(h.name[:h.column]) {
	case "content-length":
		h.lengths++
	case "transfer-encoding":
		h.encodings++
	}
}
