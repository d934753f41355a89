package differential_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// said is one answer as a client understood it, to its end.
type said struct {
	status int
	body   string
}

// FuzzAnswers mutates the corpus of answers. What our client to backends takes for a
// whole answer, a strict reader takes too, with the same body, and net/http understands
// in the same way if it takes it.
func FuzzAnswers(f *testing.F) {
	for _, a := range answers() {
		if len(a.raw) < 2000 {
			f.Add([]byte(a.raw), a.method == "HEAD")
		}
	}
	f.Fuzz(func(t *testing.T, stream []byte, head bool) {
		method := "GET"
		if head {
			method = "HEAD"
		}
		ours, ok := sayToUs(t, method, stream)
		if !ok {
			return
		}
		strict, err := readAnswer(stream, method)
		if err != nil {
			t.Fatalf("%s: %+v is none to a strict reader: %v\n%q", method, ours, err, stream)
		}
		if ours != strict {
			t.Fatalf("%s: %+v, to a strict reader %+v\n%q", method, ours, strict, stream)
		}
		if theirs, ok := sayToNetHTTP(t, method, stream); ok && theirs != ours {
			t.Fatalf("%s: %+v, to net/http %+v\n%q", method, ours, theirs, stream)
		}
	})
}

// sayToUs has a backend answer with stream and returns what a caller would get, unless
// it is refused or breaks off.
func sayToUs(t *testing.T, method string, stream []byte) (said, bool) {
	transport := backend.NewTransport(backend.Options{Dial: func(context.Context, string, string) (net.Conn, error) { return answering(stream), nil }})
	defer transport.Close()
	c := call.Acquire(t.Context())
	defer call.Release(c)
	c.Request.Method, c.Request.Proto = method, "HTTP/1.1"
	c.Out.Method, c.Out.Scheme, c.Out.Address, c.Out.Host, c.Out.Path, c.Out.Timeout = method, "http", "127.0.0.1:1", site, "/p", 20*time.Second
	c.Out.Headers = append(c.Out.Headers, message.Field{Name: "X-A", Value: "b"})
	if fault := backend.NewHTTP(transport, clock.System).Send(c); fault != nil {
		return said{}, false
	}
	s := said{status: c.Response.Status, body: string(c.Response.Bytes)}
	if c.Response.Stream == nil {
		return s, true
	}
	b, err := io.ReadAll(c.Response.Stream)
	c.Response.Stream.Close()
	s.body = string(b)
	return s, err == nil
}

func sayToNetHTTP(t *testing.T, method string, stream []byte) (said, bool) {
	transport := &http.Transport{
		DialContext:        func(context.Context, string, string) (net.Conn, error) { return answering(stream), nil },
		DisableCompression: true,
	}
	defer transport.CloseIdleConnections()
	q, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:1/p", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := transport.RoundTrip(q)
	if err != nil {
		return said{}, false
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return said{r.StatusCode, string(b)}, err == nil
}

// answering is a connection to a backend that says stream as soon as it was asked, and
// ends.
func answering(stream []byte) net.Conn {
	return &asked{spoken: spoken{in: bytes.NewReader(stream), ended: make(chan struct{})}, words: make(chan struct{}, 1)}
}

type asked struct {
	spoken
	words chan struct{} // holds a value once something was written
}

func (c *asked) Write(p []byte) (int, error) {
	select {
	case c.words <- struct{}{}:
	default:
	}
	return len(p), nil
}

// Read waits for the request: an answer to nothing would end the connection.
func (c *asked) Read(p []byte) (int, error) {
	select {
	case <-c.words:
		select {
		case c.words <- struct{}{}:
		default:
		}
	case <-c.ended:
	}
	return c.spoken.Read(p)
}
