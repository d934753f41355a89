//go:build linux && !race

package engine_test

import (
	"strings"
	"syscall"
	"testing"
)

// BenchmarkServe is one call over a kept connection, from the read that brings the
// request to the write that takes the answer. Its client is two system calls, so that what
// callgrind counts is the engine's; README.md of bench says how to count.
func BenchmarkServe(b *testing.B) {
	for name, request := range map[string]string{
		"GET": "GET /orders/17?page=2 HTTP/1.1\r\nHost: a.example\r\nUser-Agent: bench/1\r\nAccept: */*\r\nX-Sdk-Date: 20260101T000000Z\r\n" +
			"Authorization: SDK-HMAC-SHA256 Access=071fe245-9cf6-4d75-822d-c29945a1e06a, SignedHeaders=host;x-sdk-date, Signature=" + strings.Repeat("0", 64) + "\r\n\r\n",
		"POST": "POST /orders HTTP/1.1\r\nHost: a.example\r\nContent-Length: 10240\r\n\r\n" + strings.Repeat("a", 10240),
	} {
		b.Run(name, func(b *testing.B) {
			_, address := start(b, handler(discard), options(handler(discard)))
			fd := client(b, address)
			raw, got := []byte(request), make([]byte, 4096)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := syscall.Write(fd, raw); err != nil {
					b.Fatal(err)
				}
				if n, err := syscall.Read(fd, got); err != nil || n < 17 {
					b.Fatalf("%d bytes, %v", n, err)
				}
			}
		})
	}
}
