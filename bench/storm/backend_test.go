package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"time"
)

// echo is what the backend answers, on net/http: what the one on epoll is held against.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header()["Content-Type"] = []string{"application/json"}
	w.Header()["Date"] = nil
	fmt.Fprintf(w, `{"api":"%s","serial":%s,"item":"%s"}`, r.Header.Get(apiHeader), r.Header.Get(serialHeader), path.Base(r.URL.Path))
}

// backendAddress starts the backend as the command does.
func backendAddress(t *testing.T) string {
	t.Helper()
	h := &house{plot: &plot{Backend: "127.0.0.1:0"}}
	if err := h.startBackend(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.backend.stop(); err != nil {
			t.Error(err)
		}
	})
	return h.plot.Backend
}

// exchange sends pieces over a new connection, a moment between them, and then nothing
// more, and returns all that comes back.
func exchange(t *testing.T, address string, pieces ...string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	for i, piece := range pieces {
		if i > 0 {
			time.Sleep(2 * time.Millisecond)
		}
		if _, err := io.WriteString(conn, piece); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

const (
	seven = "GET /items/7 HTTP/1.1\r\nHost: b\r\nX-Storm-Api: a\r\nX-Storm-Serial: 3\r\n\r\n"
	eight = "GET /items/8?x=/y HTTP/1.1\r\nhost: b\r\nx-storm-serial:4 \r\nx-storm-api:  b\r\nX-Storm-Api: c\r\n\r\n"
	last  = "GET /items/9 HTTP/1.1\r\nHost: b\r\nConnection: close\r\nX-Storm-Api: a\r\nX-Storm-Serial: 5\r\n\r\n"
)

// TestBackend: to the byte what net/http answers, however the bytes arrive.
func TestBackend(t *testing.T) {
	address := backendAddress(t)
	before := httptest.NewServer(http.HandlerFunc(echo))
	defer before.Close()
	tests := map[string][]string{
		"one":                    {seven},
		"two in one read":        {seven + eight},
		"two and the half third": {seven + eight + last[:30], last[30:]},
		"three, the last closes": {seven, eight, last},
		"nothing after close":    {last + seven},
		"no constants":           {"GET /items/7 HTTP/1.1\r\nHost: b\r\n\r\n"},
		"an escaped item":        {"GET /items/a%20b HTTP/1.1\r\nHost: b\r\n\r\n"},
		"a slash at the end":     {"GET /items/ HTTP/1.1\r\nHost: b\r\n\r\n"},
		"a long head":            {"GET /items/7 HTTP/1.1\r\nHost: b\r\nX-Long: " + strings.Repeat("x", headRoom-60) + "\r\n\r\n" + seven},
	}
	for cut := 1; cut < len(seven); cut += 7 {
		tests[fmt.Sprintf("split after %d bytes", cut)] = []string{seven[:cut], seven[cut:]}
	}
	for name, pieces := range tests {
		got, want := exchange(t, address, pieces...), exchange(t, strings.TrimPrefix(before.URL, "http://"), pieces...)
		if got != want || !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") {
			t.Errorf("%s: answered\n%q, net/http\n%q", name, got, want)
		}
	}
}

// TestBackendRefuses what the gateway never sends here, and goes on for others.
func TestBackendRefuses(t *testing.T) {
	address := backendAddress(t)
	tooLong := "GET /items/7 HTTP/1.1\r\nHost: b\r\nX-Long: "
	tooLong += strings.Repeat("x", headRoom-len(tooLong))
	for _, test := range []struct{ name, request, want string }{
		{"a head too long", tooLong, "431"},
		{"after one that is answered", seven + tooLong, "200 431"},
		{"another method", "POST /items/7 HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\n\r\nx", "501"},
		{"a body", "GET /items/7 HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\n\r\nx", "501"},
		{"a chunked body", "GET /items/7 HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "501"},
		{"another version", "GET /items/7 HTTP/1.0\r\nHost: b\r\n\r\n", "501"},
		{"no request", "x\r\n\r\n", "501"},
		{"a target that cannot be decoded", "GET /items/%zz HTTP/1.1\r\nHost: b\r\n\r\n" + seven, "400"},
		{"the beginning of one", seven[:20], ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			all := exchange(t, address, test.request)
			from := bufio.NewReader(strings.NewReader(all))
			var got []string
			for {
				answer, err := http.ReadResponse(from, nil)
				if err != nil {
					break
				}
				if _, err := io.Copy(io.Discard, answer.Body); err != nil {
					t.Error(err)
				}
				got = append(got, fmt.Sprint(answer.StatusCode))
				if answer.StatusCode != 200 && !answer.Close {
					t.Errorf("%d without Connection: close", answer.StatusCode)
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("answered %q, want %s", all, test.want)
			}
			if after := exchange(t, address, seven); !strings.HasPrefix(after, "HTTP/1.1 200 OK\r\n") {
				t.Errorf("the next was answered %q", after)
			}
		})
	}
}
