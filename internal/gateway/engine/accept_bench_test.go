//go:build linux && !race

package engine_test

import (
	"context"
	"io"
	"net"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/engine"
)

// reusePort is SO_REUSEPORT, which package syscall does not name on amd64.
const reusePort = 15

// BenchmarkConnect is a connection with one call, for -cpu 1,2: what two listeners of
// one port (SO_REUSEPORT) would save whoever accepts.
func BenchmarkConnect(b *testing.B) {
	for _, listeners := range []int{1, 2} {
		b.Run(strconv.Itoa(listeners)+"-listeners", func(b *testing.B) {
			address := accepted(b, listeners)
			request := []byte("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if err := once(address, request); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

// accepted serves a loopback port with so many listeners.
func accepted(b *testing.B, listeners int) (address string) {
	e := engine.New(handler(discard), options(handler(discard)))
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		cerr := c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, reusePort, 1) })
		if cerr != nil {
			return cerr
		}
		return err
	}}
	address = "127.0.0.1:0"
	var accepting sync.WaitGroup
	b.Cleanup(func() { // after the listeners are closed: cleanups run in reverse
		accepting.Wait()
		drain(b, e)
	})
	for range listeners {
		l, err := config.Listen(context.Background(), "tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		address = l.Addr().String()
		b.Cleanup(func() { l.Close() })
		accepting.Go(func() { accept(l, e) })
	}
	return address
}

func once(address string, request []byte) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	// No port is to wait for stray segments: there are 28,000 of them.
	if err := c.(*net.TCPConn).SetLinger(0); err != nil {
		return err
	}
	if _, err := c.Write(request); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, c)
	return err
}
