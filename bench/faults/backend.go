package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/bench/loader"
)

// paths of the backend, which are those of the APIs.
var paths = []string{"/a", "/large", "/held", "/stream", "/ws"}

// backend answers /a at once, /large with 4 MB, /held when it is let go, /stream
// piece by piece until then, and echoes at /ws. It reads request bodies to their end.
type backend struct {
	address string
	server  *http.Server
	began   atomic.Int64 // calls of /held and /stream
	served  atomic.Int64 // calls of /a
	letGo   chan struct{}
	release func()
}

const largeAnswer = 4 << 20

var large = []byte(strings.Repeat("0123456789abcde\n", largeAnswer/16))

func startBackend() (*backend, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &backend{address: l.Addr().String(), letGo: make(chan struct{})}
	b.release = sync.OnceFunc(func() { close(b.letGo) })
	b.server = &http.Server{Handler: b, ReadHeaderTimeout: 10 * time.Second, ConnContext: shortQueue}
	go func() { _ = b.server.Serve(l) }() // it ends with close
	return b, nil
}

// shortQueue bounds what the kernel takes from the backend for one connection. Over loopback, with its
// packets of 64 KB, that is more than a megabyte, and 2,000 answers that nobody reads
// were 1.8 GB: beyond net.ipv4.tcp_mem the kernel stops everybody, which is no fault of the gateway's.
func shortQueue(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetWriteBuffer(32 << 10) // at worst the drill says that others waited
	}
	return ctx
}

func (b *backend) close() error {
	b.release()
	return b.server.Close()
}

// ServeHTTP implements http.Handler.
func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return // the caller's fault, which nobody hears
	}
	switch r.URL.Path {
	case "/large":
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write(large) // who does not read is what the drill is about
	case "/held":
		b.began.Add(1)
		b.wait(r)
		_, _ = io.WriteString(w, loader.Answer)
	case "/stream":
		b.began.Add(1)
		b.stream(w, r)
	case "/ws":
		b.echo(w, r)
	default:
		b.served.Add(1)
		_, _ = io.WriteString(w, loader.Answer)
	}
}

func (b *backend) wait(r *http.Request) {
	select {
	case <-b.letGo:
	case <-r.Context().Done():
	}
}

// The words of a stream.
const word, lastWord = "more\n", "the end\n"

// stream says a word each 100 ms, and the last one when it is let go.
func (b *backend) stream(w http.ResponseWriter, r *http.Request) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	flush := http.NewResponseController(w)
	for {
		select {
		case <-b.letGo:
			_, _ = io.WriteString(w, lastWord)
			return
		case <-r.Context().Done():
			return
		case <-tick.C:
			if _, err := io.WriteString(w, word); err != nil || flush.Flush() != nil {
				return
			}
		}
	}
}

// echo accepts a WebSocket and sends the load generator's frames back.
func (b *backend) echo(w http.ResponseWriter, r *http.Request) {
	conn, both, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "no WebSocket", http.StatusBadRequest)
		return
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+
		loader.AcceptKey(r.Header.Get("Sec-WebSocket-Key"))+"\r\n\r\n"); err != nil {
		return
	}
	echoFrames(conn, both.Reader)
}

func echoFrames(conn net.Conn, in *bufio.Reader) {
	frame := make([]byte, len(loader.ClientFrame))
	for {
		if _, err := io.ReadFull(in, frame); err != nil {
			return
		}
		if _, err := conn.Write(loader.ServerFrame); err != nil {
			return
		}
	}
}
