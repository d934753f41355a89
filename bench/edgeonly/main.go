// Command edgeonly is our edge and our HTTP backend with nothing between them: no
// snapshot, no route, no policy, no mapping, no access record. With -plain it
// forwards what nginx's bare proxy_pass forwards; without, it carries the same
// messages as `lintel serve` does for the benchmark's two APIs, because each header
// field costs net/http about as much as a policy costs us. What lintel costs more
// than this for the same request is the chain.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"net"
	"os"
	"runtime/debug"
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
	plain   bool // nothing is added: the same bytes that nginx forwards
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
		if f.plain && h.Name != "Host" && h.Name != "Connection" && h.Name != "Upgrade" {
			o.Headers = append(o.Headers, h)
			continue
		}
		switch h.Name {
		case "Upgrade":
			c.Request.WebSocket = true // package gateway judges it
			continue
		case "Host", "Connection", "Authorization", "X-Sdk-Date":
			continue // lintel keeps them too
		}
		o.Headers = append(o.Headers, h)
	}
	if !f.plain {
		o.Headers = append(o.Headers, added...)
	}
	if fault := f.backend.Send(c); fault != nil {
		c.Response.Status = fault.Status
	}
	if !f.plain {
		c.Response.Headers = append(c.Response.Headers, added[len(added)-1])
	}
}

// Finish implements edge.Handler.
func (f *forwarder) Finish(*call.Call) {}

func main() {
	address := flag.String("addr", "127.0.0.1:8082", "address to listen at")
	secure := flag.String("tls-addr", "", "address to listen at with TLS, if any")
	certificate := flag.String("cert", "", "PEM file of the certificate")
	key := flag.String("key", "", "PEM file of its key")
	to := flag.String("backend", "127.0.0.1:9000", "address to forward to")
	speaks := flag.String("edge", "engine", "who speaks HTTP/1.1: engine or net/http")
	plain := flag.Bool("plain", false, "add no header fields, as nginx's bare proxy_pass does")
	flag.Parse()
	debug.SetGCPercent(400) // as lintel does it by default; docs/decisions/0011
	if err := serve(*address, *secure, *certificate, *key, *to, *speaks, *plain); err != nil {
		fmt.Fprintln(os.Stderr, "edgeonly:", err)
		os.Exit(1)
	}
}

func serve(address, secure, certificate, key, to, speaks string, plain bool) error {
	if speaks != "engine" && speaks != "net/http" {
		return fmt.Errorf("-edge %q is neither engine nor net/http", speaks)
	}
	transport := backend.NewTransport(backend.Options{Dial: (&net.Dialer{Timeout: 10 * time.Second}).DialContext})
	server := edge.New(&forwarder{backend.NewHTTP(transport, clock.System), to, plain}, edge.Options{NetHTTP: speaks == "net/http"})
	ended := make(chan error)
	if secure != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return err
		}
		l, err := net.Listen("tcp", secure)
		if err != nil {
			return err
		}
		go func() { ended <- server.ServeTLS(l, &tls.Config{Certificates: []tls.Certificate{pair}}) }()
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	go func() { ended <- server.Serve(l) }()
	return <-ended
}
