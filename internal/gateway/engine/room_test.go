package engine_test

import (
	"bufio"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// scribbler is a handler that fills the room of each call, as a backend may, answers with as
// many bytes as the path says and a field of as many as the query says, and looks in
// Finish whether the request is still what it was.
type scribbler struct {
	*testing.T
	rooms int
}

func (s *scribbler) Serve(c *call.Call) {
	if c.Room != nil {
		s.rooms++
	}
	for i := range c.Room[:cap(c.Room)] {
		c.Room[:cap(c.Room)][i] = '~'
	}
	body, _ := strconv.Atoi(c.Request.RawPath[1:])
	field, _ := strconv.Atoi(c.Request.RawQuery)
	answer(c, strings.Repeat("b", body))
	c.Response.Headers = append(c.Response.Headers, message.Field{Name: "X-Long", Value: strings.Repeat("f", field)})
}

func (s *scribbler) Finish(c *call.Call) {
	if v, _ := c.Request.Headers.Get("X-Kept"); c.Request.Method != "GET" || v != c.Request.RawPath+"?"+c.Request.RawQuery {
		s.Errorf("%s %s?%s became %q", c.Request.Method, c.Request.RawPath, c.Request.RawQuery, v)
	}
}

// TestRoomHarmsNobody: what is composed behind a request touches neither that request nor the
// next one, which is there already, and an answer of any size arrives as it was.
func TestRoomHarmsNobody(t *testing.T) {
	h := &scribbler{T: t}
	_, address := start(t, h, options(nil))
	c := dial(t, address)
	sizes := []int{0, 1, 100, 4096, 8192, 11000, 12000, 12150, 16384, 40000}
	for _, field := range []int{0, 3000, 5000, 20000} {
		var requests strings.Builder
		for _, body := range sizes {
			target := "/" + strconv.Itoa(body) + "?" + strconv.Itoa(field)
			requests.WriteString("GET " + target + " HTTP/1.1\r\n" + host + "X-Kept: " + target + "\r\n\r\n")
		}
		if _, err := io.WriteString(c, requests.String()); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(c)
		for _, body := range sizes {
			r, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatalf("%d bytes: %v", body, err)
			}
			got, err := io.ReadAll(r.Body)
			if err != nil || string(got) != strings.Repeat("b", body) || r.Header.Get("X-Long") != strings.Repeat("f", field) {
				t.Errorf("%d bytes with a field of %d: %d bytes with one of %d, %v", body, field, len(got), len(r.Header.Get("X-Long")), err)
			}
		}
	}
	if h.rooms == 0 {
		t.Error("no call had room: nothing was tested")
	}
}

// TestNoRoomBesideABody: while a body may still be read nobody composes where it is read.
func TestNoRoomBesideABody(t *testing.T) {
	_, address := start(t, handler(func(c *call.Call) {
		if c.Room != nil {
			t.Error("there is room")
		}
		consume(c)
	}), options(nil))
	c := dial(t, address)
	io.WriteString(c, "POST /x HTTP/1.1\r\n"+host+"Content-Length: 5\r\nConnection: close\r\n\r\nhello")
	if raw, err := io.ReadAll(c); err != nil || !strings.HasSuffix(string(raw), "/x hello") {
		t.Errorf("%q, %v", raw, err)
	}
}

// TestBeganIsStarted: the two clocks of a call were read together, also when its head came
// slowly.
func TestBeganIsStarted(t *testing.T) {
	_, address := start(t, handler(func(c *call.Call) {
		if apart := time.Since(c.Started) - time.Duration(http1.Now()-c.Began); apart.Abs() > 100*time.Millisecond {
			t.Errorf("%v apart", apart)
		}
		answer(c, "")
	}), options(nil))
	c := dial(t, address)
	for _, pause := range []time.Duration{0, 300 * time.Millisecond} {
		io.WriteString(c, "GET / HTTP/1.1\r\n")
		time.Sleep(pause)
		io.WriteString(c, host+"\r\n")
		if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
			t.Fatal(err)
		}
	}
}
