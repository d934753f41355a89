// Package gatewaytest helps tests of the data plane: calls out of one line of
// text, a backend that records what it is sent.
package gatewaytest

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Peer is the TCP peer of the calls made here.
const Peer = "203.0.113.9"

// Raw returns a call as an edge hands it over. request is "METHOD target"; each
// field is "Name: value". The Host field is added unless one is given. The call
// is released when the test ends.
func Raw(t testing.TB, request string, fields ...string) *call.Call {
	t.Helper()
	c := call.Acquire(t.Context())
	t.Cleanup(func() { call.Release(c) })
	method, target, _ := strings.Cut(request, " ")
	r := &c.Request
	r.Method, r.Proto, r.Host = method, "HTTP/1.1", "example.com"
	r.RawPath, r.RawQuery, _ = strings.Cut(target, "?")
	r.Remote = netip.MustParseAddrPort(Peer + ":4711")
	host := false
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		if name == "Host" {
			host, r.Host = true, value
		}
		r.Headers = append(r.Headers, message.Field{Name: name, Value: value})
	}
	if !host {
		r.Headers = append(r.Headers, message.Field{Name: "Host", Value: r.Host})
	}
	return c
}

// Prepared is Raw with path and query canonicalised and every field forwarded:
// what policies behind identity see.
func Prepared(t testing.TB, request string, fields ...string) *call.Call {
	t.Helper()
	c := Raw(t, request, fields...)
	var err error
	if c.Request.Path, err = message.CanonicalPath(c.Request.RawPath); err != nil {
		t.Fatal(err)
	}
	if c.Request.Query, err = message.ParseQuery(nil, c.Request.RawQuery); err != nil {
		t.Fatal(err)
	}
	c.Request.Client = c.Request.Remote.Addr()
	c.Request.Index()
	c.Out.Headers = append(c.Out.Headers, c.Request.Headers...)
	return c
}

// Lines writes fields as "Name: value", joined by " | ".
func Lines(fields message.Fields) string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name+": "+f.Value)
	}
	return strings.Join(out, " | ")
}
