package loader_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/bench/loader"
)

var get = loader.Request{Method: "GET", Path: "/x", Query: "a=b", Host: "example.com"}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// TestRunIsExact: as many requests arrive as were asked for, each with all its
// bytes, over no more connections than asked for.
func TestRunIsExact(t *testing.T) {
	var requests, bytes atomic.Int64
	remotes := make(chan string, 1000)
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		requests.Add(1)
		bytes.Add(n)
		remotes <- r.RemoteAddr
		io.WriteString(w, loader.Answer)
	})
	post := get
	post.Method, post.Body, post.Key, post.Secret = "POST", 10240, "key", "secret"
	c, err := loader.Open(t.Context(), loader.Options{Address: address, Connections: 3}, &post)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Run(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	close(remotes)
	different := map[string]bool{}
	for r := range remotes {
		different[r] = true
	}
	if requests.Load() != 100 || bytes.Load() != 100*10240 || len(different) != 3 {
		t.Errorf("%d requests, %d bytes, %d connections", requests.Load(), bytes.Load(), len(different))
	}
}

// TestAnswersAreChecked: nothing but the backend's answer counts.
func TestAnswersAreChecked(t *testing.T) {
	for want, h := range map[string]http.HandlerFunc{
		"502 Bad Gateway":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) },
		"a content length of 3":  func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "abc") },
		"a content length of -1": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "a"); w.(http.Flusher).Flush() },
		"the answer is": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, strings.ToUpper(loader.Answer))
		},
	} {
		c, err := loader.Open(t.Context(), loader.Options{Address: serve(t, h), Connections: 2}, &get)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Run(t.Context(), 10); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Run: %v, want %q", err, want)
		}
		c.Close()
	}
}

// TestPaceMeasuresFromWhenARequestWasDue: a server that stands still for 300 ms once
// has slowed the requests that were due meanwhile, too, though it was asked only one.
func TestPaceMeasuresFromWhenARequestWasDue(t *testing.T) {
	var n atomic.Int64
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 120 { // the first hundred are not measured
			time.Sleep(300 * time.Millisecond)
		}
		io.WriteString(w, loader.Answer)
	})
	got, err := loader.Pace(t.Context(), loader.Options{Address: address, Connections: 1}, &get, 200, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	// 60 of 200 were due in the 300 ms; half of them waited more than 150 ms. Six of ten
	// windows have nothing of it.
	if got.Requests != 200 || got.P99 < 250*time.Millisecond || got.Late < 30 || got.WindowP99 >= 150*time.Millisecond {
		t.Errorf("%+v", got)
	}
}

func TestPaceRefuses(t *testing.T) {
	for want, h := range map[string]http.HandlerFunc{
		"503": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) },
		"the connection was closed": func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				c.Close()
			}
		},
	} {
		_, err := loader.Pace(t.Context(), loader.Options{Address: serve(t, h), Connections: 2}, &get, 100, 200*time.Millisecond)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// free is an address at which nobody listens.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestPaceAnswersItself: what a server forwards to the load is answered there, each
// request once, also when heads come in pieces and two at a time.
func TestPaceAnswersItself(t *testing.T) {
	var backend string
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	t.Cleanup(client.CloseIdleConnections)
	var asked, pieces atomic.Int64
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1)%50 == 0 {
			got, err := inPieces(backend)
			if want := 2; err != nil || got != want {
				t.Errorf("two requests in three pieces: %d answers, want %d, %v", got, want, err)
			}
			pieces.Add(1)
		}
		answer, err := client.Get("http://" + backend + r.URL.Path)
		if err != nil {
			t.Error(err)
			return
		}
		defer answer.Body.Close()
		io.Copy(w, answer.Body)
	})
	backend = free(t) // which the server's own port is not
	got, err := loader.Pace(t.Context(), loader.Options{Address: address, Connections: 4, Backend: backend}, &get, 200, 500*time.Millisecond)
	if err != nil || got.Requests != 100 || pieces.Load() != 4 {
		t.Errorf("%+v, %d times in pieces, %v", got, pieces.Load(), err)
	}
	if _, err := net.Dial("tcp", backend); err == nil {
		t.Error("the load listens although it has ended")
	}
}

// inPieces sends two requests in three writes, and counts the answers.
func inPieces(address string) (answers int, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return 0, err
	}
	for _, piece := range []string{"GET /a HTTP/1.1\r\nHo", "st: a\r\n\r\nGET /b HTTP/1.1\r\nHost: b\r\n\r", "\n"} {
		if _, err := io.WriteString(c, piece); err != nil {
			return 0, err
		}
		time.Sleep(5 * time.Millisecond) // so that they arrive apart
	}
	in := bufio.NewReader(c)
	for range 2 {
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			return answers, err
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != loader.Answer {
			return answers, fmt.Errorf("%q, %w", body, err)
		}
		answers++
	}
	return answers, nil
}

// TestPaceBackendRefuses: the load ends when its gateway sends what is not of it.
func TestPaceBackendRefuses(t *testing.T) {
	for want, sent := range map[string]string{
		"GET alone":                    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
		"a head of more than 8192 byt": "GET /" + strings.Repeat("a", 9000),
	} {
		var backend string
		address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if c, err := net.Dial("tcp", backend); err == nil {
				defer c.Close()
				io.WriteString(c, sent)
				time.Sleep(10 * time.Millisecond)
			}
			io.WriteString(w, loader.Answer)
		})
		backend = free(t)
		_, err := loader.Pace(t.Context(), loader.Options{Address: address, Connections: 2, Backend: backend}, &get, 100, 200*time.Millisecond)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestEndsWithItsContext: a server that never answers does not hold a load up.
func TestEndsWithItsContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := loader.Open(t.Context(), loader.Options{Address: l.Addr().String(), Connections: 2}, &get)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, fmt.Errorf("enough"))
	defer cancel()
	began := time.Now()
	if err := c.Run(ctx, 2); err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

// TestCountedRequestsDiffer: no two requests of a load name the same thing.
func TestCountedRequestsDiffer(t *testing.T) {
	seen := make(chan string, 1000)
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- r.URL.Path
		io.WriteString(w, loader.Answer)
	})
	counted := get
	counted.Path, counted.Counted = "/x/00000000/y", true
	c, err := loader.Open(t.Context(), loader.Options{Address: address, Connections: 3}, &counted)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Run(t.Context(), 60); err != nil {
		t.Fatal(err)
	}
	close(seen)
	different := map[string]bool{}
	for path := range seen {
		if len(path) != len(counted.Path) || !strings.HasPrefix(path, "/x/") || !strings.HasSuffix(path, "/y") {
			t.Errorf("called %s", path)
		}
		different[path] = true
	}
	if len(different) != 60 {
		t.Errorf("%d different paths of 60", len(different))
	}
	counted.Path = "/x"
	if _, err := loader.Open(t.Context(), loader.Options{Address: address, Connections: 1}, &counted); err == nil {
		t.Error("a request without digits counts")
	}
}
