// Command reverseproxy is what net/http costs on both sides when nobody adds
// anything: its server, httputil.ReverseProxy and its transport. Below it no
// gateway on net/http can be.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"time"
)

// buffers lends ReverseProxy its copy buffers, which it would otherwise make
// anew for every answer.
type buffers struct{ sync.Pool }

func (b *buffers) Get() []byte  { return *b.Pool.Get().(*[]byte) }
func (b *buffers) Put(p []byte) { b.Pool.Put(&p) }

func main() {
	address := flag.String("addr", "127.0.0.1:8081", "address to listen at")
	backend := flag.String("backend", "127.0.0.1:9000", "address to forward to")
	secure := flag.String("tls-addr", "", "address to listen at with TLS, if any")
	certificate := flag.String("cert", "", "PEM file of the certificate")
	key := flag.String("key", "", "PEM file of its key")
	flag.Parse()
	to := &url.URL{Scheme: "http", Host: *backend}
	proxy := &httputil.ReverseProxy{
		Rewrite:    func(r *httputil.ProxyRequest) { r.SetURL(to); r.SetXForwarded() },
		Transport:  &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: 90 * time.Second, DisableCompression: true},
		BufferPool: &buffers{sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}},
	}
	server := &http.Server{Addr: *address, Handler: proxy, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 75 * time.Second}
	ended := make(chan error)
	if *secure != "" {
		second := &http.Server{Addr: *secure, Handler: proxy, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 75 * time.Second}
		go func() { ended <- second.ListenAndServeTLS(*certificate, *key) }()
	}
	go func() { ended <- server.ListenAndServe() }()
	fmt.Fprintln(os.Stderr, "reverseproxy:", <-ended)
	os.Exit(1)
}
