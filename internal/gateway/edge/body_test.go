package edge_test

import (
	"bufio"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
)

// echo answers with the request body while it is still coming.
func echo(c *call.Call) {
	c.Response.Status = 200
	c.Response.Stream = io.NopCloser(c.Request.Body)
	c.Response.Length = -1
}

// TestEcho sends a piece only after the one before has come back.
func TestEcho(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		_, addr := e.start(t, &handler{serve: echo}, edge.Options{})
		for _, framing := range []string{chunked, "Content-Length: 15\r\n"} {
			c := dial(t, addr)
			io.WriteString(c, post(framing, ""))
			r, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Close {
				t.Error("the connection may not be reused: the answer began before the body had ended")
			}
			for _, piece := range []string{"one..", "two..", "three"} {
				if framing == chunked {
					io.WriteString(c, "5\r\n"+piece+"\r\n")
				} else {
					io.WriteString(c, piece)
				}
				b := make([]byte, 5)
				if _, err := io.ReadFull(r.Body, b); err != nil || string(b) != piece {
					t.Fatalf("%q, %v", b, err)
				}
			}
			if framing == chunked {
				io.WriteString(c, "0\r\n\r\n")
			}
			if rest, err := io.ReadAll(r.Body); len(rest) > 0 || err != nil {
				t.Errorf("%q, %v", rest, err)
			}
		}
	})
}

// TestEvents gets each piece of an endless answer when it is made.
func TestEvents(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		r, w := io.Pipe()
		_, addr := e.start(t, &handler{serve: func(c *call.Call) {
			c.Response.Status = 200
			c.Response.Stream = r
			c.Response.Length = -1
		}}, edge.Options{})
		c := dial(t, addr)
		io.WriteString(c, get("/x"))
		answer, err := http.ReadResponse(bufio.NewReader(c), nil) // the head comes before any event
		if err != nil {
			t.Fatal(err)
		}
		for _, event := range []string{"data: 1\n\n", "data: 2\n\n"} {
			io.WriteString(w, event)
			b := make([]byte, len(event))
			if _, err := io.ReadFull(answer.Body, b); err != nil || string(b) != event {
				t.Fatalf("%q, %v", b, err)
			}
		}
		c.Close()
		// The caller is gone: writing to it fails, and the edge closes the stream.
		for err == nil {
			_, err = io.WriteString(w, "data: 3\n\n")
		}
		if err != io.ErrClosedPipe {
			t.Error(err)
		}
	})
}

func TestBigBodies(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		const limit = 1 << 20
		h := &handler{serve: consume}
		_, addr := e.start(t, h, edge.Options{MaxBody: limit})
		for _, b := range []struct {
			name, raw string
			want      []string
		}{
			{"at the limit", post("Content-Length: 1048576\r\n", strings.Repeat("a", limit)) + get("/y"), twice},
			{"announced beyond", post("Content-Length: 1048577\r\n", strings.Repeat("a", limit+1)) + get("/smug"), []string{"413"}},
			{"announced beyond, not sent", post("Content-Length: 1048577\r\n", ""), []string{"413"}},
			{"chunks at the limit", post(chunked, strings.Repeat("10000\r\n"+strings.Repeat("a", 1<<16)+"\r\n", 16)+"0\r\n\r\n") + get("/y"), twice},
			{"chunks beyond", post(chunked, strings.Repeat("10000\r\n"+strings.Repeat("a", 1<<16)+"\r\n", 16)+"1\r\na\r\n0\r\n\r\n"), []string{"413"}},
			{"chunks far beyond", post(chunked, strings.Repeat("10000\r\n"+strings.Repeat("a", 1<<16)+"\r\n", 32)+"0\r\n\r\n") + get("/smug"), []string{"413"}},
		} {
			if got := statuses(exchangeLoosely(t, addr, b.raw)); !slices.Equal(got, b.want) {
				t.Errorf("%s: %v, want %v", b.name, got, b.want)
			}
		}
		if slices.Contains(h.calls(), "GET /smug") {
			t.Error("the rest of a refused body was served as a request")
		}
	})
}

