package backend_test

import (
	"bufio"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// script serves connections on the loopback: it reads one request head after the
// other and the whole body, hands over the lines of the head, and lets answer
// write.
func script(t testing.TB, answer func(request []string, w net.Conn)) (address string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn, answer)
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

func serve(conn net.Conn, answer func(request []string, w net.Conn)) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	r := bufio.NewReader(conn)
	for {
		var lines []string
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if line = strings.TrimRight(line, "\r\n"); line == "" {
				break
			}
			lines = append(lines, line)
		}
		for _, line := range lines {
			if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
				n, _ := strconv.ParseInt(value, 10, 64)
				if _, err := io.CopyN(io.Discard, r, n); err != nil {
					return
				}
			}
			for last := ""; line == "Transfer-Encoding: chunked" && last != "0\r\n"; {
				var err error
				if last, err = r.ReadString('\n'); err != nil {
					return
				}
			}
		}
		answer(lines, conn)
	}
}
