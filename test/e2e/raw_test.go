package e2e_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// exchange writes bytes to an address, whether or not they are HTTP, and reads
// one answer. It goes on reading when writing fails: a server may answer and
// close before it has taken everything.
func exchange(t *testing.T, address, raw string) *answer {
	t.Helper()
	c, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() {
		_, err := io.WriteString(c, raw)
		written <- err
	}()
	method, _, _ := strings.Cut(raw, " ")
	response, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		c.Close()
		t.Fatalf("no answer: %v (writing: %v)", err, <-written)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("read the answer: %v", err)
	}
	response.Body.Close()
	c.Close()
	<-written
	return &answer{response.StatusCode, response.Header, string(body), response.Proto}
}

// head is a request without body, fields each ended by CRLF.
func head(method, target, host string, fields ...string) string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", method, target, host, joined(fields))
}

// whole is a request with a body and its length.
func whole(method, target, host, body string, fields ...string) string {
	fields = append(fields, fmt.Sprintf("Content-Length: %d", len(body)))
	return head(method, target, host, fields...) + body
}

// chunks is a request whose body has no announced length.
func chunks(method, target, host, body string, fields ...string) string {
	var b strings.Builder
	b.WriteString(head(method, target, host, append(fields, "Transfer-Encoding: chunked")...))
	for len(body) > 0 {
		n := min(len(body), 1<<20)
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	b.WriteString("0\r\n\r\n")
	return b.String()
}

func joined(fields []string) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString(f + "\r\n")
	}
	return b.String()
}

// wrong is one bad message and what it must get: status 400 of net/http itself
// has no code, everything else is refused in the words of a dialect.
type wrong struct {
	name, raw string
	status    int
	code      string
	texts     []string
}

// plain marks refusals that come before anybody knows which dialect it is.
const plain = ""

// send sends the message and checks the whole refusal.
func (w wrong) send(t *testing.T, address string) {
	t.Helper()
	a := exchange(t, address, w.raw).want(t, w.status, w.texts...)
	if w.code == plain {
		return
	}
	if strings.HasPrefix(w.raw, "HEAD ") {
		return
	}
	if got := a.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type %q, want application/json", got)
	}
	id := a.header.Get("X-Request-Id")
	if len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
		t.Errorf("X-Request-Id %q, want 32 hex characters", id)
	}
	if w.code == keystone {
		a.want(t, w.status, fmt.Sprintf(`"code":%d`, w.status), `"title":`)
		return
	}
	a.want(t, w.status, `"error_code":"`+w.code+`"`, `"request_id":"`+id+`"`)
}

// keystone marks refusals of the v3 dialect, which has no codes but statuses.
const keystone = "v3"
