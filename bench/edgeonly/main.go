// Command edgeonly is our edge and our HTTP backend with nothing between them: no
// snapshot, no route, no policy, no mapping, no access record. What `lintel serve`
// costs more than this for the same request is the chain.
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
)

// forwarder sends every call where it was told, as it came.
type forwarder struct {
	backend *backend.HTTP
	address string
}

// Serve implements edge.Handler. Only what must not be forwarded twice is left
// out, so that both sides of the comparison send about the same number of fields.
func (f *forwarder) Serve(c *call.Call) {
	o := &c.Out
	o.Method, o.Scheme, o.Address, o.Host = c.Request.Method, "http", f.address, f.address
	o.Path, o.RawQuery, o.Timeout = c.Request.RawPath, c.Request.RawQuery, time.Minute
	for _, h := range c.Request.Headers {
		if h.Name != "Host" && h.Name != "Connection" {
			o.Headers = append(o.Headers, h)
		}
	}
	if fault := f.backend.Send(c); fault != nil {
		c.Response.Status = fault.Status
	}
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
