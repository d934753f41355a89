package http1_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// ask sends text with Exchange and reads on until there is an answer; it returns how
// often it was interrupted.
func ask(c *http1.Conn, text string) (answer string, interrupts int, err error) {
	c.SetOut(append(c.Out(), text...))
	for err = c.Exchange(); err == http1.ErrInterrupted; interrupts++ {
		var h http1.Response
		_, err = c.ReadResponse(&h, nil, "GET", mostFields, headLimit)
		if err == nil {
			var b http1.Body
			b.Response(c, &h)
			body, err := io.ReadAll(&b)
			return string(body), interrupts + 1, err
		}
	}
	if err != nil {
		return "", interrupts, err
	}
	answer, err = readResponse(c, "GET")
	return answer, interrupts, err
}

// TestStale: on a kept connection that is closed, or on which something came that
// nobody asked for, nothing is sent.
func TestStale(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, peer *net.TCPConn){
		"closed":      func(t *testing.T, peer *net.TCPConn) { peer.CloseWrite() },
		"unsolicited": func(t *testing.T, peer *net.TCPConn) { write(t, peer, ok("Content-Length: 0\r\n")) },
		"both": func(t *testing.T, peer *net.TCPConn) {
			write(t, peer, "x")
			peer.CloseWrite()
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, far := ends(t, 0)
			peer := far.(*net.TCPConn)
			spoil(t, peer)
			time.Sleep(20 * time.Millisecond) // let it come
			c.SetOut(append(c.Out(), get("")...))
			if err := c.Exchange(); err != http1.ErrStale {
				t.Errorf("%v, want ErrStale", err)
			}
			c.Close()
			peer.SetReadDeadline(time.Now().Add(patience))
			if got, err := io.ReadAll(peer); len(got) > 0 {
				t.Errorf("%q was sent, %v", got, err)
			}
		})
	}
	t.Run("reset", func(t *testing.T) {
		c, far := ends(t, 0)
		far.(*net.TCPConn).SetLinger(0)
		far.Close()
		time.Sleep(20 * time.Millisecond)
		c.SetOut(append(c.Out(), get("")...))
		if err := c.Exchange(); err != http1.ErrStale {
			t.Errorf("%v, want ErrStale", err)
		}
	})
	t.Run("closed here", func(t *testing.T) {
		c, _ := ends(t, 0)
		c.Close()
		c.SetOut(append(c.Out(), get("")...))
		if err := c.Exchange(); err != http1.ErrStale {
			t.Errorf("%v, want ErrStale", err)
		}
	})
	t.Run("something left in the buffer", func(t *testing.T) {
		overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
			go write(t, peer, ok("Content-Length: 0\r\n")+"x")
			if got, err := readResponse(c, "GET"); err != nil {
				t.Fatal(got, err)
			}
			c.Next()
			c.SetOut(append(c.Out(), get("")...))
			if err := c.Exchange(); err != http1.ErrStale {
				t.Errorf("%v, want ErrStale", err)
			}
		})
	})
}

// TestClosedInsteadOfAnAnswer is not stale: the peer may have seen the request.
func TestClosedInsteadOfAnAnswer(t *testing.T) {
	overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
		go func() {
			peer.Read(make([]byte, 1000))
			peer.Close()
		}()
		if _, _, err := ask(c, get("")); err != io.EOF {
			t.Errorf("%v, want EOF", err)
		}
	})
}

func TestExchangeEndsAtItsDeadline(t *testing.T) {
	overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
		go io.Copy(io.Discard, peer)
		for _, d := range []time.Duration{-time.Second, 60 * time.Millisecond} {
			start := time.Now()
			c.ReadBy(in(d))
			c.SetOut(append(c.Out(), get("")...))
			err := c.Exchange()
			if took := time.Since(start); !errors.Is(err, os.ErrDeadlineExceeded) || took < d || took > time.Second {
				t.Errorf("%v after %v", err, took)
			}
		}
	})
}

// TestAnEarlierDeadlineLeftOver by the exchange before ends none.
func TestAnEarlierDeadlineLeftOver(t *testing.T) {
	overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
		delays := []time.Duration{0, 80 * time.Millisecond, 0}
		go func() {
			p := make([]byte, 1000)
			for _, d := range delays {
				peer.Read(p)
				time.Sleep(d)
				peer.Write([]byte(ok("Content-Length: 0\r\n")))
			}
		}()
		for i := range delays {
			c.ReadBy(in([]time.Duration{40 * time.Millisecond, patience, patience}[i]))
			if i == 2 {
				time.Sleep(50 * time.Millisecond) // it passes while nobody waits
			}
			if got, _, err := ask(c, get("")); err != nil {
				t.Fatalf("exchange %d: %s, %v", i, got, err)
			}
			c.Next()
			c.Free()
		}
	})
}

