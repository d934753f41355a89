package gateway_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// arrived is a request as it reached a backend.
type arrived struct {
	method, uri, host, proto string
	header                   http.Header
	body                     string
}

// recorder is a backend that notes what reaches it.
type recorder struct {
	address string // host:port
	host    string
	port    int
	url     string

	mu   sync.Mutex
	seen []arrived
}

// echo is a backend that notes every request and answers 200 with
// "<method> <uri> <body>".
func echo(t testing.TB) *recorder {
	return backend(t, func(w http.ResponseWriter, r *http.Request, body string) {
		io.WriteString(w, r.Method+" "+r.URL.RequestURI()+" "+body)
	})
}

// backend is one that answers what answer writes.
func backend(t testing.TB, answer func(w http.ResponseWriter, r *http.Request, body string)) *recorder {
	t.Helper()
	b := &recorder{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		b.mu.Lock()
		b.seen = append(b.seen, arrived{r.Method, r.RequestURI, r.Host, r.Proto, r.Header.Clone(), string(body)})
		b.mu.Unlock()
		answer(w, r, string(body))
	}))
	t.Cleanup(server.Close)
	b.url, b.address = server.URL, strings.TrimPrefix(server.URL, "http://")
	host, port, err := net.SplitHostPort(b.address)
	if err != nil {
		t.Fatal(err)
	}
	b.host = host
	if b.port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	return b
}

// requests are all that came, in order.
func (b *recorder) requests() []arrived {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]arrived(nil), b.seen...)
}

// count is how many came.
func (b *recorder) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.seen)
}

// last is the one that came last; the test ends when none did.
func (b *recorder) last(t testing.TB) arrived {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.seen) == 0 {
		t.Fatal("nothing reached the backend")
	}
	return b.seen[len(b.seen)-1]
}
