package gateway_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

// The drills of docs/operate/drills.md with callers as the attackers. LINTEL_DRILLS=full
// runs them at their full size.

func scale(usual, full int) int {
	if os.Getenv("LINTEL_DRILLS") == "full" {
		return full
	}
	return usual
}

// members are backends on one port of several loopback addresses, and how many
// calls each has served.
func members(t testing.TB, hosts ...string) (port int, served []*recorder) {
	t.Helper()
	for _, host := range hosts {
		l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", host, port))
		if err != nil {
			t.Fatal(err)
		}
		port = l.Addr().(*net.TCPAddr).Port
		r := &recorder{}
		served = append(served, r)
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			b, err := io.ReadAll(q.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			r.mu.Lock()
			r.seen = append(r.seen, arrived{method: q.Method, uri: q.RequestURI, body: string(b)})
			r.mu.Unlock()
			w.Write(b)
		})}
		done := make(chan struct{})
		go func() { defer close(done); s.Serve(l) }()
		t.Cleanup(func() { s.Close(); <-done })
	}
	return port, served
}

// TestClientFaults is drill 12: callers with malformed, broken-off and unfinished
// bodies, three calls of ten, get their own answers, and no member of the channel
// is put out for them.
func TestClientFaults(t *testing.T) {
	t.Parallel()
	p := start(t)
	g := p.admin.group("faults")
	port, served := members(t, "127.0.0.1", "127.0.0.2")
	p.admin.published(g, toChannel("/a", p.admin.channel(port, []string{"127.0.0.1", "127.0.0.2"})))
	head := "POST /a HTTP/1.1\r\nHost: " + g.host + "\r\n"
	abort := func(request string) {
		conn := p.dial(http1, g.host)
		io.WriteString(conn, request)
		conn.(*net.TCPConn).SetLinger(0)
		time.Sleep(time.Millisecond)
		conn.Close()
	}
	faults := []func(){
		func() {
			for _, bad := range []string{"xyz\r\nhello\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "5;\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n"} {
				got := g.exchange(t, http1, head+"Transfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n"+bad)
				if !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, "the request body is malformed or incomplete") {
					t.Errorf("%q: %q", bad, got)
				}
			}
		},
		func() { abort(head + "Content-Length: 100\r\n\r\nhalf") },
		func() { abort(head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhe") },
		func() {
			f := speakHTTP2(t, p.dial(h2, g.host, "h2"))
			f.open(1, false, ":method", "POST", ":scheme", "https", ":path", "/a", ":authority", g.host)
			f.WriteData(1, false, []byte("half"))
			f.WriteRSTStream(1, http2.ErrCodeCancel)
		},
	}
	rounds := scale(30, 1000)
	for i := range rounds {
		for range 7 {
			g.http("POST /a", body("whole")).want(200, "whole")
		}
		for j := range 3 {
			faults[(3*i+j)%len(faults)]()
		}
	}
	before := []int{served[0].count(), served[1].count()}
	for range 20 {
		g.http("POST /a", body("whole")).want(200, "whole")
	}
	for i, r := range served {
		if n := r.count() - before[i]; n < 7 { // one that was put out serves none; the last of the faulty calls may still take a turn
			t.Errorf("member %d served %d of 20 calls after the faults", i, n)
		}
		for _, q := range r.requests() {
			if q.body != "whole" {
				t.Fatalf("member %d took %q for a whole body", i, q.body)
			}
		}
	}
	t.Logf("%d calls, 3 of 10 faulty: no member put out", 10*rounds)
}

// latencies makes n calls one after the other and answers their 99th percentile.
func (g *group) latencies(t *testing.T, n int) time.Duration {
	t.Helper()
	took := make([]time.Duration, n)
	for i := range took {
		begin := time.Now()
		g.on(t).http("GET /a").want(200, "")
		took[i] = time.Since(begin)
	}
	slices.Sort(took)
	return took[n*99/100]
}

// TestSlowCallers is drill 13: heads and bodies that do not come and answers that
// nobody reads; all of them are closed in time, and nobody else notices.
//
// It has the platform to itself: with other tests beside it, what they do lies in
// one of the two figures that are compared. Under the race detector, which runs
// with other packages on both cores, they are shown and not compared.
func TestSlowCallers(t *testing.T) {
	p := start(t)
	g := p.admin.group("slow")
	b := echo(t)
	p.admin.published(g, web("/a", b.address))
	calm := g.latencies(t, 300)

	each := scale(100, 1000)
	var waiting sync.WaitGroup
	var mu sync.Mutex
	longest := map[string]time.Duration{}
	for kind, first := range map[string]string{
		"a head": "GET /a HTTP/1.1\r\nHost: " + g.host + "\r\nX-Slow:",
		"a body": "POST /a HTTP/1.1\r\nHost: " + g.host + "\r\nContent-Length: 100000\r\n\r\n",
	} {
		for range each {
			conn := p.dial(http1, g.host)
			io.WriteString(conn, first)
			begin := time.Now()
			waiting.Go(func() {
				for { // one byte a second, as slow callers do
					conn.SetReadDeadline(time.Now().Add(time.Second))
					_, err := io.Copy(io.Discard, conn)
					if e, ok := err.(net.Error); !ok || !e.Timeout() {
						break
					}
					if _, err := io.WriteString(conn, "x"); err != nil || time.Since(begin) > patience {
						break
					}
				}
				mu.Lock()
				longest[kind] = max(longest[kind], time.Since(begin))
				mu.Unlock()
			})
		}
	}
	busy := g.latencies(t, 300)
	waiting.Wait()
	t.Logf("%d slow heads and as many bodies: closed after %.1f s and %.1f s at the latest; p99 of others %v before, %v meanwhile",
		each, longest["a head"].Seconds(), longest["a body"].Seconds(), calm, busy)
	for kind, d := range longest {
		if d > 15*time.Second {
			t.Errorf("%s that did not come was waited for %v", kind, d)
		}
	}
	if !race && busy > max(2*calm, calm+25*time.Millisecond) { // two cores for both sides: some noise is not theirs
		t.Errorf("p99 of others rose from %v to %v", calm, busy)
	}
	if n := b.count(); n != 600 {
		t.Errorf("the backend saw %d calls, want 600", n)
	}
}

// TestFloods is drill 14: heads that are too much in every way get their status, or
// their connection closed, and cost no memory.
func TestFloods(t *testing.T) {
	p := start(t)
	g := p.admin.group("floods")
	b := echo(t)
	p.admin.published(g, web("/a", b.address))
	g.http("GET /a").want(200, "")
	b.seen = nil
	head := "GET /a HTTP/1.1\r\nHost: " + g.host + "\r\nConnection: close\r\n"
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, test := range []struct{ name, head, want string }{
		{"8,000 small fields", head + strings.Repeat("X: y\r\n", 8000), "HTTP/1.1 494 "},
		{"20,000 cookies", head + strings.Repeat("Cookie: a=b\r\n", 20_000), "HTTP/1.1 494 "},
		{"129 fields", head + strings.Repeat("X: y\r\n", 129), "HTTP/1.1 494 "},
		{"a field of 64 KB", head + "X: " + strings.Repeat("y", 64<<10) + "\r\n", "HTTP/1.1 494 "},
		{"a field of 2 MB", head + "X: " + strings.Repeat("y", 2<<20) + "\r\n", "HTTP/1.1 431 "},
		{"a target of 64 KB", "GET /" + strings.Repeat("y", 64<<10) + " HTTP/1.1\r\nConnection: close\r\nHost: " + g.host + "\r\n", "HTTP/1.1 414 "},
	} {
		for _, kind := range []protocol{http1, https} {
			if got := g.exchange(t, kind, test.head+"\r\n"); !strings.HasPrefix(got, test.want) {
				t.Errorf("%s: %.100q, want %s", test.name, got, test.want)
			}
		}
	}
	many := []string{":method", "GET", ":scheme", "https", ":path", "/a", ":authority", g.host}
	for i := range 8000 {
		many = append(many, fmt.Sprint("x", i%7), "y")
	}
	f := speakHTTP2(t, p.dial(h2, g.host, "h2"))
	if err := f.open(1, true, many...); err == nil { // a frame of 16 KB at most: refused by its size or by its fields
		if got := f.await(1); got.status != "494" && !got.gone {
			t.Errorf("8,000 fields over HTTP/2: %+v", got)
		}
	}
	sent, took := continuations(t, p, g)
	t.Logf("CONTINUATION frames: closed after %d KB in %v", sent>>10, took)
	if sent > 16<<20 { // the sockets between hold a few of them
		t.Errorf("%d bytes of one head were taken", sent)
	}
	resets, took := rapidResets(t, p, g)
	t.Logf("%d streams opened and reset in %v", resets, took)
	g.h2("GET /a").want(200, "")
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := int64(after.HeapInuse) - int64(before.HeapInuse)
	t.Logf("heap grown by %d KB", grown>>10)
	if grown > 32<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

// continuations sends one head without an end until the gateway closes.
func continuations(t *testing.T, p *platform, g *group) (sent int, took time.Duration) {
	begin := time.Now()
	conn := p.dial(h2, g.host, "h2")
	f := speakHTTP2(t, conn)
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		io.Copy(io.Discard, conn) // nothing may stand between the frames, not even a SETTINGS ACK
	}()
	// :method GET, then literal fields x: yyy…
	f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x82}, EndStream: true})
	block := strings.Repeat("\x00\x01x\x7f\x81\x01"+strings.Repeat("y", 256), 40)
	for sent < 64<<20 && f.WriteContinuation(1, false, []byte(block)) == nil {
		sent += len(block)
	}
	select {
	case <-closed:
	case <-time.After(patience):
		t.Error("a head without an end is still waited for")
	}
	return sent, time.Since(begin)
}

