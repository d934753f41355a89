package engine_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/engine"
)

// kept is a connection that is past its first message and the move behind that, so that
// what follows is served in turns (engine.conn.turn).
func kept(t *testing.T, address string) (*net.TCPConn, *bufio.Reader) {
	t.Helper()
	c := dial(t, address)
	r := bufio.NewReader(c)
	for _, path := range []string{"/first", "/second", "/third"} {
		io.WriteString(c, get(path))
		if got := one(t, r); got != path+" " {
			t.Fatalf("%q", got)
		}
	}
	return c, r
}

// TestTurnOrNot: whatever follows on a kept connection is answered the same, whether a
// turn can serve it or has to leave it to somebody who can wait.
func TestTurnOrNot(t *testing.T) {
	t.Parallel()
	_, address := start(t, handler(consume), options(handler(consume)))
	long := strings.Repeat("b", 60_000)
	for name, test := range map[string]struct{ sent, want string }{
		"whole":            {get("/a"), "/a "},
		"with its body":    {"POST /b HTTP/1.1\r\n" + host + "Content-Length: 4\r\n\r\nbody", "/b body"},
		"in chunks":        {"POST /c HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", "/c body"},
		"fills the buffer": {"POST /d HTTP/1.1\r\n" + host + "Content-Length: 60000\r\n\r\n" + long, "/d " + long},
		"empty line first": {"\r\n" + get("/e"), "/e "},
		"two":              {get("/f") + get("/g"), "/f |/g "},
		"one and a half":   {get("/h") + get("/i")[:9] + "|" + get("/i")[9:], "/h |/i "},
		"head in pieces":   {get("/j")[:9] + "|" + get("/j")[9:], "/j "},
		"body in pieces":   {"POST /k HTTP/1.1\r\n" + host + "Content-Length: 4\r\n\r\nbo|dy", "/k body"},
		"end in pieces":    {"\r|\n" + get("/l"), "/l "},
	} {
		c, r := kept(t, address)
		for range 2 { // the second time behind one that a turn may not have served
			for _, piece := range strings.Split(test.sent, "|") {
				io.WriteString(c, piece)
				time.Sleep(20 * time.Millisecond)
			}
			for _, want := range strings.Split(test.want, "|") {
				if got := one(t, r); got != want {
					t.Errorf("%s: %.40q", name, got)
				}
			}
		}
	}
}

// TestTurnRefuses: a turn ends the connection behind what has no one reading, and behind
// who asks for that.
func TestTurnRefuses(t *testing.T) {
	t.Parallel()
	_, address := start(t, handler(consume), options(handler(consume)))
	for sent, want := range map[string]string{
		"GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + get("/smuggled"):                                 " 400 ",
		"POST /x HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": " 400 ",
		"GET /x HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n" + get("/smuggled"):                      " 200 ",
	} {
		c, r := kept(t, address)
		io.WriteString(c, sent)
		got, err := io.ReadAll(r)
		if err != nil || !strings.HasPrefix(string(got), "HTTP/1.1"+want) || strings.Count(string(got), "HTTP/1.1") != 1 {
			t.Errorf("%q: %q, %v", sent, got, err)
		}
	}
}

// TestTurnHears: what comes while a turn serves a call ends the wait behind it. If it were
// forgotten, it would lie there until the glance of a quarter of a second.
func TestTurnHears(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	h := handler(func(c *call.Call) {
		if c.Request.RawPath == "/slow" {
			entered <- struct{}{}
			time.Sleep(5 * time.Millisecond)
		}
		consume(c)
	})
	_, address := start(t, h, options(h))
	c, r := kept(t, address)
	least := time.Hour
	for range 20 {
		began := time.Now()
		io.WriteString(c, get("/slow"))
		<-entered
		io.WriteString(c, get("/next"))
		if got := one(t, r) + one(t, r); got != "/slow /next " {
			t.Fatalf("%q", got)
		}
		least = min(least, time.Since(began))
	}
	if least > 200*time.Millisecond {
		t.Errorf("the fastest of 20 took %v", least)
	}
}

// TestTurnMissesEnd: a caller that ends its half together with a later request is
// answered, and its connection is closed when it has been idle for a glance.
func TestTurnMissesEnd(t *testing.T) {
	t.Parallel()
	_, address := start(t, handler(consume), options(handler(consume))) // IdleTimeout is patience
	c, r := kept(t, address)
	io.WriteString(c, get("/last"))
	c.CloseWrite()
	if got := one(t, r); got != "/last " {
		t.Errorf("%q", got)
	}
	c.SetReadDeadline(time.Now().Add(patience / 2))
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("%d, %v", n, err)
	}
}

// turnBlocked is a kept connection whose call hangs in a turn until release is called,
// whatever ends its context.
func turnBlocked(t *testing.T) (e *engine.Engine, c *net.TCPConn, r *bufio.Reader, release func()) {
	entered, leave := make(chan struct{}), make(chan struct{})
	h := handler(func(c *call.Call) {
		if c.Request.RawPath == "/hangs" {
			close(entered)
			<-leave
		}
		consume(c)
	})
	e, address := start(t, h, options(h))
	c, r = kept(t, address)
	io.WriteString(c, get("/hangs"))
	<-entered
	return e, c, r, func() { close(leave) }
}

// TestCloseDuringTurn does not wait for the turn, which holds the socket.
func TestCloseDuringTurn(t *testing.T) {
	t.Parallel()
	e, c, _, release := turnBlocked(t)
	defer release()
	closed := make(chan struct{})
	go func() {
		e.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(patience):
		t.Fatal("Close waits for the call")
	}
	if got, _ := io.ReadAll(c); len(got) != 0 { // an end or a reset, both at once
		t.Errorf("%q", got)
	}
}

// TestDrainDuringTurn lets the call of a turn end, says that the connection does, and ends it.
func TestDrainDuringTurn(t *testing.T) {
	t.Parallel()
	e, _, r, release := turnBlocked(t)
	drained := make(chan error, 1)
	go func() { drained <- e.Shutdown(context.Background()) }()
	time.Sleep(20 * time.Millisecond) // so that it drains, most likely
	release()
	got, err := io.ReadAll(r)
	if err != nil || !strings.Contains(string(got), "\r\nConnection: close\r\n") || !strings.HasSuffix(string(got), "/hangs ") {
		t.Errorf("%q, %v", got, err)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
}

// TestPanicDuringTurn ends the connection and nothing else.
func TestPanicDuringTurn(t *testing.T) {
	t.Parallel()
	h := handler(func(c *call.Call) {
		if c.Request.RawPath == "/panics" {
			panic("on purpose")
		}
		consume(c)
	})
	_, address := start(t, h, options(h))
	c, r := kept(t, address)
	io.WriteString(c, get("/panics"))
	if got, _ := io.ReadAll(r); len(got) != 0 {
		t.Errorf("%q", got)
	}
	kept(t, address)
}
