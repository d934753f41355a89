package edge_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
)

// TestDrain has one connection idle and one serving: the idle one closes at
// once, the other gets its answer with Connection: close, new ones are refused.
func TestDrain(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		entered, release := make(chan struct{}), make(chan struct{})
		h := &handler{serve: func(c *call.Call) {
			if c.Request.RawPath == "/slow" {
				close(entered)
				<-release
			}
			answer(c, 200, "hello")
		}}
		s, addr := e.start(t, h, edge.Options{})
		idle, busy := dial(t, addr), dial(t, addr)
		io.WriteString(idle, get("/x"))
		idleReader := bufio.NewReader(idle)
		if r, err := http.ReadResponse(idleReader, nil); err != nil || r.Close {
			t.Fatalf("%+v, %v", r, err)
		} else if _, err := io.ReadAll(r.Body); err != nil {
			t.Fatal(err)
		}
		for s.InFlight() != 0 { // the answer is read a moment before its call is over
			time.Sleep(time.Millisecond)
		}
		io.WriteString(busy, get("/slow"))
		<-entered
		if n := s.InFlight(); n != 1 {
			t.Errorf("%d calls in flight", n)
		}

		drained := make(chan error, 1)
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			drained <- s.Shutdown(ctx)
		}()
		if _, err := idleReader.ReadByte(); err != io.EOF {
			t.Errorf("the idle connection: %v", err)
		}
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			t.Error("a new connection was accepted")
		}
		select {
		case err := <-drained:
			t.Fatalf("drained with a call in flight: %v", err)
		default:
		}
		close(release)
		r, err := http.ReadResponse(bufio.NewReader(busy), nil)
		if err != nil || r.StatusCode != 200 || !r.Close {
			t.Fatalf("the call in flight: %+v, %v", r, err)
		}
		if b, err := io.ReadAll(r.Body); string(b) != "hello" || err != nil {
			t.Errorf("%q, %v", b, err)
		}
		if err := <-drained; err != nil {
			t.Error(err)
		}
	})
}

// TestDrainTimeout cuts what does not end, and says how much that was.
func TestDrainTimeout(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		entered, gone := make(chan struct{}, 2), make(chan struct{}, 2)
		h := &handler{serve: func(c *call.Call) {
			entered <- struct{}{}
			<-c.Context().Done() // the cut ends the context
			gone <- struct{}{}
			answer(c, 200, "")
		}}
		s, addr := e.start(t, h, edge.Options{})
		for range 2 {
			io.WriteString(dial(t, addr), get("/x"))
			<-entered
		}
		cause := errors.New("out of patience")
		ctx, cancel := context.WithTimeoutCause(context.Background(), 20*time.Millisecond, cause)
		defer cancel()
		err := s.Shutdown(ctx)
		if e, ok := errors.AsType[*edge.DrainError](err); !ok || e.Calls != 2 || !errors.Is(err, cause) {
			t.Errorf("%v", err)
		}
		<-gone
		<-gone
	})
}

// TestCallerLeaves ends the context of a call.
func TestCallerLeaves(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		entered, gone := make(chan struct{}), make(chan struct{})
		h := &handler{serve: func(c *call.Call) {
			io.Copy(io.Discard, c.Request.Body)
			close(entered)
			<-c.Context().Done()
			close(gone)
			answer(c, 200, "")
		}}
		_, addr := e.start(t, h, edge.Options{})
		c := dial(t, addr)
		io.WriteString(c, post("Content-Length: 5\r\n", "hello"))
		<-entered
		c.Close()
		<-gone
	})
}