func TestInterruptEndsAWait(t *testing.T) {
	overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
		for _, before := range []time.Duration{0, 30 * time.Millisecond} {
			if before == 0 {
				c.Interrupt()
			} else {
				time.AfterFunc(before, c.Interrupt)
			}
			start := time.Now()
			err := c.Await()
			if took := time.Since(start); err != http1.ErrInterrupted || took > time.Second {
				t.Errorf("%v after %v", err, took)
			}
		}
		// It is used up: the next wait is for the peer.
		go write(t, peer, get(""))
		if err := c.Await(); err != nil {
			t.Error(err)
		}
	})
}

// TestInterruptedExchange: what was to be sent is sent, before or while it waits, and
// the answer can be read after it.
func TestInterruptedExchange(t *testing.T) {
	overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
		go func() {
			server := http1.New(peer)
			soon(server)
			for server.Await() == nil {
				var h http1.Request
				if _, err := server.ReadRequest(&h, nil, mostFields, headLimit); err != nil {
					t.Error(err)
					return
				}
				time.Sleep(60 * time.Millisecond)
				server.SetOut(append(server.Out(), ok("Content-Length: 0\r\n")...))
				server.Flush()
				server.Next()
			}
		}()
		for _, before := range []time.Duration{0, 20 * time.Millisecond} {
			if before == 0 {
				c.Interrupt()
			} else {
				time.AfterFunc(before, c.Interrupt)
			}
			c.SetOut(append(c.Out(), get("")...))
			start := time.Now()
			if err := c.Exchange(); err != http1.ErrInterrupted || time.Since(start) > 50*time.Millisecond+time.Second {
				t.Fatalf("%v after %v", err, time.Since(start))
			}
			if got, err := readResponse(c, "GET"); err != nil {
				t.Fatalf("%s, %v", got, err)
			}
			c.Next()
		}
		c.Close()
	})
}

// resets is a script that ends with a reset, during which somebody interrupts. Like a
// socket it tells of the reset once, and of an end ever after.
type resets struct {
	script
	interrupt func()
}

func (r *resets) Read(p []byte) (int, error) {
	if n, err := r.script.Read(p); err == nil || r.interrupt == nil {
		return n, err
	}
	r.interrupt()
	r.interrupt = nil
	return 0, syscall.ECONNRESET
}

// TestAResetIsNoEnd: a body that ends with its connection is not whole when the
// connection is reset, whoever interrupts at that moment.
func TestAResetIsNoEnd(t *testing.T) {
	peer := &resets{script: script{pieces: [][]byte{[]byte(ok("") + "half")}}}
	c := http1.New(peer)
	peer.interrupt = c.Interrupt
	soon(c)
	var h http1.Response
	if _, err := c.ReadResponse(&h, nil, "GET", mostFields, headLimit); err != nil || !h.UntilClose {
		t.Fatal(err)
	}
	var b http1.Body
	b.Response(c, &h)
	p, err := io.ReadAll(&b)
	if string(p) != "half" || err != syscall.ECONNRESET || b.Ended() {
		t.Errorf("%q, %v, ended: %v", p, err, b.Ended())
	}
	if p, err := b.Next(true); err != syscall.ECONNRESET {
		t.Errorf("and then %q, %v", p, err)
	}
}

// TestInterruptsThatComeTooLate: a Conn that is interrupted all the time, on account
// of others, still gets every answer, to the question that it asked.
func TestInterruptsThatComeTooLate(t *testing.T) {
	overBoth(t, func(t *testing.T, c *http1.Conn, peer net.Conn) {
		server := http1.New(peer)
		var wg sync.WaitGroup
		defer wg.Wait()
		wg.Go(func() {
			soon(server)
			for server.Await() == nil {
				var h http1.Request
				if _, err := server.ReadRequest(&h, nil, mostFields, headLimit); err != nil {
					t.Error(err)
					return
				}
				out := http1.AppendStatus(server.Out(), 200)
				out = append(http1.AppendLength(out, int64(len(h.Target))), "\r\n"...)
				server.SetOut(append(out, h.Target...))
				server.Flush()
				server.Next()
			}
		})
		stop := make(chan struct{})
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(20 * time.Microsecond):
					c.Interrupt()
				}
			}
		})
		interrupted := 0
		for i := range 500 {
			soon(c)
			target := fmt.Sprintf("/%d", i)
			c.SetOut(append(c.Out(), "GET "+target+" HTTP/1.1\r\nHost: a\r\n\r\n"...))
			err := c.Exchange()
			if err == http1.ErrInterrupted {
				interrupted++
				err = nil
			}
			var body string
			for err == nil || err == http1.ErrInterrupted {
				var h http1.Response
				if _, err = c.ReadResponse(&h, nil, "GET", mostFields, headLimit); err == nil {
					var b http1.Body
					b.Response(c, &h)
					var p []byte
					for p, err = b.Next(true); err == nil || err == http1.ErrInterrupted; p, err = b.Next(true) {
						body += string(p)
					}
				}
				if err == io.EOF {
					break
				}
			}
			if err != io.EOF || body != target {
				t.Fatalf("%s: %q, %v", target, body, err)
			}
			c.Next()
			c.Free()
		}
		close(stop)
		c.Close()
		t.Log(interrupted, "of 500 exchanges were interrupted")
	})
}