// rapidResets opens streams and resets each at once (CVE-2023-44487).
func rapidResets(t *testing.T, p *platform, g *group) (n int, took time.Duration) {
	begin := time.Now()
	conn := p.dial(h2, g.host, "h2")
	f := speakHTTP2(t, conn)
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(io.Discard, bufio.NewReader(conn))
	}()
	for n = range scale(10_000, 100_000) {
		id := uint32(2*n + 1)
		if f.open(id, true, ":method", "GET", ":scheme", "https", ":path", "/a", ":authority", g.host) != nil ||
			f.WriteRSTStream(id, http2.ErrCodeCancel) != nil {
			break // the gateway may have had enough
		}
	}
	took = time.Since(begin)
	conn.Close()
	<-done
	return n, took
}

// TestReplay is drill 15: a signature is good for the message that it was made for,
// within a quarter of an hour.
func TestReplay(t *testing.T) {
	t.Parallel()
	p := start(t)
	own := p.admin
	g, other := own.group("replay"), own.group("another")
	b := echo(t)
	app := own.app("consumer")
	for _, group := range []*group{g, other} {
		for _, path := range []string{"/a", "/b"} {
			own.grant(own.published(group, web(path, b.address), "auth_type", "APP"), app)
		}
	}
	signed := g.request(http1, "POST /a?x=1", header("X-Colour", "blue"), body("five"))
	if err := app.signs()(signed); err != nil {
		t.Fatal(err)
	}
	replay := func(g *group, call, text string, change ...option) *reply {
		t.Helper()
		o := []option{func(r *http.Request) error { r.Header = signed.Header.Clone(); return nil }, body(text)}
		return g.http(call, append(o, change...)...)
	}
	replay(g, "POST /a?x=1", "five").want(200, "five")
	replay(g, "POST /a?x=1", "five").want(200, "five") // no nonces are kept: the same message is good again
	asked := b.count()
	for name, got := range map[string]*reply{
		"another host":         replay(other, "POST /a?x=1", "five"),
		"another method":       replay(g, "PUT /a?x=1", "five"),
		"another path":         replay(g, "POST /b?x=1", "five"),
		"another query":        replay(g, "POST /a?x=2", "five"),
		"another body":         replay(g, "POST /a?x=1", "six"),
		"no body":              replay(g, "POST /a?x=1", ""),
		"another signed field": replay(g, "POST /a?x=1", "five", header("X-Colour", "red")),
		"another date":         replay(g, "POST /a?x=1", "five", header("X-Sdk-Date", time.Now().Add(time.Minute).UTC().Format("20060102T150405Z"))),
		"unsigned payload":     replay(g, "POST /a?x=1", "six", header("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")),
		"a declared digest":    replay(g, "POST /a?x=1", "six", header("X-Sdk-Content-Sha256", strings.Repeat("0", 64))),
	} {
		if got.status != 401 || !strings.Contains(got.body, "APIG.0303") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	for _, skew := range []time.Duration{-16 * time.Minute, 16 * time.Minute} {
		late := func(r *http.Request) error { return signAt(r, app, time.Now().Add(skew)) }
		g.http("GET /a", late).fault(401, "APIG.0303", "signature expired")
	}
	for _, skew := range []time.Duration{-14 * time.Minute, 14 * time.Minute} {
		early := func(r *http.Request) error { return signAt(r, app, time.Now().Add(skew)) }
		g.http("GET /a", early).want(200, "")
	}
	if n := b.count() - asked; n != 2 {
		t.Errorf("%d replayed calls reached the backend", n-2)
	}
}
