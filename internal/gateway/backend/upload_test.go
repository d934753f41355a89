package backend_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// uploading is a call whose body comes from src.
func uploading(t testing.TB, address string, src io.Reader, length int64) *call.Call {
	c := passing(t.Context(), "POST", address)
	c.Request.Body, c.Request.BodyLength = src, length
	c.LimitBody(1 << 40)
	return c
}

// heads serves connections whose requests a test reads and answers by hand.
func heads(t testing.TB, serve func(w net.Conn, r *bufio.Reader)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.SetDeadline(time.Now().Add(time.Minute))
			r := bufio.NewReader(conn)
			for line := ""; line != "\r\n" && err == nil; {
				line, err = r.ReadString('\n')
			}
			if err == nil {
				serve(conn, r)
			}
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

// TestEarlyAnswer: the answer that comes before the request has ended is the answer,
// at once; the rest of the request goes nowhere, and neither does the connection.
func TestEarlyAnswer(t *testing.T) {
	for _, length := range []int64{-1, 1 << 30} {
		address := heads(t, func(w net.Conn, _ *bufio.Reader) {
			io.WriteString(w, "HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno")
			io.Copy(io.Discard, w)
		})
		b := sender(t, backend.Options{})
		for _, slow := range []bool{true, false} {
			body, say := io.Pipe()
			finished := make(chan struct{})
			go func() {
				defer close(finished)
				piece := make([]byte, 64<<10)
				for {
					if _, err := say.Write(piece); err != nil || slow {
						return
					}
				}
			}()
			begin := time.Now()
			c := uploading(t, address, body, length)
			if f := b.Send(c); f != nil || c.Response.Status != 413 || answer(t, c) != "no" {
				t.Fatalf("%v, %d", f, c.Response.Status)
			}
			if d := time.Since(begin); d > time.Second {
				t.Errorf("answered after %v", d)
			}
			call.Release(c)
			body.CloseWithError(io.ErrClosedPipe) // as an edge ends a body of which nobody wants more
			<-finished
		}
	}
}

// TestFullDuplex: each piece of a body goes out when it comes, and each piece of the
// answer comes back before the next.
func TestFullDuplex(t *testing.T) {
	address := heads(t, func(w net.Conn, r *bufio.Reader) {
		io.WriteString(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		for {
			size, err := r.ReadString('\n')
			if err != nil {
				return
			}
			n, _ := strconv.ParseInt(strings.TrimSpace(size), 16, 64)
			data := make([]byte, n+2)
			if _, err := io.ReadFull(r, data); err != nil {
				return
			}
			fmt.Fprintf(w, "%x\r\n%s", n, data)
			if n == 0 {
				return
			}
		}
	})
	body, say := io.Pipe()
	c := uploading(t, address, body, -1)
	defer call.Release(c)
	if f := sender(t, backend.Options{}).Send(c); f != nil {
		t.Fatal(f)
	}
	buf := make([]byte, 100)
	for _, piece := range []string{"one", "two", "three"} {
		io.WriteString(say, piece)
		n, err := io.ReadFull(c.Response.Stream, buf[:len(piece)])
		if err != nil || string(buf[:n]) != piece {
			t.Fatalf("%q, %v", buf[:n], err)
		}
	}
	say.Close()
	if n, err := c.Response.Stream.Read(buf); n > 0 || err != io.EOF {
		t.Errorf("%q, %v", buf[:n], err)
	}
}

// TestStalledUpload: the backend's time stands still while the caller is waited for,
// and runs again, exactly, from the moment when the caller has sent.
func TestStalledUpload(t *testing.T) {
	for _, answers := range []bool{true, false} {
		address := heads(t, func(w net.Conn, r *bufio.Reader) {
			io.ReadFull(r, make([]byte, 6))
			if answers {
				io.WriteString(w, ok2)
			}
			io.Copy(io.Discard, w)
		})
		body, say := io.Pipe()
		go func() {
			io.WriteString(say, "abc")
			time.Sleep(250 * time.Millisecond)
			io.WriteString(say, "def")
		}()
		c := uploading(t, address, body, 6)
		c.Out.Timeout = 100 * time.Millisecond
		begin := time.Now()
		f := sender(t, backend.Options{}).Send(c)
		if answers && f != nil || !answers && f != call.BackendTimeout {
			t.Errorf("answers %v: %v", answers, f)
		}
		if d := time.Since(begin); d < 250*time.Millisecond || !answers && (d < 340*time.Millisecond || d > 500*time.Millisecond) {
			t.Errorf("answers %v: after %v", answers, d)
		}
		if answers && f == nil {
			answer(t, c)
		}
		call.Release(c)
	}
}

// TestUnreadUpload: a backend that takes nothing of a body has its time and no more,
// and whoever sends to it ends with the call.
func TestUnreadUpload(t *testing.T) {
	hold := make(chan struct{})
	defer close(hold)
	address := heads(t, func(net.Conn, *bufio.Reader) { <-hold })
	c := uploading(t, address, io.LimitReader(zeros{}, 1<<30), 1<<30)
	c.Out.Timeout = 100 * time.Millisecond
	if f := sender(t, backend.Options{}).Send(c); f != call.BackendTimeout {
		t.Error(f)
	}
	call.Release(c)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestCallerFailsAfterTheHead: the backend does not take a body for whole that was cut
// short, and the answer that was on its way breaks off.
func TestCallerFailsAfterTheHead(t *testing.T) {
	got := make(chan string, 1)
	address := heads(t, func(w net.Conn, r *bufio.Reader) {
		io.WriteString(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")
		b, _ := io.ReadAll(r)
		got <- string(b)
	})
	body, say := io.Pipe()
	c := uploading(t, address, body, -1)
	defer call.Release(c)
	if f := sender(t, backend.Options{}).Send(c); f != nil {
		t.Fatal(f)
	}
	begin := time.Now()
	io.WriteString(say, "abc")
	say.CloseWithError(errors.New("malformed"))
	if b, err := io.ReadAll(c.Response.Stream); string(b) != "ok" || err == nil {
		t.Errorf("%q, %v", b, err)
	}
	if c.BodyFault() != call.BadBody {
		t.Error(c.BodyFault())
	}
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("broke off after %v", d)
	}
	if b := <-got; b != "3\r\nabc\r\n" {
		t.Errorf("the backend got %q, want one chunk and no end", b)
	}
}

// TestWaiting: an edge that interrupts the connection under a call ends it when the
// context has ended, and does nothing else when it has not.
func TestWaiting(t *testing.T) {
	for _, late := range []bool{false, true} { // behind the head of the answer
		asked := make(chan struct{})
		hold := make(chan struct{})
		address := heads(t, func(w net.Conn, _ *bufio.Reader) {
			if late {
				io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok")
			}
			close(asked)
			<-hold
		})
		ctx, leave := context.WithCancel(t.Context())
		var waiting atomic.Pointer[http1.Conn]
		c := passing(ctx, "GET", address)
		c.Waiting = &waiting
		interrupt := func() {
			for waiting.Load() == nil {
				time.Sleep(time.Millisecond)
			}
			waiting.Load().Interrupt()
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			<-asked
			interrupt() // of a call that had the connection before
			time.Sleep(20 * time.Millisecond)
			leave()
			interrupt()
		}()
		f := sender(t, backend.Options{}).Send(c)
		if !late && f != call.CallerGone || late && f != nil {
			t.Fatal(f)
		}
		if late {
			b, err := io.ReadAll(c.Response.Stream)
			if string(b) != "ok" || err == nil {
				t.Errorf("%q, %v", b, err)
			}
		}
		<-ended
		if waiting.Load() != nil {
			t.Error("a connection is waited for that nobody reads")
		}
		call.Release(c)
		close(hold)
	}
}

// TestHugeBodies is drill 11: bodies that are larger than memory pass through both ways
// in memory that does not depend on them. LINTEL_DRILLS=full sends 10 GB each way.
func TestHugeBodies(t *testing.T) {
	size := int64(512 << 20)
	if os.Getenv("LINTEL_DRILLS") == "full" {
		size = 10 << 30
	}
	address := heads(t, func(w net.Conn, r *bufio.Reader) {
		w.SetDeadline(time.Time{})
		n, _ := io.CopyN(io.Discard, r, size)
		fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n)
		io.CopyN(w, zeros{}, n)
	})
	runtime.GC()
	before := resident(t)
	c := uploading(t, address, io.LimitReader(zeros{}, size), size)
	c.Out.Timeout = 5 * time.Minute
	if f := sender(t, backend.Options{}).Send(c); f != nil {
		t.Fatal(f)
	}
	n, err := io.Copy(io.Discard, struct{ io.Reader }{c.Response.Stream})
	after := resident(t)
	if n != size || err != nil {
		t.Errorf("%d bytes of %d, %v", n, size, err)
	}
	if grown := after - before; grown > 64<<20 {
		t.Errorf("%d MB more than before", grown>>20)
	}
	t.Logf("%d MB each way: resident %d MB before, %d MB after", size>>20, before>>20, after>>20)
	c.Response.Stream.Close()
	call.Release(c)
}

// resident is how much of this process was in memory at most, in bytes.
func resident(t testing.TB) int64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil && runtime.GOOS != "linux" {
		t.Skip("only Linux says how much memory is used")
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}
