// Command edgeonly is our edge and our HTTP backend with nothing between them: no
// snapshot, no route, no policy, no mapping, no access record. It carries the same
// messages as `lintel serve` does for the benchmark's two APIs, because each header
// field costs net/http about as much as a policy costs us. What lintel costs more
// than this for the same request is the chain.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
	"github.com/lintel-gateway/lintel/internal/message"
)

// forwarder sends every call where it was told, as it came.
type forwarder struct {
	backend *backend.HTTP
	address string
}

// added are the fields that lintel and the APIs' mapping send to the backend.
var added = message.Fields{
	{Name: "X-Tier", Value: "gold"},
	{Name: "X-Forwarded-For", Value: "127.0.0.1"},
	{Name: "X-Forwarded-Proto", Value: "http"},
	{Name: "X-Request-Id", Value: "0123456789abcdef0123456789abcdef"},
}

// Serve implements edge.Handler.
func (f *forwarder) Serve(c *call.Call) {
	o := &c.Out
	o.Method, o.Scheme, o.Address, o.Host = c.Request.Method, "http", f.address, f.address
	o.Path, o.RawQuery, o.Timeout = c.Request.RawPath, c.Request.RawQuery, time.Minute
	for _, h := range c.Request.Headers {
		switch h.Name {
		case "Host", "Connection", "Authorization", "X-Sdk-Date":
			continue // lintel keeps them too
		}
		o.Headers = append(o.Headers, h)
	}
	o.Headers = append(o.Headers, added...)
	if fault := f.backend.Send(c); fault != nil {
		c.Response.Status = fault.Status
	}
	c.Response.Headers = append(c.Response.Headers, added[len(added)-1])
}

// Finish implements edge.Handler.
func (f *forwarder) Finish(*call.Call) {}

func main() {
	address := flag.String("addr", "127.0.0.1:8082", "address to listen at")
	to := flag.String("backend", "127.0.0.1:9000", "address to forward to")
	flag.Parse()
	l, err := net.Listen("tcp", *address)
	if err != nil {
		fmt.Fprintln(os.Stderr, "edgeonly:", err)
		os.Exit(1)
	}
	transport := backend.NewTransport(backend.Options{})
	server := edge.New(&forwarder{backend.NewHTTP(transport, clock.System), *to}, edge.Options{})
	if err := server.Serve(l); err != nil {
		fmt.Fprintln(os.Stderr, "edgeonly:", err)
		os.Exit(1)
	}
}
