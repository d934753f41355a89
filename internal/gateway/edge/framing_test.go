package edge

// These tests are inside the package because framing and guard are not exported:
// they are about which bytes reach net/http, which a socket cannot show.

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http/httpguts"
	"pgregory.net/rapid"
)

// pieces is a connection whose reads return the given pieces.
type pieces struct {
	net.Conn
	left [][]byte
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.left[0])
	if p.left[0] = p.left[0][n:]; len(p.left[0]) == 0 {
		p.left = p.left[1:]
	}
	return n, nil
}

// split cuts s into pieces of the lengths in cuts, over and over.
func split(s []byte, cuts []byte) [][]byte {
	var all [][]byte
	for i := 0; len(s) > 0; i++ {
		n := len(s)
		if len(cuts) > 0 {
			n = min(n, 1+int(cuts[i%len(cuts)]))
		}
		all = append(all, s[:n])
		s = s[n:]
	}
	return all
}

// guarded returns everything that a guard lets through of s.
func guarded(s, cuts []byte) ([]byte, error) {
	g := newGuard(&pieces{left: split(bytes.Clone(s), cuts)}, false, time.Hour)
	return io.ReadAll(readerOnly{g})
}

type readerOnly struct{ io.Reader }

// seen is one message as net/http understands it.
type seen struct {
	method, target, host, body string
	start, head, end           int // offsets in the stream
}

// oracle reads messages as net/http's server does, one after the other, until
// one is not accepted. It is http.ReadRequest and what conn.readRequest does
// around it.
func oracle(s []byte) []seen {
	src := bytes.NewReader(s)
	r := bufio.NewReader(src)
	at := func() int { return len(s) - src.Len() - r.Buffered() }
	var all []seen
	for post := false; ; {
		if post {
			b, _ := r.Peek(4)
			r.Discard(len(b) - len(bytes.TrimLeft(b, "\r\n")))
		}
		m := seen{start: at()}
		q, err := http.ReadRequest(r)
		if err != nil || !served(q) {
			return all
		}
		m.head = at()
		body, err := io.ReadAll(q.Body)
		if err != nil {
			return all
		}
		m.method, m.target, m.host, m.body, m.end = q.Method, q.RequestURI, q.Host, string(body), at()
		all = append(all, m)
		post = q.Method == "POST"
	}
}

// served repeats what conn.readRequest of net/http checks after ReadRequest.
func served(q *http.Request) bool {
	hosts := q.Header["Host"]
	switch {
	case q.ProtoMajor != 1,
		q.ProtoAtLeast(1, 1) && len(hosts) == 0 && q.Method != "CONNECT",
		len(hosts) == 1 && !httpguts.ValidHostHeader(hosts[0]):
		return false
	}
	for name, values := range q.Header {
		if !httpguts.ValidHeaderFieldName(name) || slices.ContainsFunc(values, func(v string) bool { return !httpguts.ValidHeaderFieldValue(v) }) {
			return false
		}
	}
	return true
}

// ends returns where framing sees messages end.
func ends(s []byte) (all []int, v verdict) {
	var f framing
	for i := range s {
		before := f.state
		if _, v = f.scan(s[i : i+1]); v != follow {
			return all, v
		}
		if before != atStart && f.state == atStart {
			all = append(all, i+1)
		}
	}
	return all, v
}

var (
	hasLength = regexp.MustCompile(`(?im)^content-length:`)
	aLength   = regexp.MustCompile(`(?im)^content-length:[ \t]*0*[1-9]`)
	hasCoding = regexp.MustCompile(`(?im)^transfer-encoding:`)
	bareLF    = regexp.MustCompile(`(^|[^\r])\n`)
	folded    = regexp.MustCompile(`(?m)^[ \t]`)
	version   = regexp.MustCompile(` HTTP/1\.[01]\r\n`)
	absolute  = regexp.MustCompile(`^[^ ]+ [^/ ]*://([^/? ]*)`)
	hostField = regexp.MustCompile(`(?im)^host:[ \t]*(.*?)[ \t]*\r$`)
)