// TestUnreadBody answers without reading. Short bodies keep the connection; what
// is long, malformed or only promised ends it, and nothing of it is served.
func TestUnreadBody(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := &handler{serve: func(c *call.Call) { answer(c, 200, "") }}
		_, addr := e.start(t, h, edge.Options{})
		long := strings.Repeat("GET /smug HTTP/1.1\r\nHost: a\r\n\r\n", 12000)
		for _, b := range []struct {
			name, raw string
			want      []string
		}{
			{"short", post("Content-Length: 5\r\n", "abcde") + get("/y"), twice},
			{"short chunks", post(chunked, "5\r\nabcde\r\n0\r\n\r\n") + get("/y"), twice},
			{"long", post("Content-Length: 360000\r\n", long[:360000]) + get("/smug"), ok},
			{"long chunk", post(chunked, "57e40\r\n"+long[:360000]+"\r\n0\r\n\r\n") + get("/smug"), ok},
			{"malformed chunks", post(chunked, "5\nabcde\r\n0\r\n\r\n"+get("/smug")), ok},
			{"too much framing", post(chunked, strings.Repeat("1;"+strings.Repeat("x", 4000)+"\r\na\r\n", 6)+"0\r\n\r\n"+get("/smug")), ok},
			{"long trailer", post(chunked, "1\r\na\r\n0\r\nX: "+strings.Repeat("v", 20000)+"\r\n\r\n"+get("/smug")), ok},
			{"incomplete", post("Content-Length: 50\r\n", "abcde"), ok},
			{"promised", post("Expect: 100-continue\r\nContent-Length: 5\r\n", "") + "abcde" + get("/smug"), ok},
		} {
			got := exchangeLoosely(t, addr, b.raw)
			if s := statuses(got); !slices.Equal(s, b.want) {
				t.Errorf("%s: %v, want %v", b.name, s, b.want)
			}
			if closes := strings.Contains(got, "Connection: close"); closes != (len(b.want) == 1) {
				t.Errorf("%s: Connection: close is %v", b.name, closes)
			}
		}
		if slices.Contains(h.calls(), "GET /smug") {
			t.Error("a part of a body was served as a request")
		}
	})
}

// TestStreamedAnswerToUnreadBody ends the connection too.
func TestStreamedAnswerToUnreadBody(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := &handler{serve: func(c *call.Call) { streams(c, "hello", 5) }}
		_, addr := e.start(t, h, edge.Options{})
		for _, raw := range []string{
			post(chunked, strings.Repeat("1;"+strings.Repeat("x", 4000)+"\r\na\r\n", 6)+"0\r\n\r\n"+get("/smug")),
			post("Content-Length: 40\r\n", get("/smug")+get("/smug")),
		} {
			got := exchangeLoosely(t, addr, raw)
			if !slices.Equal(statuses(got), ok) || !strings.HasSuffix(got, "hello") || !strings.Contains(got, "Connection: close") {
				t.Errorf("%q", got)
			}
		}
		if slices.Contains(h.calls(), "GET /smug") {
			t.Error("a part of a body was served as a request")
		}
	})
}

// faultOf serves one request whose body fails and returns the fault.
func (e under) faultOf(t *testing.T, o edge.Options, send func(c io.Writer), closes bool) *call.Fault {
	t.Helper()
	faults := make(chan *call.Fault, 1)
	entered := make(chan struct{})
	serve := func(c *call.Call) {
		close(entered)
		consume(c)
	}
	_, addr := e.start(t, &handler{serve: serve, finish: func(c *call.Call) { faults <- c.Fault }}, o)
	c := dial(t, addr)
	send(c)
	if closes {
		<-entered
		c.Close()
	}
	select {
	case f := <-faults:
		return f
	case <-time.After(patience):
		t.Fatal("the call did not end")
		return nil
	}
}

func TestCallersFaults(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		short := edge.Options{BodyGrace: 50 * time.Millisecond}
		for _, f := range []struct {
			name   string
			o      edge.Options
			raw    string
			closes bool
			want   *call.Fault
		}{
			{"gone within a length", edge.Options{}, post("Content-Length: 9\r\n", "abc"), true, call.CallerGone},
			{"gone within a chunk", edge.Options{}, post(chunked, "5\r\nabc"), true, call.CallerGone},
			{"gone between chunks", edge.Options{}, post(chunked, "3\r\nabc\r\n"), true, call.CallerGone},
			{"silent within a length", short, post("Content-Length: 9\r\n", "abc"), false, call.CallerSlow},
			{"silent within a chunk", short, post(chunked, "5\r\nabc"), false, call.CallerSlow},
			{"malformed", edge.Options{}, post(chunked, "x\r\n"), false, call.BadBody},
			{"too large", edge.Options{MaxBody: 3}, post("Content-Length: 4\r\n", "abcd"), false, call.RequestTooLarge},
		} {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				if got := e.faultOf(t, f.o, func(c io.Writer) { io.WriteString(c, f.raw) }, f.closes); got != f.want {
					t.Errorf("fault %+v, want %+v", got, f.want)
				}
			})
		}
	})
}

