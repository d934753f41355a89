package http1_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// ends are the two ends of a connection, the near one being a Conn.
func ends(t *testing.T, carrier int) (*http1.Conn, net.Conn) {
	far, near := carriers[carrier].pair(t)
	c := http1.New(near)
	soon(c)
	return c, far
}

// overBoth runs a test over sockets and over TLS.
func overBoth(t *testing.T, test func(t *testing.T, c *http1.Conn, peer net.Conn)) {
	for i := range carriers {
		t.Run(carriers[i].name, func(t *testing.T) {
			c, peer := ends(t, i)
			if carriers[i].name == "tls" {
				done := make(chan error)
				go func() {
					_, err := peer.Write(nil) // the handshake
					done <- err
				}()
				c.Net().Write(nil)
				if err := <-done; err != nil {
					t.Fatal(err)
				}
			}
			test(t, c, peer)
		})
	}
}

func write(t *testing.T, peer net.Conn, text string) {
	t.Helper()
	if _, err := peer.Write([]byte(text)); err != nil {
		t.Error(err)
	}
}

func in(d time.Duration) http1.Instant { return http1.Now().Add(d) }

func TestPipelining(t *testing.T) {
	overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
		const n = 300
		text := strings.Repeat(get("")+post("Content-Length: 5\r\n")+"hello"+chunkedHead+"5\r\nhello\r\n0\r\n\r\n", n)
		go func() {
			peer.Write([]byte(text))
			peer.Close()
		}()
		all, err := readRequests(c)
		if len(all) != 3*n || err != io.EOF {
			t.Fatalf("%d requests, %v", len(all), err)
		}
		for i, r := range all {
			if want := []string{"", "hello", "hello"}[i%3]; r.body != want {
				t.Fatalf("request %d: %+v", i, r)
			}
		}
	})
}

// TestStringsStayWhileTheBodyIsRead: a body of any size is read behind the head, and
// the head stays where it is, also when it has the buffer nearly to itself.
func TestStringsStayWhileTheBodyIsRead(t *testing.T) {
	body := strings.Repeat("0123456789abcdef", 20_000)
	for _, size := range []int{10, 16<<10 - 200, 16<<10 - 96, 16<<10 - 95, 16<<10 - 94, 16 << 10, 100_000} {
		value := strings.Repeat("v", size)
		for _, framed := range []struct{ fields, text string }{
			{"Content-Length: 320000\r\n", body},
			{"Transfer-Encoding: chunked\r\n", string(http1.AppendLastChunk(http1.AppendChunk(http1.AppendChunk(nil, []byte(body[:100_001])), []byte(body[100_001:])), nil))},
		} {
			writer, reader := pair(t)
			go func() {
				writer.Write([]byte(post("A: "+value+"\r\n"+framed.fields) + framed.text + get("")))
				writer.Close()
			}()
			c := http1.New(reader)
			soon(c)
			var h http1.Request
			fields, err := c.ReadRequest(&h, nil, mostFields, 128<<10)
			if err != nil {
				t.Fatal(size, err)
			}
			var b http1.Body
			b.Request(c, &h.Framing)
			got, err := io.ReadAll(&b)
			if err != nil || string(got) != body {
				t.Errorf("a head of %d bytes: a body of %d bytes, %v", size, len(got), err)
			}
			if h.Method != "POST" || h.Host != "a" || len(fields) != 3 || fields[1].Value != value {
				t.Errorf("a head of %d bytes is overwritten by its body", size)
			}
			c.Next()
			if more, err := readRequests(c); len(more) != 1 || err != io.EOF {
				t.Errorf("behind a head of %d bytes: %+v, %v", size, more, err)
			}
		}
	}
}

// counting counts reads.
type counting struct {
	script
	reads int
}

func (c *counting) Read(p []byte) (int, error) {
	c.reads++
	return c.script.Read(p)
}

