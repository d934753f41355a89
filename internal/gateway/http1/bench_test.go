package http1_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// signedGet is a GET with a signature and what a small client sends besides: nine
// fields.
const signedGet = "GET /v1/weather/cities/4711?limit=10&unit=metric HTTP/1.1\r\n" +
	"Host: 0123456789abcdef0123456789abcdef.api.example.com\r\n" +
	"User-Agent: client/1.4\r\n" +
	"Accept: application/json\r\n" +
	"Accept-Encoding: gzip\r\n" +
	"Content-Type: application/json\r\n" +
	"X-Sdk-Date: 20261122T101112Z\r\n" +
	"X-Stage: RELEASE\r\n" +
	"X-City: Berlin\r\n" +
	"Authorization: SDK-HMAC-SHA256 Access=0123456789abcdef0123456789abcdef, SignedHeaders=host;x-sdk-date, " +
	"Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n\r\n"

func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "X-Field-Number-%d: the value of field number %d\r\n", i, i)
	}
	return b.String()
}

var heads = []struct{ name, text string }{
	{"short", "GET /a HTTP/1.1\r\nHost: a.example.com\r\n\r\n"},
	{"signed", signedGet},
	{"thirty", get(manyFields(29))},
	{"posted", strings.Replace(signedGet, "GET", "POST", 1)[:len(signedGet)-1] + "Content-Length: 1024\r\n\r\n" + strings.Repeat("x", 1024)},
}

// BenchmarkReadRequest reads a head that has come.
//
// User instructions for each, by callgrind over the test binary (GOMAXPROCS=1,
// GOGC=off, asyncpreemptoff=1), as the difference of runs of 2,000 and 12,000 (for
// BenchmarkExchange, which is both ends of an exchange over a socket, 1,000 and 4,000):
//
//	                              at first     now
//	ReadRequest   short                993     923
//	              signed, 9 fields   6,520   3,806
//	              30 fields         19,847  12,328
//	              9 fields, 1 KB     7,149   4,211
//	ReadResponse  5 fields           3,567   2,391
//	Exchange                        17,285  11,825
//
// What helped: parsing at once instead of looking for the end of the head first, with
// an end written behind what has come (provisional), names eight bytes at a time, a
// quicker question about values, and learning from names by one bit for their length
// (2,700 of a signed head together); RawSyscall instead of Syscall (1,014 of an
// exchange); writing through RawConn too (200); a first look for one byte instead of
// with a borrowed buffer (136); no clock for a short write (113).
//
// What did not: values sixteen bytes at a time (46 less of a signed head, 125 more of
// 30 fields, 70 more of a response), because most are shorter. Of a field's 130
// instructions in the loop itself most are moving the eight variables that live over
// the two calls.
func BenchmarkReadRequest(b *testing.B) {
	for _, h := range heads {
		b.Run(h.name, func(b *testing.B) {
			c := sends(h.text)
			if err := c.Await(); err != nil {
				b.Fatal(err)
			}
			fields := make(message.Fields, 0, 40)
			var r http1.Request
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if fields, err = c.ReadRequest(&r, fields[:0], 128, 128<<10); err != nil {
					b.Fatal(err)
				}
				c.Reread()
			}
		})
	}
}

const smallAnswer = "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 10:11:12 GMT\r\n" +
	"Content-Type: application/json\r\nContent-Length: 11\r\nConnection: keep-alive\r\n\r\n{\"ok\":true}"

// BenchmarkReadResponse reads a head and a body that have come.
func BenchmarkReadResponse(b *testing.B) {
	c := sends(smallAnswer)
	if err := c.Await(); err != nil {
		b.Fatal(err)
	}
	fields := make(message.Fields, 0, 40)
	var r http1.Response
	var body http1.Body
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if fields, err = c.ReadResponse(&r, fields[:0], "GET", 128, 128<<10); err != nil {
			b.Fatal(err)
		}
		body.Response(c, &r)
		if p, err := body.Next(true); err != nil || len(p) != 11 || !body.Ended() {
			b.Fatal(string(p), err)
		}
		c.Reread()
	}
}

// pair are the two ends of a connection over the loopback.
func pair(t testing.TB) (near, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if near, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if far, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		near.Close()
		far.Close()
	})
	return near, far
}

// BenchmarkExchange asks and answers over a socket, with a Conn at both ends: what a
// gateway does for a call, without a gateway.
func BenchmarkExchange(b *testing.B) {
	near, far := pair(b)
	go answer(http1.New(far), []byte(smallAnswer))
	c := http1.New(near)
	fields := make(message.Fields, 0, 40)
	var r http1.Response
	var body http1.Body
	b.ReportAllocs()
	for b.Loop() {
		c.ReadBy(http1.Now().Add(time.Minute))
		c.WriteBy(http1.Now().Add(time.Minute))
		c.SetOut(append(c.Out(), signedGet...))
		if err := c.Exchange(); err != nil {
			b.Fatal(err)
		}
		var err error
		if fields, err = c.ReadResponse(&r, fields[:0], "GET", 128, 128<<10); err != nil {
			b.Fatal(err)
		}
		body.Response(c, &r)
		if p, err := body.Next(true); err != nil || len(p) != 11 || !body.Ended() {
			b.Fatal(string(p), err)
		}
		c.Next()
		c.Free()
	}
}

// answer serves a connection until it ends.
func answer(c *http1.Conn, text []byte) {
	defer c.Close()
	fields := make(message.Fields, 0, 40)
	var r http1.Request
	for {
		c.ReadBy(http1.Now().Add(time.Minute))
		c.WriteBy(http1.Now().Add(time.Minute))
		if c.Await() != nil {
			return
		}
		var err error
		if fields, err = c.ReadRequest(&r, fields[:0], 128, 128<<10); err != nil {
			return
		}
		c.SetOut(append(c.Out(), text...))
		if c.Flush() != nil {
			return
		}
		c.Next()
	}
}
