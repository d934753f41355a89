// Command backend is the least that a keep-alive HTTP backend can be: it answers
// every head with the same 128 bytes, in one write, from a goroutine per
// connection. It reads no bodies and checks nothing; it shares its core with the
// load generator and must not be what limits a gateway.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
)

func main() {
	address := flag.String("addr", "127.0.0.1:9000", "address to listen at")
	flag.Parse()
	l, err := net.Listen("tcp", *address)
	if err != nil {
		fmt.Fprintln(os.Stderr, "backend:", err)
		os.Exit(1)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "backend:", err)
			os.Exit(1)
		}
		go serve(c)
	}
}

func serve(c net.Conn) {
	defer c.Close()
	body := `{"order":42,"note":"` + strings.Repeat("x", 128-len(`{"order":42,"note":""}`)) + `"}`
	answer := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	buf := make([]byte, 8<<10)
	held := 0
	for {
		n, err := c.Read(buf[held:])
		if err != nil {
			return
		}
		held += n
		for {
			end := bytes.Index(buf[:held], []byte("\r\n\r\n"))
			if end < 0 {
				break
			}
			if _, err := c.Write(answer); err != nil {
				return
			}
			held = copy(buf, buf[end+4:held])
		}
		if held == len(buf) {
			return // a head of more than 8 KB is not of this benchmark
		}
	}
}
