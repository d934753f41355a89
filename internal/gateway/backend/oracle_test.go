package backend_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// TestAgainstNetHTTP sends the same answers through this client and through net/http's:
// where both take one, they read the same status, fields, body and trailers. What only
// net/http takes is listed, with why.
func TestAgainstNetHTTP(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	tests := []struct {
		answer string
		method string
		refuse string // why only we refuse it
	}{
		{answer: ok + "Content-Length: 5\r\nX-A: 1\r\nX-A: 2\r\nX-B:\t v \r\n\r\nhello"},
		{answer: ok + "content-length: 0\r\nServer:\r\n\r\n"},
		{answer: ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 7\r\n\r\n"},
		{answer: ok + "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"},
		{answer: ok + "\r\nuntil the end"},
		{answer: ok + "Content-Length: 5\r\nConnection: close\r\n\r\nhello"},
		{answer: "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
		{answer: "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n"},
		{answer: "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n"},
		{answer: "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n"},
		{answer: "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n"},
		{answer: "HTTP/1.1 999 Odd\r\nContent-Length: 1\r\n\r\nx"},
		{answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok + "Content-Length: 2\r\n\r\nok"},
		{answer: ok + "Content-Length: 77\r\n\r\n", method: "HEAD"},
		{answer: ok + "\r\n", method: "HEAD"},
		{answer: ok + "Transfer-Encoding: chunked\r\n\r\n", method: "HEAD"},
		{answer: ok + "X-Latin: \xe9t\xe9\r\nContent-Length: 0\r\n\r\n"},
		{answer: ok + "Content-Length: 5\r\n\r\nhel"},
		{answer: ok + "Content-Length: x\r\n\r\n"},
		{answer: ok + "Content-Length: -1\r\n\r\n"},
		{answer: ok + "Transfer-Encoding: gzip\r\n\r\n"},
		{answer: ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nContent-Length: 3\r\n\r\n"},
		{answer: ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"},
		{answer: ok + "No colon\r\n\r\n"},
		{answer: ok + ": no name\r\n\r\n"},
		{answer: ok + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n"},
		{answer: "HTTP/1.1 20 OK\r\n\r\n"},
		{answer: "HTTP/1.1 2000 OK\r\n\r\n"},
		{answer: ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", refuse: "a second reader may take another of two lengths"},
		{answer: ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", refuse: "a second reader may go by the length"},
		{answer: "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", refuse: "bare line feeds"},
		{answer: ok + "X-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\nok", refuse: "a folded line"},
		{answer: ok + "X-A : 1\r\n\r\n", refuse: "a name is a token, and the next reader may take off the space"},
		{answer: "HTTP/2.0 200 OK\r\n\r\n", refuse: "it is not HTTP/1"},
	}
	b := sender(t, backend.Options{})
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	for _, test := range tests {
		method := test.method
		if method == "" {
			method = "POST"
		}
		address := heads(t, func(w net.Conn, _ *bufio.Reader) { io.WriteString(w, test.answer) })
		want := theirs(t, transport, method, address)
		got := ours(t, b, method, address)
		switch {
		case test.refuse != "":
			if got != "refused" || want == "refused" {
				t.Errorf("%q: we read %s, net/http %s; only we should refuse it: %s", test.answer, got, want, test.refuse)
			}
		case got != want:
			t.Errorf("%s %q:\n%s, net/http reads\n%s", method, test.answer, got, want)
		}
	}
}

func ours(t *testing.T, b *backend.HTTP, method, address string) string {
	c := passing(t.Context(), method, address)
	defer call.Release(c)
	if f := b.Send(c); f != nil {
		return "refused"
	}
	r := &c.Response
	var fields []string
	for _, f := range r.Headers {
		fields = append(fields, http.CanonicalHeaderKey(f.Name)+": "+f.Value)
	}
	text, err := string(r.Bytes), error(nil)
	if r.Stream != nil {
		var all []byte
		all, err = io.ReadAll(r.Stream)
		text = string(all)
	}
	var behind []string
	if r.Trailers != nil {
		for _, f := range r.Trailers() {
			behind = append(behind, f.Name+": "+f.Value)
		}
	}
	return summary(r.Status, r.Length, fields, text, err, behind)
}

func theirs(t *testing.T, transport *http.Transport, method, address string) string {
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Millisecond)
	response, err := transport.RoundTrip(request)
	if err != nil {
		return "refused"
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	list := func(h http.Header, out []string) []string {
		for name, values := range h {
			for _, v := range values {
				if !slices.Contains([]string{"Connection", "Content-Length", "Transfer-Encoding"}, name) {
					out = append(out, name+": "+v)
				}
			}
		}
		return out
	}
	return summary(response.StatusCode, response.ContentLength, list(response.Header, nil), string(all), err, list(response.Trailer, nil))
}

func summary(status int, length int64, fields []string, text string, err error, behind []string) string {
	slices.Sort(fields)
	slices.Sort(behind)
	return fmt.Sprintf("%d, length %d, %q, %q, broken %v, behind it %s", status, length, fields, text, err != nil, strings.Join(behind, ","))
}
