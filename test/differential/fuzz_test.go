package differential_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
)

// readings collects what a server in this process understood of one connection.
type readings struct {
	mu  sync.Mutex
	all []parsed
}

func (r *readings) add(m parsed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, m)
}

func (r *readings) take() []parsed {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all
	r.all = nil
	return all
}

// Serve implements the handler of our edges. Only whole bodies count, and HTTP/2 is
// another protocol.
func (r *readings) Serve(c *call.Call) {
	if len(c.Request.Headers) > call.MaxFields {
		c.Response.Status = call.HeadersTooLarge.Status // as the gateway does; the edge has read no further
		return
	}
	c.Response.Status = 200
	m := parsed{method: strings.Clone(c.Request.Method), target: strings.Clone(c.Request.RawPath)}
	if c.Request.Body != nil {
		b, err := io.ReadAll(c.Request.Body)
		if err != nil {
			c.Response.Status = 400
			return
		}
		m.body = string(b)
	}
	if c.Request.Proto != "HTTP/2.0" {
		r.add(m)
	}
}

func (r *readings) Finish(*call.Call) {}

// ServeHTTP is the same for net/http.
func (r *readings) ServeHTTP(_ http.ResponseWriter, q *http.Request) {
	b, err := io.ReadAll(q.Body)
	if err == nil {
		target, _, _ := strings.Cut(q.RequestURI, "?")
		r.add(parsed{method: q.Method, target: target, body: string(b)})
	}
}

// FuzzDifferential mutates the corpus of requests. What our edge takes, a strict reader
// takes and ends at the same byte, and net/http understands in the same way if it
// takes it; with -proxies nginx and haproxy, too.
func FuzzDifferential(f *testing.F) {
	for _, e := range requests() {
		if len(e.raw) < 2000 {
			f.Add([]byte(e.raw))
		}
	}
	own, bare := &readings{}, &readings{}
	ours, theirs := newMemory(), newMemory()
	s := fuzzed(own)
	serveOn(f, ours, s.Serve, s.Shutdown)
	h := &http.Server{Handler: bare, DisableGeneralOptionsHandler: true}
	serveOn(f, theirs, h.Serve, h.Shutdown)
	var others []column
	if *proxies {
		one := make([]lane, 1)
		addProxies(f, one)
		others = one[0].columns
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		whole := append(bytes.Clone(stream), next...)
		ours.play(t, whole)
		took := own.take()
		likeStrict(t, whole, took)
		theirs.play(t, whole)
		like(t, whole, "net/http", took, bare.take())
		for _, c := range others {
			like(t, whole, c.name, took, c.readings(t, whole))
		}
	})
}

// fuzzed is the edge that is fuzzed: the engine.
func fuzzed(h edge.Handler) server { return ourEdges[0].make(h, edge.Options{}) }

// likeStrict compares with readMessage, message by message.
func likeStrict(t *testing.T, stream []byte, took []parsed) {
	rest := stream
	for i, m := range took {
		want, err := readMessage(rest)
		if err != nil {
			t.Fatalf("message %d, %+v, is none to a strict reader: %v\n%q", i+1, m, err, stream)
		}
		if m.method != want.method || m.body != want.body {
			t.Fatalf("message %d is %+v, to a strict reader %+v\n%q", i+1, m, want, stream)
		}
		rest = rest[want.size:]
	}
}

// like compares with another server. It may refuse what we take, and take what we
// refuse, but not take another message.
func like(t *testing.T, stream []byte, name string, took, theirs []parsed) {
	for i, m := range took {
		if i == len(theirs) {
			return
		}
		u, v := unit{method: m.method, target: m.target, body: m.body}, unit{method: theirs[i].method, target: theirs[i].target, body: theirs[i].body}
		if theirs[i].method != answeredItself && !u.same(v) {
			t.Fatalf("message %d is %+v to us and %+v to %s\n%q", i+1, m, theirs[i], name, stream)
		}
	}
}

// answeredItself stands for the method of a message that a proxy did not forward.
const answeredItself = "(answered by the proxy)"

// readings sends a stream through a proxy and returns what it understood. Both
// are set to bear a caller that has ended its half, so that no case waits for a lull.
func (c column) readings(t *testing.T, stream []byte) []parsed {
	c.recorder.start(nil)
	got, stuck, err := send(c.address, string(stream), true)
	records := c.recorder.end()
	if err != nil {
		t.Fatal(err)
	}
	var out []parsed
	for _, u := range understand(got, stuck, records).units {
		m := parsed{method: u.method, target: u.target, body: u.body}
		if u.local != 0 {
			m.method = answeredItself
		}
		out = append(out, m)
	}
	return out
}

// memory is a listener whose connections are made of bytes: everything that a caller will
// ever say is there at once, and its half has ended.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemory() *memory { return &memory{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

func (m *memory) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// play has the server read a stream to its end.
func (m *memory) play(t *testing.T, stream []byte) {
	c := &spoken{in: bytes.NewReader(stream), ended: make(chan struct{})}
	m.conns <- c
	select {
	case <-c.ended:
	case <-time.After(20 * time.Second):
		t.Fatalf("the server does not end a connection whose caller has ended: %q", stream)
	}
}

// spoken is one connection of a memory.
type spoken struct {
	mu    sync.Mutex
	in    *bytes.Reader
	shut  bool
	once  sync.Once
	ended chan struct{}
}

var errShut = errors.New("the connection was closed")

func (c *spoken) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut {
		return 0, errShut
	}
	return c.in.Read(p)
}

func (c *spoken) Write(p []byte) (int, error) { return len(p), nil }

// CloseWrite is as good an end as Close: net/http waits half a second between the two.
func (c *spoken) CloseWrite() error {
	c.once.Do(func() { close(c.ended) })
	return nil
}

func (c *spoken) Close() error {
	c.mu.Lock()
	c.shut = true
	c.mu.Unlock()
	return c.CloseWrite()
}

func (c *spoken) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
func (c *spoken) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 2} }
func (c *spoken) SetDeadline(time.Time) error      { return nil }
func (c *spoken) SetReadDeadline(time.Time) error  { return nil }
func (c *spoken) SetWriteDeadline(time.Time) error { return nil }
