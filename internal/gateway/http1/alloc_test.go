//go:build !race

package http1_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// TestNothingIsAllocated for a request and its answer, at either end: reading, body,
// answer; sending, waiting, head, body.
func TestNothingIsAllocated(t *testing.T) {
	near, far := pair(t)
	server, c := http1.New(far), http1.New(near)
	head := []byte("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n")
	body := make([]byte, 10_000)
	served := make(chan error)
	go func() {
		fields := make(message.Fields, 0, 40)
		for {
			server.ReadBy(http1.Now().Add(patience))
			server.WriteBy(http1.Now().Add(patience))
			if err := server.Await(); err != nil {
				served <- err
				return
			}
			var r http1.Request
			var err error
			if fields, err = server.ReadRequest(&r, fields[:0], 128, 128<<10); err != nil {
				served <- err
				return
			}
			var b http1.Body
			b.Request(server, &r.Framing)
			n := 0
			for p, err := b.Next(true); err == nil; p, err = b.Next(true) {
				n += len(p)
			}
			out := http1.AppendStatus(server.Out(), 200)
			out = http1.AppendField(out, message.Field{Name: "Content-Type", Value: "text/plain"})
			out = append(http1.AppendLength(out, int64(n)), "\r\n"...)
			server.SetOut(append(out, body[:n]...))
			if err := server.Flush(); err != nil {
				served <- err
				return
			}
			server.Next()
		}
	}()
	fields := make(message.Fields, 0, 40)
	exchange := func() {
		c.ReadBy(http1.Now().Add(time.Minute))
		c.WriteBy(http1.Now().Add(time.Minute))
		c.SetOut(append(append(c.Out(), head...), body...))
		if err := c.Exchange(); err != nil {
			t.Fatal(err)
		}
		var r http1.Response
		var err error
		if fields, err = c.ReadResponse(&r, fields[:0], "POST", 128, 128<<10); err != nil {
			t.Fatal(err)
		}
		var b http1.Body
		b.Response(c, &r)
		n := 0
		for p, err := b.Next(true); err == nil; p, err = b.Next(true) {
			n += len(p)
		}
		if n != len(body) {
			t.Fatal(n)
		}
		c.Next()
		c.Free()
	}
	if n := testing.AllocsPerRun(2000, exchange); n != 0 {
		t.Errorf("an exchange allocates %v times at both ends together", n)
	}
	c.Close()
	<-served
}

// TestLargeHeadsAreNoGarbage: the buffers that a head of 100 KB needs are used again.
func TestLargeHeadsAreNoGarbage(t *testing.T) {
	text := post("A: "+strings.Repeat("v", 100<<10)+"\r\nContent-Length: 0\r\n") + get("")
	fields := make(message.Fields, 0, 40)
	var h http1.Request
	read := func() {
		c := sends(text)
		var err error
		if fields, err = c.ReadRequest(&h, fields[:0], mostFields, 1<<20); err != nil {
			t.Fatal(err)
		}
		h = http1.Request{}
		c.Drop()
	}
	read()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const times = 50
	for range times {
		read()
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / times; each > uint64(len(text))+16<<10 { // what plays the peer copies the text
		t.Errorf("reading a head of 100 KB allocates %d bytes", each)
	}
}