// TestALargeHeadDoesNotCutTheBodySmall: bodies are read in pieces of some size,
// however little room a head leaves.
func TestALargeHeadDoesNotCutTheBodySmall(t *testing.T) {
	body := strings.Repeat("x", 1<<20)
	for _, size := range []int{100, 12 << 10, 16<<10 - 1, 16 << 10, 40 << 10} {
		head := post("Content-Length: 1048576\r\nA: " + strings.Repeat("v", size-58) + "\r\n")
		if len(head) != size {
			t.Fatalf("a head of %d bytes, want %d", len(head), size)
		}
		peer := &counting{script: script{pieces: [][]byte{[]byte(head + body)}}}
		c := http1.New(peer)
		soon(c)
		var h http1.Request
		if _, err := c.ReadRequest(&h, nil, mostFields, 128<<10); err != nil {
			t.Fatal(err)
		}
		var b http1.Body
		b.Request(c, &h.Framing)
		got, err := io.ReadAll(&b)
		if string(got) != body || err != nil || peer.reads > 1<<20/(4<<10)+10 {
			t.Errorf("behind a head of %d bytes: a body of %d bytes with %d reads, %v", size, len(got), peer.reads, err)
		}
	}
}

// TestSlowReaders: much more than a socket takes at once leaves whole, by Send and by
// Exchange, while the peer reads slowly.
func TestSlowReaders(t *testing.T) {
	overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
		for _, kind := range []string{"Send", "Exchange"} {
			text := bytes.Repeat([]byte("0123456789abcdef"), 512<<10)
			got := make(chan []byte)
			go func() {
				var all []byte
				for p := make([]byte, 200_000); len(all) < len(text); {
					n, err := peer.Read(p)
					all = append(all, p[:n]...)
					if err != nil {
						t.Error(err)
						break
					}
					if len(all) < 2_000_000 {
						time.Sleep(time.Millisecond)
					}
				}
				peer.Write([]byte(ok("Content-Length: 0\r\n")))
				got <- all
			}()
			var err error
			if kind == "Send" {
				err = c.Send(text)
			} else {
				c.SetOut(append(c.Out(), text...))
				err = c.Exchange()
			}
			if err != nil || !bytes.Equal(<-got, text) {
				t.Errorf("%s: not what was sent, %v", kind, err)
			}
			if got, err := readResponse(c, "GET"); err != nil {
				t.Errorf("%s: %s, %v", kind, got, err)
			}
			c.Next()
			c.Free()
		}
	})
}

// TestAPeerThatDoesNotRead ends a write at its deadline.
func TestAPeerThatDoesNotRead(t *testing.T) {
	c, _ := ends(t, 0)
	start := time.Now()
	c.WriteBy(in(150 * time.Millisecond))
	err := c.Send(make([]byte, 64<<20))
	// Every 32 KB that the sockets take gets 150 ms, and they take them at once.
	if took := time.Since(start); !errors.Is(err, os.ErrDeadlineExceeded) || took < 150*time.Millisecond || took > 3*time.Second {
		t.Errorf("%v after %v", err, took)
	}
}

func TestDeadlines(t *testing.T) {
	overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
		start := time.Now()
		c.ReadBy(in(60 * time.Millisecond))
		err := c.Await()
		if took := time.Since(start); !errors.Is(err, os.ErrDeadlineExceeded) || took < 60*time.Millisecond || took > time.Second {
			t.Fatalf("%v after %v", err, took)
		}
		// The socket's deadline is that of a message before, and passes too early.
		c.ReadBy(in(50 * time.Millisecond))
		go write(t, peer, get(""))
		if err := c.Await(); err != nil {
			t.Fatal(err)
		}
		c.ReadBy(in(5 * time.Second))
		var h http1.Request
		if _, err := c.ReadRequest(&h, nil, mostFields, headLimit); err != nil {
			t.Fatal(err)
		}
		c.Next()
		go func() {
			time.Sleep(120 * time.Millisecond)
			write(t, peer, get("")[:20])
			time.Sleep(20 * time.Millisecond)
			write(t, peer, get("")[20:])
		}()
		if err := c.Await(); err != nil {
			t.Fatalf("a deadline of a message before ends the wait: %v", err)
		}
		if _, err := c.ReadRequest(&h, nil, mostFields, headLimit); err != nil {
			t.Fatal(err)
		}
		// And one that is earlier than that of the message before is kept.
		start = time.Now()
		c.Next()
		c.ReadBy(in(50 * time.Millisecond))
		if err, took := c.Await(), time.Since(start); !errors.Is(err, os.ErrDeadlineExceeded) || took > time.Second {
			t.Errorf("%v after %v", err, took)
		}
		// Reading goes on after it.
		c.ReadBy(in(5 * time.Second))
		go write(t, peer, get(""))
		if err := c.Await(); err != nil {
			t.Error(err)
		}
	})
}

