package gateway_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// raw is a backend that says what no proper server would. It reads the head of a
// request and hands the connection over; what it does there ends with the
// connection.
func raw(t testing.TB, answer func(conn *net.TCPConn, request *http.Request)) (address string, requests *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	requests = new(atomic.Int64)
	var open sync.Map
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(conn, nil)
			serving.Go(func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(patience))
				request, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				requests.Add(1)
				answer(conn.(*net.TCPConn), request)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		open.Range(func(conn, _ any) bool { conn.(net.Conn).Close(); return true })
		serving.Wait()
	})
	return l.Addr().String(), requests
}

// says is what a raw backend answers with before it closes.
func says(text string) func(*net.TCPConn, *http.Request) {
	return func(conn *net.TCPConn, _ *http.Request) { io.WriteString(conn, text) }
}

// repeats says text until nobody listens.
func repeats(first, text string, pause time.Duration) func(*net.TCPConn, *http.Request) {
	return func(conn *net.TCPConn, _ *http.Request) {
		io.WriteString(conn, first)
		for {
			if _, err := io.WriteString(conn, text); err != nil {
				return
			}
			time.Sleep(pause)
		}
	}
}

// hangs keeps the connection without a further word.
func hangs(first string) func(*net.TCPConn, *http.Request) {
	return func(conn *net.TCPConn, _ *http.Request) {
		io.WriteString(conn, first)
		io.Copy(io.Discard, conn)
	}
}

// brief is web with a timeout of 300 ms.
func brief(path, address string) object {
	d := web(path, address)
	d["backend_api"].(object)["timeout"] = 300
	return d
}

