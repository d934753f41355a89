package backend_test

import (
	"bufio"
	"bytes"
	"net/textproto"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/backend"
)

// FuzzScanHead holds the guard against net/http's own reader of heads, whatever
// pieces the head comes in.
func FuzzScanHead(f *testing.F) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, seed := range []string{
		ok + "Content-Length: 1\r\n\r\n", ok + "Content-Length: 1\r\nCONTENT-length: 1\r\n\r\n",
		ok + "Transfer-Encoding: chunked\r\nContent-Length: 1\n\n", ok + "A: b\r\n Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
		ok + "A: Content-Length: 1\r\nContent-Length: 1\r\n\r\n", ok + ": x\r\n\r\n", ok + "\r\n",
	} {
		f.Add([]byte(seed), 1)
	}
	f.Fuzz(func(t *testing.T, head []byte, size int) {
		size = 1 + (size&0xff)%32
		clear := backend.ScanHead(head, size)
		if whole := backend.ScanHead(head, len(head)+1); whole != clear {
			t.Fatalf("%q: whole %v, in pieces of %d %v", head, whole, size, clear)
		}
		r := textproto.NewReader(bufio.NewReader(bytes.NewReader(head)))
		status, err := r.ReadLine()
		if err != nil || len(status) < 12 || strings.ContainsAny(status, "\r") || status[9] == '1' {
			return
		}
		fields, err := r.ReadMIMEHeader()
		if err != nil {
			return
		}
		lengths, encodings := len(fields["Content-Length"]), len(fields["Transfer-Encoding"])
		if ambiguous := lengths > 1 || lengths == 1 && encodings > 0; ambiguous == clear {
			t.Fatalf("%q: %d lengths, %d codings, clear %v", head, lengths, encodings, clear)
		}
	})
}