// TestWritesWithAnEarlierDeadlineLeftOver: over TLS a write that meets a deadline is
// the last of its connection.
func TestWritesWithAnEarlierDeadlineLeftOver(t *testing.T) {
	overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
		go io.Copy(io.Discard, peer)
		for range 3 {
			c.WriteBy(in(40 * time.Millisecond))
			if err := c.Send([]byte("x")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(60 * time.Millisecond)
		}
		c.WriteBy(in(2 * time.Second))
		if err := c.Send([]byte("x")); err != nil {
			t.Error(err)
		}
	})
}

func TestNoDeadlineIsNoWait(t *testing.T) {
	near, far := pair(t)
	c := http1.New(near)
	if err := c.Await(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	if err := c.Send([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	far.Close()
}

// TestIdleHoldsNoMemory: neither while a request is awaited nor while an answer is.
func TestIdleHoldsNoMemory(t *testing.T) {
	overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
		go write(t, peer, get(""))
		var h http1.Request
		if _, err := c.ReadRequest(&h, nil, mostFields, headLimit); err != nil || !c.HoldsMemory() {
			t.Fatal(err)
		}
		c.SetOut(append(c.Out(), ok("Content-Length: 0\r\n")...))
		go io.Copy(io.Discard, peer)
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		c.Next()
		c.ReadBy(in(10 * time.Millisecond))
		if err := c.Await(); !errors.Is(err, os.ErrDeadlineExceeded) || c.HoldsMemory() {
			t.Errorf("after Await: %v, a buffer %v", err, c.HoldsMemory())
		}
		soon(c)
		c.Free()
		if c.HoldsMemory() {
			t.Error("after Free there is a buffer")
		}
	})
	c, _ := ends(t, 0)
	c.ReadBy(in(20 * time.Millisecond))
	c.SetOut(append(c.Out(), "x"...))
	if err := c.Exchange(); !errors.Is(err, os.ErrDeadlineExceeded) || c.HoldsMemory() {
		t.Errorf("after Exchange: %v, a buffer %v", err, c.HoldsMemory())
	}
}

// wrapped is a connection that has read ahead of its socket.
type wrapped struct {
	*net.TCPConn
	ahead io.Reader
}

func (w wrapped) Read(p []byte) (int, error) { return w.ahead.Read(p) }

// TestWhatWrapsASocketIsAsked: its descriptor is not gone to behind its back.
func TestWhatWrapsASocketIsAsked(t *testing.T) {
	near, _ := pair(t)
	c := http1.New(wrapped{near.(*net.TCPConn), strings.NewReader(get(""))})
	soon(c)
	if all, err := readRequests(c); len(all) != 1 || err != io.EOF {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestHTTP2(t *testing.T) {
	const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	for n := range len(preface) {
		c := sends(preface[:n], preface[n:])
		if err := c.Await(); err != nil {
			t.Fatal(err)
		}
		if is, err := c.HTTP2(); !is || err != nil || !strings.HasPrefix(preface, string(c.Unused())) {
			t.Errorf("%q|%q: %v, %v, %q", preface[:n], preface[n:], is, err, c.Unused())
		}
	}
	for _, text := range []string{get(""), post(""), "PRI * HTTP/1.1\r\nHost: a\r\n\r\n", "PR / HTTP/1.1\r\nHost: a\r\n\r\n", "\n"} {
		c := sends(text)
		if is, err := c.HTTP2(); is || err != nil || string(c.Unused()) != text {
			t.Errorf("%q: %v, %v, %q", text, is, err, c.Unused())
		}
	}
	c := sends(get("") + preface)
	var h http1.Request
	if _, err := c.ReadRequest(&h, nil, mostFields, headLimit); err != nil {
		t.Fatal(err)
	}
	c.Next()
	if is, err := c.HTTP2(); is || err != nil {
		t.Errorf("a preface behind a request: %v, %v", is, err)
	}
	if is, err := sends(preface[:5]).HTTP2(); is || err != io.EOF {
		t.Errorf("a preface that ends: %v, %v", is, err)
	}
}

// TestEmptyLines: one may stand before every request but the first, and Await waits
// behind it for the request itself.
func TestEmptyLines(t *testing.T) {
	one, two := post("Content-Length: 1\r\n")+"x\r\n", post("Content-Length: 1\r\n")+"x\r\n\r\n"
	for text, want := range map[string]string{
		one + get(""):        "2 EOF",
		one + one + get(""):  "3 EOF",
		one:                  "1 EOF",
		two + get(""):        "1 refused",
		one + "\n" + get(""): "1 refused",
		one + "\r" + get(""): "1 refused",
	} {
		for n := range len(text) {
			all, err := readRequests(sends(text[:n], text[n:]))
			got := fmt.Sprint(err)
			switch _, refused := err.(*http1.Refusal); {
			case refused:
				got = "1 refused"
			case err == io.EOF:
				got = string(rune('0'+len(all))) + " EOF"
			}
			if got != want {
				t.Errorf("%q|%q: %d requests, %v; want %s", text[:n], text[n:], len(all), err, want)
			}
		}
	}
}

func TestWriting(t *testing.T) {
	line := func(status int) string { return string(http1.AppendStatus(nil, status)) }
	for status, want := range map[int]string{200: "200 OK", 404: "404 Not Found", 299: "299 ", 599: "599 ", 999: "999 ", 100: "100 Continue"} {
		if got := line(status); got != "HTTP/1.1 "+want+"\r\n" {
			t.Errorf("%q", got)
		}
	}
	for f, want := range map[message.Field]string{
		{Name: "A", Value: "b"}:                          "A: b\r\n",
		{Name: "A", Value: ""}:                           "A: \r\n",
		{Name: "A", Value: "b\r\nC: d\x00e\x7ff\tg\xe4"}: "A: b  C: d e f\tg\xe4\r\n",
		{Name: "A", Value: "01234567\n"}:                 "A: 01234567 \r\n",
		{Name: "A b", Value: "c"}:                        "",
		{Name: "A:", Value: "c"}:                         "",
		{Name: "", Value: "c"}:                           "",
		{Name: "Name-Of-Length-9\n", Value: "c"}:         "",
	} {
		if got := string(http1.AppendField(nil, f)); got != want {
			t.Errorf("%q becomes %q, want %q", f, got, want)
		}
	}
	if got := string(http1.AppendRequest(nil, "GET", "/a", "b=c")); got != "GET /a?b=c HTTP/1.1\r\n" {
		t.Errorf("%q", got)
	}
	if got := string(http1.AppendRequest([]byte("x"), "GET", "/a b\r\n", "c=\x7f\xe4")); got != "xGET /a%20b%0D%0A?c=%7F\xe4 HTTP/1.1\r\n" {
		t.Errorf("%q", got)
	}
	if got := string(http1.AppendLastChunk(http1.AppendChunk(nil, make([]byte, 26)), message.Fields{{Name: "A", Value: "b"}})); got != "1a\r\n"+strings.Repeat("\x00", 26)+"\r\n0\r\nA: b\r\n\r\n" {
		t.Errorf("%q", got)
	}
	if got := string(http1.AppendLength(nil, 0)); got != "Content-Length: 0\r\n" {
		t.Errorf("%q", got)
	}
}
