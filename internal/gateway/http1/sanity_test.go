package http1_test

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

func TestSanity(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		nc, _ := l.Accept()
		c := http1.New(nc)
		for {
			c.ReadBy(http1.Now().Add(time.Second))
			if c.Await() != nil {
				c.Close()
				return
			}
			var h http1.Request
			fields, err := c.ReadRequest(&h, nil, 128, 1<<20)
			if err != nil {
				t.Error(err)
				return
			}
			var b http1.Body
			b.Request(c, &h.Framing)
			data, err := io.ReadAll(&b)
			t.Log(h, fields, string(data), err)
			out := http1.AppendStatus(c.Out(), 200)
			out = http1.AppendField(out, message.Field{Name: "A", Value: "b"})
			out = http1.AppendLength(out, int64(len(data)))
			out = append(append(out, "\r\n"...), data...)
			c.SetOut(out)
			c.WriteBy(http1.Now().Add(time.Second))
			if err := c.Flush(); err != nil {
				t.Error(err)
			}
			c.Next()
		}
	}()
	nc, _ := net.Dial("tcp", l.Addr().String())
	c := http1.New(nc)
	for range 3 {
		out := http1.AppendRequest(c.Out(), "POST", "/x", "y=1")
		out = append(out, "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n"...)
		out = http1.AppendLastChunk(http1.AppendChunk(out, []byte("hello")), nil)
		c.SetOut(out)
		c.ReadBy(http1.Now().Add(time.Second))
		if err := c.Exchange(); err != nil {
			t.Fatal(err)
		}
		var h http1.Response
		fields, err := c.ReadResponse(&h, nil, "POST", 128, 1<<17)
		if err != nil {
			t.Fatal(err)
		}
		var b http1.Body
		b.Response(c, &h)
		data, err := io.ReadAll(&b)
		t.Log(h, fields, string(data), err)
		c.Next()
		c.Free()
	}
	nc.Close()
}
