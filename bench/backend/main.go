// Command backend is the least that a keep-alive HTTP backend can be: it answers
// every request with the same 128 bytes, in one write, from a goroutine per
// connection. It passes over bodies of a declared length, echoes WebSocket frames,
// and checks nothing; it shares its core with the load generator and must not be
// what limits a gateway.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"

	"github.com/lintel-gateway/lintel/bench/loader"
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

// room is what is read at a time: a head, or the head and the body of 10 KB.
const room = 16 << 10

func serve(c net.Conn) {
	defer c.Close()
	answer := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(loader.Answer), loader.Answer)
	buf := make([]byte, room)
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
			end += len("\r\n\r\n")
			head := buf[:end]
			if head[0] == 'G' && field(head, "\r\nupgrade:") != nil {
				echo(c, buf, buf[end:held])
				return
			}
			body, err := bodyLength(head)
			if err != nil {
				return
			}
			if missing := body - (held - end); missing > 0 {
				if !pass(c, buf[end:], missing) {
					return
				}
				held = end + body - missing
				body -= missing
			}
			if _, err := c.Write(answer); err != nil {
				return
			}
			held = copy(buf, buf[end+body:held])
		}
		if held == len(buf) {
			return // a head of more than this is not of this benchmark
		}
	}
}

// pass reads n bytes and forgets them.
func pass(c net.Conn, buf []byte, n int) bool {
	for n > 0 {
		got, err := c.Read(buf[:min(n, len(buf))])
		if err != nil || got == 0 {
			return false
		}
		n -= got
	}
	return true
}

// bodyLength is what the head declares. Chunks are refused: whoever makes chunks
// of a body of a known length does not send the same message.
func bodyLength(head []byte) (int, error) {
	if head[0] == 'G' {
		return 0, nil
	}
	return strconv.Atoi(string(bytes.TrimSpace(field(head, "\r\ncontent-length:"))))
}

// field finds a header field by its name in lower case, with the line end before
// it and the colon behind it.
func field(head []byte, name string) []byte {
	for i := 0; i+len(name) <= len(head); i++ {
		if head[i] == '\r' && bytes.EqualFold(head[i:i+len(name)], []byte(name)) {
			value := head[i+len(name):]
			return value[:bytes.IndexByte(value, '\r')]
		}
	}
	return nil
}

// echo accepts a WebSocket and sends the load generator's frames back as a server
// does: without the mask, which is zero.
func echo(c net.Conn, head, frames []byte) {
	accept := loader.AcceptKey(string(bytes.TrimSpace(field(head, "\r\nsec-websocket-key:"))))
	if _, err := c.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + "\r\n\r\n")); err != nil {
		return
	}
	in := io.MultiReader(bytes.NewReader(bytes.Clone(frames)), c)
	frame := make([]byte, len(loader.ClientFrame))
	for {
		if _, err := io.ReadFull(in, frame); err != nil {
			return
		}
		if _, err := c.Write(loader.ServerFrame); err != nil {
			return
		}
	}
}
