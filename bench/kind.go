package main

import (
	"net/http"
	"strings"

	"github.com/lintel-gateway/lintel/bench/loader"
)

// kind is a way to call a gateway. Every contender is called in every way, with
// the same bytes as nginx is.
type kind struct {
	name        string
	method      string
	body        int // bytes
	tls         bool
	webSocket   bool
	connections int
}

// connections is how many are kept where the kind's name says nothing else.
const connections = 64

// kinds are in the order of the tables.
var kinds = []kind{
	{name: "GET", method: http.MethodGet, connections: connections},
	{name: "POST 10 KB", method: http.MethodPost, body: 10 << 10, connections: connections},
	{name: "TLS", method: http.MethodGet, tls: true, connections: connections},
	{name: "256 connections", method: http.MethodGet, connections: 256},
	{name: "WebSocket", method: http.MethodGet, webSocket: true, connections: connections},
}

func kindNames() string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return strings.Join(names, ",")
}

// message is one of the three requests that there are. They differ in as many
// bytes as their signatures have: their paths are of the same length.
type message string

const (
	open   message = "open"    // an API that anybody may call
	signed message = "priv"    // an API that asks for a signature
	full   message = "full"    // an API with everything: see publish
	query          = "cur=EUR" // of each of them
)

func (m message) path() string { return "/v1/" + string(m) + "/42" }

// signed says whether the request carries a signature.
func (m message) isSigned() bool { return m != open }

// contender is a server and the message that it gets.
type contender struct {
	name    string
	server  *server
	message message
	getOnly bool // one of the steps between the bare edge and the full chain
}

// called says whether a contender is called in this way.
func (f *field) called(c *contender, k *kind) bool {
	return (!c.getOnly || k.name == kinds[0].name) && (f.o.kinds == "" || strings.Contains(","+f.o.kinds+",", ","+k.name+","))
}

// reference is nginx with the same message.
func (c *contender) reference() string {
	if c.message.isSigned() {
		return nginxSigned
	}
	return nginxOpen
}

const nginxOpen, nginxSigned = "nginx", "nginx, signed"

// options are the load of one kind on a contender.
func (c *contender) options(k *kind) loader.Options {
	o := loader.Options{Address: c.server.address, TLS: k.tls, WebSocket: k.webSocket, Connections: k.connections}
	switch {
	case k.tls:
		o.Address = c.server.secure
	case k.webSocket && c.server.webSocket != "":
		o.Address = c.server.webSocket
	}
	return o
}

// request is the message of one kind. Only what is signed knows the app.
func (m *management) request(c message, k *kind) loader.Request {
	r := loader.Request{Method: k.method, Path: c.path(), Query: query, Host: m.host, Body: k.body}
	if c.isSigned() {
		r.Key, r.Secret = m.key, m.secret
	}
	return r
}
