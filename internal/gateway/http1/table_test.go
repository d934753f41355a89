package http1_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// summary says of a request what the table wants to know.
func (r *request) summary() string {
	var values []string
	for _, f := range r.fields {
		if !message.EqualFold(f.Name, "Host") {
			values = append(values, fmt.Sprintf("%q", f.Value))
		}
	}
	say := func(text string, is bool) string {
		if is {
			return " " + text
		}
		return ""
	}
	if len(values) == 0 {
		values = []string{`""`}
	}
	fields := len(r.fields) - r.fields.Count("Host")
	return fmt.Sprintf("%s %s %s 1.%d %d fields %s", r.Method, r.Target, r.Host, r.Minor, fields, strings.Join(values, "/")) +
		say("close", r.Close) + say("keep", !r.Close) + say("asked", r.KeepAlive) + say("expects", r.Expects) +
		say("upgrade", r.Upgrade) + say(fmt.Sprintf("body %q", r.body), r.body != "")
}

func TestAcceptedRequests(t *testing.T) {
	for _, a := range acceptedRequests {
		all, err := readRequests(sends(a.text))
		if len(all) != 1 || all[0].summary() != a.want || !all[0].ended {
			t.Errorf("%s: %+v, %v\nwant %s", a.name, all, err, a.want)
			continue
		}
		head, _, _ := strings.Cut(a.text, "\r\n\r\n")
		if all[0].Size != len(head)+4 {
			t.Errorf("%s: a head of %d bytes, want %d", a.name, all[0].Size, len(head)+4)
		}
	}
}

func TestRefusedRequests(t *testing.T) {
	for _, r := range refusedRequests {
		if all, err := readRequests(sends(r.text)); err != r.why || len(all) > 0 {
			t.Errorf("%s: %+v, %v; want %v", r.name, all, err, r.why)
		}
	}
}

func TestChunks(t *testing.T) {
	for _, a := range acceptedChunks {
		all, err := readRequests(sends(chunkedHead + a.text + get("")))
		if len(all) != 2 || all[0].body != a.want || all[1].Method != "GET" {
			t.Errorf("%s: %+v, %v; want %q and a GET", a.name, all, err, a.want)
		}
	}
	for _, r := range refusedChunks {
		if all, err := readRequests(sends(chunkedHead + r.text)); err != r.why || len(all) != 1 || all[0].ended {
			t.Errorf("%s: %+v, %v; want %v", r.name, all, err, r.why)
		}
	}
}

// TestBodiesThatEndEarly: of a body that is cut, what came is handed out and then an
// error, at every place where it may be cut.
func TestBodiesThatEndEarly(t *testing.T) {
	for _, text := range []string{post("Content-Length: 5\r\n") + "hello", chunkedHead + "5\r\nhello\r\n0\r\nA: b\r\n\r\n"} {
		head := strings.Index(text, "\r\n\r\n") + 4
		for n := head; n < len(text); n++ {
			all, err := readRequests(sends(text[:n]))
			if err != io.ErrUnexpectedEOF || len(all) != 1 || all[0].ended || !strings.HasPrefix("hello", all[0].body) {
				t.Errorf("%q: %+v, %v", text[head:n], all, err)
			}
		}
	}
}

func readResponse(c *http1.Conn, method string) (string, error) {
	var h http1.Response
	fields, err := c.ReadResponse(&h, nil, method, mostFields, headLimit)
	if err != nil {
		return "", err
	}
	n := len(fields)
	var b http1.Body
	b.Response(c, &h)
	body, err := io.ReadAll(&b)
	say := "keep"
	if h.Close {
		say = "close"
	}
	text := fmt.Sprintf("%d 1.%d %d fields %s %q", h.Status, h.Minor, n, say, body)
	if b.Trailers != nil {
		text += fmt.Sprint(" ", b.Trailers)
	}
	return text, err
}

func TestResponses(t *testing.T) {
	for _, a := range acceptedResponses {
		if got, err := readResponse(sends(a.text), "GET"); err != nil || got != a.want {
			t.Errorf("%s: %s, %v; want %s", a.name, got, err, a.want)
		}
	}
	for _, r := range refusedResponses {
		if got, err := readResponse(sends(r.text), "GET"); err != r.why {
			t.Errorf("%s: %s, %v; want %v", r.name, got, err, r.why)
		}
	}
}

// TestHEAD: an answer to HEAD tells the length of what there is not, and the next
// answer follows at once.
func TestHEAD(t *testing.T) {
	next := ok("Content-Length: 1\r\n") + "x"
	for _, fields := range []string{"Content-Length: 7\r\n", "Transfer-Encoding: chunked\r\n", ""} {
		c := sends(ok(fields) + next)
		var h http1.Response
		_, err := c.ReadResponse(&h, nil, "HEAD", mostFields, headLimit)
		if err != nil || h.Close || !h.Bodiless || (h.Length == 7) != strings.Contains(fields, "7") || h.Chunked != strings.Contains(fields, "chunked") {
			t.Errorf("%q: %+v, %v", fields, h, err)
		}
		var b http1.Body
		b.Response(c, &h)
		if !b.Ended() {
			t.Errorf("%q has a body", fields)
		}
		c.Next()
		if got, err := readResponse(c, "GET"); err != nil || got != `200 1.1 1 fields keep "x"` {
			t.Errorf("behind %q: %s, %v", fields, got, err)
		}
	}
}

