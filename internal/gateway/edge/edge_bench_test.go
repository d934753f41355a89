package edge_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
	"github.com/lintel-gateway/lintel/internal/message"
)

const benchHead = "User-Agent: bench/1\r\nAccept: */*\r\nX-Sdk-Date: 20260101T000000Z\r\n" +
	"Authorization: SDK-HMAC-SHA256 Access=071fe245-9cf6-4d75-822d-c29945a1e06a, SignedHeaders=host;x-sdk-date, Signature=0000000000000000000000000000000000000000000000000000000000000000\r\n"

var benchBody = []byte(`{"id":42,"state":"paid","total":"12.50","currency":"EUR","lines":[{"sku":"a-1","n":2},{"sku":"b-7","n":1}],"note":null}`)

// benchFields are what a gateway's answer carries.
var benchFields = [][2]string{
	{"Content-Type", "application/json"}, {"Server", "api-gateway"}, {"X-Request-Id", "0123456789abcdef0123456789abcdef"},
	{"Cache-Control", "no-store"}, {"Etag", `"5f3a"`}, {"X-Content-Type-Options", "nosniff"},
}

// BenchmarkEdge and BenchmarkNetHTTP answer the same request with the same bytes
// over one keep-alive connection. What the edge over net/http takes longer than the
// latter is what it adds: guard, pooled call, header lists.
func BenchmarkEdge(b *testing.B) {
	for _, e := range both {
		_, addr := e.start(b, &handlerFuncs{}, edge.Options{})
		for name, raw := range benchRequests() {
			b.Run(e.name+"/"+name, func(b *testing.B) { drive(b, addr, raw) })
		}
	}
}

func BenchmarkNetHTTP(b *testing.B) {
	l := listen(b)
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		h := w.Header()
		for _, f := range benchFields {
			h.Set(f[0], f[1])
		}
		w.Write(benchBody)
	})}
	done := make(chan struct{})
	go func() { defer close(done); s.Serve(l) }()
	defer func() { s.Close(); <-done }()
	for name, raw := range benchRequests() {
		b.Run(name, func(b *testing.B) { drive(b, l.Addr().String(), raw) })
	}
}

func benchRequests() map[string]string {
	return map[string]string{
		"get":      getWith(benchHead),
		"post-10k": post(benchHead+"Content-Length: 10240\r\n", strings.Repeat("a", 10240)),
	}
}

type handlerFuncs struct{}

func (*handlerFuncs) Serve(c *call.Call) {
	if c.Request.Body != nil {
		io.Copy(io.Discard, c.Request.Body)
	}
	c.Response.Status = 200
	for _, f := range benchFields {
		c.Response.Headers = append(c.Response.Headers, message.Field{Name: f[0], Value: f[1]})
	}
	c.Response.Bytes = benchBody
}

func (*handlerFuncs) Finish(*call.Call) {}

func drive(b *testing.B, addr, raw string) {
	c := dial(b, addr)
	c.SetDeadline(time.Time{})
	r := bufio.NewReader(c)
	length := 0
	for n, once := 0, true; once; once = false {
		io.WriteString(c, raw)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				b.Fatal(err)
			}
			if n += len(line); line == "\r\n" {
				break
			}
		}
		length = n + len(benchBody)
		r.Discard(len(benchBody))
	}
	b.ReportAllocs()
	for b.Loop() {
		io.WriteString(c, raw)
		if _, err := r.Discard(length); err != nil {
			b.Fatal(err)
		}
	}
}