// TestRollingReadDeadline sends slowly, but fast enough: for longer than the grace,
// which only the progress makes up for.
func TestRollingReadDeadline(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		o := edge.Options{BodyGrace: 100 * time.Millisecond, BodyRate: 100}
		fault := e.faultOf(t, o, func(c io.Writer) {
			io.WriteString(c, post("Content-Length: 100\r\n", ""))
			for range 10 {
				io.WriteString(c, "0123456789") // worth 100 ms each
				time.Sleep(30 * time.Millisecond)
			}
		}, false)
		if fault != nil {
			t.Errorf("a caller with progress was cut: %+v", fault)
		}
		trickle := e.faultOf(t, o, func(c io.Writer) {
			go func() {
				io.WriteString(c, post("Content-Length: 100\r\n", ""))
				for range 100 {
					if _, err := io.WriteString(c, "0"); err != nil { // worth 10 ms
						return
					}
					time.Sleep(30 * time.Millisecond)
				}
			}()
		}, false)
		if trickle != call.CallerSlow {
			t.Errorf("a trickle was borne: %+v", trickle)
		}
	})
}

// TestSlowBackend reads the body late, which is not the caller's fault.
func TestSlowBackend(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		release := make(chan struct{})
		h := &handler{serve: func(c *call.Call) {
			io.ReadFull(c.Request.Body, make([]byte, 1))
			<-release
			consume(c)
		}}
		_, addr := e.start(t, h, edge.Options{BodyGrace: 40 * time.Millisecond})
		time.AfterFunc(150*time.Millisecond, func() { close(release) })
		if got := statuses(exchange(t, addr, post("Content-Length: 5\r\n", "hello"))); !slices.Equal(got, ok) {
			t.Errorf("%v", got)
		}
	})
}

// TestSlowHead and the others below get no answer that anybody waits for; what
// counts is that the connection ends.
func TestSlowHead(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		_, addr := e.start(t, &handler{serve: consume}, edge.Options{HeaderTimeout: 50 * time.Millisecond, IdleTimeout: 60 * time.Millisecond})
		for name, raw := range map[string]string{"silent": "", "half a head": "GET /x HTT", "head without end": "GET /x HTTP/1.1\r\nHost: a\r\n", "idle": get("/x")} {
			c := dial(t, addr)
			io.WriteString(c, raw)
			if _, err := io.ReadAll(c); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestSlowReader takes nothing of a long answer.
func TestSlowReader(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		sent := make(chan int64, 1)
		h := &handler{serve: func(c *call.Call) { streams(c, strings.Repeat("a", 64<<20), 64<<20) }, finish: func(c *call.Call) { sent <- c.Response.Sent }}
		_, addr := e.start(t, h, edge.Options{WriteTimeout: 50 * time.Millisecond})
		c := dial(t, addr)
		c.SetReadBuffer(4096)
		io.WriteString(c, get("/x"))
		select {
		case n := <-sent:
			if n >= 64<<20 {
				t.Errorf("%d bytes went nowhere", n)
			}
		case <-time.After(patience):
			t.Fatal("the answer to a caller who does not read goes on")
		}
	})
}

// TestRollingWriteDeadline reads a long answer for longer than WriteTimeout. The
// buffers stay as they are: small ones on the loopback make the kernel wait for
// its own timers of 200 ms.
func TestRollingWriteDeadline(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		const size, pieces = 8 << 20, 128
		h := &handler{serve: func(c *call.Call) { answer(c, 200, strings.Repeat("a", size)) }}
		_, addr := e.start(t, h, edge.Options{WriteTimeout: time.Second})
		c := dial(t, addr)
		io.WriteString(c, get("/x"))
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		n, began := 0, time.Now()
		for b := make([]byte, size/pieces); err == nil; time.Sleep(20 * time.Millisecond) {
			var k int
			k, err = io.ReadFull(r.Body, b)
			n += k
		}
		if n != size {
			t.Errorf("%d bytes of %d", n, size)
		}
		if time.Since(began) < 2*time.Second {
			t.Error("the test was too quick to show anything")
		}
	})
}
