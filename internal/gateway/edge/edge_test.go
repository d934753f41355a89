package edge_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
	"github.com/lintel-gateway/lintel/internal/message"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests; none of them is expected to end.
const patience = 10 * time.Second

// handler answers with what serve does and remembers what it was asked.
type handler struct {
	serve  func(*call.Call)
	finish func(*call.Call)

	mu     sync.Mutex
	served []string
}

func (h *handler) Serve(c *call.Call) {
	h.mu.Lock()
	h.served = append(h.served, strings.Clone(c.Request.Method+" "+c.Request.RawPath))
	h.mu.Unlock()
	h.serve(c)
}

func (h *handler) Finish(c *call.Call) {
	if h.finish != nil {
		h.finish(c)
	}
}

func (h *handler) calls() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.served...)
}

// answer is a plain answer of the gateway itself.
func answer(c *call.Call, status int, body string) {
	c.Response.Status = status
	c.Response.Bytes = []byte(body)
}

// consume reads the whole body and answers with it, or with the caller's fault.
func consume(c *call.Call) {
	if c.Request.Body == nil {
		answer(c, 200, "")
		return
	}
	b, err := io.ReadAll(c.Request.Body)
	if err != nil {
		fault := err.(*call.BodyError).Fault
		c.Fault = fault
		answer(c, fault.Status, fault.Message)
		return
	}
	answer(c, 200, string(b))
}

// under is who speaks HTTP/1.1 below the edge that is tested.
type under struct {
	name    string
	netHTTP bool
}

var both = []under{{"engine", false}, {"net-http", true}}

// onBoth runs a test on either.
func onBoth(t *testing.T, test func(*testing.T, under)) {
	t.Parallel()
	for _, e := range both {
		t.Run(e.name, func(t *testing.T) { test(t, e) })
	}
}

func (e under) make(h edge.Handler, o edge.Options) *edge.Server {
	o.NetHTTP = e.netHTTP
	return edge.New(h, o)
}

// start serves clear text on a loopback port and returns its address.
func (e under) start(t testing.TB, h edge.Handler, o edge.Options) (*edge.Server, string) {
	t.Helper()
	s := e.make(h, o)
	l := listen(t)
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		quiet(t, s)
		if err := <-done; err != nil {
			t.Error("Serve:", err)
		}
	})
	return s, l.Addr().String()
}

// quiet waits until every call has ended, so that a test may look at what the
// handler left behind.
func quiet(t testing.TB, s *edge.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func dial(t testing.TB, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c.(*net.TCPConn)
}

// exchange sends raw, says that nothing more will come, and returns everything
// that came back until the server closed.
func exchange(t testing.TB, addr, raw string) string {
	t.Helper()
	c := dial(t, addr)
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	c.CloseWrite()
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("reading the answer: %v after %q", err, b)
	}
	return string(b)
}

// statuses returns the status of every response in an HTTP/1 answer. Bodies of
// these tests never hold a status line.
func statuses(answer string) []string {
	var got []string
	for _, part := range strings.Split(answer, "HTTP/1.")[1:] {
		if len(part) >= 5 {
			got = append(got, part[2:5])
		}
	}
	return got
}

func field(c *call.Call, name string) string {
	v, _ := c.Request.Headers.Get(name)
	return v
}

func fields(pairs ...string) message.Fields {
	var f message.Fields
	for i := 0; i < len(pairs); i += 2 {
		f = append(f, message.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return f
}

// body is a stream whose reads a test provides.
type body struct {
	io.Reader
	closed chan struct{}
}

func stream(r io.Reader) *body { return &body{Reader: r, closed: make(chan struct{})} }

func (b *body) Close() error {
	close(b.closed)
	return nil
}