// oneReading is a second, naive statement of what the guard is for: whether a head
// that net/http accepts has only one reading.
func oneReading(head string) bool {
	line, _, _ := strings.Cut(head, "\n")
	switch {
	case hasLength.MatchString(head) && hasCoding.MatchString(head),
		bareLF.MatchString(head), folded.MatchString(head), strings.Contains(line, "  "), !version.MatchString(line + "\n"),
		hasCoding.MatchString(head) && strings.Contains(line, " HTTP/1.0"),
		strings.HasPrefix(line, "CONNECT ") && (hasCoding.MatchString(head) || aLength.MatchString(head)):
		return false
	}
	a, h := absolute.FindStringSubmatch(line), hostField.FindStringSubmatch(head)
	return a == nil || h == nil || strings.EqualFold(a[1], h[1])
}

// agree checks one stream.
func agree(t interface{ Fatalf(string, ...any) }, s, cuts []byte) {
	whole, _ := guarded(s, nil)
	if cut, _ := guarded(s, cuts); !bytes.Equal(cut, whole) {
		t.Fatalf("pieces of %v change what passes:\n%q\n%q", cuts, cut, whole)
	}
	bare, through := oracle(s), oracle(whole)
	if len(through) > len(bare) || !slices.Equal(through, bare[:len(through)]) {
		t.Fatalf("behind the guard net/http sees other messages:\n%+v\n%+v", through, bare)
	}
	bounds, v := ends(s)
	for i, m := range through {
		if i < len(bounds) && bounds[i] != m.end {
			t.Fatalf("message %d ends at %d, framing says %d, in %q", i, m.end, bounds[i], s)
		}
		if i >= len(bounds) && v == follow {
			t.Fatalf("framing sees no end of message %d at %d in %q", i, m.end, s)
		}
		if head := string(s[m.start:m.head]); !oneReading(head) {
			t.Fatalf("a head with two readings passed: %q", head)
		}
	}
	if len(bare) > len(through) {
		m := bare[len(through)]
		head := string(s[m.start:m.head])
		if oneReading(head) && !laxBody(s[m.head:m.end]) && plainLengths(head) {
			t.Fatalf("a head with one reading was refused: %q (verdict %d)", s[m.start:m.end], v)
		}
	}
}

// laxBody reports whether a chunked body has line ends or trailers that only
// net/http takes.
func laxBody(b []byte) bool { return bareLF.Match(b) }

// plainLengths excludes lengths that only differ in how they are written.
func plainLengths(head string) bool {
	r := textproto.NewReader(bufio.NewReader(strings.NewReader(head)))
	r.ReadLine()
	h, err := r.ReadMIMEHeader()
	return err == nil && len(h.Get("Content-Length")) < 16
}

var streams = []string{
	"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
	"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /s HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: a\r\n\r\n5;a=b\r\nhello\r\n00\r\nX: y\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
	"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\r\nPUT /y HTTP/1.0\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
	"POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"GET http://a/x HTTP/1.1\r\nHost: A \r\n\r\nGET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET / HTTP/1.1\nHost: a\n\nGET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
	"GET / HTTP/2.0\r\nHost: a\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	"OPTIONS * HTTP/1.1\r\nHost:\r\nTransfer-Encoding: xchunked\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
	"CONNECT  HTTP/1.0\r\n\r\n", // no target: net/http takes it
	"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
	"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 2\r\n\r\nab",
}

// FuzzFraming mutates streams and the sizes of the reads.
func FuzzFraming(f *testing.F) {
	for _, s := range streams {
		f.Add([]byte(s), []byte{0})
		f.Add([]byte(s), []byte{6, 1, 30})
	}
	f.Fuzz(func(t *testing.T, s, cuts []byte) { agree(t, s, cuts) })
}

// TestFramingProperty builds streams from the parts in which readers differ.
func TestFramingProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s strings.Builder
		for range rapid.IntRange(1, 4).Draw(t, "messages") {
			s.WriteString(drawMessage(t))
		}
		agree(t, []byte(s.String()), rapid.SliceOfN(rapid.Byte(), 0, 5).Draw(t, "cuts"))
	})
}

