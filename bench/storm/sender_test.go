package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"
)

// send makes the calls of a phase to a server and returns what became of them.
func send(t *testing.T, lines, rate int, length time.Duration, serve http.HandlerFunc) []*reply {
	t.Helper()
	server := httptest.NewServer(serve)
	defer server.Close()
	var list []*reply
	s := &sender{pick: func() *target { return &target{Host: "host.test", Name: "a"} }, hand: func(c *sent) {
		r := &reply{due: c.due, start: c.start, end: c.end, item: strconv.Itoa(c.item), err: c.err}
		r.understandRaw(c.raw)
		list = append(list, r)
	}}
	if err := s.open(strings.TrimPrefix(server.URL, "http://"), lines); err != nil {
		t.Fatal(err)
	}
	if err := s.run(rate, length); err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if want := int(length.Seconds() * float64(rate)); len(list) != want {
		t.Errorf("%d calls, want %d", len(list), want)
	}
	return list
}

// TestSender: every call gets its own answer whatever happens to connections, and
// what has no answer, or none that can be understood, is an error.
func TestSender(t *testing.T) {
	list := send(t, 4, 500, 400*time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
		item := path.Base(r.URL.Path)
		switch last := item[len(item)-1]; {
		case r.Host != "host.test" || r.Header.Get("X-Apig-Mode") != "debug":
			t.Errorf("asked %s of %s", r.URL, r.Host)
		case last == '3':
			w.Header().Set("Connection", "close")
		case last == '5':
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			conn.Close()
			return
		case last == '7':
			fmt.Fprint(w, "no JSON")
			return
		case last == '9': // in two pieces, with its length
			text := fmt.Sprintf(`{"api":"a","serial":1,"item":"%s"}`, item)
			w.Header().Set("Content-Length", fmt.Sprint(len(text)))
			fmt.Fprint(w, text[:5])
			w.(http.Flusher).Flush()
			time.Sleep(time.Millisecond)
			fmt.Fprint(w, text[5:])
			return
		}
		w.Header().Set("X-Apig-Version", "v1")
		fmt.Fprintf(w, `{"api":"a","serial":1,"item":"%s"}`, item)
	})
	bad := 0
	for _, r := range list {
		last := r.item[len(r.item)-1]
		broken := last == '5' || last == '7'
		if broken {
			bad++
		}
		if broken != (r.err != nil) || !broken && (r.echoed != r.item || r.serial != 1 || !r.online) {
			t.Errorf("item %s: %+v", r.item, r)
		}
		if r.err == nil && (r.start < r.due || r.end < r.start) {
			t.Errorf("item %s: due %d, sent %d, answered %d", r.item, r.due, r.start, r.end)
		}
	}
	if bad == 0 {
		t.Error("no call was broken")
	}
}

// TestSenderCountsWaiting: with one connection and answers that take 20 ms, a call
// every 5 ms waits for those before it, and that counts.
func TestSenderCountsWaiting(t *testing.T) {
	list := send(t, 1, 200, 100*time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		fmt.Fprintf(w, `{"api":"a","serial":1,"item":"%s"}`, path.Base(r.URL.Path))
	})
	for i, r := range list {
		// Call i is due after 5 i ms and its answer is there after 20 (i+1) ms at the earliest.
		if least := moment(20*(i+1)-5*i-1) * 1e6; r.err != nil || r.end-r.due < least {
			t.Errorf("call %d took %v, want %v at least; %v", i, time.Duration(r.end-r.due), time.Duration(least), r.err)
		}
	}
}

// TestComplete: an answer is whole when its body is.
func TestComplete(t *testing.T) {
	const whole = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nConnection: close\r\n\r\nabc"
	for n := range len(whole) + 1 {
		got, closes, err := complete([]byte(whole[:n]))
		if err != nil || got != (n == len(whole)) || got && !closes {
			t.Errorf("after %d bytes: %v, closes %v, %v", n, got, closes, err)
		}
	}
	for _, bad := range []string{"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"} {
		if _, _, err := complete([]byte(bad)); err == nil {
			t.Errorf("%q is an answer", bad)
		}
	}
}