// TestSplitEverywhere reads every message of the tables in two pieces, cut at every
// byte, from a script, a socket and TLS, and finds what it finds in one.
func TestSplitEverywhere(t *testing.T) {
	all := append(texts(acceptedRequests), refusedTexts(refusedRequests)...)
	for _, text := range append(texts(acceptedChunks), refusedTexts(refusedChunks)...) {
		all = append(all, chunkedHead+text)
	}
	for _, text := range all {
		want := said(readRequests(sends(text)))
		for n := 1; n < min(len(text), 500); n++ {
			if got := said(readRequests(sends(text[:n], text[n:]))); got != want {
				t.Fatalf("%q|%q:\n%s\nwant\n%s", text[:n], text[n:], got, want)
			}
		}
	}
}

// carriers make connections for readers of what the tests write.
var carriers = []struct {
	name string
	pair func(t testing.TB) (writer, reader net.Conn)
}{
	{"tcp", pair},
	{"tls", func(t testing.TB) (net.Conn, net.Conn) {
		return secured(pair(t))
	}},
}

var certificate = sync.OnceValue(func() tls.Certificate {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return s.TLS.Certificates[0]
})

func secured(near, far net.Conn) (net.Conn, net.Conn) {
	return tls.Client(near, &tls.Config{InsecureSkipVerify: true}), tls.Server(far, &tls.Config{Certificates: []tls.Certificate{certificate()}})
}

func TestSplitOverSockets(t *testing.T) {
	for _, carrier := range carriers {
		t.Run(carrier.name, func(t *testing.T) {
			texts := []string{acceptedRequests[3].text, post("Content-Length: 5\r\n") + "hello", chunkedHead + "5;x\r\nhello\r\n0\r\nA: b\r\n\r\n"}
			for _, text := range texts {
				want, _ := readRequests(sends(text))
				for n := 1; n < len(text); n++ {
					writer, reader := carrier.pair(t)
					go func() {
						writer.Write([]byte(text[:n]))
						time.Sleep(100 * time.Microsecond) // on a socket, most often enough to part them
						writer.Write([]byte(text[n:]))
						writer.Close()
					}()
					c := http1.New(reader)
					soon(c)
					got, err := readRequests(c)
					if len(got) != 1 || got[0].summary() != want[0].summary() || err != io.EOF {
						t.Fatalf("%q|%q: %+v, %v", text[:n], text[n:], got, err)
					}
					c.Close()
				}
			}
		})
	}
}

// TestSmallReads: Body.Read gives pieces back across the ends of chunks.
func TestSmallReads(t *testing.T) {
	for _, a := range acceptedChunks {
		c := sends(chunkedHead + a.text + get(""))
		var h http1.Request
		if _, err := c.ReadRequest(&h, nil, mostFields, headLimit); err != nil {
			t.Fatal(err)
		}
		var b http1.Body
		b.Request(c, &h.Framing)
		if got, err := io.ReadAll(iotest.OneByteReader(&b)); string(got) != a.want || err != nil || !b.Ended() {
			t.Errorf("%s: %q, %v", a.name, got, err)
		}
		c.Next()
		if more, err := readRequests(c); len(more) != 1 || err != io.EOF {
			t.Errorf("%s: behind it %+v, %v", a.name, more, err)
		}
	}
}

// TestNextWithoutWaiting: a body hands out what is there, and nothing when nothing is.
func TestNextWithoutWaiting(t *testing.T) {
	c := sends(chunkedHead+"5\r\nhe", "llo\r\n0", "\r\n\r\n")
	var h http1.Request
	if _, err := c.ReadRequest(&h, nil, mostFields, headLimit); err != nil {
		t.Fatal(err)
	}
	var b http1.Body
	b.Request(c, &h.Framing)
	for i, want := range []string{"he", "", "llo", "", "EOF"} {
		p, err := b.Next(i == 2 || i == 4)
		if err == io.EOF {
			p = []byte("EOF")
		} else if err != nil {
			t.Fatal(err)
		}
		if string(p) != want {
			t.Errorf("step %d: %q, want %q", i, p, want)
		}
	}
}

func TestManyFields(t *testing.T) {
	lines := func(n int) string { return get(strings.Repeat("A: b\r\n", n-1)) } // and Host
	for n, want := range map[int]struct {
		fields int
		more   bool
	}{mostFields: {mostFields, false}, mostFields + 1: {mostFields + 1, false}, mostFields + 2: {mostFields + 1, true}, 100: {mostFields + 1, true}} {
		var h http1.Request
		c := sends(lines(n) + get(""))
		fields, err := c.ReadRequest(&h, message.Fields{{Name: "kept"}}, mostFields, headLimit)
		if err != nil || len(fields) != want.fields+1 || fields[0].Name != "kept" || h.More != want.more || h.Close != want.more {
			t.Errorf("%d fields: %d are read, %+v, %v", n, len(fields)-1, h, err)
		}
	}
	for n, want := range map[int]error{mostFields: nil, mostFields + 1: http1.HeadTooLarge, mostFields + 2: http1.HeadTooLarge} {
		var h http1.Response
		text := ok("Content-Length: 0\r\n" + strings.Repeat("A: b\r\n", n-1))
		if _, err := sends(text).ReadResponse(&h, message.Fields{{Name: "kept"}}, "GET", mostFields, headLimit); err != want && !errors.Is(err, want) {
			t.Errorf("a response of %d fields: %v, want %v", n, err, want)
		}
	}
}