func drawMessage(t *rapid.T) string {
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "part") }
	eol := pick("\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r\n ", "\r")
	var b strings.Builder
	b.WriteString(pick("GET", "POST", "POST", "OPTIONS", "CONNECT", "PRI") + " ")
	b.WriteString(pick("/", "/a?b", "*", "http://a/x", "http://B", "http://c:80?x", "a:80", "x:/y") + " ")
	b.WriteString(pick("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0") + "\r\n")
	for range rapid.IntRange(0, 4).Draw(t, "fields") {
		b.WriteString(pick("Host", "hOST", "Content-Length", "Transfer-Encoding", "transfer-encoding", "X", "Content-Length ") + ":")
		b.WriteString(pick("", " ", "\t") + pick("a", "b", "c:80", "5", "05", "0", "3", "chunked", "Chunked", "x", "5 5", "") + pick("", "", " "))
		b.WriteString(eol)
	}
	b.WriteString(pick("Host: a\r\n", "") + pick("\r\n", "\r\n", "\r\n", "\n"))
	for range rapid.IntRange(0, 3).Draw(t, "chunks") {
		b.WriteString(pick("5\r\nhello\r\n", "3;x\r\nabc\r\n", "05 \r\nhello\r\n", "5\nhello\r\n", "hello", "\r\n", "1\r\nab\r\n"))
	}
	b.WriteString(pick("0\r\n\r\n", "0\r\n\r\n", "0\r\nX: y\r\n\r\n", "0\r\nX: y\n\r\n\r\n", "0\n\n", "", "\r\n"))
	return b.String()
}

// TestGuardSplits cuts every stream at every byte, and reads in every size down
// to the single byte that net/http reads in the background.
func TestGuardSplits(t *testing.T) {
	for _, s := range streams {
		want, wantErr := guarded([]byte(s), nil)
		for at := 1; at < len(s); at++ {
			g := newGuard(&pieces{left: [][]byte{[]byte(s[:at]), []byte(s[at:])}}, false, time.Hour)
			got, err := io.ReadAll(g)
			if !bytes.Equal(got, want) || err != wantErr {
				t.Fatalf("cut at %d: %q, %v; want %q, %v", at, got, err, want, wantErr)
			}
		}
		for size := 1; size < 8; size++ {
			g := newGuard(&pieces{left: [][]byte{[]byte(s)}}, false, time.Hour)
			var got []byte
			b := make([]byte, size)
			for {
				n, err := g.Read(b)
				got = append(got, b[:n]...)
				if err != nil {
					break
				}
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("reads of %d: %q, want %q", size, got, want)
			}
		}
	}
}

// TestGuardPassesHTTP2 sends what follows the preface through untouched.
func TestGuardPassesHTTP2(t *testing.T) {
	s := "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + strings.Repeat("\x00\n\r: Content-Length", 10)
	for at := 1; at < len(s); at++ {
		g := newGuard(&pieces{left: [][]byte{[]byte(s[:at]), []byte(s[at:])}}, true, time.Hour)
		if got, err := io.ReadAll(g); string(got) != s || err != nil {
			t.Fatalf("cut at %d: %q, %v", at, got, err)
		}
	}
}

func TestFramingAllocatesNothing(t *testing.T) {
	head := []byte("GET /a/b?c=d HTTP/1.1\r\nHost: a.example\r\nUser-Agent: x\r\nContent-Length: 2\r\n\r\nab")
	var f framing
	if n := testing.AllocsPerRun(100, func() { f.scan(head) }); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
}

func BenchmarkFraming(b *testing.B) {
	head := []byte("GET /v1/orders/42?page=1&size=20 HTTP/1.1\r\nHost: 0123456789abcdef0123456789abcdef.apigw.localhost\r\n" +
		"User-Agent: bench/1\r\nAccept: */*\r\nX-Sdk-Date: 20260101T000000Z\r\n" +
		"Authorization: SDK-HMAC-SHA256 Access=071fe245-9cf6-4d75-822d-c29945a1e06a, SignedHeaders=host;x-sdk-date, Signature=" + strings.Repeat("0", 64) + "\r\n\r\n")
	b.SetBytes(int64(len(head)))
	b.ReportAllocs()
	var f framing
	for b.Loop() {
		f.scan(head)
	}
}
