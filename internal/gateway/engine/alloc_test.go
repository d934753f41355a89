//go:build !race

package engine_test

import (
	"io"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

var small = []byte("hello")

// discard reads the body and answers, and allocates nothing.
func discard(c *call.Call) {
	if c.Request.Body != nil {
		for pieces := c.Request.Body.(call.Pieces); ; {
			if _, err := pieces.Next(true); err != nil {
				break
			}
		}
		c.SettleBody()
	}
	c.Response.Status = 200
	c.Response.Headers = append(c.Response.Headers, message.Field{Name: "Content-Type", Value: "text/plain"})
	c.Response.Bytes = small
}

// TestNoAllocations: a call costs none. The collector is not held off: what the pools
// lose to it counts and is below one in a hundred calls.
func TestNoAllocations(t *testing.T) {
	_, address := start(t, handler(discard), options(handler(discard)))
	for name, request := range map[string]string{
		"GET":         get("/x"),
		"POST":        "POST /x HTTP/1.1\r\n" + host + "Content-Length: 10240\r\n\r\n" + strings.Repeat("a", 10240),
		"POST chunks": "POST /x HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	} {
		c := dial(t, address)
		io.WriteString(c, request)
		head := make([]byte, 1024)
		n, err := c.Read(head)
		if err != nil {
			t.Fatal(err)
		}
		raw, got := []byte(request), make([]byte, n)
		allocations := testing.AllocsPerRun(500, func() {
			c.Write(raw)
			if _, err := io.ReadFull(c, got); err != nil {
				t.Error(err)
			}
		})
		if allocations != 0 {
			t.Errorf("%s: %v allocations", name, allocations)
		}
	}
}
