package engine_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

func itoa(n int) string { return strconv.Itoa(n) }

// one reads one answer with a length and returns its body.
func one(t testing.TB, r *bufio.Reader) string {
	t.Helper()
	a, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Error(err)
		return ""
	}
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

// TestHTTP10KeepAlive: HTTP/1.0 closes, unless it asks for the contrary and the end of
// the answer can be told.
func TestHTTP10KeepAlive(t *testing.T) {
	t.Parallel()
	_, address := start(t, handler(consume), options(handler(consume)))
	c := dial(t, address)
	io.WriteString(c, "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"+"GET /2 HTTP/1.0\r\n\r\n"+"GET /smuggled HTTP/1.0\r\n\r\n")
	got, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	if b := bodies(t, string(got)); strings.Join(b, "|") != "/1 |/2 " || strings.Count(string(got), "Connection: keep-alive\r\n") != 1 || strings.Count(string(got), "Connection: close\r\n") != 1 {
		t.Errorf("%q", got)
	}
}

// TestCallerLeaves ends, of a call that waits for a backend in its own goroutine, the
// context and then the wait; a caller that only says that nothing more comes is not
// served longer either, and one that is there is left alone.
func TestCallerLeaves(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	results := make(chan error, 1)
	h := handler(func(c *call.Call) {
		nc, err := net.Dial("tcp", silent.Addr().String())
		if err != nil {
			panic(err)
		}
		defer nc.Close()
		backend := http1.New(nc)
		backend.ReadBy(http1.Now().Add(time.Second))
		c.Waiting.Store(backend)
		err = backend.Await()
		c.Waiting.Store(nil)
		if errors.Is(err, http1.ErrInterrupted) && c.Context().Err() == nil {
			err = errors.New("interrupted before the context has ended")
		}
		results <- err
		answer(c, "")
	})
	_, address := start(t, h, options(h))
	for name, does := range map[string]struct {
		act     func(*net.TCPConn)
		noticed bool
	}{
		"closes":      {func(c *net.TCPConn) { c.Close() }, true},
		"resets":      {func(c *net.TCPConn) { c.SetLinger(0); c.Close() }, true},
		"half-closes": {func(c *net.TCPConn) { c.CloseWrite() }, true},
		"waits":       {func(*net.TCPConn) {}, false},
		"sends on":    {func(c *net.TCPConn) { io.WriteString(c, get("/next")[:9]) }, false},
	} {
		c := dial(t, address)
		io.WriteString(c, get("/x"))
		does.act(c)
		if err := <-results; errors.Is(err, http1.ErrInterrupted) != does.noticed {
			t.Errorf("a caller that %s: %v", name, err)
		}
		c.Close()
	}
}

// TestReaderOutlivesCall has the body read in another goroutine, which still waits for
// the caller when the call has been answered: it is told that the call is over before
// the connection is used for anything else.
func TestReaderOutlivesCall(t *testing.T) {
	t.Parallel()
	late := make(chan error, 1)
	h := handler(func(c *call.Call) {
		body := c.Request.Body
		reading := make(chan struct{})
		go func() {
			close(reading)
			_, err := io.Copy(io.Discard, body)
			late <- err
		}()
		<-reading
		time.Sleep(10 * time.Millisecond) // so that it waits, most likely
		answer(c, "early")
	})
	_, address := start(t, h, options(h))
	c := dial(t, address)
	io.WriteString(c, "POST /x HTTP/1.1\r\n"+host+"Content-Length: 100\r\n\r\nabc")
	a, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || !a.Close {
		t.Fatalf("%+v, %v", a, err)
	}
	if err := <-late; err == nil {
		t.Error("the reader was told that the body is whole")
	}
}

// TestDrainDuringHead: a request that has begun when draining does is answered, and
// its connection closed; one that never ends is bounded by the time for heads.
func TestDrainDuringHead(t *testing.T) {
	t.Parallel()
	o := options(handler(consume))
	o.HeaderTimeout = 500 * time.Millisecond
	e, address := start(t, handler(consume), o)
	begun, endless := dial(t, address), dial(t, address)
	io.WriteString(begun, get("/x")[:20])
	io.WriteString(endless, get("/x")[:20])
	time.Sleep(50 * time.Millisecond) // so that the first bytes have been read
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		drain(t, e)
	}()
	time.Sleep(50 * time.Millisecond)
	io.WriteString(begun, get("/x")[20:])
	a, err := http.ReadResponse(bufio.NewReader(begun), nil)
	if err != nil || a.StatusCode != 200 || !a.Close {
		t.Errorf("%+v, %v", a, err)
	}
	if b, err := io.ReadAll(endless); len(b) > 0 || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	<-drained
}

// TestClose ends what Shutdown had no time for.
func TestClose(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	entered := make(chan struct{})
	h := handler(func(c *call.Call) {
		close(entered)
		<-c.Context().Done()
		close(ended)
		answer(c, "")
	})
	e, address := start(t, h, options(h))
	c := dial(t, address)
	io.WriteString(c, get("/x"))
	<-entered
	cause := errors.New("out of patience")
	ctx, cancel := context.WithTimeoutCause(context.Background(), 10*time.Millisecond, cause)
	defer cancel()
	if err := e.Shutdown(ctx); err != cause || e.InFlight() != 1 {
		t.Errorf("%v, %d calls in flight", err, e.InFlight())
	}
	e.Close()
	<-ended
	if b, err := io.ReadAll(c); len(b) > 0 {
		t.Errorf("%q, %v", b, err)
	}
}