// TestBackendFaults is drill 11: what a caller gets when the backend fails before its
// answer has begun: its class, at once or after the timeout, and never a second
// request of a POST.
func TestBackendFaults(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\n"
	tests := []struct {
		name   string
		answer func(*net.TCPConn, *http.Request)
		status int
		text   string
	}{
		{"closes", says(""), 502, "Backend unavailable."},
		{"resets", func(conn *net.TCPConn, _ *http.Request) { conn.SetLinger(0) }, 502, "Backend unavailable."},
		{"speaks another protocol", says("SSH-2.0-OpenSSH_9.9\r\n"), 502, "Backend unavailable."},
		{"answers with half a head", says(ok + "Content-Le"), 502, "Backend unavailable."},
		{"two equal lengths", says(ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"), 502, "Backend unavailable."},
		{"two lengths", says(ok + "Content-Length: 2\r\nContent-Length: 5\r\n\r\nok"), 502, "Backend unavailable."},
		{"length and chunks", says(ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"), 502, "Backend unavailable."},
		{"an endless head", repeats(ok, "X-More: and more\r\n", 0), 502, "Backend unavailable."},
		{"an endless field", repeats(ok+"X-More: ", strings.Repeat("more", 1000), 0), 502, "Backend unavailable."},
		{"a flood of 103", repeats("", "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n", 0), 502, "Backend unavailable."},
		{"an uninvited 101", says("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + ok + "\r\n"), 502, "Backend unavailable."},
		{"silence", hangs(""), 504, "Backend timeout."},
		{"stalls within its head", hangs(ok + "Content-Len"), 504, "Backend timeout."},
		{"a head that comes byte by byte", repeats(ok+"X-More: ", "m", 20*time.Millisecond), 504, "Backend timeout."},
		{"100 without an end", hangs("HTTP/1.1 100 Continue\r\n\r\n"), 504, "Backend timeout."},
	}
	p := start(t)
	g := p.admin.group("faults")
	for i, test := range tests {
		address, requests := raw(t, test.answer)
		path := fmt.Sprint("/", i)
		p.admin.published(g, brief(path, address))
		t.Run(test.name, func(t *testing.T) {
			for _, call := range []string{"GET", "POST"} {
				requests.Store(0)
				begin := time.Now()
				g.on(t).http(call+" "+path, body("five")).fault(test.status, "APIG.0201", test.text)
				if d := time.Since(begin); d > 2*time.Second || test.status == 504 && d < 300*time.Millisecond {
					t.Errorf("%s: answered after %v", call, d)
				}
				if n := requests.Load(); n != 1 {
					t.Errorf("%s: the backend saw %d requests", call, n)
				}
			}
		})
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	p.admin.published(g, brief("/refused", l.Addr().String()))
	g.h2("POST /refused", body("five")).fault(502, "APIG.0201", "Backend unavailable.")
	p.admin.published(g, brief("/unknown", "no-such-host.invalid"))
	g.https("GET /unknown").fault(500, "APIG.0605", "Domain name resolution failed.")
}

// TestBrokenAnswers: an answer that breaks off after its head does not look whole,
// whatever the framing of the backend and the protocol of the caller.
func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\n"
	p := start(t)
	g := p.admin.group("faults")
	for i, test := range []struct {
		name   string
		answer func(*net.TCPConn, *http.Request)
	}{
		{"a length that is not reached", says(ok + "Content-Length: 10\r\n\r\nhalf")},
		{"a reset", func(conn *net.TCPConn, _ *http.Request) {
			io.WriteString(conn, ok+"Content-Length: 10\r\n\r\nhalf")
			time.Sleep(50 * time.Millisecond) // or the reset overtakes the text
			conn.SetLinger(0)
		}},
		{"chunks without an end", says(ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")},
		{"a malformed chunk", says(ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nxyz\r\n")},
		{"a chunk of endless size", says(ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nfffffffffffffffffffff\r\n")},
	} {
		address, _ := raw(t, test.answer)
		path := fmt.Sprint("/", i)
		p.admin.published(g, web(path, address))
		for _, kind := range []protocol{http1, https, h2} {
			response, err := p.callers[kind].Do(g.request(kind, "GET "+path))
			if err != nil {
				continue // it broke off before the gateway had passed anything on
			}
			b, err := io.ReadAll(response.Body)
			response.Body.Close()
			if !strings.HasPrefix("half", string(b)) || err == nil {
				t.Errorf("%s, %v: %q with error %v, want no more than half of it, and an error", test.name, kind, b, err)
			}
		}
	}
}

// TestEarlyAnswer: a backend may answer before it has read the request, and the caller
// gets that answer.
func TestEarlyAnswer(t *testing.T) {
	t.Parallel()
	p := start(t)
	g := p.admin.group("faults")
	address, requests := raw(t, func(conn *net.TCPConn, _ *http.Request) {
		io.WriteString(conn, "HTTP/1.1 403 Forbidden\r\nContent-Length: 8\r\nConnection: close\r\n\r\nno entry")
		io.Copy(io.Discard, conn)
	})
	p.admin.published(g, web("/early", address))
	for _, kind := range []protocol{http1, https, h2} {
		g.call(kind, "POST /early", body(strings.Repeat("x", 8<<20))).want(403, "no entry")
	}
	if n := requests.Load(); n != 3 {
		t.Errorf("the backend saw %d requests", n)
	}
}

// TestHugeAnswer: an answer that claims 10 GB streams through in memory that does not
// depend on its length, as fast as the caller reads and no faster.
func TestHugeAnswer(t *testing.T) {
	p := start(t)
	g := p.admin.group("faults")
	const some = 384 << 20
	var sent atomic.Int64
	address, _ := raw(t, func(conn *net.TCPConn, _ *http.Request) {
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", int64(10)<<30)
		zeros := make([]byte, 64<<10)
		for {
			n, err := conn.Write(zeros)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	})
	p.admin.published(g, web("/huge", address))
	for _, kind := range []protocol{http1, h2} {
		runtime.GC()
		var before, during runtime.MemStats
		runtime.ReadMemStats(&before)
		sent.Store(0)
		begin := time.Now()
		response, err := p.callers[kind].Do(g.request(kind, "GET /huge"))
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.CopyN(io.Discard, response.Body, some)
		if err != nil {
			t.Fatalf("%v: after %d bytes: %v", kind, n, err)
		}
		runtime.ReadMemStats(&during)
		grown := int64(during.HeapInuse) - int64(before.HeapInuse)
		t.Logf("%v: %d MB in %v, heap grown by %d KB", kind, n>>20, time.Since(begin).Round(time.Millisecond), grown>>10)
		if grown > 32<<20 {
			t.Errorf("%v: the heap grew by %d bytes", kind, grown)
		}
		// The caller stops reading: so does the gateway.
		time.Sleep(300 * time.Millisecond)
		if ahead := sent.Load() - n; ahead > 32<<20 {
			t.Errorf("%v: %d bytes were taken ahead of the caller", kind, ahead)
		}
		response.Body.Close()
		p.callers[kind].CloseIdleConnections()
	}
}

// TestCallerLeaves: a caller that goes away in the middle of an answer ends the
// backend's work; its own broken request never reaches the backend as a whole one.
func TestCallerLeaves(t *testing.T) {
	t.Parallel()
	p := start(t)
	g := p.admin.group("faults")
	got := make(chan string, 4)
	address, _ := raw(t, func(_ *net.TCPConn, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		got <- fmt.Sprintf("%q %v", b, err != nil)
	})
	p.admin.published(g, web("/cut", address))
	for _, request := range []string{
		"POST /cut HTTP/1.1\r\nHost: %s\r\nContent-Length: 10\r\n\r\nhalf",
		"POST /cut HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
	} {
		conn := p.dial(http1, g.host)
		fmt.Fprintf(conn, request, g.host)
		time.Sleep(50 * time.Millisecond) // or the backend is not asked at all
		conn.Close()
		select {
		case what := <-got:
			if what != `"half" true` {
				t.Errorf("the backend read %s", what)
			}
		case <-time.After(patience):
			t.Fatal("the backend waits for a caller that has left")
		}
	}
}

// exchange sends a whole request as it stands and answers everything that came back
// until the gateway closed, which a proper request has to ask for.
func (g *group) exchange(t testing.TB, kind protocol, request string) string {
	t.Helper()
	conn := g.p.on(t).dial(kind, g.host, "http/1.1")
	if _, err := io.WriteString(conn, request); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Logf("write: %v", err) // the gateway may have answered and closed already
	}
	b, err := io.ReadAll(conn)
	if err != nil && len(b) == 0 {
		t.Errorf("%.60q: %v", request, err)
	}
	return string(b)
}
